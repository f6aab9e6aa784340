/** The listening half that every wire shares: keeps what arrives before anybody listens, and closes once. */
export class TransportListeners {
  #onMessage: ((frame: unknown) => void) | null = null;
  #waiting: unknown[] = [];
  readonly #onClose: ((reason: string) => void)[] = [];
  #closeReason: string | null = null;

  get isOpen(): boolean {
    return this.#closeReason === null;
  }

  setMessageListener(listener: (frame: unknown) => void): void {
    this.#onMessage = listener;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const frame of waiting) this.message(frame);
  }

  addCloseListener(listener: (reason: string) => void): void {
    if (this.#closeReason === null) this.#onClose.push(listener);
    else listener(this.#closeReason);
  }

  message(frame: unknown): void {
    if (this.#closeReason !== null) return;
    if (this.#onMessage === null) this.#waiting.push(frame);
    else this.#onMessage(frame);
  }

  close(reason: string): void {
    if (this.#closeReason !== null) return;
    this.#closeReason = reason;
    for (const listener of this.#onClose) listener(reason);
  }
}
