/**
 * `tessera gradcheck`, `hessian`, `descent`, `scaling`, `loss`, `noise` and `rate`: what a model's gradient and its surroundings are
 * like.
 *
 * With `--json` each prints one line `{"type":"gradcheck" | "hessian" | "descent" | "scaling" | "loss" | "noise" | "rate", …}` with the
 * fields of the reports in core/rpc/contract/checks.ts; `gradcheck --numeric` prints `{"type":"numeric",…}` instead; `loss` prints one line a point, `{"type":"loss","t":…,"u":…,"loss":…}`, after a line
 * `{"type":"plane",…}`. `gradcheck` ends with exit code 1 where something is wrong, so that a script can rely on it.
 */
import { stat } from 'node:fs/promises';
import type { Command } from 'commander';
import { StudioError } from '../../../core/errors.ts';
import { m } from '../../../core/messages/compiled/messages.js';
import { type CheckSubject, type LossDirection, plantedMistakeNames } from '../../../core/rpc/contract/checks.ts';
import type { Output as CallOutput } from '../../../core/rpc/define.ts';
import type { StudioContract } from '../../../core/rpc/contract/index.ts';
import { findDataset } from '../datasets.ts';
import { choice, number } from '../flag-values.ts';
import { addRecipeFlags, readRecipe, recipeFromFlags, type RecipeFlags } from '../recipe-flags.ts';
import type { CommandContext } from '../command-context.ts';
import { findRun, modelToJudge } from '../runs.ts';
import { personalPath, type Studio } from '../studio.ts';

interface SampleFlags {
  readonly samples?: string;
  readonly seed?: string;
  readonly fresh?: boolean;
  readonly zero?: boolean;
}

export function checkCommands(program: Command, context: CommandContext): void {
  addSampleFlags(program.command('gradcheck <run-or-recipe>').description(m.cli_gradcheck()))
    .option('--entries <count>', m.cli_gradcheck_entries())
    .option('--order <order>', m.cli_gradcheck_order())
    .option('--step <h>', m.cli_gradcheck_step())
    .option('--burn-in <steps>', m.cli_gradcheck_burn_in())
    .option('--mistake <name>', m.cli_gradcheck_mistake({ names: plantedMistakeNames.join(', ') }))
    .option('--curve', m.cli_gradcheck_curve())
    .option('--second', m.cli_gradcheck_second())
    .option('--numeric <scheme>', m.cli_gradcheck_numeric())
    .option('--precision <float>', m.cli_gradcheck_precision())
    .action((named: string, flags: GradcheckFlags) =>
      context.run('read', async (studio) => {
        if (await gradcheck(studio, named, flags)) context.exitWith(1);
      }),
    );
  addSampleFlags(program.command('hessian <run-or-recipe>').description(m.cli_hessian()))
    .option('--steps <count>', m.cli_hessian_steps())
    .option('--settle <iterations>', m.cli_settle())
    .option('--cut-off <fraction>', m.cli_hessian_cut_off())
    .option('--momentum <rho>', m.cli_hessian_momentum())
    .action((named: string, flags: HessianFlags) => context.run('read', (studio) => hessian(studio, named, flags)));
  addSampleFlags(program.command('descent <run-or-recipe>').description(m.cli_descent()))
    .option('--multiples <numbers>', m.cli_descent_multiples())
    .option('--steps <count>', m.cli_descent_steps())
    .option('--settle <iterations>', m.cli_settle())
    .action((named: string, flags: DescentFlags) => context.run('read', (studio) => descent(studio, named, flags)));
  addSampleFlags(program.command('scaling <run-or-recipe>').description(m.cli_scaling()))
    .option('--steps <count>', m.cli_descent_steps())
    .action((named: string, flags: ScalingFlags) => context.run('read', (studio) => scaling(studio, named, flags)));
  addSampleFlags(program.command('loss <run-or-recipe>').description(m.cli_loss_plane()))
    .requiredOption('--along <directions>', m.cli_loss_along())
    .option('--at <points...>', m.cli_loss_at())
    .option('--grid <count>', m.cli_loss_grid())
    .option('--range <distance>', m.cli_loss_range())
    .action((named: string, flags: LossFlags) => context.run('read', (studio) => loss(studio, named, flags)));
  addRecipeFlags(program.command('rate <dataset>').description(m.cli_rate()))
    .option('--from <rate>', m.cli_rate_from())
    .option('--to <rate>', m.cli_rate_to())
    .option('--steps <count>', m.cli_rate_steps())
    .action((named: string, flags: RateFlags) => context.run('read', (studio) => rate(studio, named, flags)));
  addSampleFlags(program.command('noise <run-or-recipe>').description(m.cli_noise()))
    .option('--batches <sizes>', m.cli_noise_batches())
    .option('--draws <count>', m.cli_noise_draws())
    .option('--paths <count>', m.cli_noise_paths())
    .option('--steps <count>', m.cli_noise_steps())
    .option('--lr <rate>', m.cli_lr())
    .option('--wrong-labels <share>', m.cli_noise_wrong_labels())
    .option('--dropped-inputs <share>', m.cli_noise_dropped_inputs())
    .action((named: string, flags: NoiseFlags) => context.run('read', (studio) => noise(studio, named, flags)));
}

