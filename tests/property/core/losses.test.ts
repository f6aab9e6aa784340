import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Matrix } from '../../../core/array/matrix.ts';
import { losses } from '../../../core/losses/index.ts';
import { softmax, softmaxCrossEntropy } from '../../../core/losses/softmax-cross-entropy.ts';
import { multiclassHinge } from '../../../core/losses/multiclass-hinge.ts';

const batchOfScores = (): fc.Arbitrary<{ scores: Matrix; labels: number[] }> =>
  fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 })).chain(([n, c]) =>
    fc.record({
      scores: fc
        .array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: n * c, maxLength: n * c })
        .map((data) => ({ rows: n, columns: c, data: Float64Array.from(data) })),
      labels: fc.array(fc.integer({ min: 0, max: c - 1 }), { minLength: n, maxLength: n }),
    }),
  );
const shift = fc.double({ min: -1e3, max: 1e3, noNaN: true });
const shifted = (scores: Matrix, by: number): Matrix => ({ ...scores, data: scores.data.map((s) => s + by) });

describe.each([softmaxCrossEntropy, multiclassHinge])('%o', (loss) => {
  it('does not change when a constant is added to all scores of a row', () => {
    fc.assert(
      fc.property(batchOfScores(), shift, ({ scores, labels }, by) => {
        expect(loss(shifted(scores, by), labels).loss).toBeCloseTo(loss(scores, labels).loss, 8);
      }),
    );
  });

  it('has a gradient that adds up to 0 in every row', () => {
    fc.assert(
      fc.property(batchOfScores(), ({ scores, labels }) => {
        const { gradient } = loss(scores, labels);
        for (let i = 0; i < scores.rows; i++) {
          const row = gradient.data.subarray(i * scores.columns, (i + 1) * scores.columns);
          expect(row.reduce((sum, g) => sum + g, 0)).toBeCloseTo(0, 12);
        }
      }),
    );
  });
});

it('softmax gives probabilities that add up to 1, in the order of the scores', () => {
  fc.assert(
    fc.property(batchOfScores(), ({ scores }) => {
      const p = softmax(scores);
      for (let i = 0; i < p.rows; i++) {
        const row = [...p.data.subarray(i * p.columns, (i + 1) * p.columns)];
        expect(row.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
        expect(row.every((value) => value >= 0 && value <= 1)).toBe(true);
        row.forEach((value, j) => {
          row.forEach((other, k) => {
            if (scores.data[i * p.columns + j]! > scores.data[i * p.columns + k]!)
              expect(value).toBeGreaterThanOrEqual(other);
          });
        });
      }
    }),
  );
});

describe.each(Object.values(losses))('$name', (loss) => {
  it('is convex: its value midway is at most the mean of the ends', () => {
    fc.assert(
      fc.property(
        batchOfScores(),
        fc.infiniteStream(fc.double({ min: -50, max: 50, noNaN: true })),
        ({ scores, labels }, stream) => {
          const other: Matrix = { ...scores, data: scores.data.map(() => stream.next().value as number) };
          const middle: Matrix = { ...scores, data: scores.data.map((s, i) => (s + other.data[i]!) / 2) };
          const ends = (loss.evaluate(scores, labels).loss + loss.evaluate(other, labels).loss) / 2;

          expect(loss.evaluate(middle, labels).loss).toBeLessThanOrEqual(ends * (1 + 1e-12) + 1e-12);
        },
      ),
    );
  });
});
