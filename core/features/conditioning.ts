/**
 * How hard features make it for an optimizer: the condition number of their second moments.
 *
 *     κ = λ_max / λ_min⁺      of C = (1/n) Σ xᵢxᵢᵀ, over eigenvalues above the cut-off λ_max·10⁻⁸
 *
 * The loss of a linear model bends along the eigenvectors of C, so plain gradient descent needs about κ steps to come a fixed
 * part nearer, with momentum about √κ. Three times the same features: as they are, standardised, and whitened with ε.
 * Directions in which nothing varies have λ = 0; they are left out and counted, since no step moves along them either.
 *
 * How many steps it really takes also depends on where the answer lies. With targets the loss ½·mean‖W·x − y‖² is followed exactly
 * along every eigenvector u of C, from W = 0 to within a hundredth of the way to its minimum, with rate α = 1/λ_max:
 *
 *     gap(t) = ½ Σᵢ eᵢ(t)²·‖uᵢᵀ·B‖²/λᵢ      B = (1/n) Σ xᵢ(yᵢ − ȳ)ᵀ,  e(0) = 1
 *     plain       e(t) = (1 − αλ)ᵗ
 *     momentum    e(t + 1) = e(t) − αλ·e(t) + ρ·(e(t) − e(t − 1)),  ρ = 0.9
 *
 * Source: Goh 2017, "Why momentum really works", Distill; LeCun et al. 1998, "Efficient BackProp", section 5.
 */
import { product } from '../array/linear-algebra.ts';
import { type Matrix, requireShape, zeros } from '../array/matrix.ts';
import { requireInteger } from '../options.ts';
import { covariance, meanOfRows } from './covariance.ts';
import { symmetricEigen } from './symmetric-eigen.ts';

export interface Condition {
  /** κ. */
  readonly number: number;
  readonly largest: number;
  readonly smallest: number;
  /** Eigenvalues below the cut-off. */
  readonly flat: number;
  /** Steps to within a hundredth of the way; null without targets. */
  readonly steps: StepsNeeded | null;
}

/** null for more than were followed. */
export interface StepsNeeded {
  readonly plain: number | null;
  readonly momentum: number | null;
}

export interface Conditioning {
  readonly raw: Condition;
  readonly standardized: Condition;
  readonly whitened: Condition;
}

const cutOff = 1e-8;
/** ε of the whitening, of features that are standardised. */
const whiteningEpsilon = 1e-3;

/** What is left of the way. */
const nearEnough = 0.01;
const momentum = 0.9;
const mostPlainSteps = 1e9;
const mostMomentumSteps = 30_000;

/**
 * @param x        (n, d), n ≥ 2: features as extracted.
 * @param targets  (n, c): what the features are to say, such as 1 for the class and 0 for the others.
 * @throws StudioError INVALID_OPTION, SHAPE_MISMATCH.
 */
export function conditioningOf(x: Matrix, targets: Matrix | null = null): Conditioning {
  requireInteger('pictures', x.rows, 2);
  const mean = meanOfRows(x);
  const centred = covariance(x, mean, 0);
  const deviations = Float64Array.from(mean, (_, j) => Math.sqrt(centred.data[j * x.columns + j]!));
  const pull = targets === null ? null : crossMoments(x, mean, targets);
  const second = symmetricEigen(covariance(x, new Float64Array(x.columns), 0));
  const standardized = symmetricEigen(scaled(centred, deviations));
  const along = pull === null ? null : pullAlong(standardized.vectors, divided(pull, deviations));
  const spread = standardized.values.map((value) => Math.max(0, value) + whiteningEpsilon);
  return {
    raw: conditionOf(second.values, pull === null ? null : pullAlong(second.vectors, pull)),
    standardized: conditionOf(standardized.values, along),
    whitened: conditionOf(
      standardized.values.map((value, i) => Math.max(0, value) / spread[i]!),
      along === null ? null : along.map((value, i) => value / spread[i]!),
    ),
  };
}