function addSampleFlags(command: Command): Command {
  return command
    .option('--samples <pictures>', m.cli_check_samples())
    .option('--seed <number>', m.cli_check_seed())
    .option('--fresh', m.cli_check_fresh())
    .option('--zero', m.cli_check_zero());
}

/** A recipe file where there is one of that name, else a run. */
async function subjectOf(
  studio: Studio,
  named: string,
  { fresh = false, zero = false }: SampleFlags,
): Promise<CheckSubject> {
  const isFile = await stat(personalPath(named)).then(
    (found) => found.isFile(),
    () => false,
  );
  if (isFile) return { kind: zero ? 'zero' : 'recipe', recipe: await readRecipe(named) };
  const run = await findRun(studio, named);
  if (zero) return { kind: 'zero', recipe: run.recipe };
  return fresh ? { kind: 'fresh-run', runId: run.id } : { kind: 'run', runId: run.id, which: modelToJudge(run) };
}

function sampleOf({ samples, seed }: SampleFlags, fallback: number) {
  return { samples: number('--samples', samples, fallback), seed: number('--seed', seed, 0) };
}

function watching({ output, signal }: Studio, title: string) {
  return {
    signal,
    onprogress: ({ done, total }: { done: number; total: number }) => output.progress(title, done, total),
  };
}

interface GradcheckFlags extends SampleFlags {
  readonly entries?: string;
  readonly order?: string;
  readonly step?: string;
  readonly burnIn?: string;
  readonly mistake?: string;
  readonly curve?: boolean;
  readonly second?: boolean;
  readonly numeric?: string;
  readonly precision?: string;
}

/** @returns whether something is wrong. */
async function gradcheck(studio: Studio, named: string, flags: GradcheckFlags): Promise<boolean> {
  const { rpc, output } = studio;
  if (flags.numeric !== undefined) {
    await numeric(studio, named, flags, flags.numeric);
    return false;
  }
  const report = await rpc.call(
    'checks.gradient',
    {
      subject: await subjectOf(studio, named, flags),
      ...sampleOf(flags, 10),
      entriesPerBlock: number('--entries', flags.entries, 30),
      order: choice('--order', flags.order ?? '2', ['2', '4']) === '2' ? 2 : 4,
      step: number('--step', flags.step, null),
      burnIn: number('--burn-in', flags.burnIn, 0),
      mistake: flags.mistake === undefined ? null : choice('--mistake', flags.mistake, plantedMistakeNames),
      curve: flags.curve ?? false,
      secondDerivatives: flags.second ?? false,
    },
    watching(studio, 'gradcheck'),
  );
  output.result({ type: 'gradcheck', ...report }, () => gradcheckWords(report));
  return report.parts.some((part) => part.verdict === 'wrong') || report.secondDerivatives?.verdict === 'wrong';
}

async function numeric(studio: Studio, named: string, flags: GradcheckFlags, scheme: string): Promise<void> {
  const report = await studio.rpc.call(
    'checks.numeric',
    {
      subject: await subjectOf(studio, named, flags),
      ...sampleOf(flags, 10),
      scheme: choice('--numeric', scheme, ['forward', 'central'] as const),
      precision: choice('--precision', flags.precision ?? 'float64', ['float64', 'float32'] as const),
      step: number('--step', flags.step, 1e-5),
      entries: number('--entries', flags.entries, 200),
    },
    watching(studio, 'gradcheck'),
  );
  studio.output.result({ type: 'numeric', ...report }, () =>
    m.cli_gradcheck_numeric_result({
      entries: report.entries,
      evaluations: report.evaluations,
      seconds: report.seconds.toPrecision(3),
      parameters: report.parameters,
      full: report.fullEvaluations,
      projected: report.projectedSeconds.toPrecision(3),
      analytic: report.analyticSeconds.toPrecision(3),
      error: scientific(report.relativeError),
    }),
  );
}

