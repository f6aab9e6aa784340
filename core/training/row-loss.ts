/** The losses of core/losses for one row of float32 scores: what an engine needs of them, without a matrix around it. */
import type { LossName } from '../recipe/recipe.ts';

/** Gradients and moments below this count as 0. */
export const denormalLimit = 1e-30;

/** The first of the highest. */
export function indexOfHighest(scores: Float32Array): number {
  let highest = 0;
  for (let j = 1; j < scores.length; j++) if (scores[j]! > scores[highest]!) highest = j;
  return highest;
}

/**
 * The loss of one picture; with `gradient`, also its share of ∂(mean loss over n pictures)/∂scores.
 *
 * @param highest  index of the highest score.
 * @param n        pictures that the mean is over; n / w for a picture that counts w times.
 */
export function lossOfRow(
  loss: LossName,
  scores: Float32Array,
  label: number,
  highest: number,
  n: number,
  gradient: Float32Array | null,
): number {
  switch (loss) {
    case 'softmax':
      return softmaxCrossEntropy(scores, label, highest, n, gradient);
    case 'hinge':
      return multiclassHinge(scores, label, n, gradient);
    case 'squared-hinge':
      return squaredHinge(scores, label, n, gradient);
  }
}

function softmaxCrossEntropy(
  scores: Float32Array,
  label: number,
  highest: number,
  n: number,
  gradient: Float32Array | null,
): number {
  const max = scores[highest]!;
  let sum = 0;
  for (let j = 0; j < scores.length; j++) sum += Math.exp(scores[j]! - max);
  if (gradient !== null) {
    for (let j = 0; j < scores.length; j++) {
      const g = (Math.exp(scores[j]! - max) / sum - (j === label ? 1 : 0)) / n;
      gradient[j] = Math.abs(g) < denormalLimit ? 0 : g; // products of numbers near float32's end are many times slower
    }
  }
  return Math.log(sum) - (scores[label]! - max);
}

function multiclassHinge(scores: Float32Array, label: number, n: number, gradient: Float32Array | null): number {
  let loss = 0;
  let violations = 0;
  for (let j = 0; j < scores.length; j++) {
    const margin = scores[j]! - scores[label]! + 1;
    const isViolated = j !== label && !(margin <= 0); // NaN has to reach the loss
    if (isViolated) {
      loss += margin;
      violations++;
    }
    if (gradient !== null) gradient[j] = isViolated ? 1 / n : 0;
  }
  if (gradient !== null) gradient[label] = -violations / n;
  return loss;
}

function squaredHinge(scores: Float32Array, label: number, n: number, gradient: Float32Array | null): number {
  let loss = 0;
  for (let j = 0; j < scores.length; j++) {
    const t = j === label ? 1 : -1;
    const margin = Math.max(0, 1 - t * scores[j]!); // Math.max keeps NaN
    loss += margin * margin;
    if (gradient !== null) gradient[j] = (-2 * t * margin) / n;
  }
  return loss;
}
