import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matrixOfRows, rowOf } from '../../../../core/array/matrix.ts';
import { ablationCurve } from '../../../../core/explanation/participation.ts';
import { type Network, passThrough } from '../../../../core/explanation/network.ts';
import { exactMerges, mergeOrder, mergesOf, mergeTwins, twinGroups } from '../../../../core/explanation/redundancy.ts';
import { withoutUnits } from '../../../../core/explanation/pruning.ts';
import { randomNetwork, randomPicture } from '../../../support/random-network.ts';

const width = fc.integer({ min: 2, max: 8 });
const sizes = fc
  .tuple(width, fc.array(width, { minLength: 1, maxLength: 3 }), width)
  .map(([d, hidden, c]) => [d, ...hidden, c]);
const seed = fc.integer({ min: 0, max: 2 ** 31 });

/** The network with unit `unit` of layer `l` standing there twice more, at other lengths, its outgoing weights its own. */
function withCopies(network: Network, l: number, unit: number, factors: readonly number[]): Network {
  const layers = network.layers.slice();
  const { weights, bias } = layers[l]!;
  const rows = [...bias.keys(), ...factors.map(() => unit)];
  const scale = (i: number) => (i < bias.length ? 1 : factors[i - bias.length]!);
  layers[l] = {
    weights: matrixOfRows(rows.map((j, i) => Array.from(rowOf(weights, j), (w) => scale(i) * w))),
    bias: Float64Array.from(rows, (j, i) => scale(i) * bias[j]!),
  };
  const next = layers[l + 1]!;
  layers[l + 1] = {
    weights: matrixOfRows(
      [...next.bias.keys()].map((c) => [...rowOf(next.weights, c), ...factors.map((_, i) => 0.7 - i - c / 3)]),
    ),
    bias: next.bias,
  };
  return { layers, activations: network.activations };
}

function expectSameScores(actual: Network, expected: Network, inputSize: number): void {
  for (let picture = 0; picture < 5; picture++) {
    const x = randomPicture(inputSize, picture);
    const scores = passThrough(expected, x).scores;
    const tolerance = 1e-10 * scores.reduce((sum, s) => sum + Math.abs(s), 1);
    passThrough(actual, x).scores.forEach((s, c) => expect(Math.abs(s - scores[c]!)).toBeLessThan(tolerance));
  }
}

describe('merging exact duplicates', () => {
  it.each(['relu', 'leaky-relu', 'identity'] as const)('changes no score with %s, whatever their lengths', (phi) => {
    fc.assert(
      fc.property(sizes, seed, fc.nat(), fc.nat(), (shape, number, layer, chosen) => {
        const l = layer % (shape.length - 2);
        const unit = chosen % shape[l + 1]!;
        const network = withCopies(randomNetwork(shape, phi, number), l, unit, [2.5, 0.125]);

        const groups = twinGroups(network.layers[l]!, 1 - 1e-12);
        const merged = mergeTwins(network, l, mergesOf(network.layers[l]!, groups));

        expect(groups).toEqual([[unit, shape[l + 1]!, shape[l + 1]! + 1]]);
        expect(merged.layers[l]!.bias.length).toBe(shape[l + 1]);
        expectSameScores(merged, network, shape[0]!);
      }),
    );
  });

  it('leaves copies of another length alone where the activation keeps no proportions', () => {
    const network = withCopies(randomNetwork([3, 4, 2], 'tanh', 5), 0, 1, [1, 2]);

    const merged = mergeTwins(network, 0, exactMerges(network, 0));

    expect(merged.layers[0]!.bias.length).toBe(5); // the copy of length 1 went, the one of length 2 stays
    expectSameScores(merged, network, 3);
  });

  it('takes exact duplicates first when units are merged one by one', () => {
    const network = withCopies(randomNetwork([4, 5, 3], 'relu', 9), 0, 2, [3]);

    const [first] = mergeOrder(network.layers[0]!);

    expect(first).toMatchObject({ dropped: 5, into: 2 });
    expect(first!.cosine).toBeCloseTo(1, 12);
  });
});

describe('taking units out', () => {
  it('is the same as letting them say nothing', () => {
    fc.assert(
      fc.property(sizes, seed, fc.nat(), fc.nat(), (shape, number, layer, chosen) => {
        const l = layer % (shape.length - 2);
        const unit = chosen % shape[l + 1]!;
        const network = randomNetwork(shape, 'elu', number);
        const next = network.layers[l + 1]!;
        const silent = { ...next.weights, data: next.weights.data.slice() };
        for (let c = 0; c < silent.rows; c++) rowOf(silent, c)[unit] = 0;
        const expected = network.layers.map((given, i) => (i === l + 1 ? { ...given, weights: silent } : given));

        const pruned = withoutUnits(network, l, new Set([unit]));

        expect(pruned.layers[l]!.weights.rows).toBe(shape[l + 1]! - 1);
        expectSameScores(pruned, { layers: expected, activations: network.activations }, shape[0]!);
      }),
    );
  });

  it('changes nothing for a unit that answers every picture alike, once its answer is in the next bias', () => {
    const network = randomNetwork([3, 4, 2], 'relu', 2);
    rowOf(network.layers[0]!.weights, 1).fill(0);
    network.layers[0]!.bias[1] = 0.75;

    const pruned = withoutUnits(network, 0, new Set([1]), Float64Array.of(0, 0.75, 0, 0));

    expectSameScores(pruned, network, 3);
  });

  it('lowers accuracy as the ablation curve says', () => {
    fc.assert(
      fc.property(seed, (number) => {
        const network = randomNetwork([6, 5, 3], 'relu', number);
        const pictures = Array.from({ length: 20 }, (_, i) => randomPicture(6, i));
        const labels = pictures.map((_, i) => i % 3);
        const hidden = matrixOfRows(pictures.map((x) => [...passThrough(network, x).inputs[1]!]));
        const order = [3, 0, 4];

        const curve = ablationCurve(hidden, network.layers[1]!.weights, network.layers[1]!.bias, labels, order);

        const expected = [0, 1, 2, 3].map((k) => {
          const pruned = withoutUnits(network, 0, new Set(order.slice(0, k)));
          const right = pictures.filter((x, i) => {
            const { scores } = passThrough(pruned, x);
            return scores.indexOf(Math.max(...scores)) === labels[i];
          });
          return right.length / pictures.length;
        });
        expect([...curve]).toEqual(expected);
      }),
    );
  });
});