/** B (d, c). */
function crossMoments(x: Matrix, mean: Float64Array, targets: Matrix): Matrix {
  requireShape('targets', targets, x.rows, targets.columns);
  const target = meanOfRows(targets);
  const result = zeros(x.columns, targets.columns);
  for (let i = 0; i < x.rows; i++) {
    for (let j = 0; j < x.columns; j++) {
      const difference = (x.data[i * x.columns + j]! - mean[j]!) / x.rows;
      for (let c = 0; c < targets.columns; c++) {
        result.data[j * targets.columns + c]! += difference * (targets.data[i * targets.columns + c]! - target[c]!);
      }
    }
  }
  return result;
}

/** Rows divided by the deviations; 0 where a feature never varies. */
function divided(pull: Matrix, deviations: Float64Array): Matrix {
  const data = pull.data.map((value, i) => {
    const deviation = deviations[Math.floor(i / pull.columns)]!;
    return deviation > 1e-6 ? value / deviation : 0;
  });
  return { ...pull, data };
}

/** (d) ‖uᵢᵀ·B‖². */
function pullAlong(vectors: Matrix, pull: Matrix): Float64Array {
  return product(vectors, pull).data.reduce((sums, value, i) => {
    sums[Math.floor(i / pull.columns)]! += value * value;
    return sums;
  }, new Float64Array(vectors.rows));
}

/** @param pull  ‖uᵢᵀ·B‖² of each eigenvalue. */
function stepsOf(values: Float64Array, pull: Float64Array): StepsNeeded {
  const largest = values.reduce((most, value) => Math.max(most, value), 0);
  const modes = Array.from(values, (value, i) => ({ rate: value / largest, gap: pull[i]! / value })).filter(
    ({ rate, gap }) => rate > cutOff && gap > 0,
  );
  const wanted = nearEnough * modes.reduce((total, { gap }) => total + gap, 0);
  const left = (t: number) => modes.reduce((total, { rate, gap }) => total + gap * (1 - rate) ** (2 * t), 0);
  let plain: number | null = null;
  if (left(mostPlainSteps) <= wanted) {
    let [low, high] = [0, mostPlainSteps];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (left(middle) <= wanted) high = middle;
      else low = middle;
    }
    plain = high;
  }
  return { plain, momentum: momentumSteps(modes, wanted) };
}

function momentumSteps(modes: readonly { rate: number; gap: number }[], wanted: number): number | null {
  const now = new Float64Array(modes.length).fill(1);
  const before = now.slice();
  for (let t = 1; t <= mostMomentumSteps; t++) {
    let left = 0;
    for (let i = 0; i < modes.length; i++) {
      const { rate, gap } = modes[i]!;
      const next = now[i]! - rate * now[i]! + momentum * (now[i]! - before[i]!);
      before[i] = now[i]!;
      now[i] = next;
      left += gap * next * next;
    }
    if (left <= wanted) return t;
  }
  return null;
}

function conditionOf(values: Float64Array, pull: Float64Array | null): Condition {
  const largest = values.reduce((most, value) => Math.max(most, value), 0);
  const counted = values.filter((value) => value > cutOff * largest);
  if (counted.length === 0) {
    // Nothing varies: there is nowhere to go.
    const none = pull === null ? null : { plain: 0, momentum: 0 };
    return { number: 1, largest: 0, smallest: 0, flat: values.length, steps: none };
  }
  const smallest = counted.reduce((least, value) => Math.min(least, value), Infinity);
  const steps = pull === null ? null : stepsOf(values, pull);
  return { number: largest / smallest, largest, smallest, flat: values.length - counted.length, steps };
}

/** C with rows and columns divided by the deviations; features that never vary stay 0. */
function scaled(c: Matrix, deviations: Float64Array): Matrix {
  const result = zeros(c.rows, c.columns);
  for (let i = 0; i < c.rows; i++) {
    for (let j = 0; j < c.columns; j++) {
      const factor = deviations[i]! * deviations[j]!;
      if (factor > 1e-12) result.data[i * c.columns + j] = c.data[i * c.columns + j]! / factor;
    }
  }
  return result;
}
