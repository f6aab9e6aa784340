/** The calling half of the peer: one promise a call, whatever the wire. */
import * as v from 'valibot';
import { cancelled, StudioError } from '../errors.ts';
import type { CallInput, CallOptions, Contract, MethodOf, Output, Progress, RpcClient } from './define.ts';
import { readClientBound } from './envelope.ts';
import { invalidMessage } from './invalid-message.ts';
import type { Transport } from './transport.ts';
import { fromWireError } from './wire-error.ts';

export interface ClientOptions {
  /** The code that waiting calls end with when the other side is gone; defaults to BACKEND_LOST. */
  readonly lostCode?: 'BACKEND_LOST' | 'COMPUTE_LOST' | 'DECODER_LOST';
}

interface WaitingCall {
  readonly method: string;
  readonly settle: (outcome: { value: unknown } | { error: Error }) => void;
  readonly onprogress: ((value: never) => void) | undefined;
}

/**
 * A client of `contract` over `transport`.
 *
 * A call rejects with CANCELLED the moment its signal is aborted, without waiting for the other side to notice, and
 * with `lostCode` the moment the wire closes. What arrives is checked against the method's schema: a value that does
 * not pass rejects the call with INVALID_INPUT, a frame that is none closes the wire.
 */
export function createClient<C extends Contract>(
  contract: C,
  transport: Transport,
  options: ClientOptions = {},
): RpcClient<C> {
  const { lostCode = 'BACKEND_LOST' } = options;
  const methods = new Map(Object.entries(contract));
  const waiting = new Map<number, WaitingCall>();
  let lastId = 0;
  let closeReason: string | null = null;
  let announceClosed: (reason: string) => void;
  const closed = new Promise<string>((resolve) => (announceClosed = resolve));

  transport.onClose(lose);
  transport.onMessage((message) => {
    const frame = readClientBound(message);
    if (frame === null) {
      transport.close();
      lose('malformed frame');
      return;
    }
    const call = waiting.get(frame.id);
    if (call === undefined) return; // cancelled meanwhile
    if (frame.kind === 'error') return call.settle({ error: fromWireError(frame.error) });

    const definition = methods.get(call.method)!;
    const schema = frame.kind === 'result' ? definition.output : definition.progress;
    if (schema === undefined) return call.settle({ error: invalidMessage(call.method, 'progress', 'not expected') });
    const parsed = v.safeParse(schema, frame.value);
    if (!parsed.success) return call.settle({ error: invalidMessage(call.method, parsed.issues) });
    if (frame.kind === 'result') return call.settle({ value: parsed.output });
    try {
      call.onprogress?.(parsed.output as never);
    } catch (cause) {
      // The listener belongs to the caller, so its call is where the mistake has to show.
      transport.send({ kind: 'abort', id: frame.id });
      call.settle({ error: cause instanceof Error ? cause : new Error(String(cause)) });
    }
  });

  function lose(reason: string): void {
    if (closeReason !== null) return;
    closeReason = reason;
    for (const call of [...waiting.values()]) call.settle({ error: new StudioError(lostCode, { reason }) });
    announceClosed(reason);
  }

  function call<M extends MethodOf<C>>(
    method: M,
    input: CallInput<C, M>,
    { signal, onprogress }: CallOptions<Progress<C, M>> = {},
  ): Promise<Output<C, M>> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(cancelled());
      if (closeReason !== null) return reject(new StudioError(lostCode, { reason: closeReason }));
      if (!methods.has(method)) return reject(new StudioError('UNKNOWN_METHOD', { method }));
      const id = ++lastId;
      const onabort = () => {
        transport.send({ kind: 'abort', id });
        waiting.get(id)?.settle({ error: cancelled() });
      };
      waiting.set(id, {
        method,
        onprogress,
        settle: (outcome) => {
          if (!waiting.delete(id)) return;
          signal?.removeEventListener('abort', onabort);
          if ('error' in outcome) reject(outcome.error);
          else resolve(outcome.value);
        },
      });
      signal?.addEventListener('abort', onabort, { once: true });
      try {
        transport.send({ kind: 'request', id, method, input });
      } catch (cause) {
        // The wire refuses the value (a function, a frame over the limit): a mistake of this call only.
        waiting.get(id)?.settle({ error: cause instanceof Error ? cause : new Error(String(cause)) });
      }
    });
  }

  return {
    call,
    closed,
    close: () => {
      transport.close();
      lose('closed');
    },
  };
}
