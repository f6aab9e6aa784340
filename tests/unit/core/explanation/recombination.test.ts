import { describe, expect, it } from 'vitest';
import { matrixOfRows, rowsOf } from '../../../../core/array/matrix.ts';
import { singularValues } from '../../../../core/array/singular-values.ts';
import {
  effectiveTemplate,
  isPiecewiseLinear,
  unitsSwitched,
} from '../../../../core/explanation/effective-template.ts';
import { collapse } from '../../../../core/explanation/linear-collapse.ts';
import { type Network, passThrough } from '../../../../core/explanation/network.ts';
import { classesServed, meanAnswers } from '../../../../core/explanation/participation.ts';
import { pruningOrder, usefulness } from '../../../../core/explanation/pruning.ts';
import { bySay, recombine, reconstructionCurve } from '../../../../core/explanation/recombination.ts';
import { nearestTwins } from '../../../../core/explanation/redundancy.ts';
import { tellingPictures } from '../../../../core/explanation/telling-pictures.ts';

/**
 * Two inputs, three units, two classes, worked out by hand for x = (1, 2):
 * a = (1·1 + 0·2 + 0, −1·1 + 0·2 + 0.5, 1·1 + 1·2 − 1) = (1, −0.5, 2), h = (1, 0, 2).
 */
const network: Network = {
  layers: [
    { weights: matrixOfRows([[1, 0], [-1, 0], [1, 1]]), bias: Float64Array.of(0, 0.5, -1) }, // prettier-ignore
    { weights: matrixOfRows([[2, 5, -1], [0.5, 7, 3]]), bias: Float64Array.of(0.25, -1) }, // prettier-ignore
  ],
  activations: ['relu'],
};
const x = Float64Array.of(1, 2);

describe('a score', () => {
  it('is what the units that fire contribute, and the bias', () => {
    const { contributions, sums, difference } = recombine(network, passThrough(network, x));

    expect(rowsOf(contributions)).toEqual([[2, 0, -2], [0.5, 0, 6]]); // prettier-ignore
    expect([...sums]).toEqual([0.25, 5.5]);
    expect(difference).toBe(0);
  });

  it('builds up from the bias by the units with the most say', () => {
    expect([...bySay(Float64Array.of(0.5, 0, 6, -0.5))]).toEqual([2, 0, 3, 1]);
    expect([...reconstructionCurve(Float64Array.of(0.5, 0, 6), -1)]).toEqual([-1, 5, 5.5, 5.5]);
  });
});

describe('the template of this picture', () => {
  it('is made of the templates of the units that are on', () => {
    const { weights, bias } = effectiveTemplate(network, passThrough(network, x));

    // Class 0: 2·(1, 0) − 1·(1, 1); class 1: 0.5·(1, 0) + 3·(1, 1). Bias: 0.25 − 1·(−1); −1 + 3·(−1).
    expect(rowsOf(weights)).toEqual([[1, -1], [3.5, 3]]); // prettier-ignore
    expect([...bias]).toEqual([1.25, -4]);
  });

  it('changes with the units that switch', () => {
    const other = passThrough(network, Float64Array.of(-1, 0)); // a = (−1, 1.5, −2)

    expect(unitsSwitched(passThrough(network, x), other)).toEqual([3]);
    expect(rowsOf(effectiveTemplate(network, other).weights)).toEqual([[-5, 0], [-7, 0]]); // prettier-ignore
  });

  it('is the tangent where an activation is smooth', () => {
    expect(isPiecewiseLinear(network)).toBe(true);
    expect(isPiecewiseLinear({ ...network, activations: ['tanh'] })).toBe(false);
  });
});

describe('collapsing', () => {
  it('multiplies the layers', () => {
    const { weights, bias } = collapse({ ...network, activations: ['identity'] });

    // Class 0: 2·(1, 0) + 5·(−1, 0) − (1, 1); class 1: 0.5·(1, 0) + 7·(−1, 0) + 3·(1, 1).
    expect(rowsOf(weights)).toEqual([[-4, -1], [-3.5, 3]]); // prettier-ignore
    expect([...bias]).toEqual([0.25 + 2.5 + 1, -1 + 3.5 - 3]);
  });

  it('refuses a network that bends', () => {
    expect(() => collapse(network)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }) as Error);
  });
});

