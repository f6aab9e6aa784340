/**
 * `tessera search`, `race` and `blocks`: many runs of one plan, and what came of them.
 *
 * With `--json` each prints one line `{"type":"trial","index":…,"run":…,"accuracy":…}` a finished trial and at the end
 * `{"type":"search" | "race" | "blocks", …}` with the fields of SearchReport in core/rpc/contract/searches.ts. Ctrl+C stops with what
 * is done; `--resume ID` goes on.
 */
import type { Command } from 'commander';
import { StudioError } from '../../../core/errors.ts';
import { m } from '../../../core/messages/compiled/messages.js';
import { activationNames, optimizerNames } from '../../../core/recipe/recipe.ts';
import type { CallInput } from '../../../core/rpc/define.ts';
import type { StudioContract } from '../../../core/rpc/contract/index.ts';
import type { SearchReport } from '../../../core/rpc/contract/searches.ts';
import { defaultRace, raceBase } from '../../../core/training/optimizer-race.ts';
import { datasetOrSource } from '../datasets.ts';
import { choice, number } from '../flag-values.ts';
import type { CommandContext } from '../command-context.ts';
import { percent } from '../output.ts';
import { addRecipeFlags, recipeFromFlags, type RecipeFlags } from '../recipe-flags.ts';
import type { Studio } from '../studio.ts';

type Plan = CallInput<StudioContract, 'searches.start'>['plan'];

interface SearchFlags extends RecipeFlags {
  readonly trials?: string;
  readonly searchSeed?: string;
  readonly resume?: string;
  readonly method?: string;
  readonly levels?: string;
  readonly lrRange?: string;
  readonly l2Range?: string;
  readonly layers?: string;
  readonly activations?: string;
  readonly batches?: string;
  readonly halving?: string;
}

interface BlockFlags extends RecipeFlags {
  readonly weights?: boolean;
  readonly resume?: string;
}

interface RaceFlags extends RecipeFlags {
  readonly trials?: string;
  readonly seeds?: string;
  readonly searchSeed?: string;
  readonly resume?: string;
  readonly optimizers?: string;
  readonly rateFactor?: string;
  readonly l2Range?: string;
}

export function searchCommands(program: Command, context: CommandContext): void {
  addPlanFlags(program.command('search <dataset>').description(m.cli_search()))
    .option('--method <name>', m.cli_search_method())
    .option('--levels <count>', m.cli_search_levels())
    .option('--lr-range <low,high>', m.cli_search_lr_range())
    .option('--layers <choices>', m.cli_search_layers())
    .option('--activations <names>', m.cli_search_activations({ names: activationNames.join(', ') }))
    .option('--batches <sizes>', m.cli_search_batches())
    .option('--halving <rung,eta>', m.cli_search_halving())
    .action((named: string, flags: SearchFlags) =>
      context.run('write', (studio) => run(studio, named, flags, searchPlan)),
    );
  addPlanFlags(program.command('race <dataset>').description(m.cli_race()))
    .option('--optimizers <names>', m.cli_race_optimizers({ names: optimizerNames.join(', ') }))
    .option('--seeds <count>', m.cli_race_seeds())
    .option('--rate-factor <factor>', m.cli_race_rate_factor())
    .action((named: string, flags: RaceFlags) =>
      context.run('write', (studio) => run(studio, named, flags, racePlan, raceBase)),
    );
  addRecipeFlags(program.command('blocks <dataset>').description(m.cli_blocks()))
    .option('--weights', m.cli_blocks_weights())
    .option('--resume <id>', m.cli_search_resume())
    .action((named: string, flags: BlockFlags) =>
      context.run('write', (studio) =>
        run(studio, named, flags, (base) => ({ kind: 'blocks', base, weights: flags.weights === true })),
      ),
    );
}

function addPlanFlags(command: Command): Command {
  return addRecipeFlags(command)
    .option('--trials <count>', m.cli_search_trials())
    .option('--search-seed <number>', m.cli_search_seed())
    .option('--l2-range <low,high>', m.cli_search_l2_range())
    .option('--resume <id>', m.cli_search_resume());
}

async function run<Flags extends SearchFlags | RaceFlags | BlockFlags>(
  studio: Studio,
  named: string,
  flags: Flags,
  planOf: (base: Plan['base'], flags: Flags) => Plan,
  defaultsOf: (recipe: Plan['base']) => Plan['base'] = (recipe) => recipe,
): Promise<void> {
  const { rpc, output, signal } = studio;
  let searchId = flags.resume;
  if (searchId === undefined) {
    const { dataset } = await datasetOrSource(studio, named);
    const base = await recipeFromFlags(dataset, flags, { defaultsOf });
    ({ searchId } = await rpc.call('searches.start', { plan: planOf(base, flags) }));
  } else await rpc.call('searches.resume', { searchId });
  const id = searchId;
  output.note(m.cli_search_id({ id }));

  const stop = () => void rpc.call('searches.stop', { searchId: id }).catch(() => undefined);
  signal.addEventListener('abort', stop, { once: true });
  const told = new Set<number>();
  await rpc.call(
    'searches.watch',
    { searchId: id },
    {
      onprogress: ({ trials, total }) => {
        const ended = trials.filter(({ status }) => !['queued', 'running', 'paused'].includes(status));
        for (const trial of ended) {
          if (told.has(trial.index)) continue;
          told.add(trial.index);
          const { index, name, runId, learningRate, l2, accuracy, loss, rejectedEpoch, status } = trial;
          const line = { type: 'trial', index, run: runId, learningRate, l2, accuracy, loss, rejectedEpoch, status };
          output.result(
            line,
            () => `${name}  ${percent(accuracy)}${rejectedEpoch === null ? '' : ` (${rejectedEpoch})`}`,
          );
        }
        output.progress(m.cli_search_progress(), ended.length, total);
      },
    },
  );
  signal.removeEventListener('abort', stop);
  const report = await rpc.call('searches.get', { searchId: id });
  if (report.status === 'failed' && report.error !== null) {
    throw new StudioError(report.error.code as 'INTERNAL', report.error.details as { reference: string });
  }
  output.result({ type: report.plan.kind, ...report }, () => words(report).join('\n'));
}

