/**
 * Scores that a model gave the pictures of a split, a file each: what is asked of them a second time needs no model.
 *
 *     offset 0   sha256 of the rest
 *           32   (pictures, classes) scores, float32 little-endian
 *
 * Each can be computed again at any time: one that is damaged counts as not there, and when they take more room than is set aside,
 * those that have not been used longest go.
 */
import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { FeatureCacheFiles } from './feature-cache.ts';

const largestTotalBytes = 256 * 2 ** 20;
const hashBytes = 32;

export class ScoreFiles {
  readonly #files: FeatureCacheFiles;

  constructor(folders: { caches: string; staging: string }, largestBytes = largestTotalBytes) {
    this.#files = new FeatureCacheFiles(folders, largestBytes, '.scores');
  }

  /** The scores under this key; null where there are none, not `length`, or others than were written. */
  read(key: string, length: number, today: number): Float32Array<ArrayBuffer> | null {
    const path = this.#files.find(key, today);
    if (path === null) return null;
    const bytes = readFileSync(path);
    const values = bytes.subarray(hashBytes);
    if (values.length !== 4 * length || !hashOf(values).equals(bytes.subarray(0, hashBytes))) return null;
    return new Float32Array(new Uint8Array(values).buffer);
  }

  /** Throws what the disk says, with nothing left behind. */
  write(key: string, scores: Float32Array): void {
    const staged = this.#files.stagingPath(key);
    const values = new Uint8Array(scores.buffer, scores.byteOffset, scores.byteLength);
    try {
      const file = openSync(staged, 'w', 0o600);
      try {
        writeFileSync(file, hashOf(values));
        writeFileSync(file, values);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      this.#files.commit(key, []);
    } catch (cause) {
      rmSync(staged, { force: true });
      throw cause;
    }
  }
}

function hashOf(values: Uint8Array): Buffer {
  return createHash('sha256').update(values).digest();
}
