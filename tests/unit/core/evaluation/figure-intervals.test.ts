import { describe, expect, it } from 'vitest';
import { zeros } from '../../../../core/array/matrix.ts';
import { type FigureName, figureIntervals, figureNames } from '../../../../core/evaluation/figure-intervals.ts';
import { wilsonInterval } from '../../../../core/evaluation/wilson-interval.ts';
import { createGenerator } from '../../../../core/random/generator.ts';
import { uniform, uniformInteger } from '../../../../core/random/sampling.ts';

/** Probabilities that favour the truth in about 70 of 100 pictures. */
function judged(n: number, seed: number, classes = 3) {
  const random = createGenerator(seed, 'judged');
  const probabilities = zeros(n, classes);
  const labels = Uint16Array.from({ length: n }, () => uniformInteger(random, classes));
  for (let i = 0; i < n; i++) {
    const favoured = uniform(random) < 0.7 ? labels[i]! : uniformInteger(random, classes);
    const certainty = 0.4 + 0.5 * uniform(random);
    for (let j = 0; j < classes; j++) {
      probabilities.data[i * classes + j] = j === favoured ? certainty : (1 - certainty) / (classes - 1);
    }
  }
  return { probabilities, labels };
}

const intervals = (n: number, seed = 1, resamples = 400) => {
  const { probabilities, labels } = judged(n, seed);
  return figureIntervals(probabilities, labels, { resamples, random: createGenerator(7, 'bootstrap') });
};

describe('figures with intervals', () => {
  it('lie within their intervals, which shrink with the root of the number of pictures', () => {
    const [few, many] = [intervals(100), intervals(1600)];
    const width = (figures: typeof few, name: FigureName) => figures[name].interval![1] - figures[name].interval![0];

    for (const name of figureNames) {
      const { value, interval } = many[name];
      expect(interval![0], name).toBeLessThanOrEqual(value! + 0.02); // resampling biases calibration a little
      expect(interval![1], name).toBeGreaterThanOrEqual(value! - 0.02);
    }
    for (const name of ['accuracy', 'macroF1', 'kappa', 'rocAucMacro', 'logLoss', 'brierScore'] as const) {
      expect(width(few, name) / width(many, name), name).toBeGreaterThan(2.5);
      expect(width(few, name) / width(many, name), name).toBeLessThan(6); // 4 is expected
    }
  });

  it('agree with Wilson’s interval for the accuracy', () => {
    const { accuracy } = intervals(400, 2, 1000);

    const [low, high] = wilsonInterval(Math.round(accuracy.value! * 400), 400)!;
    expect(accuracy.interval![0]).toBeCloseTo(low, 1.5);
    expect(accuracy.interval![1]).toBeCloseTo(high, 1.5);
  });

  it('hold the true accuracy in about 95 of 100 draws', () => {
    const truth = 0.7 + 0.3 / 3;
    const held = Array.from({ length: 60 }, (_, seed) => intervals(80, seed, 150).accuracy.interval!).filter(
      ([low, high]) => low <= truth && truth <= high,
    ).length;

    expect(held).toBeGreaterThanOrEqual(52); // 57 are expected, with a deviation of 1.7
  });

  it('are the same for the same seed, and null where there is nothing to tell', () => {
    const nothing = figureIntervals(zeros(0, 3), [], { random: createGenerator(1, 'bootstrap') });
    const { probabilities } = judged(20, 1);
    const oneClass = figureIntervals(probabilities, new Uint16Array(20), { random: createGenerator(1, 'bootstrap') });

    expect(intervals(50)).toEqual(intervals(50));
    expect(Object.values(nothing).every(({ value, interval }) => value === null && interval === null)).toBe(true);
    expect(oneClass.rocAucMacro).toEqual({ value: null, interval: null });
  });
});
