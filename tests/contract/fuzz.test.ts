/**
 * Whatever is sent to a method is answered by its contract or by an error with a code, and nothing is thrown into the void.
 * `TESSERA_FUZZ` says how many messages each method gets; the long run (tests/soak) gives it 1,000.
 */
import * as v from 'valibot';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';

import { createGenerator } from '../../core/random/generator.ts';
import { studioContract } from '../../core/rpc/contract/index.ts';
import type { Frame } from '../../core/rpc/transport.ts';
import { nearlyValid } from './support/fuzz-input.ts';
import { type MethodCase, methodCases } from './support/methods.ts';
import { openWholeStudio, type WholeStudio } from './support/whole-studio.ts';

const messages = Number(process.env['TESSERA_FUZZ'] ?? 10);
/** So many are on their way at the same time. */
const atOnce = 5;
/** A call that is still going on then has understood the message; it is cancelled. */
const patienceMs = 100;

let studio: WholeStudio;
const uncaught: unknown[] = [];
const note = (cause: unknown) => uncaught.push(cause);
beforeAll(async () => {
  process.on('uncaughtException', note).on('unhandledRejection', note);
  studio = await openWholeStudio();
}, 60_000);
afterAll(async () => {
  await studio.close();
  process.off('uncaughtException', note).off('unhandledRejection', note);
});

it.each(Object.entries(methodCases) as [keyof typeof studioContract, MethodCase<'app.info'>][])(
  '%s answers every message with a result or a code',
  { timeout: 600_000 },
  async (method, { input, isEndless }) => {
    const random = createGenerator(1, method);
    const valid: unknown = await input(studio);
    for (let done = 0; done < messages; done += atOnce) {
      const sent = Array.from({ length: Math.min(atOnce, messages - done) }, () => nearlyValid(valid, random));

      const replies = await Promise.all(
        sent.map((message) => ask(method, message, isEndless === true ? 10 : patienceMs)),
      );

      expect(studio.defects, `${method} ${sent.map(describeInput).join(' | ')}`).toEqual([]);
      for (const [i, reply] of replies.entries()) {
        if (reply?.kind === 'result') {
          const parsed = v.safeParse(studioContract[method].output, reply.value);
          expect(parsed.issues, `${method} ${describeInput(sent[i])}`).toBeUndefined();
        } else if (reply !== null) expect(reply.error.code, describeInput(sent[i])).not.toBe('INTERNAL');
      }
    }
    expect(uncaught).toEqual([]);
  },
);

/** A message may have been valid, and started a run that would keep the others waiting. */
afterEach(async () => {
  studio.defects.length = 0; // a defect is that of one method
  const { runs } = await studio.rpc.call('runs.list', {});
  for (const { id, status } of runs) {
    if (['queued', 'running', 'paused'].includes(status)) await studio.rpc.call('training.discard', { runId: id });
  }
});

type Reply = Extract<Frame, { kind: 'result' | 'error' }>;

/** The answer; null where the call went on until it was cancelled, or the wire was closed because the frame is none. */
function ask(method: string, input: unknown, forMs: number): Promise<Reply | null> {
  const wire = studio.connect();
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      wire.send({ kind: 'abort', id: 1 });
      end(null);
    }, forMs);
    const end = (reply: Reply | null) => {
      clearTimeout(timer);
      resolve(reply); // before the wire closes, which ends it too
      wire.close();
    };
    wire.onClose(() => end(null));
    wire.onMessage((frame) => {
      const reply = frame as Frame;
      if (reply.kind === 'result' || reply.kind === 'error') end(reply);
    });
    wire.send({ kind: 'request', id: 1, method, input });
  });
}

function describeInput(input: unknown): string {
  return (
    JSON.stringify(input, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value))?.slice(0, 400) ??
    'undefined'
  );
}
