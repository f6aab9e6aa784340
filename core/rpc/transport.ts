/**
 * A wire between two processes: it carries frames and knows no methods. Whatever arrives is `unknown` until the
 * peer's envelope schema and then the method's schema have passed it.
 */
export interface Transport {
  /** Sends one frame. Typed arrays are copied or encoded by the wire; a closed wire drops it. */
  send(frame: Frame): void;
  onMessage(listener: (frame: unknown) => void): void;
  /** Called once, with the reason, when the wire is gone for good. */
  onClose(listener: (reason: string) => void): void;
  /** Bytes handed over and not yet on their way; a wire that cannot tell says 0. */
  bufferedAmount(): number;
  close(): void;
}

export type Frame =
  | { readonly kind: 'request'; readonly id: number; readonly method: string; readonly input: unknown }
  | { readonly kind: 'progress'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'result'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: WireError }
  | { readonly kind: 'abort'; readonly id: number };

export interface WireError {
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;
}
