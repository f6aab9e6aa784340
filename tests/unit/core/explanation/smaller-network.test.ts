import { describe, expect, it } from 'vitest';
import { matrixOfRows } from '../../../../core/array/matrix.ts';
import { type Network, passThrough } from '../../../../core/explanation/network.ts';
import { layerPruning, overAllUnits, smallerNetwork, unitsLeft } from '../../../../core/explanation/smaller-network.ts';
import type { ActivationName } from '../../../../core/recipe/recipe.ts';
import { randomNetwork, randomPicture } from '../../../support/random-network.ts';

const features = 9;
const pictures = Array.from({ length: 20 }, (_, i) => randomPicture(features, i));
const noAnswers = () => ({ mean: new Float64Array(99), magnitude: new Float64Array(99) });

/** The network with a copy of unit 1 of its first layer, `times` as long, at the end: its own weights onward are `onward`. */
function withTwin(network: Network, times: number, onward: number): Network {
  const [first, second, ...others] = network.layers;
  const { columns, rows, data } = first!.weights;
  const twin = data.slice(columns, 2 * columns).map((w) => times * w);
  const next = Array.from({ length: second!.weights.rows }, (_, c) => [
    ...second!.weights.data.subarray(c * rows, (c + 1) * rows),
    onward * (c + 1),
  ]);
  return {
    ...network,
    layers: [
      {
        weights: { rows: rows + 1, columns, data: Float64Array.of(...data, ...twin) },
        bias: Float64Array.of(...first!.bias, times * first!.bias[1]!),
      },
      { weights: matrixOfRows(next), bias: second!.bias },
      ...others,
    ],
  };
}

function largestDifference(a: Network, b: Network): number {
  return Math.max(
    ...pictures.flatMap((x) => {
      const other = passThrough(b, x).scores;
      return Array.from(passThrough(a, x).scores, (score, c) => Math.abs(score - other[c]!));
    }),
  );
}

describe('merging exact twins (row 31)', () => {
  it.each([
    ['relu', 2.5],
    ['leaky-relu', 0.3],
    ['identity', 1],
    ['tanh', 1],
  ] as [ActivationName, number][])('changes no score with %s and a twin %d times as long', (activation, times) => {
    const network = withTwin(randomNetwork([features, 6, 5, 3], activation, 2), times, 0.7);

    const merged = smallerNetwork(network, [6, 5], 'twins', noAnswers);

    expect(merged.layers.map(({ bias }) => bias.length)).toEqual([6, 5, 3]);
    expect(largestDifference(network, merged)).toBeLessThan(1e-12);
  });

  it('finds no twin of another length where the activation bends them differently', () => {
    const network = withTwin(randomNetwork([features, 6, 3], 'tanh', 2), 2, 1);

    expect(layerPruning(network, 0, 'twins', null).order).toHaveLength(0);
    expect(() => smallerNetwork(network, [6], 'twins', noAnswers)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }) as Error,
    );
  });
});

describe('pruning', () => {
  const network = randomNetwork([features, 8, 3], 'relu', 6);

  it('takes out first the unit that says least, by what it could say or by what it does say', () => {
    // Worked out by hand: lengths of the first layer times lengths of the columns that lead on.
    const small: Network = {
      layers: [
        {
          weights: matrixOfRows([
            [3, 4],
            [1, 0],
            [0, 2],
          ]),
          bias: new Float64Array(3),
        }, // 5, 1, 2; prettier-ignore
        { weights: matrixOfRows([[1, 4, 0.5]]), bias: new Float64Array(1) }, // 5, 4, 1
      ],
      activations: ['relu'],
    };
    const answers = { mean: Float64Array.of(0.1, 1, 10), magnitude: Float64Array.of(0.1, 1, 10) }; // 0.1, 4, 5

    expect([...layerPruning(small, 0, 'magnitude', answers).order]).toEqual([2, 1]);
    expect([...layerPruning(small, 0, 'contribution', answers).order]).toEqual([0, 1]);
  });

  it('takes out a unit that always answers the same without a trace', () => {
    const { layers, activations } = network;
    const constant = {
      weights: { ...layers[0]!.weights, data: layers[0]!.weights.data.slice() },
      bias: layers[0]!.bias.slice(),
    };
    constant.weights.data.fill(0, 0, features);
    constant.bias[0] = 2;
    const still = { layers: [constant, layers[1]!], activations };
    const answers = { mean: new Float64Array(8).fill(2), magnitude: new Float64Array(8).fill(9) };
    answers.magnitude[0] = 0;

    expect(
      largestDifference(
        still,
        smallerNetwork(still, [7], 'contribution', () => answers),
      ),
    ).toBeLessThan(1e-12);
  });

  it.each(['magnitude', 'contribution', 'redundancy'] as const)('by %s says which units are left', (by) => {
    const answers = { mean: new Float64Array(8), magnitude: Float64Array.from({ length: 8 }, (_, j) => 8 - j) };
    const pruning = layerPruning(network, 0, by, answers);
    const left = unitsLeft(8, pruning.order, 5);

    const { layers } = pruning.without(5);

    left.forEach((unit, k) => {
      expect(layers[0]!.bias[k]).toBe(network.layers[0]!.bias[unit]);
    });
    // The same scores from all answers, the dropped ones with weight 0.
    const wide = overAllUnits(layers[1]!, left, 8);
    const small = { layers, activations: network.activations };
    expect(largestDifference(small, { layers: [network.layers[0]!, wide], activations: network.activations })).toBeLessThan(1e-12); // prettier-ignore
  });
});
