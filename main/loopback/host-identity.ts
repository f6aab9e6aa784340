/**
 * The name and port under which a data folder is served. Both are kept, so that the page has the same address tomorrow;
 * the name is random, because cookies of `127.0.0.1` go to every port of the machine, and those of a name of one's own do
 * not.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';

const HostIdentity = v.object({
  hostLabel: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)),
  /** null before the first start. */
  port: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535))),
});
export type HostIdentity = v.InferOutput<typeof HostIdentity>;

/** The kept identity, or a new one where there is none that can be read. */
export function readHostIdentity(dataFolder: string): HostIdentity {
  try {
    const parsed = v.safeParse(HostIdentity, JSON.parse(readFileSync(identityFile(dataFolder), 'utf8')));
    if (parsed.success) return parsed.output;
  } catch {
    // The first start, or a damaged file: nothing is lost with a new name.
  }
  return { hostLabel: randomBytes(8).toString('hex'), port: null };
}

/** Best effort: with a data folder that cannot be written the next start has another address. */
export function keepHostIdentity(dataFolder: string, identity: HostIdentity): void {
  try {
    writeFileSync(identityFile(dataFolder), `${JSON.stringify(identity)}\n`, { mode: 0o600 });
  } catch {
    // Nothing else depends on it.
  }
}

function identityFile(dataFolder: string): string {
  return path.join(dataFolder, 'loopback.json');
}
