import { describe, expect, it } from 'vitest';
import { earlyStopping, type EarlyStoppingOptions } from '../../../../core/training/early-stopping.ts';
import { type BatchCursor, firstBatch, minibatches } from '../../../../core/training/minibatches.ts';

describe('minibatches', () => {
  const options = { sampleCount: 25, batchSize: 10, seed: 9 };
  const walk = (from: BatchCursor, count: number) => {
    const batches = minibatches(options);
    const seen: number[][] = [];
    for (let cursor = from; seen.length < count; cursor = batches.next(cursor)) seen.push([...batches.batch(cursor)]);
    return seen;
  };

  it('go on from any cursor as if they had not stopped', () => {
    const whole = walk(firstBatch, 9);

    expect(walk({ epoch: 1, batch: 2 }, 4)).toEqual(whole.slice(5));
  });

  it('draw the order of an epoch from seed and epoch only, whatever the batch size', () => {
    const ofEpoch = (batchSize: number | 'full') => {
      const batches = minibatches({ ...options, batchSize });
      return Array.from({ length: batches.batchesPerEpoch }, (_, batch) => [
        ...batches.batch({ epoch: 3, batch }),
      ]).flat();
    };

    expect(ofEpoch(7)).toEqual(ofEpoch(10));
    expect(ofEpoch(1000)).toEqual(ofEpoch(7));
  });

  it('leave a full batch in the order of the set, where a sum over all has no use for chance', () => {
    const whole = minibatches({ sampleCount: 5, batchSize: 'full', seed: 3 });

    expect([...whole.batch({ epoch: 2, batch: 0 })]).toEqual([0, 1, 2, 3, 4]);
  });

  it('give another order to another seed', () => {
    const other = minibatches({ ...options, seed: 10 });

    expect([...other.batch(firstBatch)]).not.toEqual(walk(firstBatch, 1)[0]);
  });

  it('refuse an empty set and a batch that is not there', () => {
    const invalid = expect.objectContaining({ code: 'INVALID_OPTION' });

    expect(() => minibatches({ ...options, sampleCount: 0 })).toThrow(invalid);
    expect(() => minibatches({ ...options, batchSize: 0 })).toThrow(invalid);
    expect(() => minibatches(options).batch({ epoch: 0, batch: 3 })).toThrow(invalid);
  });
});

describe('early stopping', () => {
  const run = (options: EarlyStoppingOptions, losses: (number | null)[], accuracies: (number | null)[] = []) => {
    const stopping = earlyStopping(options);
    let state = stopping.createState();
    for (const [epoch, validationLoss] of losses.entries()) {
      const outcome = stopping.observe(structuredClone(state), {
        epoch,
        validationLoss,
        validationAccuracy: accuracies[epoch] ?? null,
      });
      state = outcome.state;
      if (outcome.stop) return { epoch, stop: outcome.stop, bestEpoch: state.bestEpoch };
    }
    return { epoch: losses.length - 1, stop: null, bestEpoch: state.bestEpoch };
  };

  it('waits as many epochs as its patience after the best one', () => {
    expect(run({ patience: 2 }, [1, 0.8, 0.9, 0.85, 0.7])).toEqual({ epoch: 3, stop: 'patience', bestEpoch: 1 });
    expect(run({ patience: 3 }, [1, 0.8, 0.9, 0.85, 0.7])).toEqual({ epoch: 4, stop: null, bestEpoch: 4 });
  });

  it('counts an equal loss as no improvement', () => {
    expect(run({ patience: 1 }, [0.5, 0.5])).toEqual({ epoch: 1, stop: 'patience', bestEpoch: 0 });
  });

  it('stops at the target', () => {
    expect(run({ targetAccuracy: 0.9 }, [1, 0.5, 0.4], [0.5, 0.9, 0.95])).toMatchObject({ epoch: 1, stop: 'target' });
  });

  it('takes the most accurate epoch for the best, and the lower loss among equals, where it is asked to', () => {
    const losses = [1, 0.6, 0.7, 0.9, 0.8];
    const accuracies = [0.5, 0.6, 0.7, 0.7, 0.7];

    expect(run({ best: 'accuracy' }, losses, accuracies).bestEpoch).toBe(2);
    expect(run({ best: 'loss' }, losses, accuracies).bestEpoch).toBe(1);
    expect(run({ best: 'accuracy', patience: 2 }, [0.6, 0.7, 0.7, 0.5], [0.5, 0.7, 0.7, 0.6])).toEqual({
      epoch: 3,
      stop: 'patience',
      bestEpoch: 1,
    });
    expect(run({ best: 'accuracy' }, [...losses, 0.65], [...accuracies, 0.7]).bestEpoch).toBe(5);
    expect(run({ best: 'accuracy' }, [...losses, 0.5], [...accuracies, 0.6]).bestEpoch).toBe(2); // lower, and worse
    expect(run({ best: 'accuracy' }, [2, 1]).bestEpoch).toBe(1); // no accuracy is known
  });

  it('never takes a loss that is not a number for the best', () => {
    expect(run({ patience: 5 }, [NaN, 2, NaN])).toMatchObject({ bestEpoch: 1 });
  });

  it('never stops without a validation set', () => {
    expect(run({ patience: 1, targetAccuracy: 0.1 }, [null, null, null])).toEqual({
      epoch: 2,
      stop: null,
      bestEpoch: null,
    });
  });

  it.each([{ patience: 0 }, { patience: 1.5 }, { targetAccuracy: 0 }, { targetAccuracy: 1.1 }])(
    'refuses %j',
    (options) => {
      expect(() => earlyStopping(options)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
    },
  );
});
