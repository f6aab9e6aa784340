import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matrixOf } from '../../../../core/array/matrix.ts';
import { conditioningOf } from '../../../../core/features/conditioning.ts';
import { fitMixture } from '../../../../core/features/mixture.ts';
import { createGenerator } from '../../../../core/random/generator.ts';
import { normal } from '../../../../core/random/sampling.ts';
import { defaultFeatures, type FeatureRecipe } from '../../../../core/recipe/feature-recipe.ts';

const n = 40;
const dimensions = [3, 12, 5];
const rowLength = 20;

function someRows(seed: number): Float32Array {
  const random = createGenerator(seed, 'mixture');
  const scales = Array.from({ length: rowLength }, () => Math.exp(3 * normal(random)));
  return Float32Array.from({ length: n * rowLength }, (_, i) => scales[i % rowLength]! * (5 + normal(random)));
}

function mixed(values: Float32Array, options: readonly FeatureRecipe[]): number[] {
  const blocks = options.map((one, b) => ({ options: one, dimension: dimensions[b]! }));
  const { mean, deviation } = fitMixture(values, [...Array(n).keys()], blocks, 3);
  return Array.from(values, (value, i) => (value - mean[i % rowLength]!) / deviation[i % rowLength]!);
}

/** Mean square of all numbers of each block. */
function powers(x: readonly number[]): number[] {
  let from = 0;
  return dimensions.map((d) => {
    let total = 0;
    for (let i = 0; i < n; i++) for (let j = from; j < from + d; j++) total += x[i * rowLength + j]! ** 2;
    from += d;
    return total / n;
  });
}

const { color, hog } = defaultFeatures;

describe('a mixture of features', () => {
  it('gives every block the same part of the whole, however long it is, and the whole a mean variance of 1', () => {
    fc.assert(
      fc.property(fc.nat(1e6), (seed) => {
        const [a, b, c] = powers(mixed(someRows(seed), [color, hog, color]));
        for (const power of [a!, b!, c!]) expect(power).toBeCloseTo(rowLength / 3, 2);
      }),
      { numRuns: 20 },
    );
  });

  it('weighs a block as it is told', () => {
    const [a, b] = powers(mixed(someRows(1), [color, { ...hog, weight: 3 }, color]));

    expect(b! / a!).toBeCloseTo(9, 2);
  });

  it('leaves a block alone that is not standardised', () => {
    const values = someRows(2);
    const x = mixed(values, [{ ...color, standardize: 'none', weight: 2 }, hog, color]);

    for (let i = 0; i < n; i++)
      for (let j = 0; j < 3; j++) expect(x[i * rowLength + j]).toBe(values[i * rowLength + j]! * 2);
  });
});

describe('the condition number of features', () => {
  it('is that of a diagonal by hand, and 1 once they are standardised or whitened', () => {
    // Two independent directions ±1 and ±10: C = diag(1, 100).
    const x = matrixOf(4, 2, Float64Array.of(1, 10, 1, -10, -1, 10, -1, -10));

    const { raw, standardized, whitened } = conditioningOf(x);

    expect(raw.number).toBeCloseTo(100, 9);
    expect(standardized.number).toBeCloseTo(1, 9);
    expect(whitened.number).toBeCloseTo(1, 9);
  });

  it('is followed to its steps: those of a quadratic by hand', () => {
    // C = diag(1, 100), and the targets pull along the first direction alone: gap(t) = 0.99^2t, below 0.01 from t = 230 on.
    const x = matrixOf(4, 2, Float64Array.of(1, 10, 1, -10, -1, 10, -1, -10));
    const alongFirst = matrixOf(4, 1, Float64Array.of(1, 1, -1, -1));

    const { raw, standardized } = conditioningOf(x, alongFirst);

    expect(raw.steps!.plain).toBe(Math.ceil(Math.log(0.01) / (2 * Math.log(0.99))));
    expect(raw.steps!.momentum).toBeLessThan(raw.steps!.plain! / 4);
    expect(standardized.steps!.plain).toBe(1);
  });

  it('leaves out and counts directions in which nothing varies', () => {
    const x = matrixOf(3, 3, Float64Array.of(1, 0, 2, -1, 0, 1, 0, 0, -3));

    expect(conditioningOf(x).raw.flat).toBe(1);
  });

  it('of standardised features does not get worse by whitening', () => {
    fc.assert(
      fc.property(fc.nat(1e6), (seed) => {
        const { standardized, whitened } = conditioningOf(matrixOf(n, rowLength, Float64Array.from(someRows(seed))));
        expect(whitened.number).toBeLessThanOrEqual(standardized.number * (1 + 1e-9));
      }),
      { numRuns: 20 },
    );
  });
});

it('features that never vary have numbers all the same, which can be sent: HOG of pictures of one colour', () => {
  const { raw, standardized, whitened } = conditioningOf(
    matrixOf(4, 3, new Float64Array(12)),
    matrixOf(4, 2, Float64Array.of(1, 0, 0, 1, 1, 0, 0, 1)),
  );

  for (const condition of [raw, standardized, whitened]) {
    expect(condition).toEqual({ number: 1, largest: 0, smallest: 0, flat: 3, steps: { plain: 0, momentum: 0 } });
  }
});
