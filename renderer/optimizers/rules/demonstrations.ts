/**
 * What is worth seeing of each rule, computed by the optimizers that train. Numbers only; the view draws and says them.
 *
 * Sources as in core/optimizers; the momentum forms' example is f = x² from 5 with a rate that falls to a tenth.
 */
import { surfaceNamed, walk } from '../../../core/landscape/surfaces.ts';
import { adagrad } from '../../../core/optimizers/adagrad.ts';
import { adam, type AdamState } from '../../../core/optimizers/adam.ts';
import { lbfgs } from '../../../core/optimizers/lbfgs.ts';
import type { Optimizer } from '../../../core/optimizers/optimizer.ts';
import { rmsprop } from '../../../core/optimizers/rmsprop.ts';
import { sgd } from '../../../core/optimizers/sgd.ts';
import { createGenerator } from '../../../core/random/generator.ts';
import { normal } from '../../../core/random/sampling.ts';

export interface Line {
  readonly id: string;
  readonly x: number[];
  readonly y: number[];
}

/** α = 1 throughout, so that a step is its multiple of the learning rate. */
function steps(optimizer: Optimizer, gradients: readonly number[], watch?: (state: unknown) => void): number[] {
  const theta = Float64Array.of(0);
  const state = optimizer.createState(1);
  return gradients.map((g) => {
    const before = theta[0]!;
    optimizer.step(theta, Float64Array.of(g), state);
    watch?.(state);
    return Math.abs(theta[0]! - before);
  });
}

/** 1, or with noise as large as itself. */
export function gradientsOf(kind: 'constant' | 'noisy', count: number): number[] {
  const random = createGenerator(0, 'demonstration');
  return Array.from({ length: count }, () => (kind === 'constant' ? 1 : 1 + normal(random)));
}

export interface AdamFirstSteps {
  readonly lengths: readonly Line[];
  /** m, v and what the correction makes of them. */
  readonly moments: readonly Line[];
  /** Without correction: the first step, the longest and when, in multiples of α. */
  readonly first: number;
  readonly longest: number;
  readonly longestAt: number;
}

export function adamFirstSteps(count: number, kind: 'constant' | 'noisy', beta1 = 0.9, beta2 = 0.999): AdamFirstSteps {
  const gradients = gradientsOf(kind, count);
  const x = gradients.map((_, k) => k + 1);
  const [m, v]: [number[], number[]] = [[], []];
  const withIt = steps(adam({ learningRate: 1, beta1, beta2 }), gradients, (state) => {
    const { firstMoment, secondMoment } = state as AdamState;
    m.push(firstMoment[0]!);
    v.push(secondMoment[0]!);
  });
  const without = steps(adam({ learningRate: 1, beta1, beta2, biasCorrection: false }), gradients);
  const longest = Math.max(...without);
  return {
    lengths: [
      { id: 'with', x, y: withIt },
      { id: 'without', x, y: without },
    ],
    moments: [
      { id: 'm', x, y: m },
      { id: 'm-hat', x, y: m.map((value, k) => value / (1 - beta1 ** (k + 1))) },
      { id: 'v', x, y: v },
      { id: 'v-hat', x, y: v.map((value, k) => value / (1 - beta2 ** (k + 1))) },
    ],
    first: without[0]!,
    longest,
    longestAt: without.indexOf(longest) + 1,
  };
}

export interface MomentumForms {
  readonly paths: readonly Line[];
  /** Largest distance before the drop, and after it. */
  readonly before: number;
  readonly after: number;
}

/** f = x² from 5, ρ = 0.9, α = 0.01; from step `drop` on α is divided by `by`. */
export function momentumForms(count: number, drop: number, by: number): MomentumForms {
  const path = (rate: 'inside' | 'outside') => {
    const optimizer = sgd({ momentum: 0.9, rate });
    const theta = Float64Array.of(5);
    const state = optimizer.createState(1);
    const visited = [5];
    for (let k = 0; k < count; k++) {
      optimizer.step(theta, Float64Array.of(2 * theta[0]!), state, k < drop ? 0.01 : 0.01 / by);
      visited.push(theta[0]!);
    }
    return visited;
  };
  const [outside, inside] = [path('outside'), path('inside')];
  const x = outside.map((_, k) => k);
  const apart = outside.map((value, k) => Math.abs(value - inside[k]!));
  return {
    paths: [
      { id: 'outside', x, y: outside },
      { id: 'inside', x, y: inside },
    ],
    before: Math.max(...apart.slice(0, drop + 1)),
    after: Math.max(...apart.slice(drop)),
  };
}