const partWords = {
  data: m.cli_gradcheck_data,
  penalty: m.cli_gradcheck_penalty,
  whole: m.cli_gradcheck_whole,
};

function gradcheckWords(report: CallOutput<StudioContract, 'checks.gradient'>): string {
  const { parameters, samples, cost, secondDerivatives, curve } = report;
  const lines: string[] = [m.cli_gradcheck_looked({ parameters, samples })];
  for (const { part, blocks } of report.parts) {
    lines.push(partWords[part]());
    for (const block of blocks) {
      const { name, checked, size, kinks, verdict, largestRelativeError } = block;
      lines.push(
        `  ${name.padEnd(18)} ${`${checked}/${size}`.padStart(14)}  ${scientific(largestRelativeError).padStart(9)}  ${verdicts[verdict]()}` +
          (kinks > 0 ? `  ${m.cli_gradcheck_kinks({ count: kinks })}` : ''),
      );
    }
  }
  if (secondDerivatives !== null) {
    const { verdict, largestRelativeError, largestAsymmetry } = secondDerivatives;
    lines.push(
      m.cli_gradcheck_second_result({
        verdict: secondVerdicts[verdict](),
        error: scientific(largestRelativeError),
        asymmetry: scientific(largestAsymmetry),
      }),
    );
  }
  for (const { scheme, precision, steps, relativeErrors } of curve) {
    lines.push(`${scheme} ${precision}`);
    steps.forEach((step, i) => lines.push(`  ${scientific(step)}  ${scientific(relativeErrors[i]!)}`));
  }
  lines.push(
    m.cli_gradcheck_cost({
      forward: cost.forwardEvaluations,
      central: cost.centralEvaluations,
      seconds: cost.projectedCentralSeconds.toPrecision(3),
      analytic: cost.analyticSeconds.toPrecision(3),
    }),
  );
  return lines.join('\n');
}

const verdicts = {
  fine: m.gradient_verdict_fine,
  plausible: m.gradient_verdict_plausible,
  doubtful: m.gradient_verdict_doubtful,
  wrong: m.gradient_verdict_wrong,
};
const secondVerdicts = {
  right: m.second_derivative_right,
  wrong: m.second_derivative_wrong,
  'only-kinks': m.second_derivative_only_kinks,
};

interface HessianFlags extends SampleFlags {
  readonly settle?: string;
  readonly steps?: string;
  readonly cutOff?: string;
  readonly momentum?: string;
}

async function hessian(studio: Studio, named: string, flags: HessianFlags): Promise<void> {
  const report = await studio.rpc.call(
    'checks.curvature',
    {
      subject: await subjectOf(studio, named, flags),
      ...sampleOf(flags, 256),
      settle: number('--settle', flags.settle, 0),
      steps: number('--steps', flags.steps, 60),
      cutOff: number('--cut-off', flags.cutOff, 1e-9),
      momentum: number('--momentum', flags.momentum, 0.9),
    },
    watching(studio, 'hessian'),
  );
  studio.output.result({ type: 'hessian', ...report }, () => hessianWords(report));
}

function hessianWords(report: CallOutput<StudioContract, 'checks.curvature'>): string {
  const { parameters, samples, products, largest, smallest, smallestPositive } = report;
  const value = ({ value: lambda, residual }: { value: number; residual: number }) =>
    `${lambda.toPrecision(6)} ± ${scientific(residual)}`;
  return [
    m.cli_hessian_looked({ parameters, samples, products }),
    `λ_max  ${value(largest)}`,
    `λ_min  ${value(smallest)}`,
    `λ⁺_min ${smallestPositive === null ? '–' : value(smallestPositive)}  (> ${scientific(report.cutOff)})`,
    `κ      ${report.conditionNumber?.toPrecision(6) ?? '–'}`,
    `2/λ    ${report.largestStableRate?.toPrecision(6) ?? '–'}  (${report.largestStableRateWithMomentum?.toPrecision(6) ?? '–'})`,
    `‖∇L‖   ${report.gradientNorm.toPrecision(6)}`,
    points[report.point](),
    ...report.nullDirections.map(({ kind, count, measured }) =>
      m.cli_hessian_null({ kind: nullKinds[kind](), count, measured: scientific(measured) }),
    ),
    ...(report.isConverged ? [] : [m.cli_hessian_not_converged()]),
  ].join('\n');
}

