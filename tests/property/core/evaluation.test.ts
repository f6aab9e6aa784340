import fc from 'fast-check';
import { expect, it } from 'vitest';
import { accuracy } from '../../../core/evaluation/accuracy.ts';
import { bootstrapIntervals, f1Intervals } from '../../../core/evaluation/bootstrap-interval.ts';
import { confusionMatrix, truthCounts, verdictCounts } from '../../../core/evaluation/confusion-matrix.ts';
import { classificationReport } from '../../../core/evaluation/precision-recall.ts';
import { wilsonInterval } from '../../../core/evaluation/wilson-interval.ts';
import { createGenerator } from '../../../core/random/generator.ts';

const verdicts = fc.integer({ min: 1, max: 6 }).chain((classes) =>
  fc.record({
    classes: fc.constant(classes),
    pairs: fc.array(fc.tuple(fc.nat(classes - 1), fc.nat(classes - 1)), { minLength: 1, maxLength: 60 }),
  }),
);

it('all figures of verdicts stay in their ranges and agree with each other', () => {
  fc.assert(
    fc.property(verdicts, ({ classes, pairs }) => {
      const truth = pairs.map(([t]) => t);
      const predicted = pairs.map(([, p]) => p);
      const confusion = confusionMatrix(truth, predicted, classes);
      const report = classificationReport(confusion);

      expect(confusion.data.reduce((a, b) => a + b, 0)).toBe(pairs.length);
      expect(report.accuracy).toBeCloseTo(accuracy(truth, predicted), 12);
      expect(report.weighted.recall).toBeCloseTo(report.accuracy, 12);
      expect(report.matthewsCorrelation).toBeGreaterThanOrEqual(-1 - 1e-12);
      expect(report.matthewsCorrelation).toBeLessThanOrEqual(1 + 1e-12);
      report.perClass.forEach(({ precision, recall, f1, support }, label) => {
        expect(support).toBe(truthCounts(confusion)[label]);
        expect(recall === null).toBe(support === 0);
        expect(precision === null).toBe(verdictCounts(confusion)[label] === 0);
        if (precision === null || recall === null || f1 === null) return;
        if (precision + recall > 0) expect(f1).toBeCloseTo((2 * precision * recall) / (precision + recall), 12);
        else expect(f1).toBe(0);
      });
    }),
  );
});

it("Wilson's interval holds the observed rate, stays in [0, 1] and narrows with more trials", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, share) => {
      const k = Math.round(share * n);
      const [low, high] = wilsonInterval(k, n)!;

      expect(low >= 0 && low <= k / n + 1e-15 && k / n - 1e-15 <= high && high <= 1).toBe(true);
      const [lowOfMore, highOfMore] = wilsonInterval(10 * k, 10 * n)!;
      expect(highOfMore - lowOfMore).toBeLessThan(high - low);
    }),
  );
});

it('the intervals of F1 are those of the F1 that the classification report gives', () => {
  fc.assert(
    fc.property(verdicts, ({ classes, pairs }) => {
      const truth = pairs.map(([t]) => t);
      const predicted = pairs.map(([, p]) => p);
      const options = () => ({ resamples: 20, random: createGenerator(5, 'bootstrap') });
      const ofReport = bootstrapIntervals(
        pairs.length,
        classes,
        (samples) => {
          const drawn = Array.from(samples, (i) => pairs[i]!);
          const confusion = confusionMatrix(
            drawn.map(([t]) => t),
            drawn.map(([, p]) => p),
            classes,
          );
          return classificationReport(confusion).perClass.map(({ f1 }) => f1);
        },
        options(),
      );

      expect(f1Intervals(truth, predicted, classes, options())).toEqual(ofReport);
    }),
  );
});
