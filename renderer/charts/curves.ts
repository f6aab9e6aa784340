/** Curves as charts draw them: columns of numbers, and what is computed from them. No drawing here. */
import type { Drawing } from './picture-file.ts';

export interface Curve {
  readonly id: string;
  readonly label: string;
  /** A CSS colour; may be `light-dark(…)` or a custom property. */
  readonly color: string;
  readonly dash?: readonly number[];
  /** Drawn thin and pale beneath the others, such as the losses of single steps. */
  readonly isFaint?: boolean;
  /** Ascending. */
  readonly x: ArrayLike<number>;
  /** NaN and ±∞ are shown as marks. */
  readonly y: ArrayLike<number>;
}

/** What a person changed about a chart; kept with the rest of the view. */
export interface ChartView {
  /** The part of x in view; null follows the data. */
  readonly zoom: readonly [number, number] | null;
  readonly isLog: boolean;
  /** Weight of the past in the moving average, in [0, 0.99]; 0 draws the values as they are. */
  readonly smoothing: number;
  readonly hidden: readonly string[];
}

/** What a chart that is mounted offers. */
export interface ChartHandle {
  /** The chart as it is now. */
  picture(title: string): Drawing;
}

export const defaultChartView: ChartView = { zoom: null, isLog: false, smoothing: 0, hidden: [] };

/**
 * Exponential moving average that starts unbiased: after k values the weights of the first k sum to one.
 *
 *     m ← w·m + (1 − w)·y        shown: m / (1 − wᵏ)
 *
 * Values that are not finite are passed through and left out of the average.
 *
 * @param weight w in [0, 1).
 */
export function smooth(values: ArrayLike<number>, weight: number): Float64Array {
  const smoothed = new Float64Array(values.length);
  let mean = 0;
  let mass = 0;
  for (let i = 0; i < values.length; i++) {
    const y = values[i]!;
    if (!Number.isFinite(y)) {
      smoothed[i] = y;
      continue;
    }
    mean = weight * mean + (1 - weight) * y;
    mass = weight * mass + (1 - weight);
    smoothed[i] = mean / mass;
  }
  return smoothed;
}

/** The position in `x` (ascending) nearest to `at`; −1 where there is none. */
export function nearest(x: ArrayLike<number>, at: number): number {
  let low = 0;
  let high = x.length - 1;
  if (high < 0) return -1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (x[middle]! <= at) low = middle;
    else high = middle;
  }
  return Math.abs(x[low]! - at) <= Math.abs(x[high]! - at) ? low : high;
}

/** One x for all curves, ascending, each value once. */
export function sharedX(curves: readonly Pick<Curve, 'x'>[]): number[] {
  const positions = curves.map(() => 0);
  const x: number[] = [];
  for (;;) {
    let next = Infinity;
    curves.forEach((curve, k) => {
      const i = positions[k]!;
      if (i < curve.x.length && curve.x[i]! < next) next = curve.x[i]!;
    });
    if (next === Infinity) return x;
    x.push(next);
    curves.forEach((curve, k) => {
      while (positions[k]! < curve.x.length && curve.x[positions[k]!]! <= next) positions[k]!++;
    });
  }
}

/**
 * The values of a curve at the shared x: `undefined` where it has none (the line goes on), null where its value cannot
 * be drawn (the line breaks).
 */
export function alignTo(
  x: readonly number[],
  curve: Curve,
  values: ArrayLike<number>,
  isLog: boolean,
): (number | null | undefined)[] {
  const aligned = new Array<number | null | undefined>(x.length);
  let i = 0;
  for (let k = 0; k < x.length && i < curve.x.length; k++) {
    if (curve.x[i]! > x[k]!) continue;
    const y = values[i]!;
    aligned[k] = Number.isFinite(y) && (!isLog || y > 0) ? y : null;
    i++;
    while (i < curve.x.length && curve.x[i]! <= x[k]!) i++;
  }
  return aligned;
}

/** Where a curve stops being a number. */
export function nonFinite(curve: Curve): number[] {
  const found: number[] = [];
  for (let i = 0; i < curve.y.length; i++) if (!Number.isFinite(curve.y[i]!)) found.push(curve.x[i]!);
  return found;
}

export function extent(curves: readonly Curve[]): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const { x } of curves) {
    if (x.length === 0) continue;
    low = Math.min(low, x[0]!);
    high = Math.max(high, x[x.length - 1]!);
  }
  if (low > high) return [0, 1];
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}

/** Range of the finite values in view, with a little air; [0, 1] where there are none. */
export function valueExtent(
  curves: readonly Curve[],
  [from, to]: readonly [number, number],
  isLog: boolean,
): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const { x, y } of curves) {
    for (let i = 0; i < x.length; i++) {
      if (x[i]! < from || x[i]! > to) continue;
      const value = y[i]!;
      if (!Number.isFinite(value) || (isLog && value <= 0)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  if (low > high) return isLog ? [0.1, 1] : [0, 1];
  if (isLog) return [low / 1.1, high * 1.1];
  const air = low === high ? Math.max(Math.abs(low) * 0.1, 1e-6) : (high - low) * 0.06;
  return [low - air, high + air];
}