const points = {
  minimum: m.critical_point_minimum,
  'flat-minimum': m.critical_point_flat_minimum,
  saddle: m.critical_point_saddle,
  maximum: m.critical_point_maximum,
  flat: m.critical_point_flat,
  slope: m.critical_point_slope,
};
const nullKinds = {
  'class-shift': m.null_direction_class_shift,
  'constant-input': m.null_direction_constant_input,
  'silent-unit': m.null_direction_silent_unit,
};

interface DescentFlags extends SampleFlags {
  readonly multiples?: string;
  readonly steps?: string;
  readonly settle?: string;
}

async function descent(studio: Studio, named: string, flags: DescentFlags): Promise<void> {
  const report = await studio.rpc.call(
    'checks.descent',
    {
      subject: await subjectOf(studio, named, flags),
      ...sampleOf(flags, 256),
      settle: number('--settle', flags.settle, 0),
      multiples: (flags.multiples ?? '1.9,2.1').split(',').map((text) => number('--multiples', text, 2)),
      steps: number('--steps', flags.steps, 20),
    },
    watching(studio, 'descent'),
  );
  studio.output.result({ type: 'descent', ...report }, () =>
    [
      `λ_max ${report.largest.value.toPrecision(6)}  2/λ ${report.largestStableRate?.toPrecision(6) ?? '–'}`,
      ...report.paths.map(({ multiple, learningRate, losses, firstRise, firstModelRise }) =>
        m.cli_descent_path({
          multiple,
          rate: learningRate.toPrecision(4),
          from: losses[0]!.toPrecision(6),
          to: losses.at(-1)!.toPrecision(6),
          rise: firstRise ?? '–',
          model: firstModelRise ?? '–',
        }),
      ),
    ].join('\n'),
  );
}

interface ScalingFlags extends SampleFlags {
  readonly steps?: string;
}

async function scaling(studio: Studio, named: string, flags: ScalingFlags): Promise<void> {
  const report = await studio.rpc.call(
    'checks.scaling',
    {
      subject: await subjectOf(studio, named, flags),
      ...sampleOf(flags, 256),
      steps: number('--steps', flags.steps, 100),
    },
    watching(studio, 'scaling'),
  );
  studio.output.result({ type: 'scaling', ...report }, () =>
    report.scalings
      .map(({ name, conditionNumber, learningRate, losses }) =>
        m.cli_scaling_row({
          name,
          condition: conditionNumber.toPrecision(4),
          rate: learningRate.toPrecision(4),
          loss: losses.at(-1)!.toPrecision(5),
        }),
      )
      .join('\n'),
  );
}

interface RateFlags extends RecipeFlags {
  readonly from?: string;
  readonly to?: string;
  readonly steps?: string;
}

async function rate(studio: Studio, named: string, flags: RateFlags): Promise<void> {
  const dataset = await findDataset(studio, named);
  if (dataset === null) throw new StudioError('DATASET_NOT_FOUND', { dataset: named });
  const found = await studio.rpc.call(
    'checks.rate',
    {
      recipe: await recipeFromFlags(dataset, flags),
      low: number('--from', flags.from, 1e-6),
      high: number('--to', flags.to, 10),
      steps: number('--steps', flags.steps, 150),
    },
    watching(studio, 'rate'),
  );
  const { steepest, largest } = found;
  const [rates, losses, smoothed] = [found.rates, found.losses, found.smoothed].map((values) => [...values]);
  studio.output.result({ type: 'rate', steepest, largest, rates, losses, smoothed }, () =>
    steepest === null
      ? m.cli_rate_none()
      : m.cli_rate_found({ steepest: scientific(steepest), largest: scientific(largest) }),
  );
}

interface LossFlags extends SampleFlags {
  readonly along: string;
  readonly at?: string[];
  readonly grid?: string;
  readonly range?: string;
}

async function loss(studio: Studio, named: string, flags: LossFlags): Promise<void> {
  const { rpc, output } = studio;
  const subject = await subjectOf(studio, named, flags);
  const along = await Promise.all(flags.along.split(',').map((name) => directionOf(studio, name)));
  const range = number('--range', flags.range, 1);
  const points = flags.at?.map((text) => pointOf(text, along.length)) ?? null;
  const grid = number('--grid', flags.grid, 11);
  const axis = Array.from({ length: grid }, (_, k) => (grid === 1 ? 0 : range * ((2 * k) / (grid - 1) - 1)));
  const ask = (ts: number[], us: number[]) =>
    rpc.call('checks.loss', { subject, ...sampleOf(flags, 256), along, ts, us }, watching(studio, 'loss'));
  const tell = (t: number, u: number, value: number) =>
    output.result({ type: 'loss', t, u, loss: value }, () => `${t}  ${along.length > 1 ? `${u}  ` : ''}${value}`);

  if (points === null) {
    const { losses, ts, us, ...plane } = await ask(axis, along.length > 1 ? axis : [0]);
    output.result({ type: 'plane', along, ...plane }, () => m.cli_loss_here({ loss: plane.loss }));
    us.forEach((u, j) => ts.forEach((t, i) => tell(t, u, losses[j * ts.length + i]!)));
    return;
  }
  for (const [k, [t, u]] of points.entries()) {
    const { losses, ts: _ts, us: _us, ...plane } = await ask([t], [u]);
    if (k === 0) output.result({ type: 'plane', along, ...plane }, () => m.cli_loss_here({ loss: plane.loss }));
    tell(t, u, losses[0]!);
  }
}

