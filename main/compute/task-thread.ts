/**
 * Runs one task in a worker thread of its own. Whatever happens to the thread (out of memory, a defect) ends this task
 * with a reason and nothing else; its memory goes with it and is never used again half-written.
 */
import { Worker } from 'node:worker_threads';
import { cancelled, StudioError } from '../../core/errors.ts';
import { fromWireError } from '../../core/rpc/wire-error.ts';
import type { TrainingRequest } from '../../core/training/train.ts';
import { createNativeGate, closeNativeGate } from './native-gate.ts';
import { threadFile } from './thread-file.ts';
import {
  requests,
  type Task,
  type TaskInput,
  type TaskMethod,
  type TaskOutput,
  type TaskProgress,
  type ThreadMessage,
} from './task.ts';

/** A thread that was told to end has this long before it is ended. */
const graceMs = 5000;

export interface TaskThread<M extends TaskMethod> {
  /** Rejects with the task's StudioError, COMPUTE_LOST when the thread died, CANCELLED when it was discarded. */
  readonly result: Promise<TaskOutput<M>>;
  request(request: TrainingRequest): void;
}

export interface TaskThreadOptions<M extends TaskMethod> {
  readonly signal: AbortSignal;
  readonly progress: (value: TaskProgress<M>) => void;
  /** Limits of the thread's own heap; given in tests. */
  readonly largestHeapMb?: number | undefined;
}

export function startTask<M extends TaskMethod>(
  method: M,
  input: TaskInput<M>,
  { signal, progress, largestHeapMb }: TaskThreadOptions<M>,
): TaskThread<M> {
  const control = new SharedArrayBuffer(4);
  const word = new Int32Array(control);
  const gate = createNativeGate();
  const task: Task<M> = { method, input, control, gate };
  const limits = largestHeapMb === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: largestHeapMb } };
  const worker = new Worker(threadFile, { workerData: task, ...limits });

  function request(wanted: TrainingRequest): void {
    Atomics.store(word, 0, requests.indexOf(wanted));
    Atomics.notify(word, 0);
  }

  const result = new Promise<TaskOutput<M>>((resolve, reject) => {
    let grace: ReturnType<typeof setTimeout> | undefined;
    const onabort = () => {
      request('discard');
      grace = setTimeout(() => void closeNativeGate(gate).then(() => worker.terminate()), graceMs);
      settle(() => reject(cancelled()));
    };
    let isSettled = false;
    const settle = (how: () => void) => {
      if (isSettled) return;
      isSettled = true;
      signal.removeEventListener('abort', onabort);
      how();
    };
    signal.addEventListener('abort', onabort, { once: true });
    if (signal.aborted) onabort();

    worker.on('message', (message: ThreadMessage) => {
      if (isSettled) return;
      if (message.kind === 'progress') progress(message.value as TaskProgress<M>);
      else if (message.kind === 'result') settle(() => resolve(message.value as TaskOutput<M>));
      else settle(() => reject(fromWireError(message.error)));
    });
    worker.on('error', (cause: Error & { code?: string }) => {
      const reason = cause.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'out of memory' : cause.message;
      settle(() => reject(new StudioError('COMPUTE_LOST', { reason })));
    });
    worker.on('exit', (code) => {
      clearTimeout(grace);
      settle(() => reject(new StudioError('COMPUTE_LOST', { reason: `exit code ${code}` })));
    });
  });
  return { result, request };
}