describe('singular values', () => {
  it('of [[1, 1], [0, 1]] are the golden ratio and its inverse', () => {
    const golden = (1 + Math.sqrt(5)) / 2;

    const values = singularValues(matrixOfRows([[1, 1], [0, 1]])); // prettier-ignore

    expect(values[0]).toBeCloseTo(golden, 14);
    expect(values[1]).toBeCloseTo(1 / golden, 14);
  });

  it('of a matrix of rank one are its norm and zeros', () => {
    const values = singularValues(matrixOfRows([[3, 4], [6, 8], [0, 0]])); // prettier-ignore

    expect(values[0]).toBeCloseTo(Math.sqrt(125), 12);
    expect(values[1]).toBeLessThan(1e-14);
  });
});

describe('units', () => {
  it('have as nearest twin the one that points the same way', () => {
    const layer = { weights: matrixOfRows([[1, 0], [0, 2], [3, 0.1]]), bias: Float64Array.of(0, 0, 0) }; // prettier-ignore

    const { nearest, cosines } = nearestTwins(layer);

    expect([...nearest]).toEqual([2, 2, 0]);
    expect(cosines[0]).toBeCloseTo(3 / Math.sqrt(9.01), 12);
  });

  it('are as useful as what they say and how far it is heard', () => {
    const answers = { mean: Float64Array.of(1, 0, 2), magnitude: Float64Array.of(1, 0, 2) };

    const useful = usefulness(network, 0, 'contribution', answers);

    const says = [Math.sqrt(4.25), 0, 2 * Math.sqrt(10)];
    useful.forEach((value, j) => expect(value).toBeCloseTo(says[j]!, 12));
    expect([...pruningOrder(useful)]).toEqual([1, 0, 2]);
    const magnitudes = usefulness(network, 0, 'magnitude', answers);
    expect(magnitudes[2]).toBeCloseTo(Math.sqrt(2) * Math.sqrt(10), 12);
  });

  it('serve as many classes as their shares are spread over', () => {
    const weights = matrixOfRows([[1, 2, 5, 0], [1, 0, 5, 0], [-1, 0, 0, 0], [1, 0, 0, 0]]); // prettier-ignore

    const served = classesServed(weights, Float64Array.of(0.3, 2, 1, 4));

    [4, 1, 2, 0].forEach((expected, j) => expect(served[j]).toBeCloseTo(expected, 12));
  });

  it('answer each class with a mean', () => {
    const hidden = matrixOfRows([[1, 0], [3, 4], [5, 6]]); // prettier-ignore

    expect(rowsOf(meanAnswers(hidden, [0, 0, 2], 3))).toEqual([[2, 0, 5], [2, 0, 6]]); // prettier-ignore
  });
});

describe('telling pictures', () => {
  const truth = [1, 0, 0, 1, 2];
  const first = {
    indices: [7, 8, 9, 10, 11],
    truth,
    predicted: [0, 0, 0, 0, 0],
    probabilities: [0.5, 0.9, 0.6, 0.8, 1],
  };

  it('are those where two models disagree and one is right, the surest first', () => {
    const second = {
      indices: [11, 10, 9, 8, 7],
      truth: [...truth].reverse(),
      predicted: [1, 1, 1, 0, 1],
      probabilities: [1, 0.5, 1, 0.9, 0.5],
    };

    const found = tellingPictures(first, second);

    expect(found.map(({ picture }) => picture)).toEqual([9, 10, 7]); // 8 agree, 11 both wrong
    expect(found[1]).toEqual({ picture: 10, truth: 1, first: 0, second: 1, telling: 0.4 });
  });

  it('are looked for among the pictures that both have judged', () => {
    const second = { indices: [9], truth: [0], predicted: [1], probabilities: [1] };

    expect(tellingPictures(first, second)).toHaveLength(1);
  });
});
