/**
 * A helper process that is kept alive: started on first use, started again when it dies, given up when it keeps dying.
 *
 * Calls that wait when it dies are rejected at once (COMPUTE_LOST, DECODER_LOST); whoever made them decides what to do
 * over. A call that comes while it is being replaced waits for the new one.
 */
import { StudioError } from '../../core/errors.ts';
import { createClient } from '../../core/rpc/client.ts';
import type { CallInput, CallOptions, Contract, MethodOf, Output, Progress, RpcClient } from '../../core/rpc/define.ts';
import type { Helper, HelperKind, HelperLauncher } from '../../core/rpc/helper.ts';

export type HelperState = 'idle' | 'running' | 'restarting' | 'failed';

export interface HelperProcessOptions<C extends Contract> {
  readonly kind: HelperKind;
  readonly contract: C;
  readonly launcher: HelperLauncher;
  readonly lostCode: 'COMPUTE_LOST' | 'DECODER_LOST';
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
  readonly onEnd?: (reason: string) => void;
  /** Calls back after so many milliseconds unless the returned function is called before; given in tests. */
  readonly later?: (ms: number, then: () => void) => () => void;
}

/** Waits before the first, second and every further restart within the window. */
const backOffMs = [250, 1000, 4000];
const windowMs = 60_000;
const mostRestarts = 5;

export class HelperProcess<C extends Contract> {
  readonly #options: HelperProcessOptions<C>;
  readonly #now: () => number;
  readonly #later: (ms: number, then: () => void) => () => void;
  #cancelRestart = () => {};
  readonly #stateListeners = new Set<(state: HelperState) => void>();
  #state: HelperState = 'idle';
  #current: { helper: Helper; client: RpcClient<C> } | null = null;
  /** When it died, within the window. */
  #deaths: number[] = [];
  #waiting: { resolve: () => void; reject: (cause: Error) => void }[] = [];
  #isClosed = false;
  #calls = 0;
  #lastReason = '';

  constructor(options: HelperProcessOptions<C>) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#later = options.later ?? later;
  }

  get state(): HelperState {
    return this.#state;
  }

  get pid(): number | undefined {
    return this.#current?.helper.pid;
  }

  get isBusy(): boolean {
    return this.#calls > 0;
  }

  /** Called at every change of the state or of being busy; the returned function ends it. */
  onChange(listener: (state: HelperState) => void): () => void {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  }

  /**
   * @throws StudioError the contract's errors; `lostCode` when the process ends meanwhile or has been given up. A given up
   *   process is tried again once the window has passed.
   */
  async call<M extends MethodOf<C>>(
    method: M,
    input: CallInput<C, M>,
    options?: CallOptions<Progress<C, M>>,
  ): Promise<Output<C, M>> {
    const client = await this.#client();
    this.#calls++;
    this.#announce();
    try {
      return await client.call(method, input, options);
    } finally {
      this.#calls--;
      this.#announce();
    }
  }

  /** Starts it before it is needed. */
  warmUp(): void {
    if (this.#state === 'idle' && !this.#isClosed) this.#start();
  }

  /** Ends the process, which is then replaced: for work that takes too long or too much. */
  kill(): void {
    this.#current?.helper.kill();
  }

  /** Ends it for good. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancelRestart();
    const current = this.#current;
    this.#current = null;
    this.#setState('idle');
    this.#rejectWaiting('closed');
    if (current === null) return;
    current.client.close();
    current.helper.kill();
    await current.helper.exited;
  }

  async #client(): Promise<RpcClient<C>> {
    for (;;) {
      if (this.#isClosed) throw this.#lost('closed');
      if (this.#current !== null) return this.#current.client;
      if (this.#state === 'failed') {
        if (this.#recentDeaths() > mostRestarts) throw this.#lost(this.#lastReason);
        this.#start();
      } else if (this.#state === 'idle') this.#start();
      else await new Promise<void>((resolve, reject) => this.#waiting.push({ resolve, reject }));
    }
  }

  #start(): void {
    let helper: Helper;
    try {
      helper = this.#options.launcher.launch(this.#options.kind);
    } catch (cause) {
      this.#died(cause instanceof Error ? cause.message : String(cause));
      return;
    }
    const { contract, lostCode } = this.#options;
    const client = createClient(contract, helper.transport, { lostCode });
    this.#current = { helper, client };
    this.#setState('running');
    for (const { resolve } of this.#waiting.splice(0)) resolve();
    void helper.exited.then((reason) => {
      client.close();
      if (this.#current?.helper !== helper) return;
      this.#current = null;
      this.#died(reason);
    });
    // A process that closed its wire answers nothing any more, whether or not it still runs.
    void client.closed.then(() => helper.kill());
  }

  #died(reason: string): void {
    if (this.#isClosed) return;
    this.#lastReason = reason;
    this.#options.onEnd?.(reason);
    this.#deaths.push(this.#now());
    const deaths = this.#recentDeaths();
    if (deaths > mostRestarts) {
      this.#setState('failed');
      this.#rejectWaiting(reason);
      return;
    }
    this.#setState('restarting');
    this.#cancelRestart = this.#later(backOffMs[Math.min(deaths, backOffMs.length) - 1]!, () => {
      if (!this.#isClosed && this.#state === 'restarting') this.#start();
    });
  }

  #recentDeaths(): number {
    const since = this.#now() - windowMs;
    this.#deaths = this.#deaths.filter((at) => at > since);
    return this.#deaths.length;
  }

  #rejectWaiting(reason: string): void {
    for (const { reject } of this.#waiting.splice(0)) reject(this.#lost(reason));
  }

  #lost(reason: string): StudioError {
    return new StudioError(this.#options.lostCode, { reason });
  }

  #setState(state: HelperState): void {
    this.#state = state;
    this.#announce();
  }

  #announce(): void {
    for (const listener of [...this.#stateListeners]) listener(this.#state);
  }
}

/** Keeps the process alive: under the command line nothing else does while a helper is being replaced. */
function later(ms: number, then: () => void): () => void {
  const timer = setTimeout(then, ms);
  return () => clearTimeout(timer);
}
