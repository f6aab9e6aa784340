/** What a race rests on, in sentences: printed on every chart of it, since its outcome holds for these conditions only. */
import { count, short } from '../../format.ts';
import { m } from '../../messages.ts';
import { wilsonInterval } from '../../../core/evaluation/wilson-interval.ts';
import { seesPixels } from '../../../core/recipe/feature-recipe.ts';
import { featuresText } from '../../features/feature-labels.ts';
import { modelLabel, noiseLabels, optimizerLabels, scheduleLabels } from '../../train/recipe-facts.ts';
import type { RaceReport } from './race-view.svelte.ts';

export function protocolSentences({ plan, race }: RaceReport, pictures: number | null): string[] {
  const { protocol } = race;
  const has = (name: (typeof plan.optimizers)[number]) => plan.optimizers.includes(name);
  return [
    m.race_protocol({
      model: modelText(plan.base),
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
    ...(has('lbfgs') ? [m.race_protocol_lbfgs()] : []),
    ...(protocol.turnedOff.length > 0
      ? [m.race_protocol_turned_off({ noises: protocol.turnedOff.map((noise) => noiseLabels[noise]()).join(', ') })]
      : []),
    ...(has('adamw') ? [m.race_protocol_adamw()] : []),
  ];
}

/** From which learning rate to which each was searched. */
export function rangesSentence({ race }: RaceReport): string {
  const ranges = race.protocol.ranges.map(
    ({ optimizer, learningRate: [low, high] }) =>
      `${optimizerLabels[optimizer]()} ${m.race_range({ low: digits(low), high: digits(high) })}`,
  );
  return m.race_protocol_ranges({ ranges: ranges.join('; ') });
}

const digits = (value: number) => short(Number(value.toPrecision(2)));

/** The model, and what it sees where that is not the picture itself. */
export function modelText({ model, features }: Pick<RaceReport['plan']['base'], 'model' | 'features'>): string {
  return seesPixels(features) ? modelLabel(model) : `${modelLabel(model)} · ${featuresText(features)}`;
}

/** Who won, or why nobody is named. A winner of few pictures is told together with what other pictures might say. */
export function verdictOf({ race, status }: RaceReport, pictures: number | null): string {
  if (race.winner !== null) {
    const sentence = m.race_winner({ optimizer: optimizerLabels[race.winner]() });
    const [first, second] = race.rows
      .flatMap(({ tuned }) => (tuned === null ? [] : [tuned.mean]))
      .sort((a, b) => b - a);
    if (pictures === null || pictures === 0 || second === undefined) return sentence;
    const interval = (accuracy: number) => wilsonInterval(Math.round(accuracy * pictures), pictures);
    const [first95, second95] = [interval(first!), interval(second)];
    return first95 !== null && second95 !== null && second95[1] >= first95[0]
      ? `${sentence} ${m.race_winner_chance({ count: count(pictures) })}`
      : sentence;
  }
  if (race.noWinner === 'incomplete' && status === 'running') return m.race_running();
  return {
    overlap: m.race_overlap,
    'one-seed': m.race_one_seed,
    'failed-seed': m.race_failed_seed,
    incomplete: m.race_incomplete,
  }[race.noWinner ?? 'incomplete']();
}
