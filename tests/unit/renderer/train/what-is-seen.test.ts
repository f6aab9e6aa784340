import { describe, expect, it } from 'vitest';
import { whatIsSeen } from '../../../../renderer/train/what-is-seen.ts';

const epochs = (train: number[], validation: (number | null)[]) =>
  train.map((trainLoss, i) => ({ epoch: i + 1, trainLoss, validationLoss: validation[i] ?? null }));

describe('what is seen in the curves', () => {
  it('says nothing after two epochs', () => {
    expect(whatIsSeen(epochs([2, 1], [2, 1])).sight).toBe('starting');
  });

  it('sees learning where validation falls along', () => {
    expect(whatIsSeen(epochs([2, 1.6, 1.3, 1.1, 0.9], [2, 1.62, 1.33, 1.13, 0.94])).sight).toBe('learning');
  });

  it('sees that it learns faster than it generalises where validation falls by less than half as much', () => {
    expect(whatIsSeen(epochs([2, 1.6, 1.3, 1.0, 0.7], [2, 1.7, 1.6, 1.55, 1.5])).sight).toBe(
      'faster-than-it-generalises',
    );
  });

  it('sees memorising three epochs after the best, and names that epoch', () => {
    const seen = whatIsSeen(epochs([2, 1.5, 1, 0.8, 0.6, 0.4], [2, 1.6, 1.4, 1.45, 1.5, 1.6]));

    expect(seen).toMatchObject({ sight: 'overfitting', lowestEpoch: 3, gap: expect.closeTo(1.2, 10) });
  });

  it('sees a flat loss', () => {
    expect(whatIsSeen(epochs([1, 0.999, 0.998, 0.998, 0.998], [1, 1, 1, 1, 1])).sight).toBe('flat');
  });

  it('sees a rising loss', () => {
    expect(whatIsSeen(epochs([1, 1.2, 1.5, 2, 3], [1, 1, 2, 2, 3])).sight).toBe('rising');
  });

  it('takes the noise of a small loss for noise, and sees the memorising behind it', () => {
    const train = [2, 1, 0.5, 0.2, 0.15, 0.13, 0.12, 0.17];

    expect(whatIsSeen(epochs(train, [1.9, 1.5, 1.4, 1.45, 1.5, 1.55, 1.6, 1.6])).sight).toBe('overfitting');
    expect(whatIsSeen(epochs(train, [])).sight).not.toBe('rising');
  });

  it('says that nothing is checked where nothing is held out', () => {
    const seen = whatIsSeen(epochs([2, 1.5, 1.2, 1], [null, null, null, null]));

    expect(seen).toEqual({ sight: 'unchecked', lowestEpoch: null, gap: null });
  });
});
