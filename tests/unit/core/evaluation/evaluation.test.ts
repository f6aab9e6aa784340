import { describe, expect, it } from 'vitest';
import { matrixOfRows } from '../../../../core/array/matrix.ts';
import { bootstrapInterval, f1Intervals } from '../../../../core/evaluation/bootstrap-interval.ts';
import { confusionMatrix, confusionRates } from '../../../../core/evaluation/confusion-matrix.ts';
import { wilsonInterval } from '../../../../core/evaluation/wilson-interval.ts';
import { createGenerator } from '../../../../core/random/generator.ts';

describe('the confusion matrix', () => {
  const counts = matrixOfRows([
    [3, 1, 0],
    [0, 2, 0],
    [0, 0, 0],
  ]);

  it('is a rate of the truth or of the verdicts, and no rate where there is neither', () => {
    expect(confusionRates(counts, 'truth')).toEqual([
      [0.75, 0.25, 0],
      [0, 1, 0],
      [null, null, null],
    ]);
    expect(confusionRates(counts, 'verdict')).toEqual([
      [1, 1 / 3, null],
      [0, 2 / 3, null],
      [0, 0, null],
    ]);
  });

  it('refuses a class that is not there', () => {
    const mismatch = expect.objectContaining({ code: 'SHAPE_MISMATCH' });

    expect(() => confusionMatrix([0, 3], [0, 0], 3)).toThrow(mismatch);
    expect(() => confusionMatrix([0], [0, 1], 3)).toThrow(mismatch);
  });
});

describe("Wilson's interval", () => {
  it.each([
    [8, 10, 0.49016247153664183, 0.9433178485456247],
    [0, 10, 0, 0.2775327998628892],
    [10, 10, 1 - 0.2775327998628892, 1],
    [50, 100, 0.4038315303659956, 0.5961684696340044],
  ])('of %d in %d is the textbook one', (k, n, low, high) => {
    expect(wilsonInterval(k, n)).toEqual([expect.closeTo(low, 12), expect.closeTo(high, 12)]);
  });

  it('does not exist without trials', () => {
    expect(wilsonInterval(0, 0)).toBeNull();
  });
});

describe('the bootstrap interval', () => {
  it('of a proportion lies at the quantiles of the binomial distribution', () => {
    const correct = Array.from({ length: 100 }, (_, i) => (i < 80 ? 1 : 0));
    const share = (samples: Uint32Array) => samples.reduce<number>((sum, i) => sum + correct[i]!, 0) / samples.length;

    const interval = bootstrapInterval(100, share, { random: createGenerator(1, 'bootstrap'), resamples: 4000 })!;

    // Binomial(100, 0.8): 72 and 88 are its 2.5 % and 97.5 % quantiles; one count of sampling error.
    expect(Math.abs(interval[0] - 0.72)).toBeLessThan(0.0101);
    expect(Math.abs(interval[1] - 0.88)).toBeLessThan(0.0101);
  });

  it('of F1 is the same for the same seed, and missing for a class that does not occur', () => {
    const truth = [0, 0, 0, 1, 1, 1, 1, 0];
    const predicted = [0, 0, 1, 1, 1, 0, 1, 0];
    const intervals = () => f1Intervals(truth, predicted, 3, { random: createGenerator(1, 'bootstrap') });

    expect(intervals()).toEqual(intervals());
    expect(intervals()[2]).toBeNull();
    const [low, high] = intervals()[0]!;
    expect(low).toBeLessThan(0.75); // F1 of class 0 is 2·3/8
    expect(high).toBeGreaterThan(0.75);
  });

  it('does not exist without samples', () => {
    expect(bootstrapInterval(0, () => 1, { random: createGenerator(1) })).toBeNull();
    expect(bootstrapInterval(5, () => null, { random: createGenerator(1) })).toBeNull();
  });
});
