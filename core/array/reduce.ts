/** Many numbers to one. Sums run in rising order. */
import type { Matrix } from './matrix.ts';
import { rowOf } from './matrix.ts';

export function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}

/** Arithmetic mean; NaN of nothing. */
export function mean(values: ArrayLike<number>): number {
  return sum(values) / values.length;
}

/** Population variance, (1/n) Σ (xᵢ − x̄)², in two passes; NaN of nothing. */
export function variance(values: ArrayLike<number>): number {
  const center = mean(values);
  let total = 0;
  for (let i = 0; i < values.length; i++) total += (values[i]! - center) ** 2;
  return total / values.length;
}

/** Largest value; −∞ of nothing. Spreading into Math.max would overflow the stack on a real layer. */
export function largest(values: ArrayLike<number>): number {
  let best = -Infinity;
  for (let i = 0; i < values.length; i++) if (values[i]! > best) best = values[i]!;
  return best;
}

/** max |x|; 0 of nothing. */
export function largestMagnitude(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 0; i < values.length; i++) {
    const magnitude = Math.abs(values[i]!);
    if (magnitude > best) best = magnitude;
  }
  return best;
}

/** Index of the largest value, the lowest among equals; −1 of nothing. NaN never wins. */
export function indexOfLargest(values: ArrayLike<number>): number {
  let best = values.length > 0 ? 0 : -1;
  for (let i = 1; i < values.length; i++) {
    if (values[i]! > values[best]! || Number.isNaN(values[best]!)) best = i;
  }
  return best;
}

/** Σᵢ a[i, j] for each column j. */
export function columnSums(a: Matrix): Float64Array {
  const sums = new Float64Array(a.columns);
  for (let i = 0; i < a.rows; i++) {
    const row = rowOf(a, i);
    for (let j = 0; j < row.length; j++) sums[j]! += row[j]!;
  }
  return sums;
}

export function allFinite(values: ArrayLike<number>): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i]!)) return false;
  return true;
}

/**
 * The q-quantile of values in rising order, interpolated linearly between neighbours (type 7 of Hyndman & Fan 1996).
 *
 * @param sorted  values in rising order, at least one.
 * @param q       in [0, 1].
 */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  const position = q * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (position - below) * (sorted[above]! - sorted[below]!);
}
