/** Checks of a model's gradient and curvature, in a thread: see core/gradient-check and core/landscape. */
import { norm } from '../../core/array/linear-algebra.ts';
import { selectRows } from '../../core/array/matrix.ts';
import { cancelled } from '../../core/errors.ts';
import { checkGradient, chosenEntries, gradientThresholds } from '../../core/gradient-check/gradient-check.ts';
import {
  differencePrecisions,
  differenceSchemes,
  errorByStepSize,
  numericGradient,
} from '../../core/gradient-check/numeric-gradient.ts';
import { lineThroughZero } from '../../core/gradient-check/line-through-zero.ts';
import { mistakenGradient, spoils } from '../../core/gradient-check/planted-mistakes.ts';
import { checkSecondDerivatives } from '../../core/gradient-check/second-derivative-check.ts';
import { conditioning } from '../../core/landscape/conditioning.ts';
import { descentAroundBound } from '../../core/landscape/descent-bound.ts';
import { gradientVariance } from '../../core/landscape/gradient-variance.ts';
import { compareInputScalings } from '../../core/landscape/input-scaling.ts';
import { cosine, lossGrid, scaledRandomDirection, unitDirection } from '../../core/landscape/loss-plane.ts';
import { settle } from '../../core/landscape/settle.ts';
import { jointPlane } from '../../core/landscape/trajectory-plane.ts';
import { wander } from '../../core/landscape/wandering.ts';
import type { Objective } from '../../core/models/classifier.ts';
import { hessianAt } from '../../core/models/hessian.ts';
import { activations } from '../../core/models/layers/activation.ts';
import { createGenerator } from '../../core/random/generator.ts';
import { batchesInTurn } from '../../core/training/minibatches.ts';
import { readCheckpoint } from './checkpoint-file.ts';
import { checkedModel, type CheckedModel } from './checked-model.ts';
import type { TaskContext, TaskInput, TaskOutput } from './task.ts';

type CheckMethod =
  | 'compute.checkGradient'
  | 'compute.numericGradient'
  | 'compute.curvature'
  | 'compute.descent'
  | 'compute.scaling'
  | 'compute.lossGrid'
  | 'compute.noise'
  | 'compute.wandering';
type GradientReport = TaskOutput<'compute.checkGradient'>;

const progressIntervalMs = 100;
/** h of the V-curve, 1e-1 … 1e-12, and how many entries it is measured on. */
const curveSteps = Array.from({ length: 23 }, (_, k) => 10 ** (-1 - k / 2));
const curveEntries = 12;

/** Counts work, tells it now and then, and ends the task when the person has. */
class Work {
  #done = 0;
  #toldMs = performance.now();
  readonly #total: number;
  readonly #context: TaskContext<CheckMethod>;

  constructor(context: TaskContext<CheckMethod>, total: number) {
    this.#context = context;
    this.#total = total;
  }