function searchPlan(base: Plan['base'], flags: SearchFlags): Plan {
  const learningRate = range('--lr-range', flags.lrRange);
  const l2 = range('--l2-range', flags.l2Range);
  const hidden = flags.layers?.split('/').map((list) => list.split(',').map((units) => number('--layers', units, 1)));
  const activation = flags.activations?.split(',').map((name) => choice('--activations', name, activationNames));
  const batchSize = flags.batches
    ?.split(',')
    .map((size) => (size === 'full' ? ('full' as const) : number('--batches', size, 1)));
  const rate = base.optimizer.learningRate;
  const isEmpty = !learningRate && !l2 && !hidden && !activation && !batchSize;
  const halving = flags.halving?.split(',').map((part) => number('--halving', part, 1));
  return {
    kind: 'search',
    base,
    method: choice('--method', flags.method ?? 'random', ['random', 'grid']),
    space: isEmpty
      ? { learningRate: [rate / 30, rate * 30], l2: [1e-5, 1e-1] }
      : { learningRate, l2, hidden, activation, batchSize },
    trials: number('--trials', flags.trials, 20),
    seed: number('--search-seed', flags.searchSeed, 0),
    levels: number('--levels', flags.levels, 5),
    halving: halving === undefined ? null : { firstRung: halving[0]!, eta: halving[1] ?? 3 },
  };
}

function racePlan(base: Plan['base'], flags: RaceFlags): Plan {
  const { optimizers, trials, seeds, seed, rateFactor, l2 } = defaultRace;
  const names = flags.optimizers?.split(',').map((name) => choice('--optimizers', name, optimizerNames));
  return {
    kind: 'race',
    base,
    optimizers: names ?? [...optimizers],
    trials: number('--trials', flags.trials, trials),
    seeds: number('--seeds', flags.seeds, seeds),
    seed: number('--search-seed', flags.searchSeed, seed),
    rateFactor: number('--rate-factor', flags.rateFactor, rateFactor),
    l2: range('--l2-range', flags.l2Range) ?? [...l2],
  };
}

function range(option: string, text: string | undefined): [number, number] | undefined {
  if (text === undefined) return undefined;
  const [low, high] = text.split(',');
  return [number(option, low, 0), number(option, high ?? '', 0)];
}

function words(report: SearchReport): string[] {
  const { race, blocks, trials, best } = report;
  if (blocks !== null) {
    return [
      ...blocks.rows.map(
        ({ index, weights, accuracy }) =>
          `${trials.find((trial) => trial.index === index)?.name ?? index}  ${weights.map((w) => w ?? '–').join(' : ')}  ${percent(accuracy)}`,
      ),
      m.blocks_best({ weights: `${blocks.weights.join(' : ')} (${percent(blocks.accuracy)})` }),
    ];
  }
  if (race === null) {
    const winner = trials.find(({ index }) => index === best);
    if (winner === undefined) return [m.cli_search_none()];
    return [m.cli_search_best({ name: winner.name, accuracy: percent(winner.accuracy), run: winner.runId })];
  }
  const shown = (value: { mean: number; lowest: number; highest: number } | null) =>
    value === null ? '–' : `${percent(value.mean)} [${percent(value.lowest)}, ${percent(value.highest)}]`;
  const { protocol } = race;
  return [
    m.cli_race_head(),
    ...race.rows.map(({ optimizer, best: setting, tuned, defaults, stepsToTarget }) =>
      [
        optimizer.padEnd(9),
        setting === null ? '–' : `α ${setting.learningRate}  λ ${setting.l2}`,
        shown(tuned),
        shown(defaults),
        stepsToTarget === null ? '–' : String(Math.round(stepsToTarget)),
      ].join('  '),
    ),
    race.winner !== null ? m.cli_race_winner({ optimizer: race.winner }) : noWinner[race.noWinner ?? 'incomplete'](),
    m.cli_race_protocol({
      trials: protocol.trials,
      seeds: protocol.seeds.join(', '),
      epochs: protocol.epochs,
      batch: String(protocol.batchSize),
      schedule: report.plan.base.schedule.kind,
      seed: protocol.searchSeed,
    }),
    ...protocol.ranges.map(
      ({ optimizer, learningRate: [low, high] }) =>
        `  ${optimizer}: α ${Number(low.toPrecision(6))} … ${Number(high.toPrecision(6))}`,
    ),
    `  λ ${protocol.l2[0]} … ${protocol.l2[1]}`,
    ...(protocol.fullBatch.length > 0 ? [m.race_protocol_full({ names: protocol.fullBatch.join(', ') })] : []),
    ...(race.rows.some(({ optimizer }) => optimizer === 'lbfgs') ? [m.race_protocol_lbfgs()] : []),
    ...(race.rows.some(({ optimizer }) => optimizer === 'adamw') ? [m.race_protocol_adamw()] : []),
  ];
}

const noWinner = {
  overlap: m.cli_race_overlap,
  'one-seed': m.cli_race_one_seed,
  'failed-seed': m.race_failed_seed,
  incomplete: m.cli_race_incomplete,
};