export interface ShrinkingSteps {
  readonly lengths: readonly Line[];
  /** The step from which AdaGrad moves by less than a hundredth of its first. */
  readonly stalledAt: number | null;
  /** RMSProp's first step in multiples of α, 1/√(1 − ρ). */
  readonly firstOfRmsprop: number;
}

/** Step lengths under a gradient that never changes, at steps spread over decades. */
export function shrinkingSteps(decay: number, count = 20_000): ShrinkingSteps {
  const gradients = gradientsOf('constant', count);
  const sum = steps(adagrad({ learningRate: 1 }), gradients);
  const leaky = steps(rmsprop({ learningRate: 1, decay }), gradients);
  const shown = [...new Set(Array.from({ length: 120 }, (_, k) => Math.round(count ** (k / 119))))];
  const line = (id: string, y: number[]): Line => ({ id, x: shown, y: shown.map((t) => y[t - 1]!) });
  const stalled = sum.findIndex((length) => length < sum[0]! / 100);
  return {
    lengths: [line('adagrad', sum), line('rmsprop', leaky)],
    stalledAt: stalled < 0 ? null : stalled + 1,
    firstOfRmsprop: leaky[0]!,
  };
}

export interface EffectiveRates {
  /** After so many steps, ascending. */
  readonly times: readonly number[];
  /** √E[g²] of each weight. */
  readonly scales: readonly number[];
  /** α/(√s + ε) in multiples of α, one row a time, one column a weight. */
  readonly adagrad: readonly (readonly number[])[];
  readonly rmsprop: readonly (readonly number[])[];
}

/**
 * What multiplies the gradient of each of many weights, as both rules walk along: their gradients are noise about 0 whose sizes are spread
 * evenly over three decades, as those of pictures are.
 */
export function effectiveRates(decay: number, weights = 200, count = 3000): EffectiveRates {
  const random = createGenerator(0, 'effective rates');
  const scales = Array.from({ length: weights }, (_, i) => 10 ** (-3 + (3 * (i + 0.5)) / weights));
  const times = [...new Set(Array.from({ length: 25 }, (_, k) => Math.round(count ** (k / 24))))];
  const [sum, leaky] = [adagrad({ learningRate: 1 }), rmsprop({ learningRate: 1, decay })];
  const [sumState, leakyState] = [sum.createState(weights), leaky.createState(weights)];
  const theta = new Float64Array(weights);
  const gradient = new Float64Array(weights);
  const rates: { adagrad: number[][]; rmsprop: number[][] } = { adagrad: [], rmsprop: [] };
  for (let t = 1; t <= count; t++) {
    for (let i = 0; i < weights; i++) gradient[i] = scales[i]! * normal(random);
    sum.step(theta, gradient, sumState);
    leaky.step(theta, gradient, leakyState);
    if (!times.includes(t)) continue;
    rates.adagrad.push(Array.from(sumState.squareSum, (s) => 1 / Math.sqrt(s)));
    rates.rmsprop.push(Array.from(leakyState.squareAverage, (s) => 1 / Math.sqrt(s)));
  }
  return { times, scales, ...rates };
}

/** How many values lie in each bin of a logarithmic axis, as the outline of bars: two points a bin. */
export function stairs(values: readonly number[], low: number, high: number, bins: number): Omit<Line, 'id'> {
  const [from, to] = [Math.log10(low), Math.log10(high)];
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) {
    const bin = Math.floor(((Math.log10(value) - from) / (to - from)) * bins);
    counts[Math.max(0, Math.min(bins - 1, bin))]!++;
  }
  const edge = (k: number) => 10 ** (from + ((to - from) * k) / bins);
  return {
    x: counts.flatMap((_, k) => [edge(k), edge(k + 1)]),
    y: counts.flatMap((many) => [many, many]),
  };
}

