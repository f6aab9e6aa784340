/** Two ends of a wire within one process, for the command line and for tests; frames are cloned as between processes. */
import { TransportListeners } from './listeners.ts';
import { withOwnBuffers } from './own-buffers.ts';
import type { Transport } from './transport.ts';

export function inMemoryTransportPair(): [Transport, Transport] {
  const first = new TransportListeners();
  const second = new TransportListeners();
  return [end(first, second), end(second, first)];
}

function end(own: TransportListeners, other: TransportListeners): Transport {
  return {
    send(frame) {
      if (!own.isOpen) return;
      const copy: unknown = structuredClone(withOwnBuffers(frame));
      queueMicrotask(() => other.message(copy));
    },
    onMessage: (listener) => own.setMessageListener(listener),
    onClose: (listener) => own.addCloseListener(listener),
    bufferedAmount: () => 0,
    close() {
      own.close('closed');
      queueMicrotask(() => other.close('closed by the other side'));
    },
  };
}
