/**
 * The decoder processes: as many as there are cores, started when there is something to open, killed when a file takes
 * too long or too much memory, and replaced at once.
 *
 * A file that ends a decoder twice is put aside: its batch goes on without it, and the import lists it with the reason.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { isStudioError, StudioError } from '../../core/errors.ts';
import { createClient } from '../../core/rpc/client.ts';
import { decoderContract, type DecodedPicture, type DecoderContract } from '../../core/rpc/contract/decoder.ts';
import type { FitPolicy } from '../../core/rpc/contract/common.ts';
import type { CallInput, MethodOf, Output, RpcClient } from '../../core/rpc/define.ts';
import type { Helper, HelperLauncher } from '../../core/rpc/helper.ts';

export interface PictureSize {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
}

export interface DecodeTarget extends PictureSize {
  readonly fit: FitPolicy;
}

/** Files of one batch, packed one after the other. */
export interface FileBatch {
  readonly data: Uint8Array<ArrayBuffer>;
  /** Where each file ends in `data`. */
  readonly ends: readonly number[];
  readonly names: readonly string[];
}

export interface DecodedBatch {
  readonly pictures: readonly DecodedPicture[];
  readonly pixels: Uint8Array;
  readonly pixelHashes: Uint8Array;
  readonly perceptualHashes: Uint32Array;
}

export type DecoderState = 'idle' | 'busy' | 'restarting' | 'failed';

export interface DecoderPoolOptions {
  readonly launcher: HelperLauncher;
  /** Processes; by default as many as the machine has cores. */
  readonly size?: number;
  /** One file may take so long. */
  readonly fileTimeoutMs?: number;
  readonly memoryLimitBytes?: number;
  readonly onStateChange?: (state: DecoderState) => void;
  /** Told of every decoder that ended on its own or was killed, for the log. */
  readonly onEnd?: (reason: string) => void;
}

/** Calls a process has at a time: one it works on and one that waits, so that it never waits for the backend. */
const callsAtATime = 2;
/** Deaths of fresh processes in a row that say that none will ever start. */
const mostFailedStarts = 5;
const memoryPollMs = 100;
/** Unused processes end after this. */
const idleMs = 60_000;

type EndKind = 'decoder-crashed' | 'decoder-timeout' | 'decoder-memory';

/** A call ended with its process. `at` is the file it was busy with; null when the call had not begun. */
class DecoderEnded extends Error {
  readonly kind: EndKind;
  readonly at: number | null;
  constructor(kind: EndKind, at: number | null) {
    super(kind);
    this.kind = kind;
    this.at = at;
  }
}

interface Worker {
  readonly helper: Helper;
  readonly client: RpcClient<DecoderContract>;
  calls: number;
  hasServed: boolean;
  killedFor: EndKind | null;
  hasEnded: boolean;
  idleTimer: ReturnType<typeof setTimeout> | undefined;
}

export class DecoderPool {
  readonly size: number;
  readonly #launcher: HelperLauncher;
  readonly #fileTimeoutMs: number;
  readonly #memoryLimitBytes: number;
  readonly #onStateChange: (state: DecoderState) => void;
  readonly #onEnd: (reason: string) => void;
  readonly #workers = new Set<Worker>();
  readonly #waiting: (() => void)[] = [];
  #memoryTimer: ReturnType<typeof setInterval> | undefined;
  #failedStarts = 0;
  #restarts = 0;
  #isClosed = false;
  #state: DecoderState = 'idle';

  constructor(options: DecoderPoolOptions) {
    this.#launcher = options.launcher;
    this.size = Math.max(1, options.size ?? availableParallelism());
    this.#fileTimeoutMs = options.fileTimeoutMs ?? 10_000;
    this.#memoryLimitBytes = options.memoryLimitBytes ?? 512 * 2 ** 20;
    this.#onStateChange = options.onStateChange ?? (() => {});
    this.#onEnd = options.onEnd ?? (() => {});
  }

