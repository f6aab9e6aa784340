/** Reads one file of a source, whatever it turns out to be by then. */
import { hash } from 'node:crypto';
import { close, closeSync, constants, fstatSync, openSync, read, readSync, type Stats } from 'node:fs';
import { promisify } from 'node:util';
import { fileReason } from './walk-source.ts';

/** Larger files are refused by their size, before they are read. */
export const largestFile = 256 * 2 ** 20;
/** Larger ones are read without keeping the backend from answering. */
const quickFile = 256 * 1024;
/** A file that took longer comes from a drive that is slow or away: so many after it are read without waiting for it. */
const slowMs = 50;
const cautiousFiles = 64;

export interface FileFacts {
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  readonly inode: number;
}

export type ReadFile =
  | {
      readonly kind: 'read';
      readonly data: Uint8Array<ArrayBuffer>;
      readonly sha256: Uint8Array;
      readonly facts: FileFacts;
    }
  | {
      readonly kind: 'refused';
      readonly outcome: 'rejected' | 'skipped';
      readonly reason: string;
      readonly facts: FileFacts;
    };

export const noFacts: FileFacts = { sizeBytes: 0, mtimeMs: 0, inode: 0 };

// A link is not followed, and a pipe or device that took a file's place does not make the backend wait.
const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
const readAsync = promisify(read);
const closeAsync = promisify(close);

export class FileReader {
  /** One buffer for all small files: what was read holds until the next read. */
  readonly #shared: Uint8Array<ArrayBuffer> | null;
  #cautious = 0;

  constructor(options: { readonly sharesBuffer?: boolean } = {}) {
    this.#shared = options.sharesBuffer === true ? new Uint8Array(quickFile) : null;
  }

  async read(path: Buffer): Promise<ReadFile> {
    const startedMs = performance.now();
    const result = await this.#open(path);
    if (performance.now() - startedMs > slowMs && result.facts.sizeBytes <= quickFile) this.#cautious = cautiousFiles;
    else if (this.#cautious > 0) this.#cautious--;
    return result;
  }

  #open(path: Buffer): ReadFile | Promise<ReadFile> {
    let fd: number;
    try {
      fd = openSync(path, flags);
    } catch (cause) {
      return { kind: 'refused', outcome: 'skipped', reason: fileReason(cause), facts: noFacts };
    }
    let isOpen = true;
    try {
      const before = fstatSync(fd);
      const facts = factsOf(before);
      const refused = (outcome: 'rejected' | 'skipped', reason: string): ReadFile => ({
        kind: 'refused',
        outcome,
        reason,
        facts,
      });
      if (!before.isFile()) return refused('skipped', 'not-a-file');
      if (before.size === 0) return refused('rejected', 'empty');
      if (before.size > largestFile) return refused('rejected', 'file-too-large');
      if (this.#cautious > 0 || before.size > quickFile) {
        isOpen = false; // closed there
        return readSlowly(fd, new Uint8Array(before.size), facts);
      }
      const data = this.#shared?.subarray(0, before.size) ?? new Uint8Array(before.size);
      let done = 0;
      for (let n = 1; done < data.length && n > 0; done += n) n = readSync(fd, data, done, data.length - done, done);
      return finished(fd, data, done, facts);
    } catch {
      return { kind: 'refused', outcome: 'skipped', reason: 'read-error', facts: noFacts };
    } finally {
      if (isOpen) closeSync(fd);
    }
  }
}

async function readSlowly(fd: number, data: Uint8Array<ArrayBuffer>, facts: FileFacts): Promise<ReadFile> {
  try {
    let done = 0;
    while (done < data.length) {
      const { bytesRead } = await readAsync(fd, data, done, Math.min(data.length - done, 4 * 2 ** 20), done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return finished(fd, data, done, facts);
  } catch {
    return { kind: 'refused', outcome: 'skipped', reason: 'read-error', facts };
  } finally {
    await closeAsync(fd);
  }
}

/** What was read counts only if the file was the same before and after. */
function finished(fd: number, data: Uint8Array<ArrayBuffer>, done: number, facts: FileFacts): ReadFile {
  const after = fstatSync(fd);
  if (done < data.length || after.size !== facts.sizeBytes || after.mtimeMs !== facts.mtimeMs) {
    return { kind: 'refused', outcome: 'rejected', reason: 'changed-while-reading', facts };
  }
  return { kind: 'read', data, sha256: hash('sha256', data, 'buffer'), facts };
}

export function factsOf(stats: Stats): FileFacts {
  return { sizeBytes: stats.size, mtimeMs: stats.mtimeMs, inode: stats.ino };
}
