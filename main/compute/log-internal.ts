import { randomUUID } from 'node:crypto';

/** Puts a defect down on standard error, which the backend keeps, and returns the reference it is found by. */
export function logInternal(cause: unknown): string {
  const reference = randomUUID().slice(0, 8);
  const text = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  process.stderr.write(`compute ${reference}: ${text}\n`);
  return reference;
}
