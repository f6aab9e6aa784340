/** Long work in the backend's own thread, cut into slices so that calls of the page are answered in between. */
import { cancelled } from '../../core/errors.ts';

const sliceMs = 8;

export class TimeSlice {
  readonly #signal: AbortSignal | undefined;
  #startedMs = performance.now();

  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  get isOver(): boolean {
    return performance.now() - this.#startedMs > sliceMs;
  }

  /**
   * Lets others run when the slice is over.
   *
   * @throws StudioError CANCELLED when the signal has been aborted.
   */
  async pause(): Promise<void> {
    if (this.isOver) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      this.#startedMs = performance.now();
    }
    if (this.#signal?.aborted === true) throw cancelled();
  }
}
