/**
 * IDX, the format of MNIST: two zero bytes, the type of the numbers (8: bytes), how many dimensions, each dimension as
 * uint32 big-endian, then the numbers. Pictures have 3 dimensions (n, height, width) or a fourth of 3 colours; labels have 1.
 */
import { StudioError } from '../../core/errors.ts';

export interface IdxFile {
  readonly dimensions: readonly number[];
  /** Where the numbers begin. */
  readonly offset: number;
}

const byteType = 8;
const largestSide = 1024;

/** Whether the first bytes are those of an IDX file of bytes with 1, 3 or 4 dimensions. */
export function looksLikeIdx(head: Uint8Array): boolean {
  return head.length >= 8 && head[0] === 0 && head[1] === 0 && head[2] === byteType && [1, 3, 4].includes(head[3]!);
}

export function idxDimensions(head: Uint8Array): number {
  return head[3]!;
}

/** @throws StudioError BAD_DATASET_FILE when header and length do not fit. */
export function readIdx(data: Uint8Array, path: string): IdxFile {
  const bad = (reason: string) => new StudioError('BAD_DATASET_FILE', { path, reason });
  if (!looksLikeIdx(data)) throw bad('no IDX header');
  const count = data[3]!;
  const offset = 4 + 4 * count;
  if (data.length < offset) throw bad(`${data.length} < ${offset} bytes`);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const dimensions = Array.from({ length: count }, (_, i) => view.getUint32(4 + 4 * i));
  const expected = offset + dimensions.reduce((product, size) => product * size, 1);
  if (expected !== data.length) throw bad(`${dimensions.join(' × ')} → ${expected} ≠ ${data.length} bytes`);
  const [, height = 1, width = 1, channels = 1] = dimensions;
  if (height < 1 || width < 1 || height > largestSide || width > largestSide || (count === 4 && channels !== 3)) {
    throw bad(dimensions.join(' × '));
  }
  return { dimensions, offset };
}
