/** The helper's end of the wire to the backend, under every host. */
import { TransportListeners } from './listeners.ts';
import { withOwnBuffers } from './own-buffers.ts';
import type { Transport } from './transport.ts';

/** What of Node's and Electron's `process` is used; core has no types of Node. */
interface HelperProcess {
  /** Present in a forked child process. */
  send?(message: unknown, callback: (error: Error | null) => void): boolean;
  disconnect?(): void;
  readonly connected?: boolean;
  on(event: string, listener: (message: unknown) => void): unknown;
  readonly pid: number;
  kill(pid: number, signal: 'SIGKILL'): true;
  /** Present in Electron's utility process. */
  readonly parentPort?: {
    postMessage(message: unknown): void;
    on(event: 'message', listener: (event: { data: unknown }) => void): unknown;
  };
}

/**
 * The transport of a helper process: Electron's `process.parentPort`, or the channel of a child process that was forked
 * with `serialization: 'advanced'`.
 *
 * A helper never outlives the backend: when the channel closes, the close listeners run and the process ends. Ctrl+C
 * reaches every process of a terminal; the helper ignores it, because the backend ends it when its work is saved.
 *
 * @throws Error where the process was started by hand and has no parent to talk to.
 */
export function parentTransport(): Transport {
  const { process } = globalThis as unknown as { process: HelperProcess };
  process.on('SIGINT', () => undefined);
  if (process.parentPort !== undefined) return electronParent(process, process.parentPort);
  if (process.send !== undefined) return channelParent(process);
  throw new Error('This file is started by the studio, not by hand.');
}

function channelParent(process: HelperProcess): Transport {
  const listeners = new TransportListeners();
  process.on('message', (frame) => listeners.message(frame));
  process.on('disconnect', () => {
    listeners.close('the backend is gone');
    end(process);
  });
  return {
    send: (frame) => {
      if (!listeners.isOpen || process.connected !== true) return;
      // An error here means that the channel is closing, of which `disconnect` tells.
      process.send?.(withOwnBuffers(frame), () => undefined);
    },
    onMessage: (listener) => listeners.setMessageListener(listener),
    onClose: (listener) => listeners.addCloseListener(listener),
    bufferedAmount: () => 0,
    close: () => {
      if (process.connected === true) process.disconnect?.();
    },
  };
}

function electronParent(process: HelperProcess, port: NonNullable<HelperProcess['parentPort']>): Transport {
  const listeners = new TransportListeners();
  port.on('message', (event) => listeners.message(event.data));
  return {
    send: (frame) => {
      if (listeners.isOpen) port.postMessage(withOwnBuffers(frame));
    },
    onMessage: (listener) => listeners.setMessageListener(listener),
    onClose: (listener) => listeners.addCloseListener(listener),
    bufferedAmount: () => 0,
    close: () => {
      listeners.close('closed');
      end(process); // Electron ends utility processes with their parent; closing from this side is an end
    },
  };
}

/** At once: an exit first stops the threads, and one that is inside a native library would make the process abort. */
function end(process: HelperProcess): void {
  process.kill(process.pid, 'SIGKILL');
}
