/**
 * Feature caches: what an extractor said of every picture of a dataset version, one file a block of features.
 *
 * A file is named by what it was made from (feature-caches.ts in the backend), so the same recipe finds it again. Each can
 * be made again at any time: when they take more room than is set aside, those that have not been used longest go.
 */
import { existsSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { syncFolder } from './pixel-cache.ts';

const largestTotalBytes = 12 * 2 ** 30;

/** Removes what a studio was writing when it ended. Only for who holds the data folder. */
export function sweepStaging(staging: string): void {
  for (const name of readdirSync(staging)) {
    if (/\.(features|scores)$/.test(name)) rmSync(join(staging, name), { force: true });
  }
}

export class FeatureCacheFiles {
  readonly #folder: string;
  readonly #staging: string;

  readonly #largestTotalBytes: number;
  readonly #ending: string;

  constructor(
    { caches, staging }: { caches: string; staging: string },
    largestBytes = largestTotalBytes,
    ending = '.features',
  ) {
    this.#ending = ending;
    this.#largestTotalBytes = largestBytes;
    this.#folder = caches;
    this.#staging = staging;
  }

  /** The file with this key, marked as used now; null where there is none. */
  find(key: string, today: number): string | null {
    const path = this.#path(key);
    if (!existsSync(path)) return null;
    try {
      utimesSync(path, today / 1000, today / 1000);
    } catch {
      // A folder that can only be read serves as well.
    }
    return path;
  }

  /** Forgets a file that turned out to be damaged. */
  drop(key: string): void {
    try {
      rmSync(this.#path(key), { force: true });
    } catch {
      // A folder that can only be read keeps it; what is made instead cannot be kept there either, and says so.
    }
  }

  /** Where a file with this key is to be written. */
  stagingPath(key: string): string {
    return join(this.#staging, `${key}-${process.pid}${this.#ending}`);
  }

  /** Gives a finished file its name and returns it; makes room for it at the cost of others, except for `keep`. */
  commit(key: string, keep: readonly string[]): string {
    const path = this.#path(key);
    renameSync(this.stagingPath(key), path);
    syncFolder(this.#folder);
    this.#makeRoom([path, ...keep]);
    return path;
  }

  #makeRoom(keep: readonly string[]): void {
    const files = readdirSync(this.#folder)
      .filter((name) => name.endsWith(this.#ending))
      .map((name) => {
        const path = join(this.#folder, name);
        const { size, mtimeMs } = statSync(path);
        return { path, size, mtimeMs };
      })
      .sort((a, b) => a.mtimeMs - b.mtimeMs);
    let total = files.reduce((sum, { size }) => sum + size, 0);
    for (const { path, size } of files) {
      if (total <= this.#largestTotalBytes) return;
      if (keep.includes(path)) continue;
      rmSync(path, { force: true });
      total -= size;
    }
  }

  #path(key: string): string {
    return join(this.#folder, `${key}${this.#ending}`);
  }
}
