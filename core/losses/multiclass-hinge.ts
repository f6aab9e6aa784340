import { type Matrix, rowOf, zeros } from '../array/matrix.ts';
import type { Loss, LossResult } from './loss.ts';
import { requireLabels } from './labels.ts';

/**
 * Multiclass hinge loss (Weston-Watkins): every wrong class should score at least 1 below the true one.
 *
 *     mᵢⱼ = sᵢⱼ − s[i, yᵢ] + 1                      margin of wrong class j ≠ yᵢ
 *     L = (1/n) Σᵢ Σ_{j ≠ yᵢ} max(0, mᵢⱼ)
 *     ∂L/∂sᵢⱼ = [mᵢⱼ > 0] / n                        for j ≠ yᵢ
 *     ∂L/∂s[i, yᵢ] = −(number of j with mᵢⱼ > 0) / n
 *
 * At a margin of exactly 0, a kink, the gradient is the one of the flat side. The sum over classes is not divided by
 * their number, as some libraries do.
 *
 * @param scores  (n, c) class scores, any real numbers.
 * @param labels  (n) class indices in [0, c).
 * @throws StudioError SHAPE_MISMATCH when `labels` does not have one entry per row, or a class that has no column.
 *
 * Source: Weston & Watkins 1999, "Support vector machines for multi-class pattern recognition"; CS231n, "Linear classification".
 * Golden: tests/golden/data/losses.json (PyTorch times the number of classes, float64).
 */
export function multiclassHinge(scores: Matrix, labels: ArrayLike<number>): LossResult {
  requireLabels(scores, labels);
  const n = scores.rows;
  const gradient = zeros(n, scores.columns);
  let total = 0;
  for (let i = 0; i < n; i++) {
    const y = labels[i]!;
    const row = rowOf(scores, i);
    const out = rowOf(gradient, i);
    let violations = 0;
    for (let j = 0; j < row.length; j++) {
      const margin = row[j]! - row[y]! + 1;
      if (j === y || !(margin > 0 || Number.isNaN(margin))) continue; // NaN has to reach the loss, not to vanish
      total += margin;
      out[j] = 1 / n;
      violations++;
    }
    out[y] = -violations / n;
  }
  return { loss: total / n, gradient };
}

export const hingeLoss: Loss = {
  name: 'hinge',
  evaluate: multiclassHinge,
  curvature: (scores) => zeros(scores.rows, scores.columns), // made of flat pieces
  lossOfZeroScores: (classes) => classes - 1,
  sides(scores, labels) {
    const sides = new Uint8Array(scores.data.length);
    for (let i = 0; i < scores.rows; i++) {
      const row = rowOf(scores, i);
      const y = labels[i]!;
      for (let j = 0; j < row.length; j++) {
        sides[i * scores.columns + j] = j !== y && row[j]! - row[y]! + 1 > 0 ? 1 : 0;
      }
    }
    return sides;
  },
};
