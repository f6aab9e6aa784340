import { describe, expect, it } from 'vitest';
import { matrixOfRows, rowsOf, zeros } from '../../../../core/array/matrix.ts';
import { losses } from '../../../../core/losses/index.ts';
import { linearClassifier } from '../../../../core/models/linear-classifier.ts';
import { multilayerPerceptron } from '../../../../core/models/multilayer-perceptron.ts';
import { createGenerator } from '../../../../core/random/generator.ts';
import { normal } from '../../../../core/random/sampling.ts';

const objective = { loss: losses.softmax, l2: 0.3, l2Convention: 'half' as const };

describe('the multilayer perceptron', () => {
  it('computes scores a person can check', () => {
    const model = multilayerPerceptron({ inputSize: 2, hidden: [2], classes: 2 });
    const parameters = Float64Array.of(1, -1, 2, 0, /* b */ 0, -3, /* layer 2 */ 1, 1, 0, -1, /* b */ 0.5, 0);

    // x = (3, 1): hidden (3 − 1, 6 − 3) = (2, 3); scores (2 + 3 + 0.5, −3).  x = (0, 1): hidden (−1 → 0, −3 → 0).
    const scores = model.scores(
      parameters,
      matrixOfRows([
        [3, 1],
        [0, 1],
      ]),
    );

    expect(rowsOf(scores)).toEqual([
      [5.5, -3],
      [0.5, 0],
    ]);
  });

  it('names its blocks in the order of the parameters', () => {
    const model = multilayerPerceptron({ inputSize: 3, hidden: [4], classes: 2 });

    expect(model.blocks.map(({ name, offset, size, rows, columns }) => [name, offset, size, rows, columns])).toEqual([
      ['layer 1 weights', 0, 12, 4, 3],
      ['layer 1 bias', 12, 4, 4, 1],
      ['layer 2 weights', 16, 8, 2, 4],
      ['layer 2 bias', 24, 2, 2, 1],
    ]);
    expect(model.parameterCount).toBe(26);
  });

  it('is the linear classifier when it has no hidden layer', () => {
    const random = createGenerator(4, 'test');
    const mlp = multilayerPerceptron({ inputSize: 3, hidden: [], classes: 4 });
    const linear = linearClassifier({ inputSize: 3, classes: 4 });
    const parameters = mlp.initialize(random);
    const x = zeros(5, 3);
    for (let i = 0; i < x.data.length; i++) x.data[i] = normal(random);
    const labels = [0, 1, 2, 3, 1];

    expect(mlp.lossAndGradient(parameters, x, labels, objective)).toEqual(
      linear.lossAndGradient(parameters, x, labels, objective),
    );
    expect(mlp.inputGradient(parameters, x, labels, objective)).toEqual(
      linear.inputGradient(parameters, x, labels, objective),
    );
  });

  it('never penalises biases', () => {
    const model = multilayerPerceptron({ inputSize: 2, hidden: [3], classes: 2 });
    const parameters = new Float64Array(model.parameterCount);
    for (const block of model.blocks)
      if (block.kind === 'bias') parameters.fill(7, block.offset, block.offset + block.size);

    expect(model.loss(parameters, matrixOfRows([[1, 2]]), [0], objective).penalty).toBe(0);
  });

  it('lets a NaN reach the loss, through every activation', () => {
    for (const activation of [
      'relu',
      'leaky-relu',
      'elu',
      'gelu',
      'gelu-tanh',
      'sigmoid',
      'tanh',
      'identity',
    ] as const) {
      const model = multilayerPerceptron({ inputSize: 1, hidden: [2], classes: 2, activation });
      const parameters = model.initialize(createGenerator(0));

      for (const loss of Object.values(losses)) {
        const result = model.loss(parameters, matrixOfRows([[NaN]]), [0], { ...objective, loss });
        expect(result.loss, `${activation}, ${loss.name}`).toBeNaN();
      }
    }
  });

  it('refuses what does not fit', () => {
    const model = multilayerPerceptron({ inputSize: 2, hidden: [3], classes: 2 });
    const parameters = model.initialize(createGenerator(0));
    const mismatch = expect.objectContaining({ code: 'SHAPE_MISMATCH' });
    const invalid = expect.objectContaining({ code: 'INVALID_OPTION' });

    expect(() => model.scores(parameters, zeros(1, 3))).toThrow(mismatch);
    expect(() => model.scores(parameters.slice(1), zeros(1, 2))).toThrow(mismatch);
    expect(() => model.loss(parameters, zeros(2, 2), [0], objective)).toThrow(mismatch);
    expect(() => model.loss(parameters, zeros(1, 2), [2], objective)).toThrow(mismatch);
    expect(() => multilayerPerceptron({ inputSize: 2, hidden: [0], classes: 2 })).toThrow(invalid);
  });
});

describe('the linear classifier', () => {
  it('begins with the loss of guessing', () => {
    const model = linearClassifier({ inputSize: 30, classes: 10 });
    const parameters = model.initialize(createGenerator(1, 'weights'));
    const random = createGenerator(2, 'test');
    const x = zeros(50, 30);
    for (let i = 0; i < x.data.length; i++) x.data[i] = normal(random);
    const labels = Array.from({ length: 50 }, (_, i) => i % 10);
    const first = (loss: (typeof losses)[keyof typeof losses]) =>
      model.loss(parameters, x, labels, { loss, l2: 0, l2Convention: 'half' }).loss;

    expect(first(losses.softmax)).toBeCloseTo(2.302, 2); // ln 10
    expect(first(losses.hinge)).toBeCloseTo(9, 1); // 10 − 1
  });
});
