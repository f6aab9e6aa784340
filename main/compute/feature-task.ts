/** `compute.features`: one block of features of every picture, learnt where there is something to learn, into a file. */
import { cancelled } from '../../core/errors.ts';
import { learnFeatures } from './learn-features.ts';
import { describeCrew } from './describe-crew.ts';
import { FeatureFileWriter } from './feature-file.ts';
import { threadCount } from './thread-count.ts';
import type { TaskContext, TaskInput, TaskOutput } from './task.ts';

/** Rows that are computed before they are written. */
const windowBytes = 64 * 2 ** 20;
const progressIntervalMs = 50;

export function featureTask(
  { source, features, threads: wanted, backend, path }: TaskInput<'compute.features'>,
  context: TaskContext<'compute.features'>,
): TaskOutput<'compute.features'> {
  const startedMs = performance.now();
  const threads = threadCount(wanted);
  let toldMs = -Infinity;
  /** True where the task is to stop. */
  const told = (stage: 'learn' | 'describe', done: number, total: number): boolean => {
    if (performance.now() - toldMs >= progressIntervalMs || done === total) {
      toldMs = performance.now();
      context.progress({ stage, done, total });
    }
    return context.request() === 'discard';
  };

  const fitted = learnFeatures(source, features, threads, (done, total) => told('learn', done, total), backend);
  const { dimension } = fitted;
  const wantedPictures = Uint32Array.from([...source.train, ...source.validation, ...source.test]).sort();
  const pictures = new Uint32Array(new SharedArrayBuffer(4 * wantedPictures.length));
  pictures.set(wantedPictures);
  const windowRows = Math.max(16, Math.floor(windowBytes / (4 * dimension)));
  const target = new SharedArrayBuffer(4 * Math.min(windowRows, pictures.length) * dimension);
  const rows = new Float32Array(target);
  const { pixelsPath, headerBytes, count, width, height, channels } = source;
  const writer = new FeatureFileWriter(path, fitted, count); // before there are threads that would have to be ended
  const crew = describeCrew(
    {
      source: { pixelsPath, headerBytes, count, width, height, channels },
      blocks: [fitted],
      backend,
      pictures: pictures.buffer,
      target,
      targetAt: 0,
    },
    threads,
  );
  try {
    let written = 0;
    const none = new Float32Array(dimension);
    for (let from = 0; from < pictures.length; from += windowRows) {
      const to = Math.min(pictures.length, from + windowRows);
      if (!crew.run(from, to, (done) => told('describe', from + done, pictures.length))) throw cancelled();
      for (let i = from; i < to;) {
        for (; written < pictures[i]!; written++) writer.append(none);
        let end = i + 1;
        while (end < to && pictures[end]! === pictures[end - 1]! + 1) end++;
        writer.append(rows.subarray((i - from) * dimension, (end - from) * dimension));
        written += end - i;
        i = end;
      }
    }
    for (; written < count; written++) writer.append(none);
    told('describe', pictures.length, pictures.length);
    return { dimension, sizeBytes: writer.finish(), seconds: (performance.now() - startedMs) / 1000 };
  } catch (cause) {
    writer.discard();
    throw cause;
  } finally {
    crew.close();
  }
}
