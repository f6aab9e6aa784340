import { describe, expect, it } from 'vitest';
import { zeros } from '../../../core/array/matrix.ts';
import { checkGradient } from '../../../core/gradient-check/gradient-check.ts';
import { losses } from '../../../core/losses/index.ts';
import { initializationNames } from '../../../core/models/initialization.ts';
import { type ActivationName, activations } from '../../../core/models/layers/activation.ts';
import { linearClassifier } from '../../../core/models/linear-classifier.ts';
import { multilayerPerceptron } from '../../../core/models/multilayer-perceptron.ts';
import { createGenerator } from '../../../core/random/generator.ts';
import { normal } from '../../../core/random/sampling.ts';

const inputSize = 4;
const classes = 3;
const labels = [0, 1, 2, 1, 0];
const random = createGenerator(8, 'x');
const x = zeros(labels.length, inputSize);
for (let i = 0; i < x.data.length; i++) x.data[i] = normal(random);

const activationNames = Object.keys(activations) as ActivationName[];
const models = [
  { name: 'linear', model: linearClassifier({ inputSize, classes, initialDeviation: 0.5 }) },
  ...activationNames.flatMap((activation) =>
    [[5], [4, 6]].map((hidden) => ({
      name: `${activation} ${hidden.join('-')}`,
      model: multilayerPerceptron({ inputSize, hidden, classes, activation }),
    })),
  ),
];

describe.each(models)('$name, like every classifier,', ({ model }) => {
  const parameters = model.initialize(createGenerator(3, 'weights'));
  // Biases away from 0: a mistake in their gradient could hide there.
  for (const block of model.blocks) {
    if (block.kind === 'bias') for (let i = 0; i < block.size; i++) parameters[block.offset + i] = 0.2 * normal(random);
  }

  it.each(Object.values(losses))('has the gradient of $name, block by block', (loss) => {
    for (const [l2, dataPart] of [
      [0, 'data'],
      [0.1, 'with penalty'],
    ] as const) {
      const objective = { loss, l2, l2Convention: 'full' as const };

      const check = checkGradient(
        {
          loss: (theta) => model.loss(theta, x, labels, objective).loss,
          gradient: (theta) => model.lossAndGradient(theta, x, labels, objective).gradient,
          sides: (theta) => model.sides(theta, x, labels, objective),
        },
        parameters,
        { order: 4, step: 2e-4, blocks: model.blocks },
      );

      for (const block of check.blocks) {
        expect(block.largestRelativeError, `${block.name}, ${dataPart}`).toBeLessThan(1e-7);
        expect(block.kinks, block.name).toBeLessThanOrEqual(0.1 * block.size);
      }
    }
  });

  it('has the gradient of its input', () => {
    const objective = { loss: losses.softmax, l2: 0, l2Convention: 'half' as const };
    const at = (data: Float64Array) => ({ rows: x.rows, columns: x.columns, data });

    const check = checkGradient(
      {
        loss: (data) => model.loss(parameters, at(data), labels, objective).loss,
        gradient: (data) => model.inputGradient(parameters, at(data), labels, objective).data,
        sides: (data) => model.sides(parameters, at(data), labels, objective),
      },
      x.data,
      { order: 4, step: 2e-4 },
    );

    expect(check.largestRelativeError).toBeLessThan(1e-7);
  });
});

describe.each(initializationNames)('%s weights, like all initial weights,', (initialization) => {
  it('are the same for the same seed and others for another', () => {
    const model = multilayerPerceptron({ inputSize, hidden: [3], classes, initialization });

    expect(model.initialize(createGenerator(1, 'weights'))).toEqual(model.initialize(createGenerator(1, 'weights')));
    expect(model.initialize(createGenerator(1, 'weights'))).not.toEqual(
      model.initialize(createGenerator(2, 'weights')),
    );
  });

  it('come with biases of 0', () => {
    const model = multilayerPerceptron({ inputSize, hidden: [3], classes, initialization });
    const parameters = model.initialize(createGenerator(1, 'weights'));

    for (const { kind, offset, size } of model.blocks) {
      const values = parameters.subarray(offset, offset + size);
      expect(values.every((value) => (kind === 'bias' ? value === 0 : value !== 0))).toBe(true);
    }
  });
});
