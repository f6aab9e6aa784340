/**
 * Pixels of pictures on their way to the screen.
 *
 * What is asked for within one frame goes out as few calls; what was given up again (scrolled past) before its call
 * went out is never asked for, and a call that nobody waits for any more is aborted. What has arrived stays, the most
 * recently used first, up to a limit of bytes.
 */
import type { Studio } from '../studio.svelte.ts';

/** About 20,000 pictures of 32 × 32 × 3. */
const capacityBytes = 64 * 2 ** 20;
const picturesPerCall = 256;
const callsAtOnce = 3;

type Listener = (pixels: Uint8Array) => void;

interface Wanted {
  readonly datasetId: string;
  readonly index: number;
  readonly listeners: Set<Listener>;
  call: AbortController | null;
}

export class PictureStore {
  readonly #studio: Pick<Studio, 'call'>;
  /** Least recently used first. */
  readonly #kept = new Map<string, Uint8Array>();
  #keptBytes = 0;
  readonly #wanted = new Map<string, Wanted>();
  #running = 0;
  #isScheduled = false;

  constructor(studio: Pick<Studio, 'call'>) {
    this.#studio = studio;
  }

  /** The pixels if they are at hand. */
  peek(datasetId: string, index: number): Uint8Array | undefined {
    const key = `${datasetId}/${index}`;
    const pixels = this.#kept.get(key);
    if (pixels !== undefined) {
      this.#kept.delete(key);
      this.#kept.set(key, pixels);
    }
    return pixels;
  }

  /** Calls `listener` once with the pixels, at once where they are at hand. Returns how to give up. */
  want(datasetId: string, index: number, listener: Listener): () => void {
    const pixels = this.peek(datasetId, index);
    if (pixels !== undefined) {
      listener(pixels);
      return () => undefined;
    }
    const key = `${datasetId}/${index}`;
    let wanted = this.#wanted.get(key);
    if (wanted === undefined) {
      wanted = { datasetId, index, listeners: new Set(), call: null };
      this.#wanted.set(key, wanted);
      this.#schedule();
    }
    const { listeners } = wanted;
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0 || this.#wanted.get(key) !== wanted) return;
      this.#wanted.delete(key);
      const { call } = wanted;
      if (call && ![...this.#wanted.values()].some((other) => other.call === call)) call.abort();
    };
  }

  /** Forgets a dataset whose pictures were read anew. */
  forget(datasetId: string): void {
    for (const [key, pixels] of this.#kept) {
      if (!key.startsWith(`${datasetId}/`)) continue;
      this.#kept.delete(key);
      this.#keptBytes -= pixels.length;
    }
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    // A timer and not an animation frame: a hidden window draws none, and its pictures should be there when it returns.
    setTimeout(() => {
      this.#isScheduled = false;
      while (this.#running < callsAtOnce && this.#sendOne());
    }, 0);
  }

  /** Sends one call for the newest wishes of one dataset: what was scrolled to last is looked at now. */
  #sendOne(): boolean {
    const waiting = [...this.#wanted.values()].filter(({ call }) => call === null).reverse();
    const datasetId = waiting[0]?.datasetId;
    if (datasetId === undefined) return false;
    const batch = waiting.filter((wanted) => wanted.datasetId === datasetId).slice(0, picturesPerCall);
    batch.sort((a, b) => a.index - b.index);
    const call = new AbortController();
    for (const wanted of batch) wanted.call = call;
    this.#running++;
    this.#studio
      .call('datasets.pixels', { datasetId, indices: Uint32Array.from(batch, ({ index }) => index) }, call)
      .then(
        ({ pixels }) => {
          const size = pixels.length / batch.length;
          // Copied: a view would keep the whole batch alive for its last picture.
          batch.forEach((wanted, i) => this.#arrive(wanted, pixels.slice(i * size, (i + 1) * size)));
        },
        () => {
          for (const wanted of batch) if (!call.signal.aborted) this.#wanted.delete(`${datasetId}/${wanted.index}`);
        },
      )
      .finally(() => {
        this.#running--;
        this.#schedule();
      });
    return true;
  }

  #arrive(wanted: Wanted, pixels: Uint8Array): void {
    const key = `${wanted.datasetId}/${wanted.index}`;
    if (!this.#kept.has(key)) this.#keptBytes += pixels.length;
    this.#kept.set(key, pixels);
    for (const [oldest, old] of this.#kept) {
      if (this.#keptBytes <= capacityBytes) break;
      this.#kept.delete(oldest);
      this.#keptBytes -= old.length;
    }
    if (this.#wanted.get(key) === wanted) this.#wanted.delete(key);
    for (const listener of wanted.listeners) listener(pixels);
  }
}