async function directionOf(studio: Studio, name: string): Promise<LossDirection> {
  const [kind, seed] = name.split(':');
  if (kind === 'random') return { kind: 'random', seed: number('--along random:', seed, 0) };
  if (name === 'gradient' || name === 'top' || name === 'bottom' || name === 'start') return { kind: name };
  const run = await findRun(studio, name).catch(() => null);
  if (run !== null) return { kind: 'run', runId: run.id };
  const expected = 'gradient | random:SEED | top | bottom | start | RUN';
  throw new StudioError('INVALID_OPTION', { option: '--along', value: name, expected });
}

function pointOf(text: string, axes: number): [number, number] {
  const parts = text.split(',');
  if (parts.length > axes) {
    throw new StudioError('INVALID_OPTION', { option: '--at', value: text, expected: axes === 1 ? 't' : 't,u' });
  }
  return [number('--at', parts[0], 0), number('--at', parts[1], 0)];
}

interface NoiseFlags extends SampleFlags {
  readonly batches?: string;
  readonly draws?: string;
  readonly paths?: string;
  readonly steps?: string;
  readonly lr?: string;
  readonly wrongLabels?: string;
  readonly droppedInputs?: string;
}

async function noise(studio: Studio, named: string, flags: NoiseFlags): Promise<void> {
  if (flags.paths !== undefined) return wandering(studio, named, flags);
  const sizes = (flags.batches ?? '1,8,32,128').split(',').map((size) => number('--batches', size, 1));
  const report = await studio.rpc.call(
    'checks.noise',
    {
      subject: await subjectOf(studio, named, flags),
      ...sampleOf(flags, 512),
      batchSizes: sizes,
      draws: number('--draws', flags.draws, 100),
    },
    watching(studio, 'noise'),
  );
  studio.output.result({ type: 'noise', ...report }, () =>
    [
      m.cli_noise_head(),
      ...report.sizes.map(
        ({ batchSize, variance, perSample }) =>
          `${String(batchSize).padStart(6)}  ${variance.toPrecision(5)}  ${perSample?.toPrecision(5) ?? '–'}`,
      ),
    ].join('\n'),
  );
}

/** Paths that differ in chance only: how far they are from their mean, step by step. */
async function wandering(studio: Studio, named: string, flags: NoiseFlags): Promise<void> {
  const batch = flags.batches ?? '32';
  const report = await studio.rpc.call(
    'checks.wandering',
    {
      subject: await subjectOf(studio, named, flags),
      ...sampleOf(flags, 256),
      paths: number('--paths', flags.paths, 8),
      steps: number('--steps', flags.steps, 60),
      learningRate: number('--lr', flags.lr, 0.003),
      batchSize: batch === 'full' ? 'full' : number('--batches', batch, 1),
      wrongLabels: number('--wrong-labels', flags.wrongLabels, 0),
      droppedInputs: number('--dropped-inputs', flags.droppedInputs, 0),
    },
    watching(studio, 'noise'),
  );
  const { keptSteps, spread, travelled, endLosses, meanEndLoss } = report;
  studio.output.result({ type: 'wandering', ...report, losses: [...report.losses] }, () =>
    [
      m.cli_wandering_head(),
      ...keptSteps.map(
        (k) => `${String(k).padStart(6)}  ${spread[k]!.toPrecision(5)}  ${travelled[k]!.toPrecision(5)}`,
      ),
      m.cli_wandering_loss({
        mean: meanEndLoss.toPrecision(6),
        paths: (endLosses.reduce((sum, loss) => sum + loss, 0) / endLosses.length).toPrecision(6),
      }),
    ].join('\n'),
  );
}

function scientific(value: number | null): string {
  return value === null ? '∞' : value === 0 ? '0' : value.toExponential(1);
}
