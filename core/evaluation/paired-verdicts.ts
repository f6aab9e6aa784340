/**
 * Two models over the same pictures, one before the other: what has moved in the confusion matrix, and whether it is more than luck.
 *
 *     difference[t, v] = pictures of class t that `after` takes for v  −  those that `before` takes for v
 *
 * Each row adds up to 0, as every picture has a verdict of both. Truth is what is known now: where a label was put right between the two,
 * both are judged by the right one.
 */
import { type Matrix, requireLength, zeros } from '../array/matrix.ts';
import { type Agreement, agreementOf } from './mcnemar.ts';
import { confusionMatrix } from './confusion-matrix.ts';

export interface PairedVerdicts {
  /** (n) by number of the picture: truth, and both verdicts. */
  readonly truth: ArrayLike<number>;
  readonly before: ArrayLike<number>;
  readonly after: ArrayLike<number>;
}

export interface ConfusionDifference {
  readonly before: Matrix;
  readonly after: Matrix;
  /** after − before. */
  readonly difference: Matrix;
  /** `first` is `before`. */
  readonly agreement: Agreement;
}

/** @throws StudioError SHAPE_MISMATCH when the lengths differ or an index has no class. */
export function confusionDifference({ truth, before, after }: PairedVerdicts, classes: number): ConfusionDifference {
  requireLength('after', after, truth.length);
  const [first, second] = [before, after].map((predicted) => confusionMatrix(truth, predicted, classes)) as [
    Matrix,
    Matrix,
  ];
  const difference = zeros(classes, classes);
  difference.data.set(second.data.map((count, k) => count - first.data[k]!));
  const hits = (predicted: ArrayLike<number>) => Array.from(truth, (t, i) => t === predicted[i]);
  return { before: first, after: second, difference, agreement: agreementOf(hits(before), hits(after)) };
}

/** Positions (a, b) of the numbers that stand in both lists, in the order of the second. */
export function commonPictures(a: ArrayLike<number>, b: ArrayLike<number>): [number, number][] {
  const at = new Map(Array.from(a, (picture, i) => [picture, i]));
  return Array.from(b, (picture, j) => [at.get(picture), j]).filter(
    (pair): pair is [number, number] => pair[0] !== undefined,
  );
}
