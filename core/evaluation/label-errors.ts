/**
 * Which labels are likely wrong, by probabilities of models that have not seen the picture.
 *
 * A label is suspected when the model is as sure of another class as it usually is of pictures that really bear it:
 *
 *     t_j = mean of p[i, j] over the pictures labelled j         how sure the model usually is of class j
 *     guess(i) = argmax of p[i, ·] over the classes with p[i, j] ≥ t_j
 *     suspected:  guess(i) exists, guess(i) ≠ yᵢ, and the verdict argmax p[i, ·] ≠ yᵢ
 *     margin(i) = p[i, yᵢ] − max over j ≠ yᵢ of p[i, j]           in [−1, 1]; the lower, the more likely wrong
 *
 * The thresholds make up for classes of which a model is always surer than of others, and for probabilities that are all too high
 * or too low. The probabilities have to be out of fold: a network can learn a wrong label by heart.
 *
 * Source: Northcutt, Jiang & Chuang 2021, "Confident learning: estimating uncertainty in dataset labels", JAIR 70,
 * arXiv:1911.00068, equations 1 and 2, and section 3.2, "normalized margin".
 */
import { type Matrix, requireLength, rowOf } from '../array/matrix.ts';
import { indexOfLargest } from '../array/reduce.ts';

export interface LabelJudgement {
  /** (c) t_j; NaN for a class that no picture bears. */
  readonly thresholds: Float64Array<ArrayBuffer>;
  /** (n) the likeliest class other than the label. */
  readonly suggested: Uint16Array<ArrayBuffer>;
  /** (n) probability of the label, and of the suggested class. */
  readonly given: Float32Array<ArrayBuffer>;
  readonly other: Float32Array<ArrayBuffer>;
  /** (n) 1 where the label is suspected. */
  readonly suspected: Uint8Array<ArrayBuffer>;
}

/** A probability reaches its threshold from here on: rounding must not decide. */
const rounding = 1e-6;

/**
 * @param probabilities  (n, c), out of fold, c ≥ 2; each row adds up to 1.
 * @param labels         (n) class indices in [0, c).
 * @throws StudioError SHAPE_MISMATCH.
 */
export function judgeLabels(probabilities: Matrix, labels: ArrayLike<number>): LabelJudgement {
  requireLength('labels', labels, probabilities.rows);
  const { rows: n, columns: c } = probabilities;
  const sums = new Float64Array(c);
  const counts = new Float64Array(c);
  for (let i = 0; i < n; i++) {
    const y = labels[i]!;
    sums[y]! += rowOf(probabilities, i)[y]!;
    counts[y]!++;
  }
  const thresholds = sums.map((sum, j) => sum / counts[j]!);
  const suggested = new Uint16Array(n);
  const given = new Float32Array(n);
  const other = new Float32Array(n);
  const suspected = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    const p = rowOf(probabilities, i);
    const y = labels[i]!;
    let guess = -1;
    let best = y === 0 ? 1 : 0;
    for (let j = 0; j < c; j++) {
      if (p[j]! >= thresholds[j]! - rounding && (guess < 0 || p[j]! > p[guess]!)) guess = j;
      if (j !== y && p[j]! > p[best]!) best = j;
    }
    suggested[i] = best;
    given[i] = p[y]!;
    other[i] = p[best]!;
    suspected[i] = guess >= 0 && guess !== y && indexOfLargest(p) !== y ? 1 : 0;
  }
  return { thresholds, suggested, given, other, suspected };
}

/** Numbers of the suspected ones, the lowest margin first. */
export function likelyLabelErrors({
  given,
  other,
  suspected,
}: Pick<LabelJudgement, 'given' | 'other' | 'suspected'>): number[] {
  const margin = (i: number) => given[i]! - other[i]!;
  return Array.from(suspected.keys())
    .filter((i) => suspected[i] === 1)
    .toSorted((a, b) => margin(a) - margin(b) || a - b);
}
