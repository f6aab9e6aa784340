/** The wire over a MessagePort: of a page, of Electron's main process, of worker_threads. */
import { TransportListeners } from './listeners.ts';
import { withOwnBuffers } from './own-buffers.ts';
import type { Transport } from './transport.ts';

/** A port of a page (EventTarget). */
interface EventTargetPort {
  postMessage(message: unknown): void;
  addEventListener(type: 'message' | 'messageerror' | 'close', listener: (event: { data?: unknown }) => void): void;
  start(): void;
  close(): void;
}

/** A port of worker_threads, whose messages come bare, or Electron's MessagePortMain, whose messages come as events. */
interface EmitterPort {
  postMessage(message: unknown): void;
  on(type: 'message', listener: (message: unknown) => void): unknown;
  on(type: 'close', listener: () => void): unknown;
  start(): void;
  close(): void;
}

export interface PortTransportOptions {
  /** How messages arrive at listeners added with `on`: Electron wraps them in an event. Defaults to `bare`. */
  readonly emits?: 'bare' | 'event';
}

/**
 * A page's port does not always say that its other end is gone (Chromium has `close` events since version 122), so a
 * closing side sends a farewell first.
 */
const farewell = 'closing';

export function portTransport(port: EventTargetPort | EmitterPort, options: PortTransportOptions = {}): Transport {
  const { emits = 'bare' } = options;
  const listeners = new TransportListeners();
  const receive = (message: unknown) => {
    if (message === farewell) end('closed by the other side');
    else listeners.message(message);
  };
  if ('on' in port) {
    port.on('message', (message) => {
      receive(emits === 'event' ? (message as { data: unknown }).data : message);
    });
    port.on('close', () => listeners.close('the other side is gone'));
  } else {
    port.addEventListener('message', (event) => receive(event.data));
    port.addEventListener('messageerror', () => end('unreadable message'));
    port.addEventListener('close', () => listeners.close('the other side is gone'));
  }
  port.start();

  function end(reason: string): void {
    listeners.close(reason);
    port.close();
  }

  return {
    send: (frame) => {
      if (listeners.isOpen) port.postMessage(withOwnBuffers(frame));
    },
    onMessage: (listener) => listeners.setMessageListener(listener),
    onClose: (listener) => listeners.addCloseListener(listener),
    bufferedAmount: () => 0,
    close: () => {
      if (!listeners.isOpen) return;
      port.postMessage(farewell);
      end('closed');
    },
  };
}
