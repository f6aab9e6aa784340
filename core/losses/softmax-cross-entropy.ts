import { dot } from '../array/linear-algebra.ts';
import { type Matrix, requireShape, rowOf, zeros } from '../array/matrix.ts';
import { largest } from '../array/reduce.ts';
import type { Loss, LossResult } from './loss.ts';
import { requireLabels } from './labels.ts';

/**
 * Softmax cross-entropy: the mean negative log-probability of the true class.
 *
 *     p = softmax(s − max s)        per row; the shift keeps exp() in range
 *     L = −(1/n) Σᵢ log p[i, yᵢ]
 *     ∂L/∂s = (p − onehot(y)) / n
 *
 * The logarithm is taken as s − max s − log Σ exp(s − max s), so that a probability too small for a float64 still has
 * its exact, large loss.
 *
 * @param scores  (n, c) class scores, any real numbers.
 * @param labels  (n) class indices in [0, c).
 * @throws StudioError SHAPE_MISMATCH when `labels` does not have one entry per row, or a class that has no column.
 *
 * Source: Bishop 2006, "Pattern Recognition and Machine Learning", 4.108; the shift as in CS231n, "Linear classification".
 * Golden: tests/golden/data/losses.json (PyTorch, float64).
 */
export function softmaxCrossEntropy(scores: Matrix, labels: ArrayLike<number>): LossResult {
  requireLabels(scores, labels);
  const n = scores.rows;
  const logP = logSoftmax(scores);
  const gradient = zeros(n, scores.columns);
  let total = 0;
  for (let i = 0; i < n; i++) {
    const y = labels[i]!;
    const logs = rowOf(logP, i);
    const out = rowOf(gradient, i);
    total -= logs[y]!;
    for (let j = 0; j < logs.length; j++) out[j] = (Math.exp(logs[j]!) - (j === y ? 1 : 0)) / n;
  }
  return { loss: total / n, gradient };
}

/** log p = s − max s − log Σ exp(s − max s), per row: (n, c) → (n, c). */
export function logSoftmax(scores: Matrix): Matrix {
  const result = zeros(scores.rows, scores.columns);
  for (let i = 0; i < scores.rows; i++) {
    const row = rowOf(scores, i);
    const out = rowOf(result, i);
    const max = largest(row);
    let sum = 0;
    for (let j = 0; j < row.length; j++) sum += Math.exp(row[j]! - max);
    const logSum = Math.log(sum);
    for (let j = 0; j < row.length; j++) out[j] = row[j]! - max - logSum;
  }
  return result;
}

/** p = exp(s − max s) / Σ exp(s − max s), per row: (n, c) → (n, c), each row adding up to 1. */
export function softmax(scores: Matrix): Matrix {
  const result = zeros(scores.rows, scores.columns);
  for (let i = 0; i < scores.rows; i++) {
    const row = rowOf(scores, i);
    const out = rowOf(result, i);
    const max = largest(row);
    let sum = 0;
    for (let j = 0; j < row.length; j++) sum += out[j] = Math.exp(row[j]! - max);
    for (let j = 0; j < row.length; j++) out[j]! /= sum;
  }
  return result;
}

/** (diag(p) − p·pᵀ)·r / n, per row: what is the same for all classes of a row has no curvature. */
function softmaxCurvature(scores: Matrix, _labels: ArrayLike<number>, direction: Matrix): Matrix {
  requireShape('direction', direction, scores.rows, scores.columns);
  const n = scores.rows;
  const result = softmax(scores);
  for (let i = 0; i < n; i++) {
    const p = rowOf(result, i);
    const r = rowOf(direction, i);
    const along = dot(p, r);
    for (let j = 0; j < p.length; j++) p[j] = (p[j]! * (r[j]! - along)) / n;
  }
  return result;
}

export const softmaxLoss: Loss = {
  name: 'softmax',
  evaluate: softmaxCrossEntropy,
  curvature: softmaxCurvature,
  lossOfZeroScores: (classes) => Math.log(classes),
  sides: () => null,
};
