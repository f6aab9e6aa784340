/**
 * One thread that answers questions about pictures, one after another, and stays: a person who moves a slider asks many, and
 * reading the model for each would take longer than answering. It ends when nobody has asked for a while.
 */
import { Worker } from 'node:worker_threads';
import { StudioError } from '../../core/errors.ts';
import { fromWireError } from '../../core/rpc/wire-error.ts';
import type { Answer, ExplainerData, Explanation, Question } from './explainer-thread.ts';
import { threadFile } from './thread-file.ts';

const idleMs = 60_000;

interface Waiting {
  readonly resolve: (value: Explanation) => void;
  readonly reject: (cause: Error) => void;
}

export class Explainer {
  #worker: Worker | null = null;
  #idle: ReturnType<typeof setTimeout> | undefined;
  #number = 0;
  readonly #waiting = new Map<number, Waiting>();

  /** Rejects with what the question fails with, COMPUTE_LOST when the thread died. */
  explain(input: Question['input']): Promise<Explanation> {
    clearTimeout(this.#idle);
    const worker = (this.#worker ??= this.#start());
    const number = ++this.#number;
    worker.ref();
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, { resolve, reject });
      worker.postMessage({ number, input } satisfies Question);
    });
  }

  #start(): Worker {
    const worker = new Worker(threadFile, { workerData: { kind: 'explainer' } satisfies ExplainerData });
    worker.on('message', (answer: Answer) => {
      const waiting = this.#waiting.get(answer.number);
      this.#waiting.delete(answer.number);
      if (answer.kind === 'explanation') waiting?.resolve(answer.value);
      else waiting?.reject(fromWireError(answer.error));
      if (this.#waiting.size > 0) return;
      worker.unref();
      this.#idle = setTimeout(() => void worker.terminate(), idleMs).unref();
    });
    worker.on('error', (cause: Error) => this.#lost(worker, cause.message));
    worker.on('exit', (code) => this.#lost(worker, `exit code ${code}`));
    return worker;
  }

  #lost(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(new StudioError('COMPUTE_LOST', { reason }));
  }
}
