/** Verdicts and how often they are right. */
import { type Matrix, requireLength, rowOf } from '../array/matrix.ts';
import { indexOfLargest } from '../array/reduce.ts';
import { requireInteger } from '../options.ts';

/** The class with the highest score of each row, the lowest index among equals: (n, c) → (n). */
export function predictedClasses(scores: Matrix): Uint16Array {
  const predicted = new Uint16Array(scores.rows);
  for (let i = 0; i < scores.rows; i++) predicted[i] = indexOfLargest(rowOf(scores, i));
  return predicted;
}

/** Fraction of equal entries; NaN of nothing. Throws SHAPE_MISMATCH when the lengths differ. */
export function accuracy(truth: ArrayLike<number>, predicted: ArrayLike<number>): number {
  requireLength('predicted', predicted, truth.length);
  let correct = 0;
  for (let i = 0; i < truth.length; i++) if (truth[i] === predicted[i]) correct++;
  return correct / truth.length;
}

/**
 * Fraction of rows whose true class is among the k highest scores; among equals the lower index comes first, as it does
 * for the verdict, so that k = 1 is the accuracy.
 *
 * @param scores  (n, c) scores or probabilities.
 * @param k       1 … c.
 */
export function topKAccuracy(scores: Matrix, labels: ArrayLike<number>, k: number): number {
  requireLength('labels', labels, scores.rows);
  requireInteger('k', k, 1, scores.columns);
  let hits = 0;
  for (let i = 0; i < scores.rows; i++) {
    if (trueClassRank(rowOf(scores, i), labels[i]!) <= k) hits++;
  }
  return hits / scores.rows;
}

/** Place of class y in a row of scores, 1 for the highest; among equals the lower index comes first, as for the verdict. */
export function trueClassRank(scores: ArrayLike<number>, y: number): number {
  let before = 0;
  for (let j = 0; j < scores.length; j++) {
    if (scores[j]! > scores[y]! || (scores[j] === scores[y] && j < y)) before++;
  }
  return before + 1;
}
