/**
 * The page's end of the WebSocket to the browser host.
 *
 * Handshake: the page opens `ws://<its own host>/ws`; the session cookie and the Origin header, which the browser adds
 * itself, let it in. A page under `127.0.0.1` instead of the studio's own host name shares its cookies with every other
 * port of the machine, so there the cookie alone is not enough: the page fetches a ticket (`POST /api/ticket`, good for
 * 30 s and once) and sends `{ kind: 'ticket', ticket }` as the first frame. Every frame is encoded by core/rpc/codec.ts.
 */
import { decodeFrame, encodeFrame, maxRequestBytes } from '../../core/rpc/codec.ts';
import { TransportListeners } from '../../core/rpc/listeners.ts';
import { messageLimit, RateLimit } from '../../core/rpc/rate-limit.ts';
import type { Transport } from '../../core/rpc/transport.ts';
import { StudioError } from '../../core/errors.ts';

/** An attempt that takes longer is given up, so that the next one can meet a host that has come to itself. */
const attemptMs = 20_000;

/**
 * Connects to the host that served this page.
 *
 * @throws StudioError BACKEND_LOST when the host does not answer (reason `unreachable`), or no longer knows this session
 *   (reason `signed-out`: the page has to be opened again from the studio's window or terminal).
 */
export async function openSocketTransport(page: Pick<Location, 'host' | 'hostname'> = location): Promise<Transport> {
  const ticket = page.hostname === '127.0.0.1' ? await fetchTicket() : null;
  const socket = new WebSocket(`ws://${page.host}/ws`);
  socket.binaryType = 'arraybuffer';
  const transport = socketTransport(socket);
  const impatience = setTimeout(() => socket.close(), attemptMs);
  const opened = await new Promise<boolean>((resolve) => {
    socket.addEventListener('open', () => resolve(true), { once: true });
    socket.addEventListener('close', () => resolve(false), { once: true });
  });
  clearTimeout(impatience);
  if (!opened) throw new StudioError('BACKEND_LOST', { reason: await whyRefused() });
  if (ticket !== null) socket.send(encodeFrame({ kind: 'ticket', ticket }));
  return transport;
}

/** Stays below what the host allows, because the two clocks do not see the same intervals. */
const ownLimit = { burst: messageLimit.burst * 0.9, perSecond: messageLimit.perSecond * 0.9 };

/**
 * The transport over an open or opening socket whose `binaryType` is `arraybuffer`. More messages than the host allows
 * wait their turn, in order.
 */
export function socketTransport(socket: WebSocket): Transport {
  const listeners = new TransportListeners();
  const rate = new RateLimit(ownLimit, () => performance.now());
  const waiting: Uint8Array<ArrayBuffer>[] = [];

  function sendWaiting(): void {
    while (waiting.length > 0 && listeners.isOpen && rate.take()) socket.send(waiting.shift()!);
    if (waiting.length > 0 && listeners.isOpen) setTimeout(sendWaiting, 1000 / ownLimit.perSecond);
  }

  socket.addEventListener('message', (event: MessageEvent<unknown>) => {
    try {
      if (!(event.data instanceof ArrayBuffer)) throw new Error('Malformed message: text.');
      listeners.message(decodeFrame(new Uint8Array(event.data)));
    } catch {
      socket.close(4007, 'malformed');
      listeners.close('malformed message');
    }
  });
  socket.addEventListener('close', (event) => listeners.close(event.reason || `connection closed (${event.code})`));
  return {
    send: (frame) => {
      if (!listeners.isOpen) return;
      const message = encodeFrame(frame);
      if (message.length > maxRequestBytes) {
        const method = frame.kind === 'request' ? frame.method : frame.kind;
        throw new StudioError('INVALID_INPUT', { method, path: '', problem: `larger than ${maxRequestBytes} bytes` });
      }
      waiting.push(message);
      if (waiting.length === 1) sendWaiting();
    },
    onMessage: (listener) => listeners.setMessageListener(listener),
    onClose: (listener) => listeners.addCloseListener(listener),
    bufferedAmount: () => socket.bufferedAmount,
    close: () => {
      socket.close(1000);
      listeners.close('closed');
    },
  };
}

async function fetchTicket(): Promise<string> {
  const answer = await fetch('/api/ticket', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{}',
    signal: AbortSignal.timeout(attemptMs),
  }).catch(() => null);
  if (answer === null) throw new StudioError('BACKEND_LOST', { reason: 'unreachable' });
  if (!answer.ok) throw new StudioError('BACKEND_LOST', { reason: 'signed-out' });
  return ((await answer.json()) as { ticket: string }).ticket;
}

/** A refused handshake tells a page nothing; a plain request does. */
async function whyRefused(): Promise<string> {
  const answer = await fetch('/api/state', { signal: AbortSignal.timeout(attemptMs) }).catch(() => null);
  return answer === null || answer.ok ? 'unreachable' : 'signed-out';
}
