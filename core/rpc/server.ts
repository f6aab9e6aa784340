/** The answering half of the peer: looks a method up, checks its input, runs its handler, sends what it says. */
import * as v from 'valibot';
import { cancelled, StudioError } from '../errors.ts';
import type { Contract, HandlerContext, Handlers, MethodDefinition } from './define.ts';
import { readServerBound } from './envelope.ts';
import { invalidMessage } from './invalid-message.ts';
import type { Transport } from './transport.ts';
import { toWireError } from './wire-error.ts';

export interface ServeOptions {
  /**
   * Called with what a handler threw that is no StudioError. Logs it and returns the reference under which it is found;
   * the caller gets INTERNAL with that reference and nothing else.
   */
  readonly onInternalError?: (cause: unknown, method: string) => string;
  /** Bytes waiting on the wire above which progress of a state is thinned and `room()` waits. */
  readonly highWaterBytes?: number;
  /** Calls one caller may have running. */
  readonly maxRunning?: number;
}

export interface Served {
  /** Aborts every running call and closes the wire. */
  close(): void;
}

interface RunningCall {
  readonly controller: AbortController;
  /** The newest progress that found no room on the wire. */
  held: { value: unknown } | null;
}

type AnyHandler = (input: unknown, context: HandlerContext<unknown>) => unknown;

/** How often a wire without room is looked at again. */
const roomPollMs = 20;

/**
 * Serves `contract` on `transport` until the wire closes; all running calls are aborted then.
 *
 * A frame that is none, or an id that is in use, closes the wire: nobody who speaks the protocol sends it. Methods are
 * looked up in a Map, so that `__proto__` and `constructor` are names like any other unknown one.
 */
export function serve<C extends Contract>(
  contract: C,
  handlers: Handlers<C>,
  transport: Transport,
  options: ServeOptions = {},
): Served {
  const { highWaterBytes = 4 * 2 ** 20, maxRunning = 512 } = options;
  let internalErrors = 0;
  const logInternal = options.onInternalError ?? ((_cause, method) => `${method}-${++internalErrors}`);
  const methods = new Map<string, { definition: MethodDefinition; handler: AnyHandler }>();
  for (const [method, definition] of Object.entries(contract)) {
    methods.set(method, { definition, handler: handlers[method as keyof Handlers<C>] });
  }
  const running = new Map<number, RunningCall>();
  let isClosed = false;
  let flushTimer: ReturnType<typeof setTimeout> | undefined;

  transport.onClose(stop);
  transport.onMessage((message) => {
    const frame = readServerBound(message);
    if (frame === null) return refuse();
    if (frame.kind === 'abort') {
      // The caller has stopped waiting: no answer is sent, the handler notices the signal.
      const call = running.get(frame.id);
      running.delete(frame.id);
      call?.controller.abort(cancelled());
      return;
    }
    if (running.has(frame.id) || running.size >= maxRunning) return refuse();
    void answer(frame.id, frame.method, frame.input);
  });

  async function answer(id: number, method: string, rawInput: unknown): Promise<void> {
    const call: RunningCall = { controller: new AbortController(), held: null };
    running.set(id, call);
    const { signal } = call.controller;
    try {
      const entry = methods.get(method);
      if (entry === undefined) throw new StudioError('UNKNOWN_METHOD', { method });
      const parsed = v.safeParse(entry.definition.input, rawInput);
      if (!parsed.success) throw invalidMessage(method, parsed.issues);
      const thins = entry.definition.progressIsState === true;
      const value = await entry.handler(parsed.output, {
        signal,
        progress: (report) => {
          if (running.get(id) !== call) return;
          if (thins && transport.bufferedAmount() > highWaterBytes) hold(call, report);
          else transport.send({ kind: 'progress', id, value: report });
        },
        room: () => room(signal),
      });
      if (running.get(id) !== call) return;
      if (call.held !== null) transport.send({ kind: 'progress', id, value: call.held.value });
      transport.send({ kind: 'result', id, value });
    } catch (cause) {
      if (running.get(id) !== call) return;
      transport.send({ kind: 'error', id, error: toWireError(cause, (defect) => logInternal(defect, method)) });
    } finally {
      if (running.get(id) === call) running.delete(id);
    }
  }

  function hold(call: RunningCall, value: unknown): void {
    call.held = { value };
    flushTimer ??= setTimeout(flush, roomPollMs);
  }

  function flush(): void {
    flushTimer = undefined;
    for (const [id, call] of running) {
      if (call.held === null) continue;
      if (transport.bufferedAmount() > highWaterBytes) {
        flushTimer = setTimeout(flush, roomPollMs);
        return;
      }
      transport.send({ kind: 'progress', id, value: call.held.value });
      call.held = null;
    }
  }

  async function room(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && transport.bufferedAmount() > highWaterBytes) {
      await new Promise((resolve) => setTimeout(resolve, roomPollMs));
    }
    if (signal.aborted) throw cancelled();
  }

  function refuse(): void {
    transport.close();
    stop();
  }

  function stop(): void {
    if (isClosed) return;
    isClosed = true;
    clearTimeout(flushTimer);
    const calls = [...running.values()];
    running.clear();
    for (const call of calls) call.controller.abort(cancelled());
  }

  return { close: refuse };
}
