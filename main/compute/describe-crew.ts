/**
 * Threads that describe pictures together: each takes the next few, reads their pixels and writes their features into its
 * rows of shared memory. A picture's features depend on the picture alone, so it does not matter who describes it.
 */
import { Worker } from 'node:worker_threads';
import { StudioError } from '../../core/errors.ts';
import type { FittedFeatures } from '../../core/features/feature-extractor.ts';
import { describerOf } from './describer.ts';
import { PictureReader } from './picture-memory.ts';
import type { PictureFile } from './picture-memory.ts';
import { threadFile } from './thread-file.ts';

const picturesAtATime = 16;
const answerMs = 100;
const longestWaitMs = 120_000;

/** Words that threads share, each on a cache line of its own. */
const word = { round: 0, next: 16, done: 32, idle: 48, from: 56, to: 57 } as const;
const endRound = -1;
/** More than there are pictures: nothing is left to do. */
const beyond = 2 ** 30;

/** What a thread needs to help. */
export interface DescribeData {
  readonly describe: true;
  readonly control: SharedArrayBuffer;
  readonly source: PictureFile;
  readonly blocks: readonly FittedFeatures[];
  readonly backend: 'wasm' | 'native';
  /** Numbers of pictures. */
  readonly pictures: SharedArrayBuffer;
  /** (rows, D) float32 from `targetAt` on: picture `from` of a window is row 0. */
  readonly target: SharedArrayBuffer;
  readonly targetAt: number;
}

export interface DescribeCrew {
  /** Describes pictures [from, to) of the list into the first rows of the target. False when told to stop. */
  run(from: number, to: number, shouldStop: (done: number) => boolean): boolean;
  close(): void;
}

export function describeCrew(data: Omit<DescribeData, 'describe' | 'control'>, threads: number): DescribeCrew {
  const control = new SharedArrayBuffer(4 * 64);
  const words = new Int32Array(control);
  const helpers = Array.from(
    { length: threads - 1 },
    () => new Worker(threadFile, { workerData: { ...data, describe: true, control } satisfies DescribeData }),
  );
  const work = pieceWork({ ...data, describe: true, control });
  return {
    run(from, to, shouldStop) {
      Atomics.store(words, word.from, from);
      Atomics.store(words, word.to, to);
      Atomics.store(words, word.done, 0);
      Atomics.store(words, word.idle, 0);
      Atomics.store(words, word.next, from);
      Atomics.add(words, word.round, 1);
      Atomics.notify(words, word.round);
      while (work()) if (shouldStop(Atomics.load(words, word.done))) return false;
      const since = performance.now();
      for (;;) {
        // Every thread has to be out of this window before the next may begin.
        const idle = Atomics.load(words, word.idle);
        if (idle === helpers.length) return true;
        Atomics.wait(words, word.idle, idle, answerMs);
        if (shouldStop(Atomics.load(words, word.done))) return false;
        if (performance.now() - since > longestWaitMs) {
          throw new StudioError('COMPUTE_LOST', { reason: 'a thread does not answer' });
        }
      }
    },
    close() {
      Atomics.store(words, word.next, beyond);
      Atomics.store(words, word.round, endRound);
      Atomics.notify(words, word.round);
    },
  };
}

/** The life of a helping thread. */
export function helpDescribe(data: DescribeData): void {
  const words = new Int32Array(data.control);
  const work = pieceWork(data);
  for (let seen = 0; ;) {
    Atomics.wait(words, word.round, seen);
    seen = Atomics.load(words, word.round);
    if (seen === endRound) return;
    while (work());
    Atomics.add(words, word.idle, 1);
    Atomics.notify(words, word.idle);
  }
}

/** Describes the next few pictures; false when there are none left. */
function pieceWork({ control, source, blocks, backend, pictures, target, targetAt }: DescribeData): () => boolean {
  const words = new Int32Array(control);
  const numbers = new Uint32Array(pictures);
  const rowLength = blocks.reduce((total, { dimension }) => total + dimension, 0);
  const describers = blocks.map((block) => describerOf(block, backend));
  const reader = new PictureReader(source);
  return () => {
    const to = Atomics.load(words, word.to);
    const first = Atomics.add(words, word.next, picturesAtATime);
    if (first >= to) return false;
    const from = Atomics.load(words, word.from);
    const last = Math.min(to, first + picturesAtATime);
    for (let i = first; i < last; i++) {
      const pixels = reader.read(numbers[i]!);
      let at = targetAt + 4 * (i - from) * rowLength;
      blocks.forEach(({ dimension }, b) => {
        describers[b]!(pixels, new Float32Array(target, at, dimension));
        at += 4 * dimension;
      });
    }
    Atomics.add(words, word.done, last - first);
    return true;
  };
}
