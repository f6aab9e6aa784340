import { describe, expect, it } from 'vitest';
import { toCsv } from '../../../renderer/charts/figure-table.ts';
import type { Prediction } from '../../../core/rpc/contract/prediction.ts';
import { orderPredictions, predictionTable, rankedClasses } from '../../../renderer/predict/prediction-table.ts';

function prediction(path: string, probabilities: number[]): Prediction {
  const pixels = new Uint8Array(1);
  return {
    kind: 'prediction',
    path,
    predicted: probabilities.indexOf(Math.max(...probabilities)),
    scores: Float32Array.from(probabilities),
    probabilities: Float32Array.from(probabilities),
    ...{ width: 1, height: 1, channels: 1 as const, pixels },
    original: { width: 1, height: 1, pixels },
    reasons: [],
  };
}
const refused: Prediction = { kind: 'refused', path: '/in/a.txt', reason: { code: 'truncated', details: {} } };
const results = [
  prediction('/in/pic10.png', [0.25, 0.75]),
  refused,
  prediction('/in/=SUM(A1).png', [0.5, 0.5]),
  prediction('/in/pic9.png', [0.875, 0.125]),
];

describe('the order of predictions', () => {
  it('by confidence leaves refused files at the end, both ways', () => {
    expect(orderPredictions(results, 'sure')).toEqual([3, 0, 2, 1]);
    expect(orderPredictions(results, 'unsure')).toEqual([2, 0, 3, 1]);
  });
  it('by verdict groups the classes, the surest of each first', () => {
    expect(orderPredictions(results, 'class')).toEqual([3, 2, 0, 1]);
  });
  it('by name counts as people do', () => {
    const order = orderPredictions(results, 'name');
    expect(order.indexOf(3)).toBeLessThan(order.indexOf(0));
  });
  it('as given changes nothing', () => {
    expect(orderPredictions(results, 'given')).toEqual([0, 1, 2, 3]);
  });
});

it('ranks classes by probability, equal ones in order', () => {
  expect(rankedClasses([0.2, 0.4, 0.4])).toEqual([1, 2, 0]);
});

describe('the table for a spreadsheet', () => {
  const words = {
    ...{ file: 'File', verdict: 'Verdict', probability: 'Probability', problem: 'Problem' },
    nameOf: (label: number) => ['+cat', 'dog, small'][label]!,
    sentence: () => 'cut short',
  };
  it('has a row for each file and quotes what would run as a formula', () => {
    const rooted = [prediction('=SUM(A1).png', [0.5, 0.5]), refused, prediction('@x', [0.25, 0.75])];
    expect(
      toCsv(predictionTable(rooted, [2, 1, 0], 2, words))
        .trimEnd()
        .split('\r\n'),
    ).toEqual([
      `File,Verdict,Probability,'+cat,"dog, small",Problem`,
      `'@x,"dog, small",0.75,0.25,0.75,`,
      `/in/a.txt,,,,,cut short`,
      `'=SUM(A1).png,'+cat,0.5,0.5,0.5,`,
    ]);
  });
});
