/** The confusion matrix: how often each class was taken for each. */
import { type Matrix, requireLength, zeros } from '../array/matrix.ts';
import { StudioError } from '../errors.ts';

/**
 * counts[t, v] = pictures of class t whose verdict is v, over all classes, also those that never occur.
 *
 * @param truth      (n) class indices in [0, classes).
 * @param predicted  (n) class indices in [0, classes).
 * @returns (classes, classes) whole numbers.
 * @throws StudioError SHAPE_MISMATCH when the lengths differ or an index has no class.
 */
export function confusionMatrix(truth: ArrayLike<number>, predicted: ArrayLike<number>, classes: number): Matrix {
  requireLength('predicted', predicted, truth.length);
  const counts = zeros(classes, classes);
  for (let i = 0; i < truth.length; i++) {
    const t = truth[i]!;
    const v = predicted[i]!;
    if (!(t >= 0 && t < classes && v >= 0 && v < classes)) {
      throw new StudioError('SHAPE_MISMATCH', {
        what: `classes of sample ${i}`,
        expected: `0 … ${classes - 1}`,
        actual: `${t}, ${v}`,
      });
    }
    counts.data[t * classes + v]!++;
  }
  return counts;
}

/**
 * Rates instead of counts.
 *
 *     by truth:    counts[t, v] / Σᵥ counts[t, v]        of the pictures of class t, how many were taken for v
 *     by verdict:  counts[t, v] / Σₜ counts[t, v]        of the verdicts v, how many were class t
 *
 * @returns rows of rates; null where a class has no pictures (or no verdicts), for 0/0 is not a rate.
 */
export function confusionRates(counts: Matrix, by: 'truth' | 'verdict'): (number | null)[][] {
  const totals = by === 'truth' ? truthCounts(counts) : verdictCounts(counts);
  return Array.from({ length: counts.rows }, (_, t) =>
    Array.from({ length: counts.columns }, (_, v) => {
      const total = totals[by === 'truth' ? t : v]!;
      return total === 0 ? null : counts.data[t * counts.columns + v]! / total;
    }),
  );
}

/** Pictures of each class: row sums. */
export function truthCounts(counts: Matrix): Float64Array {
  const totals = new Float64Array(counts.rows);
  for (let i = 0; i < counts.data.length; i++) totals[Math.floor(i / counts.columns)]! += counts.data[i]!;
  return totals;
}

/** Verdicts of each class: column sums. */
export function verdictCounts(counts: Matrix): Float64Array {
  const totals = new Float64Array(counts.columns);
  for (let i = 0; i < counts.data.length; i++) totals[i % counts.columns]! += counts.data[i]!;
  return totals;
}
