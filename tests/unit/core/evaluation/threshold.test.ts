import { expect, it } from 'vitest';
import { topKAccuracy, trueClassRank } from '../../../../core/evaluation/accuracy.ts';
import { matrixOfRows } from '../../../../core/array/matrix.ts';
import { atThreshold, coverageCurve, thresholdCurve, topKAccuracies } from '../../../../core/evaluation/threshold.ts';

const probabilities = [0.9, 0.8, 0.8, 0.4, 0.1];
const isOfClass = [1, 0, 1, 1, 0];

it('takes every picture whose probability reaches the threshold', () => {
  // From 0.8 up: three, two of them of the class, which has three.
  expect(atThreshold(probabilities, isOfClass, 0.8)).toMatchObject({
    taken: 3,
    right: 2,
    precision: 2 / 3,
    recall: 2 / 3,
  });
  expect(atThreshold(probabilities, isOfClass, 0.95)).toMatchObject({ taken: 0, precision: null, recall: 0 });
  expect(atThreshold(probabilities, isOfClass, 0)).toMatchObject({ taken: 5, precision: 0.6, recall: 1 });
});

it('gives both shares Wilson’s interval', () => {
  // 2 of 3: 0.2077 … 0.9385 (Wilson 1927, as statsmodels gives it).
  const { precision95, recall95 } = atThreshold(probabilities, isOfClass, 0.8);
  expect(precision95).toEqual([expect.closeTo(0.2077, 4), expect.closeTo(0.9385, 4)]);
  expect(recall95).toEqual(precision95);
});

it('walks down through every threshold at which something changes, equal probabilities at once', () => {
  const curve = thresholdCurve(probabilities, isOfClass);

  expect(curve.map(({ threshold, taken, right }) => [threshold, taken, right])).toEqual([
    [0.9, 1, 1],
    [0.8, 3, 2],
    [0.4, 4, 3],
    [0.1, 5, 3],
  ]);
  for (const point of curve) expect(point).toEqual(atThreshold(probabilities, isOfClass, point.threshold));
});

it('keeps first and last when there are too many', () => {
  const many = Float64Array.from({ length: 1000 }, (_, i) => i / 1000);

  const curve = thresholdCurve(many, new Uint8Array(1000).fill(1), 5);

  expect(curve).toHaveLength(5);
  expect([curve[0]!.taken, curve[4]!.taken]).toEqual([1, 1000]);
});

it('answers fewer pictures, and those more often rightly, when it abstains below a threshold', () => {
  const curve = coverageCurve(probabilities, [1, 1, 1, 0, 0]);

  expect(curve.map(({ coverage, accuracy }) => [coverage, accuracy])).toEqual([
    [0.2, 1],
    [0.6, 1],
    [0.8, 0.75],
    [1, 0.6],
  ]);
});

it('counts the true class among the k likeliest', () => {
  const scores = [
    [3, 2, 1], // class 1 is second
    [1, 1, 5], // class 1 comes after class 0, which scores the same: third
    [0, 9, 2],
  ];
  const ranks = scores.map((row) => trueClassRank(row, 1));

  expect(ranks).toEqual([2, 3, 1]);
  expect(topKAccuracies(ranks, 3).map(({ hits }) => hits)).toEqual([1, 2, 3]);
  expect(topKAccuracies(ranks, 2)[1]!.accuracy).toBe(topKAccuracy(matrixOfRows(scores), [1, 1, 1], 2));
});
