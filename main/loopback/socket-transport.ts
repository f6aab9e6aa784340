/** The host's end of the WebSocket to a page, with the limits of a sender that may mean harm. */
import type { RawData, WebSocket } from 'ws';
import { decodeFrame, encodeFrame } from '../../core/rpc/codec.ts';
import { TransportListeners } from '../../core/rpc/listeners.ts';
import { messageLimit, RateLimit } from '../../core/rpc/rate-limit.ts';
import type { Transport } from '../../core/rpc/transport.ts';

/** Close codes of RFC 6455. */
const closeCodes = { goingAway: 1001, textRefused: 1003, malformed: 1007, overLimit: 1008 } as const;

export interface SocketLimits {
  /** Messages that may come at once, and per second after that. */
  readonly burst: number;
  readonly perSecond: number;
  readonly pingMs: number;
  /** How long a ticket may take where one is needed. */
  readonly ticketMs: number;
  /** Bytes waiting to be read by the page; with more, and none read between two looks, the socket is closed. */
  readonly stalledBytes: number;
  /** Bytes waiting above which the socket is closed at once. */
  readonly maxWaitingBytes: number;
}

export const socketLimits: SocketLimits = {
  ...messageLimit,
  pingMs: 30_000,
  ticketMs: 5_000,
  stalledBytes: 4 * 2 ** 20,
  maxWaitingBytes: 256 * 2 ** 20,
};

export interface SocketOptions {
  /** Whether the first message has to bring a ticket, and the check of it (single use). */
  readonly takeTicket?: (ticket: string) => boolean;
  readonly limits?: Partial<SocketLimits>;
}

/**
 * Carries frames of core/rpc/codec.ts. Text, malformed messages, messages faster than the limit, a missing ticket and
 * a reader that stands still close the socket.
 */
export function socketTransport(socket: WebSocket, options: SocketOptions = {}): Transport {
  const limits = { ...socketLimits, ...options.limits };
  const listeners = new TransportListeners();
  const rate = new RateLimit(limits, () => performance.now());
  let takeTicket = options.takeTicket;
  let answeredPing = true;
  let waitingAtLastLook = 0;

  const ticketTimer = setTimeout(() => {
    if (takeTicket !== undefined) end(closeCodes.overLimit, 'no ticket');
  }, limits.ticketMs);
  const pingTimer = setInterval(() => {
    if (!answeredPing) return socket.terminate();
    answeredPing = false;
    socket.ping();
  }, limits.pingMs);
  const stallTimer = setInterval(() => {
    const waiting = socket.bufferedAmount;
    if (waiting > limits.stalledBytes && waiting >= waitingAtLastLook) socket.terminate();
    waitingAtLastLook = waiting;
  }, limits.pingMs / 3);

  socket.on('pong', () => (answeredPing = true));
  socket.on('ping', () => {
    if (!rate.take()) end(closeCodes.overLimit, 'too many messages');
  });
  socket.on('message', receive);
  socket.on('error', () => undefined); // `close` follows
  socket.on('close', (code) => {
    clearTimeout(ticketTimer);
    clearInterval(pingTimer);
    clearInterval(stallTimer);
    listeners.close(`the page is gone (${code})`);
  });

  function receive(data: RawData, isBinary: boolean): void {
    if (!listeners.isOpen) return;
    if (!rate.take()) return end(closeCodes.overLimit, 'too many messages');
    if (!isBinary) return end(closeCodes.textRefused, 'text');
    let frame: unknown;
    try {
      frame = decodeFrame(data as Buffer); // `nodebuffer`, the default binaryType
    } catch {
      return end(closeCodes.malformed, 'malformed');
    }
    if (takeTicket === undefined) return listeners.message(frame);
    const ticket = ticketOf(frame);
    if (ticket === null || !takeTicket(ticket)) return end(closeCodes.overLimit, 'no ticket');
    takeTicket = undefined;
  }

  function end(code: number, reason: string): void {
    // The closing handshake waits for the page; a page that means harm does not answer.
    socket.close(code, reason);
    setTimeout(() => socket.terminate(), 1000).unref();
    listeners.close(reason);
  }

  return {
    send: (frame) => {
      if (!listeners.isOpen) return;
      if (socket.bufferedAmount > limits.maxWaitingBytes) return socket.terminate();
      socket.send(encodeFrame(frame), () => undefined); // an error here is followed by `close`
    },
    onMessage: (listener) => listeners.setMessageListener(listener),
    onClose: (listener) => listeners.addCloseListener(listener),
    bufferedAmount: () => socket.bufferedAmount,
    close: () => {
      if (listeners.isOpen) end(closeCodes.overLimit, 'closed');
    },
  };
}

function ticketOf(frame: unknown): string | null {
  if (typeof frame !== 'object' || frame === null || !('kind' in frame) || !('ticket' in frame)) return null;
  return frame.kind === 'ticket' && typeof frame.ticket === 'string' ? frame.ticket : null;
}
