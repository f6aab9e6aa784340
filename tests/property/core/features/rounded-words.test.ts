/** The nearest words by whole numbers beside all distances in float64. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dot, norm } from '../../../../core/array/linear-algebra.ts';
import { type Matrix, matrixOf, rowOf } from '../../../../core/array/matrix.ts';
import { MemoryPlan } from '../../../../core/features/memory-plan.ts';
import {
  nearestRoundedWords,
  placeRoundedRows,
  placeRoundedWords,
  writeRoundedWords,
} from '../../../../core/features/rounded-words.ts';
import { mostRowsAtATime, placeWords } from '../../../../core/features/word-product.ts';
import type { NativeGemm } from '../../../../core/kernels/matrix-product.ts';
import { createGenerator } from '../../../../core/random/generator.ts';
import { normal, uniformInteger } from '../../../../core/random/sampling.ts';
import { nativeGemm } from '../../../../main/compute/native-gemm.ts';
import { kernelMemory } from '../../../support/kernel-memory.ts';

/** Σ over bytes, as a library would have it. */
function plainProduct(buffer: SharedArrayBuffer): Pick<NativeGemm, 'multiplyBytes'> {
  return {
    multiplyBytes(a, b, y, m, n, k) {
      const [A, B, Y] = [
        new Uint8Array(buffer, a, m * k),
        new Int8Array(buffer, b, k * n),
        new Int32Array(buffer, y, m * n),
      ];
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          let sum = 0;
          for (let q = 0; q < k; q++) sum += A[i * k + q]! * B[q * n + j]!;
          Y[i * n + j] = sum;
        }
      }
    },
  };
}

/** Labels and x·c − ½‖c‖² of points, beginning with a guess where there is one. */
function nearest(points: Matrix, centers: Matrix, guess: number | null, productOf = plainProduct) {
  const [count, words, d] = [points.rows, centers.rows, points.columns];
  const plan = new MemoryPlan();
  const place = placeWords(plan, words, d);
  const { rowLength, outputs } = place;
  const [rounded, own] = [placeRoundedWords(plan, place), placeRoundedRows(plan, place)];
  const sizes = [count * rowLength, words * rowLength, count * outputs, count, count];
  const [x, c, products, labels, values] = sizes.map((n) => plan.words(n)) as [number, number, number, number, number];
  const { kernels, buffer } = kernelMemory(plan.end);
  const put = (at: number, { rows, data }: Matrix) => {
    const target = new Float32Array(buffer, at, rows * rowLength);
    for (let i = 0; i < rows; i++) target.set(data.subarray(i * d, (i + 1) * d), i * rowLength);
    return target;
  };
  put(x, points);
  writeRoundedWords(place, rounded, put(c, centers), rowLength, buffer);
  const got = new Uint32Array(buffer, labels, count).fill(guess ?? words);
  const rows = { points: x, count, centers: c, products, labels, values, hasGuess: guess === null ? 0 : 1 };
  nearestRoundedWords(kernels, productOf(buffer), place, rounded, own, rows);
  return { labels: got, values: new Float32Array(buffer, values, count) };
}

/** The smallest number of float32: what a product may lose that is next to nothing. */
const denormal = 2 ** -149;

const score = (x: Float64Array, c: Float64Array) => dot(x, c) - 0.5 * dot(c, c);

/** How entry j of row i is drawn. */
const kinds: Readonly<Record<string, (random: ReturnType<typeof createGenerator>, i: number, j: number) => number>> = {
  'a cloud': (random) => normal(random),
  'long tails': (random) => normal(random) ** 5,
  'single spikes': (random, i, j) => (j === i % 7 ? 40 * normal(random) : 0.01 * normal(random)),
  'far from the origin': (random) => 100 + normal(random),
  'of all sizes': (random, i) => normal(random) * 10 ** ((i % 9) - 4),
  'nothing at all, now and then': (random, i) => (i % 3 === 0 ? 0 : normal(random)),
  'next to nothing': (random) => 1e-20 * normal(random),
  'as long as each other': (random) => Math.sign(normal(random)),
  'all but the same': (random, _i, j) => Math.sin(j) + 1e-6 * normal(random),
};

function drawn(kind: string, rows: number, d: number, seed: number): Matrix {
  const random = createGenerator(seed, kind);
  const values = Float32Array.from({ length: rows * d }, (_, at) => kinds[kind]!(random, Math.floor(at / d), at % d));
  return matrixOf(rows, d, Float64Array.from(values));
}

const cases = fc.record({
  pointsAre: fc.constantFrom(...Object.keys(kinds)),
  wordsAre: fc.constantFrom(...Object.keys(kinds)),
  count: fc.integer({ min: 1, max: 20 }),
  words: fc.oneof(fc.integer({ min: 1, max: 18 }), fc.constantFrom(63, 64, 65)),
  d: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constantFrom(108, 300)),
  seed: fc.nat(1000),
});

describe('the nearest words by whole numbers', () => {
  it('are those by all distances, whatever points and words are like', () => {
    fc.assert(
      fc.property(cases, ({ pointsAre, wordsAre, count, words, d, seed }) => {
        const [points, centers] = [drawn(pointsAre, count, d, seed), drawn(wordsAre, words, d, seed + 1)];
        // Where there is but one word, nothing is ruled out: its value is all that there is to find.
        const alone = Array.from({ length: words }, (_, k) => {
          return nearest(points, matrixOf(1, d, rowOf(centers, k)), null).values;
        });
        for (const guess of [null, words - 1]) {
          const { labels, values } = nearest(points, centers, guess);
          for (let i = 0; i < count; i++) {
            const largest = Math.max(...alone.map((of) => of[i]!));
            expect({ i, label: labels[i], value: values[i] }).toEqual({
              i,
              label: alone.findIndex((of) => of[i] === largest),
              value: largest,
            });
            const [x, c] = [rowOf(points, i), rowOf(centers, labels[i]!)];
            const loss = 1e-5 * (norm(x) * norm(c) + dot(c, c)) + (d + 2) * denormal;
            expect(Math.abs(largest - score(x, c))).toBeLessThanOrEqual(loss);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('are the lowest among equals, where float32 has no error', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 40 }), fc.nat(1000), (words, seed) => {
        const random = createGenerator(seed, 'whole numbers');
        const whole = (rows: number, most: number) =>
          matrixOf(
            rows,
            5,
            Float64Array.from({ length: rows * 5 }, () => uniformInteger(random, 2 * most + 1) - most),
          );
        const [points, centers] = [whole(15, 9), whole(words, 2)];
        for (const guess of [null, 0, words - 1]) {
          const wanted = Array.from({ length: 15 }, (_, i) => {
            const scores = Array.from({ length: words }, (_, k) => score(rowOf(points, i), rowOf(centers, k)));
            return scores.indexOf(Math.max(...scores));
          });
          expect([...nearest(points, centers, guess).labels]).toEqual(wanted);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('are the same by the library, whose whole numbers are exact', () => {
    const [points, centers] = [drawn('a cloud', mostRowsAtATime, 108, 1), drawn('long tails', 1_000, 108, 2)];

    const [ours, theirs] = [plainProduct, nativeGemm].map((product) => nearest(points, centers, null, product));

    expect(theirs).toEqual(ours);
  });
});
