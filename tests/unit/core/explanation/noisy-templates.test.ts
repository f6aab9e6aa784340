import { describe, expect, it } from 'vitest';
import { rowOf } from '../../../../core/array/matrix.ts';
import { templatesOf, totalVariation } from '../../../../core/explanation/templates.ts';
import { fitStandardization } from '../../../../core/features/standardize.ts';
import { linearClassifier } from '../../../../core/models/linear-classifier.ts';
import { noAugmentation } from '../../../../core/recipe/recipe.ts';
import { generateSample } from '../../../../core/samples/sample-dataset.ts';
import { scalingOf } from '../../../../core/training/recipe-model.ts';
import { inTurns } from '../../../support/engines.ts';

/** A linear model of the sample's first 200 pictures, all of them at every step, until L-BFGS has nothing left to do. */
function templatesWith(l2: number) {
  const { width, height, channels, pixels, labels, classes } = sample;
  const size = width * height * channels;
  const count = 200;
  const inputs = Uint8Array.from(pixels.subarray(0, count * size));
  const train = Uint32Array.from({ length: count }, (_, i) => i);
  const standardization = fitStandardization(inputs, train, {
    kind: 'per-feature',
    featureCount: size,
    channels,
    fullScale: 255,
  });
  const none = new Uint32Array(0);
  const engine = inTurns(1)({
    sizes: [size, classes.length],
    activations: [],
    dropout: [],
    loss: 'softmax',
    penaltyFactor: l2,
    optimizer: {
      kind: 'lbfgs',
      learningRate: 1,
      memory: 10,
      maxEvaluations: 25,
      gradientTolerance: 1e-6,
      allowMinibatch: false,
    },
    augmentation: noAugmentation,
    picture: null,
    seed: 0,
    pictures: {
      inputs,
      featureCount: size,
      labels: Uint16Array.from(labels.subarray(0, count)),
      sets: { train, validation: none, test: none },
    },
    scaling: scalingOf(standardization),
    classWeights: null,
    parameters: new Float32Array((size + 1) * classes.length),
  });
  for (let step = 0; step < 40; step++) if (engine.step(train, 1, step).hasConverged === true) break;
  const model = linearClassifier({ inputSize: size, classes: classes.length });
  return templatesOf(model, Float64Array.from(engine.save().parameters), standardization, { width, height, channels });
}

const sample = generateSample('handwriting', {});

describe('templates under a stronger penalty (row 34)', () => {
  it('vary less from pixel to pixel, decade by decade', () => {
    const decades = [1e-4, 1e-3, 1e-2, 1e-1, 1];

    const variations = decades.map((l2) => {
      const { templates } = templatesWith(l2);
      const { width, height, channels } = sample;
      const each = Array.from({ length: templates.rows }, (_, c) =>
        totalVariation(rowOf(templates, c), { width, height, channels }),
      );
      return each.reduce((sum, value) => sum + value, 0) / each.length;
    });

    for (let i = 1; i < variations.length; i++) expect(variations[i]).toBeLessThan(variations[i - 1]!);
  });
});
