/**
 * The order in which a training set is seen.
 *
 * Every epoch visits each picture exactly once: a full batch in the order of the set, minibatches in a random one that depends on the seed and the number of the epoch
 * only. So a run goes on from a cursor, two numbers, without replaying what came before, and "epoch 7" means the same
 * order in every run with this seed.
 */
import { requireInteger } from '../options.ts';
import { createGenerator } from '../random/generator.ts';
import { permutation } from '../random/sampling.ts';

/** What comes next: batch `batch` of epoch `epoch`, both from 0. Plain data, for a checkpoint. */
export interface BatchCursor {
  readonly epoch: number;
  readonly batch: number;
}

export const firstBatch: BatchCursor = { epoch: 0, batch: 0 };

export interface MinibatchOptions {
  /** n. Samples in the training set, ≥ 1. */
  sampleCount: number;
  /** B ≥ 1, or the whole set. Larger than the set is the whole set too. */
  batchSize: number | 'full';
  /** Of the recipe, in [0, 2³²). */
  seed: number;
}

export interface Minibatches {
  /** ⌈n / B⌉. The last batch holds what remains. */
  readonly batchesPerEpoch: number;
  /** The numbers of the samples of one batch, in order; valid until the next call. */
  batch(cursor: BatchCursor): Uint32Array;
  /** The cursor of the batch after this one. */
  next(cursor: BatchCursor): BatchCursor;
}

/** @throws StudioError INVALID_OPTION. */
export function minibatches({ sampleCount, batchSize, seed }: MinibatchOptions): Minibatches {
  requireInteger('sampleCount', sampleCount, 1);
  if (batchSize !== 'full') requireInteger('batchSize', batchSize, 1);
  const size = batchSize === 'full' ? sampleCount : Math.min(batchSize, sampleCount);
  const batchesPerEpoch = Math.ceil(sampleCount / size);
  let orderOfEpoch = -1;
  let order = new Uint32Array(0);

  return {
    batchesPerEpoch,
    batch({ epoch, batch }) {
      requireInteger('batch', batch, 0, batchesPerEpoch - 1);
      if (epoch !== orderOfEpoch) {
        // A sum over all has no use for chance, and its last bits would follow it.
        order =
          batchSize === 'full'
            ? Uint32Array.from({ length: sampleCount }, (_, i) => i)
            : epochOrder(sampleCount, seed, epoch);
        orderOfEpoch = epoch;
      }
      return order.subarray(batch * size, (batch + 1) * size);
    },
    next: ({ epoch, batch }) =>
      batch + 1 < batchesPerEpoch ? { epoch, batch: batch + 1 } : { epoch: epoch + 1, batch: 0 },
  };
}

/** 0 … n−1 in the order of this epoch. */
export function epochOrder(sampleCount: number, seed: number, epoch: number): Uint32Array<ArrayBuffer> {
  return permutation(createGenerator(seed, 'minibatches', epoch), sampleCount);
}

/** One batch after the other, from the first on; each is valid until the next. */
export function batchesInTurn(options: MinibatchOptions): () => Uint32Array {
  const batches = minibatches(options);
  let cursor = firstBatch;
  return () => {
    const batch = batches.batch(cursor);
    cursor = batches.next(cursor);
    return batch;
  };
}
