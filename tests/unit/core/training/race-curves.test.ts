import { describe, expect, it } from 'vitest';
import { clockOf, placesOf, seedBand } from '../../../../core/training/race-curves.ts';

describe('the band over seeds', () => {
  it('is mean, lowest and highest where the curves share their places', () => {
    const band = seedBand([
      { x: [1, 2, 3], y: [4, 2, 1] },
      { x: [1, 2, 3], y: [6, 2, 3] },
    ]);

    expect(band).toEqual({ x: [1, 2, 3], mean: [5, 2, 2], low: [4, 2, 1], high: [6, 2, 3] });
  });

  it('reads between points where seeds took other seconds, and only where every curve is', () => {
    const band = seedBand([
      { x: [0, 10], y: [0, 10] },
      { x: [2, 6, 12], y: [2, 2, 8] },
    ]);

    // At 6 the first is at 6, at 10 the second is at 2 + 6·4/6 = 6.
    expect(band.x).toEqual([2, 6, 10]);
    expect(band.low).toEqual([2, 2, 6]);
    expect(band.high).toEqual([2, 6, 10]);
  });

  it('is empty of nothing', () => {
    expect(seedBand([{ x: [], y: [] }]).x).toEqual([]);
  });
});

it('counts evaluations where they are counted, and an epoch of minibatches as one', () => {
  const record = { epoch: 3, step: 90, seconds: 1.5 };

  expect(clockOf(record, 'step')).toBe(90);
  expect(clockOf(record, 'evaluations')).toBe(3);
  expect(clockOf({ ...record, evaluations: 17 }, 'evaluations')).toBe(17);
});

describe('a number of an epoch', () => {
  it('stands where it was measured: the training loss amid the steps, validation after them', () => {
    const minibatches = [
      { epoch: 1, step: 9, seconds: 2 },
      { epoch: 2, step: 18, seconds: 6 },
    ];

    // Before steps 1 … 9, that is after 0 … 8 updates: 4 on average of 9.
    expect(placesOf(minibatches, 'step', 'trainLoss')).toEqual([4, 13]);
    expect(placesOf(minibatches, 'epoch', 'trainLoss').map((x) => x * 9)).toEqual([4, 13]);
    expect(placesOf(minibatches, 'step', 'validationLoss')).toEqual([9, 18]);
  });

  it('of one step an epoch is where the step began', () => {
    const fullBatch = [
      { epoch: 1, step: 1, seconds: 2, evaluations: 3 },
      { epoch: 2, step: 2, seconds: 3, evaluations: 4 },
    ];

    expect(placesOf(fullBatch, 'epoch', 'trainLoss')).toEqual([0, 1]);
    expect(placesOf(fullBatch, 'evaluations', 'trainLoss')).toEqual([0, 3]);
    expect(placesOf(fullBatch, 'seconds', 'trainLoss')).toEqual([0, 2]);
    expect(placesOf(fullBatch, 'evaluations', 'validationAccuracy')).toEqual([3, 4]);
  });
});
