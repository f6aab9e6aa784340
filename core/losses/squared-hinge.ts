import { type Matrix, requireShape, rowOf, zeros } from '../array/matrix.ts';
import type { Loss, LossResult } from './loss.ts';
import { requireLabels } from './labels.ts';

/**
 * Squared hinge loss, one against all: the data part of the L2-SVM, one for each class.
 *
 *     tᵢⱼ = +1 for j = yᵢ, −1 otherwise
 *     L = (1/n) Σᵢ Σⱼ max(0, 1 − tᵢⱼ·sᵢⱼ)²
 *     ∂L/∂sᵢⱼ = −2·tᵢⱼ·max(0, 1 − tᵢⱼ·sᵢⱼ) / n
 *
 * The L2-SVM's ½‖w‖² + C·mean is this loss times C with the penalty of convention `half` and λ = 1. The gradient is
 * continuous: where the margin is 0 both sides agree, so there is no kink to tell.
 *
 * @param scores  (n, c) class scores, any real numbers.
 * @param labels  (n) class indices in [0, c).
 * @throws StudioError SHAPE_MISMATCH when `labels` does not have one entry per row, or a class that has no column.
 *
 * Source: Tang 2013, "Deep learning using linear support vector machines", arXiv:1306.0239, equation 9.
 */
export function squaredHinge(scores: Matrix, labels: ArrayLike<number>): LossResult {
  requireLabels(scores, labels);
  const n = scores.rows;
  const gradient = zeros(n, scores.columns);
  let total = 0;
  for (let i = 0; i < n; i++) {
    const row = rowOf(scores, i);
    const out = rowOf(gradient, i);
    for (let j = 0; j < row.length; j++) {
      const t = j === labels[i] ? 1 : -1;
      const margin = Math.max(0, 1 - t * row[j]!);
      total += margin * margin;
      out[j] = (-2 * t * margin) / n;
    }
  }
  return { loss: total / n, gradient };
}

/** 2·r/n where a margin is missed, 0 elsewhere. */
function squaredHingeCurvature(scores: Matrix, labels: ArrayLike<number>, direction: Matrix): Matrix {
  requireShape('direction', direction, scores.rows, scores.columns);
  const n = scores.rows;
  const result = zeros(n, scores.columns);
  for (let i = 0; i < n; i++) {
    const row = rowOf(scores, i);
    const r = rowOf(direction, i);
    const out = rowOf(result, i);
    for (let j = 0; j < row.length; j++) {
      const t = j === labels[i] ? 1 : -1;
      out[j] = 1 - t * row[j]! > 0 ? (2 * r[j]!) / n : 0;
    }
  }
  return result;
}

export const squaredHingeLoss: Loss = {
  name: 'squared-hinge',
  evaluate: squaredHinge,
  curvature: squaredHingeCurvature,
  lossOfZeroScores: (classes) => classes,
  sides: () => null,
};
