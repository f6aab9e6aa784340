import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dot } from '../../../../core/array/linear-algebra.ts';
import { matrixOf, rowOf } from '../../../../core/array/matrix.ts';
import { effectiveTemplate } from '../../../../core/explanation/effective-template.ts';
import { collapse } from '../../../../core/explanation/linear-collapse.ts';
import { type Network, passThrough } from '../../../../core/explanation/network.ts';
import { parametersOf } from '../../../../core/explanation/pruning.ts';
import { recombine, reconstructionCurve } from '../../../../core/explanation/recombination.ts';
import { rankOf, singularValues } from '../../../../core/array/singular-values.ts';
import { multilayerPerceptron } from '../../../../core/models/multilayer-perceptron.ts';
import { type ActivationName, activationNames } from '../../../../core/recipe/recipe.ts';
import { randomNetwork, randomPicture } from '../../../support/random-network.ts';

const size = fc.integer({ min: 1, max: 9 });
const sizes = fc.tuple(size, fc.array(size, { maxLength: 3 }), size).map(([d, hidden, c]) => [d, ...hidden, c]);
const seed = fc.integer({ min: 0, max: 2 ** 31 });

/** Rounding of sums of a few dozen float64 terms of size one. */
const rounding = 1e-11;

/** Scores as the model itself computes them. */
function modelScores({ layers, activations }: Network, x: Float64Array): Float64Array {
  const widths = layers.map(({ bias }) => bias.length);
  const model = multilayerPerceptron({
    inputSize: x.length,
    hidden: widths.slice(0, -1),
    classes: widths.at(-1)!,
    activation: activations[0] ?? 'identity',
  });
  return model.scores(parametersOf({ layers, activations }), matrixOf(1, x.length, x)).data;
}

function affine(weights: Parameters<typeof rowOf>[0], bias: Float64Array, x: Float64Array): number[] {
  return Array.from(bias, (b, c) => b + dot(rowOf(weights, c), x));
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < actual.length; i++) {
    expect(Math.abs(actual[i]! - expected[i]!)).toBeLessThan(rounding * Math.max(1, Math.abs(expected[i]!)));
  }
}

describe.each(activationNames)('a network with %s', (activation: ActivationName) => {
  it('has scores that are the sum of what its last units contribute', () => {
    fc.assert(
      fc.property(sizes, seed, (shape, number) => {
        const network = randomNetwork(shape, activation, number);
        const x = randomPicture(shape[0]!, number);

        const { sums, difference, tolerance } = recombine(network, passThrough(network, x));

        expectClose(sums, modelScores(network, x));
        expect(difference).toBeLessThan(tolerance);
      }),
    );
  });

  it('has a template for this picture whose inner product with it is the score', () => {
    fc.assert(
      fc.property(sizes, seed, (shape, number) => {
        const network = randomNetwork(shape, activation, number);
        const x = randomPicture(shape[0]!, number);

        const { weights, bias } = effectiveTemplate(network, passThrough(network, x));

        expectClose(affine(weights, bias, x), modelScores(network, x));
      }),
    );
  });
});

describe.each(['relu', 'leaky-relu'] as const)('a network with %s', (activation) => {
  it('has the same template for every picture with the same units on', () => {
    fc.assert(
      fc.property(sizes, seed, (shape, number) => {
        const network = randomNetwork(shape, activation, number);
        const x = randomPicture(shape[0]!, number);
        const passage = passThrough(network, x);
        const near = x.map((value, i) => value + 1e-9 * (i % 2 === 0 ? 1 : -1)); // moves no unit across 0
        const { weights, bias } = effectiveTemplate(network, passage);

        expectClose(affine(weights, bias, near), modelScores(network, near));
      }),
    );
  });
});

describe('a network without activation', () => {
  it('is the linear classifier that its layers collapse into, for every picture', () => {
    fc.assert(
      fc.property(sizes, seed, seed, (shape, number, other) => {
        const network = randomNetwork(shape, 'identity', number);
        const { weights, bias } = collapse(network);

        for (const x of [randomPicture(shape[0]!, number), randomPicture(shape[0]!, other)]) {
          expectClose(affine(weights, bias, x), modelScores(network, x));
        }
      }),
    );
  });

  it('has no higher rank than its narrowest layer is wide', () => {
    fc.assert(
      fc.property(sizes, seed, (shape, number) => {
        const { weights } = collapse(randomNetwork(shape, 'identity', number));

        expect(rankOf(singularValues(weights), 1e-10)).toBe(Math.min(...shape));
      }),
    );
  });
});

describe('the reconstruction curve', () => {
  it('begins with the bias, ends with the score and takes the largest contributions first', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { maxLength: 20 }), (terms) => {
        const curve = reconstructionCurve(Float64Array.from(terms), 0.5);

        const steps = terms.map((_, k) => Math.abs(curve[k + 1]! - curve[k]!));
        expect(curve[0]).toBe(0.5);
        expect(curve.at(-1)!).toBeCloseTo(0.5 + terms.reduce((a, b) => a + b, 0), 9);
        steps.slice(1).forEach((step, k) => expect(step).toBeLessThanOrEqual(steps[k]! + 1e-9));
      }),
    );
  });
});