  get state(): DecoderState {
    return this.#state;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Calls that keep every process busy. */
  get callsAtATime(): number {
    return this.size * callsAtATime;
  }

  /** Decoders that ended while they had work, since the start. */
  get restarts(): number {
    return this.#restarts;
  }

  get pids(): number[] {
    return [...this.#workers].flatMap(({ helper }) => (helper.pid === undefined ? [] : [helper.pid]));
  }

  /** Opens a batch of files. Every file gets a picture or a reason, whatever it does to the decoder. */
  async decode(batch: FileBatch, target: DecodeTarget, signal?: AbortSignal): Promise<DecodedBatch> {
    const parts: DecodedBatch[] = [];
    const strikes = new Map<number, number>();
    const todo: [from: number, to: number][] = [[0, batch.ends.length]];
    while (todo.length > 0) {
      const [from, to] = todo.shift()!;
      if (from === to) continue;
      try {
        const start = from === 0 ? 0 : batch.ends[from - 1]!;
        const input = {
          data: from === 0 && to === batch.ends.length ? batch.data : batch.data.slice(start, batch.ends[to - 1]),
          ends: Uint32Array.from(batch.ends.slice(from, to), (end) => end - start),
          names: batch.names.slice(from, to),
          ...target,
        };
        parts.push(await this.#call('decoder.decode', input, signal));
      } catch (cause) {
        if (!(cause instanceof DecoderEnded)) throw cause;
        if (cause.at === null) {
          todo.unshift([from, to]); // it had not begun: another call's file is to blame
          continue;
        }
        const culprit = from + cause.at;
        const count = (strikes.get(culprit) ?? 0) + 1;
        strikes.set(culprit, count);
        if (count >= 2 && to - from === 1) {
          parts.push(refusedPart(cause.kind, target));
          continue;
        }
        todo.unshift([from, culprit], [culprit, culprit + 1], [culprit + 1, to]);
      }
    }
    return parts.length === 1 ? parts[0]! : joined(parts);
  }

  /** Turned upright, in RGB, at most `side` pixels a side. */
  async view(
    input: CallInput<DecoderContract, 'decoder.view'>,
    signal?: AbortSignal,
  ): Promise<Output<DecoderContract, 'decoder.view'>> {
    for (let strikes = 0; ;) {
      try {
        return await this.#call('decoder.view', input, signal);
      } catch (cause) {
        if (!(cause instanceof DecoderEnded)) throw cause;
        if (cause.at === null || ++strikes < 2) continue;
        const picture = { kind: 'refused', code: cause.kind, details: {} } as const;
        return { picture, width: 0, height: 0, pixels: new Uint8Array() };
      }
    }
  }

  /** @throws StudioError DECODER_LOST. */
  fit(
    input: CallInput<DecoderContract, 'decoder.fit'>,
    signal?: AbortSignal,
  ): Promise<Output<DecoderContract, 'decoder.fit'>> {
    return this.#insist('decoder.fit', input, signal);
  }

  /** @throws StudioError BAD_DATASET_FILE, DECODER_LOST. */
  async gunzip(data: Uint8Array<ArrayBuffer>, limitBytes: number, signal?: AbortSignal): Promise<Uint8Array> {
    return (await this.#insist('decoder.gunzip', { data, limitBytes }, signal)).data;
  }

  /** Pixels as a PNG file. */
  async encode(input: CallInput<DecoderContract, 'decoder.encode'>): Promise<Uint8Array> {
    return (await this.#insist('decoder.encode', input)).png;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#memoryTimer);
    for (const resume of this.#waiting.splice(0)) resume();
    const workers = [...this.#workers];
    for (const worker of workers) {
      clearTimeout(worker.idleTimer);
      worker.client.close();
      worker.helper.kill();
    }
    await Promise.all(workers.map(({ helper }) => helper.exited));
  }

  /** A call whose own data is no file of a stranger: tried again once where its process ends. */
  async #insist<M extends MethodOf<DecoderContract>>(
    method: M,
    input: CallInput<DecoderContract, M>,
    signal?: AbortSignal,
  ): Promise<Output<DecoderContract, M>> {
    for (let strikes = 0; ;) {
      try {
        return await this.#call(method, input, signal);
      } catch (cause) {
        if (!(cause instanceof DecoderEnded)) throw cause;
        if (cause.at !== null || method === 'decoder.gunzip' || method === 'decoder.encode') strikes++;
        if (strikes >= 2) throw new StudioError('DECODER_LOST', { reason: cause.kind });
      }
    }
  }

  async #call<M extends MethodOf<DecoderContract>>(
    method: M,
    input: CallInput<DecoderContract, M>,
    signal?: AbortSignal,
  ): Promise<Output<DecoderContract, M>> {
    const worker = await this.#worker();
    worker.calls++;
    this.#announce();
    let at: number | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      const result = await worker.client.call(method, input, {
        ...(signal === undefined ? {} : { signal }),
        onprogress: (value) => {
          at = (value as { at: number }).at;
          this.#served(worker);
          if (timer === undefined) timer = setTimeout(() => this.#kill(worker, 'decoder-timeout'), this.#fileTimeoutMs);
          else timer.refresh();
        },
      });
      this.#served(worker);
      return result;
    } catch (cause) {
      if (!isStudioError(cause, 'DECODER_LOST')) throw cause;
      if (this.#isClosed) throw cause;
      throw new DecoderEnded(worker.killedFor ?? endKind(cause.details.reason), at);
    } finally {
      clearTimeout(timer);
      worker.calls--;
      this.#waiting.shift()?.();
      this.#announce();
    }
  }

  /** The least busy process with room for a call; starts one where there are fewer than wanted. */
  async #worker(): Promise<Worker> {
    for (;;) {
      if (this.#isClosed) throw new StudioError('DECODER_LOST', { reason: 'closed' });
      let best: Worker | null = null;
      for (const worker of this.#workers) if (best === null || worker.calls < best.calls) best = worker;
      if (best !== null && best.calls === 0) return best;
      if (this.#workers.size < this.size) return this.#start();
      if (best !== null && best.calls < callsAtATime) return best;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #start(): Worker {
    if (this.#failedStarts >= mostFailedStarts) {
      this.#failedStarts = 0; // the next call tries again
      this.#setState('failed');
      throw new StudioError('DECODER_LOST', { reason: 'it does not start' });
    }
    const helper = this.#launcher.launch('decoder');
    const client = createClient(decoderContract, helper.transport, { lostCode: 'DECODER_LOST' });
    const worker: Worker = {
      helper,
      client,
      calls: 0,
      hasServed: false,
      killedFor: null,
      hasEnded: false,
      idleTimer: undefined,
    };
    this.#workers.add(worker);
    const ended = (reason: string) => {
      if (worker.hasEnded) return;
      worker.hasEnded = true;
      this.#workers.delete(worker);
      clearTimeout(worker.idleTimer);
      if (this.#isClosed) return;
      if (!worker.hasServed) this.#failedStarts++;
      if (worker.calls > 0) {
        this.#restarts++;
        this.#onEnd(worker.killedFor ?? reason);
      }
      for (const resume of this.#waiting.splice(0)) resume();
      this.#announce();
    };
    void helper.exited.then((reason) => {
      ended(reason);
      client.close();
    });
    void client.closed.then((reason) => {
      ended(reason);
      helper.kill();
    });
    return worker;
  }

  /** It has begun a call: it does start. */
  #served(worker: Worker): void {
    worker.hasServed = true;
    this.#failedStarts = 0;
  }

  #kill(worker: Worker, kind: EndKind): void {
    worker.killedFor = kind;
    worker.helper.kill();
  }

  #announce(): void {
    let isBusy = false;
    for (const worker of this.#workers) {
      clearTimeout(worker.idleTimer);
      if (worker.calls > 0) isBusy = true;
      else worker.idleTimer = setTimeout(() => worker.helper.kill(), idleMs).unref();
    }
    this.#setState(isBusy ? 'busy' : 'idle');
    if (isBusy && this.#memoryTimer === undefined && process.platform === 'linux') {
      this.#memoryTimer = setInterval(() => this.#watchMemory(), memoryPollMs).unref();
    } else if (!isBusy) {
      clearInterval(this.#memoryTimer);
      this.#memoryTimer = undefined;
    }
  }

  #setState(state: DecoderState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#onStateChange(state);
  }

  /** Elsewhere than on Linux the decoder watches itself alone. */
  #watchMemory(): void {
    for (const worker of this.#workers) {
      if (worker.helper.pid !== undefined && residentBytes(worker.helper.pid) > this.#memoryLimitBytes) {
        this.#kill(worker, 'decoder-memory');
      }
    }
  }
}

const pageBytes = 4096;

function residentBytes(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]) * pageBytes;
  } catch {
    return 0; // it has just ended
  }
}

/** Nobody here killed it: a SIGKILL came from its own memory limit, or from the system's for want of memory. */
function endKind(reason: string): EndKind {
  return reason.includes('SIGKILL') ? 'decoder-memory' : 'decoder-crashed';
}

function refusedPart(code: EndKind, { width, height, channels }: DecodeTarget): DecodedBatch {
  return {
    pictures: [{ kind: 'refused', code, details: {} }],
    pixels: new Uint8Array(width * height * channels),
    pixelHashes: new Uint8Array(32),
    perceptualHashes: new Uint32Array(2),
  };
}

function joined(parts: readonly DecodedBatch[]): DecodedBatch {
  const perceptualHashes = new Uint32Array(parts.reduce((n, part) => n + part.perceptualHashes.length, 0));
  let at = 0;
  for (const part of parts) {
    perceptualHashes.set(part.perceptualHashes, at);
    at += part.perceptualHashes.length;
  }
  return {
    pictures: parts.flatMap((part) => part.pictures),
    pixels: Buffer.concat(parts.map((part) => part.pixels)),
    pixelHashes: Buffer.concat(parts.map((part) => part.pixelHashes)),
    perceptualHashes,
  };
}
