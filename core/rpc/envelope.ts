/** What every frame must look like before anything in it is read. */
import * as v from 'valibot';
import type { Frame } from './transport.ts';

/** No value of the contract nests deeper. */
export const maxDepth = 32;

const id = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

const ServerBound = v.variant('kind', [
  v.strictObject({
    kind: v.literal('request'),
    id,
    method: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
    input: v.optional(v.unknown()),
  }),
  v.strictObject({ kind: v.literal('abort'), id }),
]);

const ClientBound = v.variant('kind', [
  v.strictObject({ kind: v.literal('progress'), id, value: v.optional(v.unknown()) }),
  v.strictObject({ kind: v.literal('result'), id, value: v.optional(v.unknown()) }),
  v.strictObject({
    kind: v.literal('error'),
    id,
    error: v.strictObject({
      code: v.pipe(v.string(), v.regex(/^[A-Z][A-Z0-9_]{0,63}$/)),
      details: v.record(v.string(), v.unknown()),
    }),
  }),
]);

export type ServerBoundFrame = Extract<Frame, { kind: 'request' | 'abort' }>;
export type ClientBoundFrame = Exclude<Frame, ServerBoundFrame>;

/** The frame, or null where it is none that a server takes. */
export function readServerBound(frame: unknown): ServerBoundFrame | null {
  const parsed = v.safeParse(ServerBound, frame);
  return parsed.success && !isDeeperThan(frame, maxDepth) ? (parsed.output as ServerBoundFrame) : null;
}

/** The frame, or null where it is none that a client takes. */
export function readClientBound(frame: unknown): ClientBoundFrame | null {
  const parsed = v.safeParse(ClientBound, frame);
  return parsed.success ? (parsed.output as ClientBoundFrame) : null;
}

/** Walks level by level, because a hostile value would exhaust the stack of a recursion; typed arrays are leaves. */
export function isDeeperThan(value: unknown, limit: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return true;
    const next: unknown[] = [];
    for (const item of level) {
      if (typeof item !== 'object' || item === null || ArrayBuffer.isView(item)) continue;
      for (const child of Object.values(item)) if (typeof child === 'object' && child !== null) next.push(child);
    }
    level = next;
  }
  return false;
}
