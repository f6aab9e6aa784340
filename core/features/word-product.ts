/**
 * Rows of points times all words, as learner and encoder ask for it again and again:
 *
 *     a[i, k] = xᵢ·c_k − ½‖c_k‖²,   so that  ‖xᵢ − c_k‖² = ‖xᵢ‖² − 2·a[i, k]
 *
 * By the studio's kernels, with the words in panels of eight (kernels/assembly/panels.ts), or by a library of the system's, with the words
 * row after row. The two differ in the last bits. Rows are handed over in pieces small enough to stay in the second-level cache until
 * something is made of them.
 */
import type { Kernels } from '../kernels/kernels.ts';
import type { NativeGemm } from '../kernels/matrix-product.ts';
import { filledUp, type MemoryPlan, packPanels } from './memory-plan.ts';

export interface WordPlace {
  /** K and d. */
  readonly words: number;
  readonly d: number;
  /** Row length of points, filled up. */
  readonly rowLength: number;
  /** Row length of products: K filled up. */
  readonly outputs: number;
  /** Of the words as the product wants them, and of −½‖c‖². */
  readonly table: number;
  readonly bias: number;
}

/** Rows of points that are multiplied at a time at most. */
export const mostRowsAtATime = 192;

/** Rows that the kernels multiply at a time: with a panel they stay in the first-level cache. */
export const panelRowsAtATime = 48;

/** Room for the words of a product. */
export function placeWords(plan: MemoryPlan, words: number, d: number): WordPlace {
  const [rowLength, outputs] = [filledUp(d), filledUp(words)];
  return { words, d, rowLength, outputs, table: plan.words(outputs * rowLength), bias: plan.words(outputs) };
}

export interface WordProduct {
  readonly rowsAtATime: number;
  /** `count` rows of points at `rows` into as many rows of `outputs` at `target`. */
  multiply(rows: number, count: number, target: number): void;
}

export function wordProduct(place: WordPlace, kernels: Kernels, gemm: NativeGemm | null): WordProduct {
  const { words, d, rowLength, outputs, table, bias } = place;
  if (gemm === null) {
    const panels = Math.ceil(words / 8);
    return {
      rowsAtATime: panelRowsAtATime,
      multiply: (rows, count, target) =>
        kernels.panelProduct(rows, count, rowLength, table, panels, d, bias, target, outputs),
    };
  }
  return {
    rowsAtATime: mostRowsAtATime,
    multiply: (rows, count, target) => gemm.multiplyTransposed(rows, table, bias, target, count, outputs, rowLength),
  };
}

/** Brings words (K, d), with `stride` numbers from one to the next, to where the product looks for them. */
export function writeWords(
  { words, d, rowLength, table, bias }: WordPlace,
  centers: ArrayLike<number>,
  stride: number,
  buffer: ArrayBufferLike,
  isNative: boolean,
): void {
  const into = new Float32Array(buffer, table, filledUp(words) * rowLength);
  if (!isNative) packPanels(centers, words, d, into, stride);
  const halves = new Float32Array(buffer, bias, words);
  for (let k = 0; k < words; k++) {
    let squares = 0;
    for (let j = 0; j < d; j++) {
      const value = centers[k * stride + j]!;
      squares += value * value;
      if (isNative) into[k * rowLength + j] = value;
    }
    halves[k] = -0.5 * squares;
  }
}

/** The same in panels of their `leading` first coordinates; `tails` (K) gets the lengths of the rest, rounded up. */
export function writeLeadingWords(
  { words, d, rowLength, table, bias }: WordPlace,
  centers: ArrayLike<number>,
  stride: number,
  leading: number,
  buffer: ArrayBufferLike,
  tails: Float32Array,
): void {
  packPanels(centers, words, leading, new Float32Array(buffer, table, filledUp(words) * rowLength), stride);
  const halves = new Float32Array(buffer, bias, words);
  for (let k = 0; k < words; k++) {
    let [first, rest] = [0, 0];
    for (let j = 0; j < leading; j++) first += centers[k * stride + j]! ** 2;
    for (let j = leading; j < d; j++) rest += centers[k * stride + j]! ** 2;
    halves[k] = -0.5 * (first + rest);
    tails[k] = Math.sqrt(rest) * (1 + 1e-6);
  }
}
