/** What the helper processes are doing, for the status bar. */
import type { EngineStatus } from '../../core/rpc/contract/app.ts';
import type { ComputeContract } from '../../core/rpc/contract/compute.ts';
import type { DecoderState } from './decoder-pool.ts';
import type { HelperProcess } from './helper-process.ts';
import { wait } from './job-registry.ts';

const reportEveryMs = 50;

export class EngineWatch {
  readonly #compute: HelperProcess<ComputeContract>;
  readonly #decoderState: () => DecoderState;
  readonly #threads: () => number;
  readonly #backend: () => Pick<EngineStatus, 'backend' | 'backendReason'>;
  readonly #listeners = new Set<() => void>();
  #knownThreads: number | null = null;
  #processor = '';

  constructor(
    compute: HelperProcess<ComputeContract>,
    decoderState: () => DecoderState,
    threads: () => number,
    backend: () => Pick<EngineStatus, 'backend' | 'backendReason'>,
  ) {
    this.#compute = compute;
    this.#decoderState = decoderState;
    this.#threads = threads;
    this.#backend = backend;
    compute.onChange(() => this.changed());
  }

  /** Asks compute what it is, which starts it. */
  async warmUp(): Promise<void> {
    const { threads, processor } = await this.#compute.call('compute.info', {});
    this.#knownThreads = threads;
    this.#processor = processor;
    this.changed();
  }

  get processor(): string {
    return this.#processor;
  }

  get status(): EngineStatus {
    const { state, isBusy } = this.#compute;
    const running = this.#knownThreads === null ? 'starting' : isBusy ? 'busy' : 'ready';
    return {
      compute: state === 'running' ? running : state === 'idle' ? 'starting' : state,
      decoder: this.#decoderState(),
      ...this.#backend(),
      threads: this.#threads() === 0 ? (this.#knownThreads ?? 0) : this.#threads(),
    };
  }

  changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  async watch(signal: AbortSignal, report: (status: EngineStatus) => void): Promise<void> {
    let last = '';
    while (!signal.aborted) {
      const status = this.status;
      const text = JSON.stringify(status);
      if (text !== last) report(status);
      last = text;
      await wait(reportEveryMs, signal);
      if (signal.aborted) return;
      if (JSON.stringify(this.status) === last) await this.#change(signal);
    }
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#listeners.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.#listeners.add(done);
      signal.addEventListener('abort', done, { once: true });
    });
  }
}