/** Height above the minimum on ½(x² + κy²) by step, at a rate given as a multiple of 1/λmax. */
export function descentAtRates(conditionNumber: number, multiples: readonly number[], count = 120): readonly Line[] {
  const surface = surfaceNamed('quadratic', { conditionNumber });
  return multiples.map((multiple) => {
    const path = walk(surface, sgd({ learningRate: multiple / conditionNumber }), [10, 1], count);
    return { id: String(multiple), x: path.map((_, k) => k), y: path.map(({ loss }) => loss) };
  });
}

export interface LookAhead {
  readonly heights: readonly Line[];
  /** Largest distance between w + ρv of the look-ahead form and θ of the rewritten one. */
  readonly difference: number;
}

/** Descent, momentum and Nesterov's method on ½(x² + κy²), α = 1/κ, ρ as the theory has it. */
export function lookAhead(conditionNumber: number, count = 150): LookAhead {
  const surface = surfaceNamed('quadratic', { conditionNumber });
  const root = Math.sqrt(conditionNumber);
  const momentum = (root - 1) / (root + 1);
  const learningRate = 1 / conditionNumber;
  const walked = (optimizer: Optimizer) => walk(surface, optimizer, [10, 1], count);
  const nesterov = { learningRate, momentum, nesterov: true, rate: 'inside' } as const;
  const rewritten = walked(sgd(nesterov));
  const ahead = walked(sgd({ ...nesterov, form: 'look-ahead' }));
  const line = (id: string, path: ReturnType<typeof walked>): Line => ({
    id,
    x: path.map((_, k) => k),
    y: path.map(({ loss }) => loss),
  });
  const difference = Math.max(
    ...ahead.map(({ x, y, state }, k) => {
      const v = state['velocity'] as Float64Array;
      const there = rewritten[k]!;
      return Math.hypot(x + momentum * v[0]! - there.x, y + momentum * v[1]! - there.y);
    }),
  );
  return {
    heights: [
      line('sgd', walked(sgd({ learningRate }))),
      line('momentum', walked(sgd({ learningRate, momentum }))),
      line('nesterov', ahead),
    ],
    difference,
  };
}

/** A line of a method at the learning rate it was given. */
export interface TunedLine extends Line {
  readonly learningRate: number;
}

/** Learning rates that SGD and Adam are tried at: ten a decade, 10⁻⁴ … 10. */
const triedRates = Array.from({ length: 51 }, (_, k) => Number((10 ** (-4 + k / 10)).toPrecision(2)));

/**
 * Height on Rosenbrock's valley by evaluations of the function, not by steps: a line search takes several. SGD and Adam have the best of
 * 51 learning rates, the one that is lowest at the end; L-BFGS is as it is.
 */
export function byEvaluations(most = 300): readonly TunedLine[] {
  const surface = surfaceNamed('rosenbrock');
  const line = (id: string, learningRate: number, path: ReturnType<typeof walk>): TunedLine => {
    const shown = path.filter(({ evaluations }) => evaluations <= most);
    const y = shown.map(({ loss }) => Math.max(loss, 1e-16));
    return { id, learningRate, x: shown.map(({ evaluations }) => evaluations), y };
  };
  const best = (id: string, rule: (learningRate: number) => Optimizer): TunedLine =>
    triedRates
      .map((learningRate) => line(id, learningRate, walk(surface, rule(learningRate), surface.start, most)))
      .filter(({ x, y }) => x.length === most + 1 && Number.isFinite(y.at(-1)))
      .reduce((a, b) => (b.y.at(-1)! < a.y.at(-1)! ? b : a));
  return [
    best('sgd', (learningRate) => sgd({ learningRate })),
    best('adam', (learningRate) => adam({ learningRate })),
    line('lbfgs', 1, walk(surface, lbfgs(), surface.start, most)),
  ];
}
