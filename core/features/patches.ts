/**
 * Patches: little squares of a picture, row by row, each flattened row, column, channel.
 *
 *     contrast normalisation   p ← (p − mean(p)) / √(var(p) + offset),  var with n − 1, on pixels 0 … 255
 *
 * After it a patch says what varies in it and not how bright it is or how strong its contrast. The offset keeps flat
 * patches, in which only noise varies, small.
 *
 * Source: Coates, Lee & Ng 2011, section 3.1.
 * Golden: tests/golden/data/features.json, case patchnorm/… (NumPy).
 */
import type { ImageShape, PixelImage } from '../image/pixel-image.ts';

/** Where patches lie in a picture. */
export interface PatchGrid {
  readonly rows: number;
  readonly columns: number;
  readonly stride: number;
  readonly patchSize: number;
}

export function patchGrid(
  { width, height }: Pick<ImageShape, 'width' | 'height'>,
  patchSize: number,
  stride: number,
): PatchGrid {
  const along = (side: number) => Math.max(0, Math.floor((side - patchSize) / stride) + 1);
  return { rows: along(height), columns: along(width), stride, patchSize };
}

/** Writes the pixels of the patch whose corner is (x, y) to `into`, from `at`. */
export function readPatch(
  image: PixelImage,
  x: number,
  y: number,
  patchSize: number,
  into: Float64Array | Float32Array,
  at = 0,
): void {
  const { width, channels, data } = image;
  const length = patchSize * channels;
  for (let row = 0; row < patchSize; row++) {
    const from = ((y + row) * width + x) * channels;
    for (let i = 0; i < length; i++) into[at + row * length + i] = data[from + i]!;
  }
}

/** In place, over the d ≥ 2 numbers from `at`. */
export function normalizeContrast(
  patch: Float64Array | Float32Array,
  offset: number,
  at = 0,
  d = patch.length - at,
): void {
  let sum = 0;
  for (let i = at; i < at + d; i++) sum += patch[i]!;
  const mean = sum / d;
  let squares = 0;
  for (let i = at; i < at + d; i++) squares += (patch[i]! - mean) ** 2;
  const deviation = Math.sqrt(squares / (d - 1) + offset);
  const factor = deviation > 0 ? 1 / deviation : 0; // a flat patch without an offset
  for (let i = at; i < at + d; i++) patch[i] = (patch[i]! - mean) * factor;
}

/** The part of a g × g grid that a patch belongs to: the first ⌈n/g⌉ positions, then the next … */
export function poolOf(row: number, column: number, { rows, columns }: PatchGrid, grid: number): number {
  return partOf(row, rows, grid) * grid + partOf(column, columns, grid);
}

/** Position i of n in one of g parts, of which the first ones are the larger. */
function partOf(i: number, n: number, g: number): number {
  const smaller = Math.floor(n / g);
  const larger = n - smaller * g; // so many parts hold one more
  const inLarger = larger * (smaller + 1);
  return i < inLarger ? Math.floor(i / (smaller + 1)) : larger + Math.floor((i - inLarger) / smaller);
}
