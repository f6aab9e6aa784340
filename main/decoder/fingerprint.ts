/** Fingerprints of pixels: exact ones find equal pictures, difference hashes find pictures that look the same. */
import { hash } from 'node:crypto';

/** sha256 of the pixels, 32 bytes. */
export function pixelHash(pixels: Uint8Array): Uint8Array {
  return hash('sha256', pixels, 'buffer');
}

const columns = 9;
const rows = 8;

/**
 * Difference hash: is each cell of a 9 × 8 grid brighter than its right neighbour?
 *
 *     luma  Y = 77·R + 150·G + 29·B           (BT.601 in 256ths)
 *     cell  mean of Y over its pixels; a pixel belongs to the cell that holds its centre
 *     bit   (row, column)  =  cell(row, column) > cell(row, column + 1)
 *
 * Small changes of size, compression and brightness leave the order of neighbours as it is. Bits run row by row, the
 * first 32 into `high`. Source: N. Krawetz, "Kind of Like That", 2013.
 */
export class DifferenceHasher {
  readonly #cellOfColumn: Uint8Array;
  readonly #cellOfRow: Uint8Array;
  readonly #pixelsInCell = new Float64Array(columns * rows);
  readonly #sums = new Float64Array(columns * rows);
  readonly #width: number;
  readonly #height: number;
  readonly #channels: number;
  high = 0;
  low = 0;

  constructor(width: number, height: number, channels: 1 | 3) {
    this.#width = width;
    this.#height = height;
    this.#channels = channels;
    this.#cellOfColumn = Uint8Array.from({ length: width }, (_, x) => Math.floor(((x + 0.5) * columns) / width));
    this.#cellOfRow = Uint8Array.from({ length: height }, (_, y) => Math.floor(((y + 0.5) * rows) / height));
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) this.#pixelsInCell[this.#cellOfRow[y]! * columns + this.#cellOfColumn[x]!]!++;
    }
  }

  /** Leaves the hash in `high` and `low`. */
  update(pixels: Uint8Array, offset: number): void {
    const sums = this.#sums.fill(0);
    let at = offset;
    for (let y = 0; y < this.#height; y++) {
      const row = this.#cellOfRow[y]! * columns;
      for (let x = 0; x < this.#width; x++) {
        const luma =
          this.#channels === 3 ? 77 * pixels[at]! + 150 * pixels[at + 1]! + 29 * pixels[at + 2]! : 256 * pixels[at]!;
        sums[row + this.#cellOfColumn[x]!]! += luma;
        at += this.#channels;
      }
    }
    for (let i = 0; i < sums.length; i++) sums[i] = sums[i]! / Math.max(1, this.#pixelsInCell[i]!);
    this.high = this.#bits(0);
    this.low = this.#bits(4);
  }

  #bits(firstRow: number): number {
    let bits = 0;
    for (let row = firstRow; row < firstRow + 4; row++) {
      for (let column = 0; column < columns - 1; column++) {
        const cell = row * columns + column;
        bits = (bits << 1) | (this.#sums[cell]! > this.#sums[cell + 1]! ? 1 : 0);
      }
    }
    return bits >>> 0;
  }
}
