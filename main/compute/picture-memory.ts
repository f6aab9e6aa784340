/** Pixels of a dataset version, read from its cache file straight into shared memory. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { StudioError } from '../../core/errors.ts';
import type { PictureSource } from '../../core/rpc/contract/compute.ts';
import type { EnginePictures, EngineSet } from '../../core/training/step-engine.ts';

/** A read at least fills this before the next: what the system takes at once. */
const largestReadBytes = 2 ** 30;

/** Numbers of pictures within the dataset version. */
export type PictureSets = Readonly<Record<EngineSet, Uint32Array>>;

/** Where pixels are read to: so many bytes, zeros. */
export type AllocatePixels = (bytes: number) => Uint8Array;

/**
 * The pictures of these sets, packed: a picture that is in none of them is not read, one in two is read once.
 *
 * @throws StudioError BAD_DATASET_FILE when the file is missing or shorter than it should be, INVALID_OPTION for numbers
 *   and labels that do not exist.
 */
export function loadPictures(source: PictureSource, sets: PictureSets, allocate: AllocatePixels): EnginePictures {
  const featureCount = source.width * source.height * source.channels;
  requireSource(source, sets);
  const { wanted, ...packed } = packedSets(source, sets);
  const pixels = allocate(wanted.length * featureCount);
  readPictures(source, featureCount, wanted, pixels);
  return { inputs: pixels, featureCount, ...packed };
}

/** Pictures that are in any of the sets, rising, and sets and labels by their places in that list. */
export function packedSets(
  source: PictureSource,
  sets: PictureSets,
): Pick<EnginePictures, 'labels' | 'sets'> & { wanted: Uint32Array } {
  const wanted = Uint32Array.from(new Set([...sets.train, ...sets.validation, ...sets.test])).sort();
  const place = new Map<number, number>();
  const labels = new Uint16Array(wanted.length);
  wanted.forEach((picture, i) => {
    place.set(picture, i);
    labels[i] = source.labels[picture]!;
  });
  const packed = (numbers: Uint32Array) => numbers.map((picture) => place.get(picture)!);
  return {
    wanted,
    labels,
    sets: { train: packed(sets.train), validation: packed(sets.validation), test: packed(sets.test) },
  };
}

/** Where one picture lies; the rest of a source is not needed to read it. */
export type PictureFile = Pick<PictureSource, 'pixelsPath' | 'headerBytes' | 'count' | 'width' | 'height' | 'channels'>;

/** The pixels of one picture. Throws BAD_DATASET_FILE, INVALID_OPTION for a number that does not exist. */
export function readPicture(source: PictureFile, picture: number): Uint8Array {
  if (picture >= source.count) {
    const expected = `a number below ${source.count}`;
    throw new StudioError('INVALID_OPTION', { option: 'picture', value: String(picture), expected });
  }
  const featureCount = source.width * source.height * source.channels;
  const pixels = new Uint8Array(featureCount);
  readPictures(source, featureCount, Uint32Array.of(picture), pixels);
  return pixels;
}

/** Reads pictures one at a time from a file that stays open. */
export class PictureReader {
  readonly #source: PictureFile;
  readonly #pixels: Uint8Array;
  #file: number | null = null;
  #picture = -1;

  constructor(source: PictureFile) {
    this.#source = source;
    this.#pixels = new Uint8Array(source.width * source.height * source.channels);
  }

  /** The same array every time, with other numbers in it. Throws BAD_DATASET_FILE. */
  read(picture: number): Uint8Array {
    if (picture === this.#picture) return this.#pixels;
    const { pixelsPath, headerBytes } = this.#source;
    this.#file ??= open(pixelsPath);
    const size = this.#pixels.length;
    if (readSync(this.#file, this.#pixels, 0, size, headerBytes + picture * size) !== size) {
      throw badFile(pixelsPath, 'it is too short');
    }
    this.#picture = picture;
    return this.#pixels;
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }
}

/** Neighbouring pictures in one read. */
function readPictures(
  { pixelsPath, headerBytes, count }: PictureFile,
  featureCount: number,
  wanted: Uint32Array,
  pixels: Uint8Array,
): void {
  const file = open(pixelsPath);
  try {
    if (fstatSync(file).size < headerBytes + count * featureCount) throw badFile(pixelsPath, 'it is too short');
    for (let from = 0; from < wanted.length;) {
      let to = from + 1;
      while (to < wanted.length && wanted[to]! === wanted[to - 1]! + 1) to++;
      const end = to * featureCount;
      let position = headerBytes + wanted[from]! * featureCount;
      for (let at = from * featureCount; at < end;) {
        const read = readSync(file, pixels, at, Math.min(end - at, largestReadBytes), position);
        if (read === 0) throw badFile(pixelsPath, 'it is too short');
        at += read;
        position += read;
      }
      from = to;
    }
  } finally {
    closeSync(file);
  }
}

/** Throws INVALID_OPTION, SHAPE_MISMATCH. */
export function requireSource({ labels, classes, count }: PictureSource, sets: PictureSets): void {
  if (labels.length !== count) {
    throw new StudioError('SHAPE_MISMATCH', { what: 'labels', expected: `(${count})`, actual: `(${labels.length})` });
  }
  for (const [name, numbers] of Object.entries(sets)) {
    for (const picture of numbers) {
      if (picture < count && labels[picture]! < classes.length) continue;
      throw new StudioError('INVALID_OPTION', { option: name, value: String(picture), expected: 'labelled pictures' });
    }
  }
}

function open(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (cause) {
    throw badFile(path, (cause as NodeJS.ErrnoException).code ?? String(cause));
  }
}

function badFile(path: string, reason: string): StudioError<'BAD_DATASET_FILE'> {
  return new StudioError('BAD_DATASET_FILE', { path, reason });
}
