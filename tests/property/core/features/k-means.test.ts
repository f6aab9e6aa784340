import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matrixOf, matrixOfRows, rowOf, rowsOf, zeros } from '../../../../core/array/matrix.ts';
import { drawProportional, lloyd, minibatchKMeans, seedCenters } from '../../../../core/features/k-means.ts';
import { createGenerator } from '../../../../core/random/generator.ts';
import { normal } from '../../../../core/random/sampling.ts';

function someBlobs(seed: number, n: number, k: number, d = 3) {
  const random = createGenerator(seed, 'blobs');
  const centers = Array.from({ length: k * d }, () => 8 * normal(random));
  const points = zeros(n, d);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < d; j++) points.data[i * d + j] = centers[(i % k) * d + j]! + normal(random);
  return points;
}

describe('k-means', () => {
  it('never raises the inertia from one iteration to the next', () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.integer({ min: 1, max: 9 }), (seed, k) => {
        const points = someBlobs(seed, 80, 6);
        const start = seedCenters(points, k, createGenerator(seed));
        let before = Infinity;
        for (let iterations = 0; iterations <= 6; iterations++) {
          const { inertia } = lloyd(points, start, iterations);
          expect(inertia).toBeLessThanOrEqual(before * (1 + 1e-12));
          before = inertia;
        }
      }),
      { numRuns: 40 },
    );
  });

  it('puts a centre without points on the farthest point', () => {
    const points = matrixOfRows([[0], [1], [2], [100]]);
    const start = matrixOfRows([[0.5], [50], [-1000]]); // nothing is nearest to the last

    const { centers, sizes } = lloyd(points, start, 1);

    // Of squared distances 0.25, 0.25, 2.25 and 2500 the last is the largest.
    expect(rowsOf(centers)).toEqual([[1], [100], [100]]);
    expect([...sizes]).toEqual([3, 1, 0]);
  });

  it('starts from different points where there are enough', () => {
    fc.assert(
      fc.property(fc.nat(1e6), (seed) => {
        const centers = seedCenters(someBlobs(seed, 30, 3), 12, createGenerator(seed));
        expect(new Set(rowsOf(centers).map(String)).size).toBe(12);
      }),
      { numRuns: 30 },
    );
  });

  it('draws first centres of far blobs from different blobs', () => {
    const points = matrixOf(
      90,
      1,
      Float64Array.from({ length: 90 }, (_, i) => (i % 3) * 1e4 + i / 100),
    );

    for (let seed = 0; seed < 20; seed++) {
      const centers = seedCenters(points, 3, createGenerator(seed));
      expect(new Set([...centers.data].map((value) => Math.round(value / 1e4))).size).toBe(3);
    }
  });

  it('draws in proportion to the weights', () => {
    const random = createGenerator(1);
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 8000; i++) counts[drawProportional([1, 0, 5, 2], 8, random)]!++;

    expect(counts[1]).toBe(0);
    [1000, 0, 5000, 2000].forEach((wanted, i) => expect(Math.abs(counts[i]! - wanted)).toBeLessThan(150)); // 4 σ
  });

  it('by minibatches comes near what Lloyd finds', () => {
    const points = someBlobs(7, 600, 5);
    const start = seedCenters(points, 5, createGenerator(7));

    const exact = lloyd(points, start, 50);
    const quick = minibatchKMeans(points, start, 60, 100, createGenerator(8));

    expect(quick.inertia).toBeGreaterThanOrEqual(exact.inertia * (1 - 1e-12));
    expect(quick.inertia).toBeLessThan(exact.inertia * 1.1);
    expect(rowOf(quick.centers, 0)).not.toEqual(rowOf(start, 0));
  });
});
