/**
 * How good probabilities are, not only verdicts.
 *
 * Golden: tests/golden/data/metrics.json, cases probs/… (scikit-learn).
 */
import { type Matrix, requireLength, rowOf } from '../array/matrix.ts';
import { indexOfLargest } from '../array/reduce.ts';

/**
 * Log loss: −(1/n) Σᵢ log p[i, yᵢ], natural logarithm; ∞ when a true class was given probability 0.
 *
 * @param clip  ε ≥ 0: probabilities are first brought into [ε, 1 − ε] and each row made to add up to 1 again. 0 leaves them.
 */
export function logLoss(probabilities: Matrix, labels: ArrayLike<number>, clip = 0): number {
  requireLength('labels', labels, probabilities.rows);
  let total = 0;
  for (let i = 0; i < probabilities.rows; i++) {
    const row = rowOf(probabilities, i);
    if (clip > 0) {
      const clipped = row.map((p) => Math.min(1 - clip, Math.max(clip, p)));
      total -= Math.log(clipped[labels[i]!]! / clipped.reduce((a, b) => a + b, 0));
    } else {
      total -= Math.log(row[labels[i]!]!);
    }
  }
  return total / probabilities.rows;
}

/** Brier score: (1/n) Σᵢ Σⱼ (p[i, j] − onehot(yᵢ)ⱼ)², in [0, 2], lower is better. Source: Brier 1950. */
export function brierScore(probabilities: Matrix, labels: ArrayLike<number>): number {
  requireLength('labels', labels, probabilities.rows);
  let total = 0;
  for (let i = 0; i < probabilities.rows; i++) {
    const row = rowOf(probabilities, i);
    for (let j = 0; j < row.length; j++) total += (row[j]! - (j === labels[i] ? 1 : 0)) ** 2;
  }
  return total / probabilities.rows;
}

/**
 * Area under the ROC curve of one class against the rest: the chance that a picture of the class scores higher for it than
 * a picture of another class, ties counted half.
 *
 *     AUC = (Σ ranks of positives − n₊·(n₊ + 1)/2) / (n₊·n₋)        tied scores share their mean rank
 *
 * @returns null when the truth holds only the class, or does not hold it.
 *
 * Source: Hanley & McNeil 1982, by the statistic of Mann & Whitney 1947.
 */
export function rocAuc(scores: Matrix, labels: ArrayLike<number>, label: number): number | null {
  requireLength('labels', labels, scores.rows);
  const value = (i: number) => scores.data[i * scores.columns + label]!;
  const order = Array.from({ length: scores.rows }, (_, i) => i).sort((i, j) => value(i) - value(j));
  let positives = 0;
  let rankSum = 0;
  for (let start = 0; start < order.length;) {
    let end = start;
    while (end < order.length && value(order[end]!) === value(order[start]!)) end++;
    const meanRank = (start + 1 + end) / 2;
    for (let k = start; k < end; k++) {
      if (labels[order[k]!] !== label) continue;
      positives++;
      rankSum += meanRank;
    }
    start = end;
  }
  const negatives = order.length - positives;
  if (positives === 0 || negatives === 0) return null;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/**
 * Means of the classes' areas, each class against all others: plain, and weighted by how many pictures a class has. A
 * class without an area is left out; null when all are.
 */
export function rocAucAverages(
  scores: Matrix,
  labels: ArrayLike<number>,
): { readonly macro: number | null; readonly weighted: number | null } {
  const counts = new Float64Array(scores.columns);
  for (let i = 0; i < scores.rows; i++) counts[labels[i]!]!++;
  let areas = 0;
  let weightedAreas = 0;
  let classes = 0;
  let pictures = 0;
  for (let label = 0; label < scores.columns; label++) {
    const area = rocAuc(scores, labels, label);
    if (area === null) continue;
    areas += area;
    classes++;
    weightedAreas += area * counts[label]!;
    pictures += counts[label]!;
  }
  return classes === 0
    ? { macro: null, weighted: null }
    : { macro: areas / classes, weighted: weightedAreas / pictures };
}

export interface CalibrationBin {
  /** Confidences in (low, high] lie here. */
  readonly low: number;
  readonly high: number;
  readonly count: number;
  /** Means over the bin; null when it is empty. */
  readonly accuracy: number | null;
  readonly confidence: number | null;
}

export interface Calibration {
  readonly bins: readonly CalibrationBin[];
  /** Expected calibration error: Σ (n_b / n)·|accuracy_b − confidence_b|. */
  readonly expectedError: number;
  /** Largest |accuracy_b − confidence_b|. */
  readonly largestError: number;
}

/**
 * Does a confidence of 0.8 mean right in 8 of 10? The confidence of a verdict is its probability.
 *
 * @param binCount  equal bins of (0, 1]; defaults to 15. A confidence of 0 goes into the first.
 *
 * Source: Guo et al. 2017, "On calibration of modern neural networks", arXiv:1706.04599, equations 3 and 5.
 */
export function calibration(probabilities: Matrix, labels: ArrayLike<number>, binCount = 15): Calibration {
  requireLength('labels', labels, probabilities.rows);
  const n = probabilities.rows;
  const confidences = new Float64Array(n);
  const hits = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    const row = rowOf(probabilities, i);
    const verdict = indexOfLargest(row);
    confidences[i] = row[verdict]!;
    hits[i] = verdict === labels[i] ? 1 : 0;
  }
  return calibrationOf(confidences, hits, binCount);
}

/**
 * The same from what verdicts keep: the probability that each was given with.
 *
 * @param hits  1 where the verdict was right.
 */
export function calibrationOf(
  confidenceOf: ArrayLike<number>,
  hits: ArrayLike<number | boolean>,
  binCount = 15,
): Calibration {
  requireLength('hits', hits, confidenceOf.length);
  const n = confidenceOf.length;
  const counts = new Float64Array(binCount);
  const correct = new Float64Array(binCount);
  const confidences = new Float64Array(binCount);
  for (let i = 0; i < n; i++) {
    const confidence = confidenceOf[i]!;
    const bin = Math.min(binCount - 1, Math.max(0, Math.ceil(confidence * binCount) - 1));
    counts[bin]!++;
    confidences[bin]! += confidence;
    if (hits[i]) correct[bin]!++;
  }
  let expectedError = 0;
  let largestError = 0;
  const bins = Array.from(counts, (count, b): CalibrationBin => {
    const edges = { low: b / binCount, high: (b + 1) / binCount, count };
    if (count === 0) return { ...edges, accuracy: null, confidence: null };
    const accuracy = correct[b]! / count;
    const confidence = confidences[b]! / count;
    const gap = Math.abs(accuracy - confidence);
    expectedError += (count / n) * gap;
    largestError = Math.max(largestError, gap);
    return { ...edges, accuracy, confidence };
  });
  return { bins, expectedError, largestError };
}
