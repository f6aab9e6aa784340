/**
 * A few megabytes kept aside in the data folder. On a full disk they are given up, so that the studio starts, runs that were
 * going on are marked as interrupted, and a person can delete what makes room.
 */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freeBytes, type DataFolder } from './data-folder.ts';

const reserveBytes = 8 * 2 ** 20;
/** Where less is free the studio may not be able to write its own small things. */
const scarceBytes = 4 * 2 ** 20;

/** Sets the reserve aside where there is plenty of room for it. */
export function keepReserve(folder: DataFolder): void {
  const file = reserveOf(folder);
  try {
    if (existsSync(file) || freeBytes(folder.path) < 16 * reserveBytes) return;
    writeFileSync(file, new Uint8Array(reserveBytes), { mode: 0o600 });
  } catch {
    rmSync(file, { force: true }); // half a reserve would pass for a whole one
  }
}

/** Gives the reserve up where next to nothing is free. Returns whether that made room. */
export function useReserve(folder: DataFolder): boolean {
  const file = reserveOf(folder);
  if (freeBytes(folder.path) >= scarceBytes || !existsSync(file)) return false;
  rmSync(file, { force: true });
  return true;
}

function reserveOf({ path }: DataFolder): string {
  return join(path, 'reserve');
}
