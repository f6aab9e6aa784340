/** Two blocks, one of them in another unit: what a linear classifier makes of them side by side, and once they are balanced. */
import { describe, expect, it } from 'vitest';
import { productTransposedRight } from '../../../../core/array/linear-algebra.ts';
import { matrixOf, rowOf, zeros } from '../../../../core/array/matrix.ts';
import { fitMixture } from '../../../../core/features/mixture.ts';
import { softmaxCrossEntropy } from '../../../../core/losses/softmax-cross-entropy.ts';
import { createGenerator } from '../../../../core/random/generator.ts';
import { normal } from '../../../../core/random/sampling.ts';
import { defaultFeatures, type FeatureRecipe } from '../../../../core/recipe/feature-recipe.ts';

const [n, d, classes, weak] = [600, 40, 3, 30];
const labels = Uint8Array.from({ length: n }, (_, i) => i % classes);
const training = [...Array(n / 2).keys()];

/** 30 numbers that hardly know the class, times `scale`, and 10 that know it well. */
function features(scale: number): Float32Array {
  const random = createGenerator(4, 'blocks');
  const centres = Array.from({ length: classes * d }, (_, i) => (i % d < weak ? 0.02 : 1.2) * normal(random));
  return Float32Array.from({ length: n * d }, (_, i) => {
    const value = centres[labels[Math.floor(i / d)]! * d + (i % d)]! + normal(random);
    return (i % d < weak ? scale : 1) * value;
  });
}

/** Accuracy on the second half after 300 steps of gradient descent on the first, as long as they may be: 2 / mean ‖x‖². */
function accuracyWith(values: Float32Array, standardize: 'per-feature' | 'none'): number {
  const { color, hog } = defaultFeatures;
  const blocks: { options: FeatureRecipe; dimension: number }[] = [
    { options: { ...hog, standardize }, dimension: weak },
    { options: { ...color, standardize }, dimension: d - weak },
  ];
  const { mean, deviation } = fitMixture(values, training, blocks, 3);
  const x = matrixOf(
    n,
    d,
    Float64Array.from(values, (value, i) => (value - mean[i % d]!) / deviation[i % d]!),
  );
  const half = matrixOf(n / 2, d, x.data.slice(0, (n / 2) * d));
  const weights = zeros(classes, d);
  const rate = n / half.data.reduce((total, value) => total + value * value, 0);
  for (let step = 0; step < 300; step++) {
    const { gradient } = softmaxCrossEntropy(productTransposedRight(half, weights), labels.subarray(0, n / 2));
    const total = new Float64Array(classes * d);
    for (let i = 0; i < n / 2; i++) {
      for (let c = 0; c < classes; c++) {
        for (let j = 0; j < d; j++) total[c * d + j]! += gradient.data[i * classes + c]! * x.data[i * d + j]!;
      }
    }
    for (let i = 0; i < total.length; i++) weights.data[i]! -= rate * total[i]!;
  }
  const scores = productTransposedRight(x, weights);
  let right = 0;
  for (let i = n / 2; i < n; i++) {
    const row = [...rowOf(scores, i)];
    if (row.indexOf(Math.max(...row)) === labels[i]) right++;
  }
  return right / (n / 2);
}

describe('a block of features in another unit', () => {
  it('a thousand times as large spoils the mixture as it comes, and is harmless once blocks are standardised and balanced', () => {
    const naive = accuracyWith(features(1), 'none');
    const scaled = accuracyWith(features(1000), 'none');
    const balanced = accuracyWith(features(1000), 'per-feature');

    expect(naive).toBeGreaterThan(0.85);
    expect(scaled).toBeLessThan(naive - 0.2);
    expect(balanced).toBeGreaterThan(naive - 0.03);
  });
});
