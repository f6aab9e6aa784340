import { describe, expect, it } from 'vitest';
import { type Matrix, zeros } from '../../../core/array/matrix.ts';
import { checkGradient } from '../../../core/gradient-check/gradient-check.ts';
import { losses } from '../../../core/losses/index.ts';
import { createGenerator } from '../../../core/random/generator.ts';
import { normal } from '../../../core/random/sampling.ts';

const n = 6;
const c = 5;
const labels = [0, 1, 2, 3, 4, 2];

function someScores(seed: number, spread = 2): Matrix {
  const random = createGenerator(seed, 'scores');
  const scores = zeros(n, c);
  for (let i = 0; i < scores.data.length; i++) scores.data[i] = spread * normal(random);
  return scores;
}

describe.each(Object.values(losses))('$name, like every loss,', (loss) => {
  it.each([1, 2, 3])('has the gradient of its value (seed %d)', (seed) => {
    const scores = someScores(seed);
    const at = (data: Float64Array): Matrix => ({ rows: n, columns: c, data });

    const check = checkGradient(
      {
        loss: (data) => loss.evaluate(at(data), labels).loss,
        gradient: (data) => loss.evaluate(at(data), labels).gradient.data,
        sides: (data) => loss.sides(at(data), labels) ?? new Uint8Array(0),
      },
      scores.data,
      { order: 4 },
    );

    expect(check.largestRelativeError).toBeLessThan(1e-7);
    expect(check.kinks).toBeLessThan(n * c * 0.05);
    expect(check.verdict).toBe('fine');
  });

  it('is what it says when all scores are 0', () => {
    expect(loss.evaluate(zeros(n, c), labels).loss).toBeCloseTo(loss.lossOfZeroScores(c), 12);
  });

  it('is the mean over the batch: a batch given twice has the same loss and half the gradient', () => {
    const scores = someScores(4);
    const twice: Matrix = { rows: 2 * n, columns: c, data: Float64Array.of(...scores.data, ...scores.data) };

    const once = loss.evaluate(scores, labels);
    const both = loss.evaluate(twice, [...labels, ...labels]);

    expect(both.loss).toBeCloseTo(once.loss, 12);
    once.gradient.data.forEach((g, i) => expect(both.gradient.data[i]).toBeCloseTo(g / 2, 14));
  });

  it('is finite for scores of any size, and never negative', () => {
    for (const spread of [1e-300, 1, 1e6, 1e100]) {
      const { loss: value, gradient } = loss.evaluate(someScores(5, spread), labels);

      expect(Number.isFinite(value)).toBe(true);
      expect(value).toBeGreaterThanOrEqual(0);
      expect(gradient.data.every(Number.isFinite)).toBe(true);
    }
  });

  it('does not hide a NaN', () => {
    for (let position = 0; position < c; position++) {
      const scores = someScores(6);
      scores.data[position] = NaN;

      expect(loss.evaluate(scores, labels).loss).toBeNaN();
    }
  });

  it('leaves the scores as they are', () => {
    const scores = someScores(7);
    const before = scores.data.slice();

    loss.evaluate(scores, labels);

    expect(scores.data).toEqual(before);
  });
});