  /** Call before each piece of work. Throws CANCELLED; never answers true, so that no half report is written. */
  readonly next = (): false => {
    if (this.#context.request() === 'discard') throw cancelled();
    const now = performance.now();
    if (now - this.#toldMs >= progressIntervalMs) {
      this.#toldMs = now;
      this.#context.progress({ done: Math.min(this.#done, this.#total), total: this.#total });
    }
    this.#done++;
    return false;
  };
}

export function checkGradientTask(
  input: TaskInput<'compute.checkGradient'>,
  context: TaskContext<'compute.checkGradient'>,
): GradientReport {
  const { entriesPerBlock, order, step, burnIn, mistake, curve, secondDerivatives, seed } = input;
  const checked = checkedModel(input);
  const { model, x, labels, turnedOff } = checked;
  const { blocks } = model;
  const entries = blocks.reduce((sum, block) => sum + Math.min(block.size, entriesPerBlock), 0);
  const hasPenalty = checked.objective.l2 > 0;
  const curves = curve ? 2 * 2 * curveSteps.length : 0;
  const work = new Work(context, burnIn + entries * (hasPenalty ? 2 : 1) + curves + (secondDerivatives ? 5 : 0));
  const parameters = burntIn(checked, burnIn, work);

  const dataOnly: Objective = { ...checked.objective, l2: 0 };
  let evaluations = 0;
  let evaluationMs = 0;
  const functionOf = (objective: Objective, planted: typeof mistake) => ({
    loss(theta: Float64Array) {
      const startedAt = performance.now();
      const { loss } = model.loss(theta, x, labels, objective);
      evaluations++;
      evaluationMs += performance.now() - startedAt;
      return loss;
    },
    gradient: (theta: Float64Array) =>
      planted === null
        ? model.lossAndGradient(theta, x, labels, objective).gradient
        : mistakenGradient(model, theta, x, labels, objective, planted),
    sides: (theta: Float64Array) => model.sides(theta, x, labels, objective),
  });

  const parts = (hasPenalty ? (['data', 'whole'] as const) : (['data'] as const)).map((part) => {
    const objective = part === 'data' ? dataOnly : checked.objective;
    const canShow = (name: typeof mistake) =>
      name !== null && blocks.some((block) => spoils(name, block, model, x.rows, objective));
    // A mistake that this part cannot show, such as a forgotten penalty in the data loss, leaves it right.
    const planted = part === 'data' && hasPenalty && !canShow(mistake) ? null : mistake;
    const check = checkGradient(functionOf(objective, planted), parameters, {
      blocks,
      entriesPerBlock,
      order,
      ...(step === null ? {} : { step }),
      random: createGenerator(seed, 'checked entries', part),
      shouldStop: work.next,
    });
    return {
      part,
      verdict: check.verdict,
      largestRelativeError: finite(check.largestRelativeError),
      checked: check.checked,
      kinks: check.kinks,
      evaluations: check.evaluations,
      blocks: check.blocks.map((block, b) => ({
        name: block.name,
        kind: blocks[b]!.kind,
        layer: blocks[b]!.layer,
        size: block.size,
        checked: block.entries.length,
        kinks: block.kinks,
        vanishing: block.vanishing,
        verdict: block.verdict,
        largestRelativeError: finite(block.largestRelativeError),
        entries: block.entries
          .toSorted((p, q) => Number(p.atKink) - Number(q.atKink) || q.relativeError - p.relativeError)
          .map(({ index, analytic, numeric, relativeError, atKink }) => ({
            index,
            analytic: finite(analytic),
            numeric: finite(numeric),
            relativeError: finite(relativeError),
            atKink,
          })),
        isSpoilt: planted !== null && spoils(planted, blocks[b]!, model, x.rows, objective),
      })),
    };
  });

  const secondsPerEvaluation = evaluationMs / 1000 / Math.max(1, evaluations);
  const startedAt = performance.now();
  const whole = functionOf(checked.objective, null);
  whole.gradient(parameters);
  const analyticSeconds = (performance.now() - startedAt) / 1000;
  const d = parameters.length;
  return {
    parameters: d,
    samples: x.rows,
    turnedOff,
    parts,
    thresholds: gradientThresholds,
    cost: {
      forwardEvaluations: d + 1,
      centralEvaluations: 2 * d,
      secondsPerEvaluation,
      projectedForwardSeconds: (d + 1) * secondsPerEvaluation,
      projectedCentralSeconds: 2 * d * secondsPerEvaluation,
      analyticSeconds,
    },
    curve: curve ? stepSizeCurves(whole, parameters, seed, work) : [],
    secondDerivatives: secondDerivatives ? secondDerivativeReport(checked, parameters, seed, work) : null,
  };
}

export function numericGradientTask(
  input: TaskInput<'compute.numericGradient'>,
  context: TaskContext<'compute.numericGradient'>,
): TaskOutput<'compute.numericGradient'> {
  const { scheme, precision, step, entries: wanted, seed } = input;
  const { model, parameters, x, labels, objective, turnedOff } = checkedModel(input);
  const d = parameters.length;
  const gradientMs: number[] = [];
  let analytic: Float64Array = new Float64Array(0);
  for (let k = 0; k < 5; k++) {
    const startedAt = performance.now();
    analytic = model.lossAndGradient(parameters, x, labels, objective).gradient;
    gradientMs.push(performance.now() - startedAt);
  }
  const entries = chosenEntries(d, wanted, createGenerator(seed, 'numeric gradient'));
  const perEntry = scheme === 'forward' ? 1 : 2;
  const once = scheme === 'forward' ? 1 : 0;
  const work = new Work(context, entries.length);
  const timeline: { entries: number; evaluations: number; seconds: number }[] = [];
  // Evenly, and after 100, 200, 400 … weights.
  const evenly = Array.from({ length: 12 }, (_, k) => Math.round(((k + 1) / 12) * entries.length));
  const marks = new Set([...evenly, ...Array.from({ length: 14 }, (_, k) => 100 * 2 ** k)]);
  const startedAt = performance.now();
  const note = (done: number) => {
    if (!marks.has(done) || done === 0) return;
    timeline.push({
      entries: done,
      evaluations: done * perEntry + once,
      seconds: (performance.now() - startedAt) / 1000,
    });
  };
  const { values, evaluations } = numericGradient((theta) => model.loss(theta, x, labels, objective).loss, parameters, {
    scheme,
    precision,
    step,
    entries,
    shouldStop(done) {
      note(done);
      return work.next();
    },
  });
  note(values.length);
  const seconds = (performance.now() - startedAt) / 1000;
  let difference = 0;
  let size = 0;
  values.forEach((value, k) => {
    difference += (value - analytic[entries[k]!]!) ** 2;
    size += analytic[entries[k]!]! ** 2;
  });
  const fullEvaluations = d * perEntry + once;
  return {
    parameters: d,
    samples: x.rows,
    turnedOff,
    entries: values.length,
    evaluations,
    seconds,
    fullEvaluations,
    projectedSeconds: (seconds / evaluations) * fullEvaluations,
    analyticSeconds: gradientMs.sort((a, b) => a - b)[2]! / 1000,
    relativeError: finite(size === 0 ? Math.sqrt(difference) : Math.sqrt(difference / size)),
    timeline,
    straightness:
      lineThroughZero(
        timeline.map((point) => point.entries),
        timeline.map((point) => point.seconds),
      )?.straightness ?? null,
  };
}

/** A few steps of plain descent, short enough for any loss: a fresh model is too symmetric to show every mistake. */
function burntIn({ model, parameters, x, labels, objective }: CheckedModel, steps: number, work: Work): Float64Array {
  const theta = parameters.slice();
  for (let k = 0; k < steps; k++) {
    work.next();
    const { gradient } = model.lossAndGradient(theta, x, labels, objective);
    const rate = 0.01 / Math.max(1, norm(gradient));
    for (let i = 0; i < theta.length; i++) theta[i]! -= rate * gradient[i]!;
  }
  return theta;
}

function stepSizeCurves(
  f: { loss(theta: Float64Array): number; gradient(theta: Float64Array): Float64Array },
  parameters: Float64Array,
  seed: number,
  work: Work,
): GradientReport['curve'] {
  const analytic = f.gradient(parameters);
  // Of the larger entries: on one that vanishes there is nothing but rounding to see.
  const drawn = chosenEntries(parameters.length, 20 * curveEntries, createGenerator(seed, 'curve'));
  const entries = Array.from(drawn)
    .sort((i, j) => Math.abs(analytic[j]!) - Math.abs(analytic[i]!))
    .slice(0, curveEntries);
  const wanted = entries.map((i) => analytic[i]!);
  return differencePrecisions.flatMap((precision) =>
    differenceSchemes.map((scheme) => {
      const { errors } = errorByStepSize((theta) => f.loss(theta), parameters, wanted, {
        scheme,
        precision,
        entries,
        steps: curveSteps,
        shouldStop: work.next,
      });
      return {
        scheme,
        precision,
        steps: errors.map((point) => point.step),
        relativeErrors: errors.map((point) => finite(point.relativeError)),
      };
    }),
  );
}

function secondDerivativeReport(
  { model, x, labels, objective }: CheckedModel,
  parameters: Float64Array,
  seed: number,
  work: Work,
): NonNullable<GradientReport['secondDerivatives']> {
  const check = checkSecondDerivatives(
    {
      gradient: (theta) => model.lossAndGradient(theta, x, labels, objective).gradient,
      hessian: (theta) => hessianAt(model, theta, x, labels, objective),
      sides: (theta) => model.sides(theta, x, labels, objective),
    },
    parameters,
    { random: createGenerator(seed, 'second derivatives'), step: 1e-4, shouldStop: work.next },
  );
  const { verdict, directions, kinks, largestRelativeError, largestAsymmetry } = check;
  const isPiecewiseLinear = model.activations.some((name) => activations[name].hasKink);
  return { verdict, directions: directions.length, kinks, largestRelativeError, largestAsymmetry, isPiecewiseLinear };
}

export function curvatureTask(
  input: TaskInput<'compute.curvature'>,
  context: TaskContext<'compute.curvature'>,
): TaskOutput<'compute.curvature'> {
  const { steps, cutOff, gradientTolerance, momentum, seed } = input;
  const checked = checkedModel(input);
  const { model, x, labels, objective, turnedOff } = checked;
  const { parameters, ...settled } = settledAt(checked, input.settle, context);
  const found = conditioning(model, parameters, x, labels, objective, {
    random: createGenerator(seed, 'curvature'),
    mostSteps: stepsThatFit(steps, parameters.length),
    cutOff,
    gradientTolerance,
    shouldStop: stopper(context),
  });
  const { largestStableRate } = found;
  return {
    parameters: found.parameters,
    samples: found.samples,
    turnedOff,
    settled,
    method: found.method,
    products: found.products,
    isConverged: found.isConverged,
    loss: found.loss,
    gradientNorm: found.gradientNorm,
    largest: found.largest,
    smallest: found.smallest,
    smallestPositive: found.smallestPositive,
    cutOff: found.cutOff,
    conditionNumber: found.conditionNumber,
    largestStableRate,
    largestStableRateWithMomentum: largestStableRate === null ? null : largestStableRate * (1 + momentum),
    nullDirections: [...found.nullDirections],
    point: found.point,
    spectrum: [...found.spectrum],
  };
}

/** The model, or a minimum near it. */
function settledAt(
  { model, parameters, x, labels, objective }: CheckedModel,
  iterations: number,
  context: TaskContext<CheckMethod>,
) {
  const asked = stopper(context);
  const evaluate = (theta: Float64Array) => model.lossAndGradient(theta, x, labels, objective);
  return settle(evaluate, parameters, iterations, (done) => asked(done, iterations));
}

export function descentTask(
  input: TaskInput<'compute.descent'>,
  context: TaskContext<'compute.descent'>,
): TaskOutput<'compute.descent'> {
  const { multiples, steps, rise, seed } = input;
  const checked = checkedModel(input);
  const { model, x, labels, objective, turnedOff } = checked;
  const { parameters, ...settled } = settledAt(checked, input.settle, context);
  const found = conditioning(model, parameters, x, labels, objective, {
    random: createGenerator(seed, 'curvature'),
    mostSteps: stepsThatFit(60, parameters.length),
    shouldStop: stopper(context),
  });
  const work = new Work(context, multiples.length * steps);
  const paths = descentAroundBound(
    {
      loss: (theta) => model.loss(theta, x, labels, objective).loss,
      gradient: (theta) => model.lossAndGradient(theta, x, labels, objective).gradient,
    },
    hessianAt(model, parameters, x, labels, objective),
    parameters,
    { value: found.largest.value, vector: found.largestVector },
    { multiples, steps, rise, shouldStop: work.next },
  );
  return {
    parameters: parameters.length,
    samples: x.rows,
    turnedOff,
    settled,
    loss: found.loss,
    gradientNorm: found.gradientNorm,
    largest: found.largest,
    largestStableRate: found.largestStableRate,
    paths: paths.map((path) => ({
      ...path,
      losses: [...path.losses],
      modelLosses: [...path.modelLosses],
      alongTop: [...path.alongTop],
    })),
  };
}

export function scalingTask(
  input: TaskInput<'compute.scaling'>,
  context: TaskContext<'compute.scaling'>,
): TaskOutput<'compute.scaling'> {
  const { unscaled, labels, model } = checkedModel(input);
  const x = unscaled();
  const work = new Work(context, 3 * (input.steps + 1));
  const scalings = compareInputScalings(x, labels, {
    classes: model.classes,
    steps: input.steps,
    shouldStop: work.next,
  });
  return {
    samples: x.rows,
    inputs: x.columns,
    classes: model.classes,
    scalings: scalings.map((scaling) => ({ ...scaling, losses: [...scaling.losses] })),
  };
}

export function lossGridTask(
  input: TaskInput<'compute.lossGrid'>,
  context: TaskContext<'compute.lossGrid'>,
): TaskOutput<'compute.lossGrid'> {
  const { along, ts, us } = input;
  const checked = checkedModel(input);
  const { model, parameters, x, labels, objective, turnedOff } = checked;
  const { loss, gradient } = model.lossAndGradient(parameters, x, labels, objective);
  const directions = along.map((direction) => directionOf(direction, checked, gradient, input.seed, context));
  const [a, b = null] = directions as [Float64Array, Float64Array?];
  const work = new Work(context, ts.length * us.length);
  const grid = lossGrid((theta) => model.loss(theta, x, labels, objective).loss, parameters, a, b, ts, us, work.next);
  return {
    parameters: parameters.length,
    samples: x.rows,
    turnedOff,
    loss,
    gradientNorm: norm(gradient),
    lengths: directions.map(norm),
    cosine: b === null ? null : cosine(a, b),
    ts: [...ts],
    us: [...us],
    losses: Float64Array.from(grid.losses),
  };
}

function directionOf(
  direction: TaskInput<'compute.lossGrid'>['along'][number],
  { model, parameters, start, x, labels, objective }: CheckedModel,
  gradient: Float64Array,
  seed: number,
  context: TaskContext<'compute.lossGrid'>,
): Float64Array {
  const towards = (target: ArrayLike<number>) => parameters.map((theta, i) => target[i]! - theta);
  switch (direction.kind) {
    case 'gradient':
      return unitDirection(gradient.map((g) => -g));
    case 'random':
      return scaledRandomDirection(parameters, model.blocks, createGenerator(direction.seed, 'plane'));
    case 'start':
      return towards(start);
    case 'model': {
      const { parameters: target } = readCheckpoint(direction.path).state.engine;
      // Longer or shorter parameters are refused where the point is made.
      return target.length === parameters.length ? towards(target) : Float64Array.from(target);
    }
    case 'top':
    case 'bottom': {
      const found = conditioning(model, parameters, x, labels, objective, {
        random: createGenerator(seed, 'curvature'),
        mostSteps: stepsThatFit(60, parameters.length),
        shouldStop: stopper(context),
      });
      return direction.kind === 'top' ? found.largestVector : found.smallestVector;
    }
  }
}

export function noiseTask(
  input: TaskInput<'compute.noise'>,
  context: TaskContext<'compute.noise'>,
): TaskOutput<'compute.noise'> {
  const { batchSizes, draws, seed } = input;
  const { model, parameters, x, labels, objective, turnedOff } = checkedModel(input);
  const work = new Work(context, batchSizes.filter((size) => size < x.rows).length * draws);
  const sizes = gradientVariance(
    (samples) => {
      const own = Uint16Array.from(samples, (i) => labels[i]!);
      return model.lossAndGradient(parameters, selectRows(x, samples), own, objective).gradient;
    },
    {
      sampleCount: x.rows,
      batchSizes: [...new Set(batchSizes.map((size) => Math.min(size, x.rows)))],
      draws,
      random: createGenerator(seed, 'noise'),
      shouldStop: work.next,
    },
  );
  const { gradient } = model.lossAndGradient(parameters, x, labels, objective);
  return { parameters: parameters.length, samples: x.rows, turnedOff, gradientNorm: norm(gradient), sizes };
}

/** Kept iterates may take this much memory together. */
const iterateBytes = 512 * 2 ** 20;

export function wanderingTask(
  input: TaskInput<'compute.wandering'>,
  context: TaskContext<'compute.wandering'>,
): TaskOutput<'compute.wandering'> {
  const { paths, steps, points, side, batchSize, seed } = input;
  const { model, parameters, x, labels, objective, turnedOff } = checkedModel(input);
  const work = new Work(context, paths * steps + side * side);
  const walk = wander(
    (theta, { samples, labels: own, inputFactors }) => {
      const rows = selectRows(x, samples);
      if (inputFactors !== null) for (let i = 0; i < rows.data.length; i++) rows.data[i]! *= inputFactors[i]!;
      return model.lossAndGradient(theta, rows, own, objective).gradient;
    },
    parameters,
    labels,
    { classes: input.source.classes.length, inputs: x.columns },
    {
      ...input,
      batchesOf: (path) => batchesInTurn({ sampleCount: x.rows, batchSize, seed: (seed + path) >>> 0 }),
      kept: Math.max(2, Math.min(points, Math.floor(iterateBytes / (4 * parameters.length * (paths + 1))))),
      shouldStop: work.next,
    },
  );
  const stop = () => work.next();
  const plane = jointPlane([...walk.iterates, walk.meanIterates], stop)!;
  const all = plane.coordinates.flat();
  const axis = (k: 0 | 1) => {
    const values = all.map((point) => point[k]);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const air = Math.max(high - low, 1e-9) * 0.15;
    return Array.from({ length: side }, (_, i) => low - air + ((high - low + 2 * air) * i) / (side - 1));
  };
  const [xs, ys] = [axis(0), axis(1)];
  const loss = (theta: Float64Array) => model.loss(theta, x, labels, objective).loss;
  const [a, b] = plane.directions;
  const { losses } = lossGrid(loss, plane.origin, a, b, xs, ys, stop);
  return {
    parameters: parameters.length,
    samples: x.rows,
    turnedOff,
    spread: [...walk.spread],
    travelled: [...walk.travelled],
    keptSteps: [...walk.keptSteps],
    coordinates: plane.coordinates.map((path) => path.map(([a, b]): [number, number] => [a, b])),
    explained: [...plane.explained],
    xs,
    ys,
    losses: Float64Array.from(losses),
    endLosses: walk.ends.map(loss),
    meanEndLoss: loss(walk.meanEnd),
  };
}

/** Lanczos keeps a vector a step; together they may take this much memory. */
const lanczosBytes = 512 * 2 ** 20;
function stepsThatFit(steps: number, parameters: number): number {
  return Math.max(10, Math.min(steps, Math.floor(lanczosBytes / (8 * parameters))));
}

/** For work whose total is told with each step. */
function stopper(context: TaskContext<CheckMethod>): (done: number, total: number) => boolean {
  let toldMs = performance.now();
  return (done, total) => {
    if (context.request() === 'discard') throw cancelled();
    const now = performance.now();
    if (now - toldMs >= progressIntervalMs) {
      toldMs = now;
      context.progress({ done, total });
    }
    return false;
  };
}

/** JSON has no infinity. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
