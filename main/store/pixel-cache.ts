/**
 * Pixel caches: the pictures of a dataset as bytes in one file, one after the other.
 *
 *     offset 0   "TESSPIX1"
 *            8   format version, count, width, height, channels: uint32 little-endian each; 4 bytes zero
 *           32   sha256 of the pixels
 *           64   count × height × width × channels bytes, rows from the top, channels interleaved
 *
 * A file is named by the sha256 of its header, which holds the hash of everything else: the name is the content.
 */
import { createHash, type Hash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export const pixelCacheHeaderBytes = 64;

const magic = 'TESSPIX1';
const formatVersion = 1;

export interface PixelShape {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
}

export interface PixelCacheInfo extends PixelShape {
  readonly count: number;
  /** Name of the file, without its ending. */
  readonly sha256: string;
}

export function pixelCachePath(caches: string, sha256: string): string {
  return join(caches, `${sha256}.pixels`);
}

export function pictureBytes({ width, height, channels }: PixelShape): number {
  return width * height * channels;
}

/** Writes a cache from its first picture to its last. Nothing is visible under its name before `commit`. */
export class PixelCacheWriter {
  readonly path: string;
  readonly #shape: PixelShape;
  readonly #hash: Hash = createHash('sha256');
  #fd: number | null;
  #count = 0;

  constructor(path: string, shape: PixelShape) {
    this.path = path;
    this.#shape = shape;
    rmSync(path, { force: true });
    this.#fd = openSync(path, 'wx+', 0o600);
    writeFully(this.#fd, new Uint8Array(pixelCacheHeaderBytes));
  }

  get count(): number {
    return this.#count;
  }

  /** Appends whole pictures. */
  append(pixels: Uint8Array): void {
    this.#hash.update(pixels);
    writeFully(this.#fd!, pixels);
    this.#count += pixels.length / pictureBytes(this.#shape);
  }

  /** Reads a picture that was appended. */
  read(index: number, into: Uint8Array): void {
    readFully(this.#fd!, into, pixelCacheHeaderBytes + index * pictureBytes(this.#shape));
  }

  /** Makes the file durable under its name in `caches`. */
  commit(caches: string): PixelCacheInfo {
    const fd = this.#fd!;
    const header = encodeHeader({ ...this.#shape, count: this.#count }, this.#hash.digest());
    writeFully(fd, header, 0);
    fsyncSync(fd);
    closeSync(fd);
    this.#fd = null;
    const sha256 = createHash('sha256').update(header).digest('hex');
    renameSync(this.path, pixelCachePath(caches, sha256)); // the same name is the same content
    syncFolder(caches);
    return { ...this.#shape, count: this.#count, sha256 };
  }

  /** Leaves the unfinished file. */
  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }

  discard(): void {
    this.close();
    rmSync(this.path, { force: true });
  }
}

/** Reads pictures of caches by number, keeping a few files open. */
export class PixelCacheReader {
  readonly #caches: string;
  readonly #open = new Map<string, number>();
  readonly #mostOpen: number;

  constructor(caches: string, mostOpen = 8) {
    this.#caches = caches;
    this.#mostOpen = mostOpen;
  }

  /**
   * The pixels of some pictures, one after the other. Neighbours are read in one go.
   *
   * @throws Error where the file is missing or short.
   */
  read(cache: PixelCacheInfo, indices: ArrayLike<number>): Uint8Array<ArrayBuffer> {
    const size = pictureBytes(cache);
    const pixels = new Uint8Array(indices.length * size);
    const fd = this.#fd(cache.sha256);
    for (let i = 0; i < indices.length;) {
      let run = 1;
      while (i + run < indices.length && indices[i + run] === indices[i]! + run) run++;
      readFully(fd, pixels.subarray(i * size, (i + run) * size), pixelCacheHeaderBytes + indices[i]! * size);
      i += run;
    }
    return pixels;
  }

  close(): void {
    for (const fd of this.#open.values()) closeSync(fd);
    this.#open.clear();
  }

  #fd(sha256: string): number {
    let fd = this.#open.get(sha256);
    if (fd === undefined) {
      fd = openSync(pixelCachePath(this.#caches, sha256), 'r');
      const oldest = this.#open.size >= this.#mostOpen ? [...this.#open][0] : undefined;
      if (oldest !== undefined) {
        closeSync(oldest[1]);
        this.#open.delete(oldest[0]);
      }
    } else this.#open.delete(sha256); // the map keeps the order of use
    this.#open.set(sha256, fd);
    return fd;
  }
}

/** Reads single pictures of an unfinished file of an import that was interrupted. */
export function readUnfinished(path: string, shape: PixelShape, index: number, count: number): Uint8Array | null {
  const size = pictureBytes(shape);
  try {
    if (statSync(path).size < pixelCacheHeaderBytes + (index + count) * size) return null;
    const fd = openSync(path, 'r');
    try {
      const pixels = new Uint8Array(size * count);
      readFully(fd, pixels, pixelCacheHeaderBytes + index * size);
      return pixels;
    } finally {
      closeSync(fd);
    }
  } catch {
    return null;
  }
}

/** Whether the file is there and as long as it has to be. */
export function hasPixelCache(caches: string, cache: PixelCacheInfo): boolean {
  try {
    return (
      statSync(pixelCachePath(caches, cache.sha256)).size === pixelCacheHeaderBytes + cache.count * pictureBytes(cache)
    );
  } catch {
    return false;
  }
}

function encodeHeader(
  { count, width, height, channels }: PixelShape & { count: number },
  pixelsSha256: Uint8Array,
): Uint8Array {
  const header = Buffer.alloc(pixelCacheHeaderBytes);
  header.write(magic, 'latin1');
  for (const [i, value] of [formatVersion, count, width, height, channels].entries())
    header.writeUInt32LE(value, 8 + i * 4);
  header.set(pixelsSha256, 32);
  return header;
}

function writeFully(fd: number, data: Uint8Array, position?: number): void {
  for (let done = 0; done < data.length;) {
    done += writeSync(fd, data, done, data.length - done, position === undefined ? null : position + done);
  }
}

function readFully(fd: number, into: Uint8Array, position: number): void {
  for (let done = 0; done < into.length;) {
    const read = readSync(fd, into, done, into.length - done, position + done);
    if (read === 0) throw new Error('the pixel cache is shorter than it should be');
    done += read;
  }
}

/** Makes the names in a folder durable. */
export function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
