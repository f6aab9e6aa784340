/**
 * Feature caches on disk: one block of features of every picture of a dataset version, and what was learnt for it.
 *
 *     offset 0    8 bytes    "TESSFEA1"
 *            8    uint32     h, length of the header in bytes
 *           12    uint32     0
 *           16    h bytes    header: JSON (FeatureFileHeader), filled up with spaces to a multiple of 64
 *       16 + h    …          what was learnt, array after array, each filled up to a multiple of 64
 *                 …          (count, dimension) float32; a picture that is in no split has zeros
 *
 * All numbers are little-endian. The file is written to a staging path and made durable; the store gives it its name.
 */
import { closeSync, fstatSync, fsyncSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { StudioError } from '../../core/errors.ts';
import type { FittedArray, FittedFeatures } from '../../core/features/feature-extractor.ts';
import { extractorOf } from '../../core/features/index.ts';
import type { ImageShape } from '../../core/image/pixel-image.ts';
import type { FeatureRecipe } from '../../core/recipe/feature-recipe.ts';

const magic = 'TESSFEA1';
const prefixBytes = 16;
const largestReadBytes = 2 ** 30;

interface FeatureFileHeader {
  readonly options: FeatureRecipe;
  readonly shape: ImageShape;
  readonly count: number;
  readonly dimension: number;
}

/** A file that is being written, rows from the first to the last. */
export class FeatureFileWriter {
  readonly path: string;
  #fd: number | null = null;
  #at = 0;

  /** @throws StudioError FILE_NOT_WRITTEN, DISK_FULL. */
  constructor(path: string, fitted: FittedFeatures, count: number) {
    this.path = path;
    const { options, shape, dimension, arrays } = fitted;
    const header: FeatureFileHeader = { options, shape, count, dimension };
    const json = Buffer.from(JSON.stringify(header));
    const padded = Buffer.alloc(Math.ceil((prefixBytes + json.length) / 64) * 64 - prefixBytes, 0x20);
    json.copy(padded);
    const prefix = Buffer.alloc(prefixBytes);
    prefix.write(magic, 'latin1');
    prefix.writeUInt32LE(padded.length, 8);
    rmSync(path, { force: true });
    this.#guarded(0, () => (this.#fd = openSync(path, 'wx', 0o600)));
    try {
      this.#write(prefix);
      this.#write(padded);
      for (const name of Object.keys(extractorOf(options).arraysOf(options, shape))) {
        const array = arrays[name]!;
        this.#write(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
        this.#write(new Uint8Array(Math.ceil(array.byteLength / 64) * 64 - array.byteLength));
      }
    } catch (cause) {
      this.discard();
      throw cause;
    }
  }

  append(rows: Float32Array): void {
    this.#write(new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength));
  }

  /** Returns the size when all is on disk. */
  finish(): number {
    this.#guarded(0, () => fsyncSync(this.#fd!));
    closeSync(this.#fd!);
    this.#fd = null;
    return this.#at;
  }

  discard(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
    rmSync(this.path, { force: true });
  }

  #write(bytes: Uint8Array): void {
    this.#guarded(bytes.length, () => {
      for (let done = 0; done < bytes.length;) done += writeSync(this.#fd!, bytes, done, bytes.length - done);
    });
    this.#at += bytes.length;
  }

  #guarded(neededBytes: number, work: () => void): void {
    try {
      work();
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code === 'ENOSPC' || code === 'EDQUOT') {
        throw new StudioError('DISK_FULL', { path: this.path, neededBytes, freeBytes: 0 }, { cause });
      }
      throw new StudioError('FILE_NOT_WRITTEN', { path: this.path, reason: code ?? String(cause) }, { cause });
    }
  }
}

/** A file that is read: what was learnt, and rows by their numbers. */
export class FeatureFile {
  readonly fitted: FittedFeatures;
  readonly count: number;
  readonly #path: string;
  readonly #fd: number;
  readonly #rowsAt: number;

  /** @throws StudioError BAD_DATASET_FILE for whatever is not such a file. */
  constructor(path: string) {
    this.#path = path;
    try {
      this.#fd = openSync(path, 'r');
    } catch (cause) {
      throw new StudioError(
        'BAD_DATASET_FILE',
        { path, reason: (cause as NodeJS.ErrnoException).code ?? '' },
        { cause },
      );
    }
    try {
      const prefix = Buffer.alloc(prefixBytes);
      this.#read(prefix, 0);
      if (prefix.toString('latin1', 0, 8) !== magic) throw this.#bad('it is no feature cache');
      const headerBytes = prefix.readUInt32LE(8);
      if (headerBytes > 2 ** 20) throw this.#bad('its header is too long');
      const json = Buffer.alloc(headerBytes);
      this.#read(json, prefixBytes);
      const { options, shape, count, dimension } = JSON.parse(json.toString('utf8')) as FeatureFileHeader;
      let at = prefixBytes + headerBytes;
      const arrays: Record<string, FittedArray> = {};
      for (const [name, { type, length }] of Object.entries(extractorOf(options).arraysOf(options, shape))) {
        const array =
          type === 'float64'
            ? new Float64Array(length)
            : type === 'float32'
              ? new Float32Array(length)
              : new Uint32Array(length);
        this.#read(new Uint8Array(array.buffer), at);
        arrays[name] = array;
        at += Math.ceil(array.byteLength / 64) * 64;
      }
      this.fitted = { options, shape, dimension, arrays };
      this.count = count;
      this.#rowsAt = at;
      if (fstatSync(this.#fd).size !== at + 4 * count * dimension) throw this.#bad('it is not as long as it should be');
    } catch (cause) {
      this.close();
      throw cause instanceof StudioError ? cause : this.#bad('its header cannot be read');
    }
  }

  /**
   * Rows of pictures into columns `offset` … of a matrix of rows `rowLength` long, one after another.
   *
   * @param pictures  numbers of pictures, rising.
   */
  readRows(pictures: Uint32Array, into: Float32Array, rowLength: number, offset: number): void {
    const { dimension } = this.fitted;
    const isWhole = rowLength === dimension;
    const rowsAtATime = isWhole ? pictures.length : Math.max(1, Math.floor(2 ** 24 / (4 * dimension)));
    const piece = isWhole ? into : new Float32Array(rowsAtATime * dimension);
    for (let from = 0; from < pictures.length;) {
      let to = from + 1;
      while (to < pictures.length && to - from < rowsAtATime && pictures[to]! === pictures[to - 1]! + 1) to++;
      const rows = isWhole
        ? into.subarray(from * dimension, to * dimension)
        : piece.subarray(0, (to - from) * dimension);
      this.#read(
        new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength),
        this.#rowsAt + 4 * pictures[from]! * dimension,
      );
      for (let i = from; i < to && !isWhole; i++) {
        into.set(rows.subarray((i - from) * dimension, (i - from + 1) * dimension), i * rowLength + offset);
      }
      from = to;
    }
  }

  close(): void {
    closeSync(this.#fd);
  }

  #read(into: Uint8Array, position: number): void {
    for (let done = 0; done < into.length;) {
      const length = Math.min(into.length - done, largestReadBytes);
      const read = readSync(this.#fd, into, done, length, position + done);
      if (read === 0) throw this.#bad('it is too short');
      done += read;
    }
  }

  #bad(reason: string): StudioError<'BAD_DATASET_FILE'> {
    return new StudioError('BAD_DATASET_FILE', { path: this.#path, reason });
  }
}
