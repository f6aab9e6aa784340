/** The backend's end of the wire to a forked child process. */
import type { ChildProcess } from 'node:child_process';
import { TransportListeners } from '../../core/rpc/listeners.ts';
import { withOwnBuffers } from '../../core/rpc/own-buffers.ts';
import type { Transport } from '../../core/rpc/transport.ts';

/** The child has to be forked with `serialization: 'advanced'`; with JSON typed arrays would become objects. */
export function childTransport(child: ChildProcess): Transport {
  const listeners = new TransportListeners();
  child.on('message', (frame) => listeners.message(frame));
  child.once('exit', (code, signal) => listeners.close(exitReason(code, signal)));
  child.once('disconnect', () => {
    // The exit code, which says more, comes right after where the process has died.
    setTimeout(() => listeners.close('the channel was closed'), 100).unref();
  });
  child.once('error', (error) => listeners.close(error.message));
  return {
    send: (frame) => {
      if (!listeners.isOpen || !child.connected) return;
      // An error here means that the channel is closing, of which `disconnect` and `exit` tell.
      child.send(withOwnBuffers(frame), () => undefined);
    },
    onMessage: (listener) => listeners.setMessageListener(listener),
    onClose: (listener) => listeners.addCloseListener(listener),
    bufferedAmount: () => 0,
    close: () => {
      if (child.connected) child.disconnect();
      listeners.close('closed');
    },
  };
}

export function exitReason(code: number | null, signal: NodeJS.Signals | null): string {
  return signal === null ? `exit code ${code ?? 'unknown'}` : `signal ${signal}`;
}
