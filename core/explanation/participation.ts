/**
 * How a class is spread over units, and a unit over classes: the distributed representation.
 *
 * Unit j gives class c on average the contribution m[c, j] = W[c, j]·mean(hⱼ), over all pictures. Its shares
 * p_c = |m[c, j]| / Σ_c |m[c, j]| say whom it serves; their entropy, turned into a number of classes,
 *
 *     served_j = exp(−Σ_c p_c·ln p_c)          1 for a unit of one class, c for one that serves all alike
 *
 * A unit that never answers serves none, 0.
 */
import { type Matrix, rowOf, zeros } from '../array/matrix.ts';
import { indexOfLargest } from '../array/reduce.ts';

/** (units, classes) mean answer of each unit to the pictures of each class; 0 for a class without pictures. */
export function meanAnswers(hidden: Matrix, labels: ArrayLike<number>, classes: number): Matrix {
  const means = zeros(hidden.columns, classes);
  const counts = new Float64Array(classes);
  for (let i = 0; i < hidden.rows; i++) {
    const label = labels[i]!;
    counts[label]!++;
    rowOf(hidden, i).forEach((h, j) => (means.data[j * classes + label]! += h));
  }
  for (let k = 0; k < means.data.length; k++) means.data[k]! /= Math.max(1, counts[k % classes]!);
  return means;
}

/**
 * (units) how many classes each unit serves.
 *
 * @param weights  (classes, units) of the last layer.
 * @param mean     (units) mean answer over all pictures.
 */
export function classesServed(weights: Matrix, mean: Float64Array): Float64Array {
  return mean.map((answer, j) => {
    const says = Float64Array.from({ length: weights.rows }, (_, c) =>
      Math.abs(weights.data[c * weights.columns + j]! * answer),
    );
    const total = says.reduce((a, b) => a + b, 0);
    if (total === 0) return 0;
    let entropy = 0;
    for (const say of says) if (say > 0) entropy -= (say / total) * Math.log(say / total);
    return Math.exp(entropy);
  });
}

/**
 * Accuracy as units fall silent, one after another.
 *
 *     curve[k] = share of pictures right with the first k units of `order` at hⱼ = 0,   k = 0 … order.length
 *
 * @param hidden   (n, units) answers of the last hidden layer.
 * @param weights  (classes, units), `bias` (classes) of the last layer.
 */
export function ablationCurve(
  hidden: Matrix,
  weights: Matrix,
  bias: Float64Array,
  labels: ArrayLike<number>,
  order: ArrayLike<number>,
): Float64Array {
  const scores = zeros(hidden.rows, weights.rows);
  const curve = new Float64Array(order.length + 1);
  // Backwards, units speaking up again: no score is left over from differences of large sums.
  const spoken = new Set(Array.from(order));
  for (let i = 0; i < hidden.rows; i++) {
    const h = rowOf(hidden, i);
    const s = rowOf(scores, i);
    for (let c = 0; c < s.length; c++) {
      const w = rowOf(weights, c);
      let total = bias[c]!;
      for (let j = 0; j < h.length; j++) if (!spoken.has(j)) total += w[j]! * h[j]!;
      s[c] = total;
    }
  }
  for (let k = order.length; ; k--) {
    curve[k] = accuracyOf(scores, labels);
    if (k === 0) return curve;
    const unit = order[k - 1]!;
    for (let i = 0; i < hidden.rows; i++) {
      const answer = hidden.data[i * hidden.columns + unit]!;
      if (answer === 0) continue;
      const s = rowOf(scores, i);
      for (let c = 0; c < s.length; c++) s[c]! += weights.data[c * weights.columns + unit]! * answer;
    }
  }
}

function accuracyOf(scores: Matrix, labels: ArrayLike<number>): number {
  let correct = 0;
  for (let i = 0; i < scores.rows; i++) if (indexOfLargest(rowOf(scores, i)) === labels[i]) correct++;
  return correct / scores.rows;
}
