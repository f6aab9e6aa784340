/** What a race rests on, in sentences: printed on every chart of it, since its outcome holds for these conditions only. */
import { count, short } from '../../format.ts';
import { m } from '../../messages.ts';
import { modelLabel, optimizerLabels, scheduleLabels } from '../../train/recipe-facts.ts';
import type { RaceReport } from './race-view.svelte.ts';

export function protocolSentences({ plan, race }: RaceReport, pictures: number | null): string[] {
  const { protocol } = race;
  return [
    m.race_protocol({
      model: modelLabel(plan.base.model),
      epochs: count(protocol.epochs),
      batch: protocol.batchSize === 'full' ? m.batch_full() : count(protocol.batchSize),
      schedule: scheduleLabels[plan.base.schedule.kind](),
      trials: count(protocol.trials),
      seeds: count(protocol.seeds.length),
      low: short(protocol.l2[0]),
      high: short(protocol.l2[1]),
      factor: short(plan.rateFactor ?? 30),
    }) + (pictures === null ? '' : ` ${m.race_protocol_validation({ count: count(pictures) })}`),
    ...(protocol.fullBatch.length > 0
      ? [m.race_protocol_full({ names: protocol.fullBatch.map((name) => optimizerLabels[name]()).join(', ') })]
      : []),
  ];
}

/** Who won, or why nobody is named. */
export function verdictOf({ race, status }: RaceReport): string {
  if (race.winner !== null) return m.race_winner({ optimizer: optimizerLabels[race.winner]() });
  if (race.noWinner === 'incomplete' && status === 'running') return m.race_running();
  return { overlap: m.race_overlap, 'one-seed': m.race_one_seed, incomplete: m.race_incomplete }[
    race.noWinner ?? 'incomplete'
  ]();
}
