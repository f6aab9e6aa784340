/**
 * The three products of a layer, behind one interface, so that another library can take over the large ones.
 *
 *     forward         A = X·Wᵀ + b
 *     inputGradient   ∂X = ∂A·W
 *     weightGradient  ∂W = ∂Aᵀ·X
 *
 * Whoever implements it keeps two promises: an entry's bits depend neither on how rows or weights are divided, nor on
 * which thread asks.
 */
import type { Kernels } from './kernels.ts';

/** Where a layer lies: byte addresses in the shared memory, and row lengths in floats, multiples of 16. */
export interface ProductLayer {
  readonly outputs: number;
  readonly inputStride: number;
  readonly outputStride: number;
  /** (outputStride, inputStride); rows after the last output are zeros. */
  readonly weights: number;
  readonly bias: number;
  readonly weightGradient: number;
  /** (rows, inputStride), (rows, outputStride) and ∂loss of the latter. */
  readonly input: number;
  readonly output: number;
  readonly outputGradient: number;
  /** Room for the latter once more, in the order that the product of the weights' gradient wants. */
  readonly panels: number;
}

/** Rows (outputs) and columns (inputs) of a layer's weights. */
export interface Stretch {
  readonly rows: Range;
  readonly columns: Range;
}

export interface Range {
  readonly from: number;
  readonly to: number;
}

export interface MatrixProduct {
  readonly name: 'wasm' | 'native';
  /** Threads divide the rows of a batch in whole blocks of so many. */
  readonly rowBlock: number;
  /** `scratch`: a thread's own, outputStride × 16 floats. */
  forward(layer: ProductLayer, rows: Range, scratch: number): void;
  /** `target`: ∂X of the first of the rows, of row length inputStride. `scratch`: a thread's own, outputs × 8 floats. */
  inputGradient(layer: ProductLayer, rows: Range, target: number, scratch: number): void;
  /** Brings these rows of ∂A, of a batch of `count`, into the layer's panels. Before weightGradient, on any thread. */
  packGradient(layer: ProductLayer, rows: Range, count: number): void;
  /** The part of the weights that a thread computes the gradient of, and moves. */
  stretchOf(layer: ProductLayer, thread: number, threads: number): Stretch;
  /** Over `count` rows; `isFirst` 0 adds to what is there. `scratch`: a thread's own, count × 8 floats. */
  weightGradient(layer: ProductLayer, stretch: Stretch, count: number, scratch: number, isFirst: number): void;
}

/** What a library can do besides. */
export interface NativeProduct extends MatrixProduct {
  /** Some outputs of the first `count` rows, in whole cache lines. `scratch`: a thread's own, `outputScratch` floats. */
  forwardOutputs(layer: ProductLayer, outputs: Range, count: number, scratch: number): void;
}

/** Products with so few outputs are sooner done than brought into another order or handed over. */
export const fewOutputs = 16;

/**
 * Rows that few outputs are computed of at a time, the last of a batch first: what was written last is still in the second-level
 * cache, and where this ends the weights' gradient begins.
 */
const narrowRows = 32;

/** @param capacity  rows that a batch may have. */
export function wasmProduct(kernels: Kernels, capacity: number): MatrixProduct {
  return {
    name: 'wasm',
    rowBlock: 1,

    forward({ input, inputStride, output, outputStride, weights, bias, outputs }, { from, to }) {
      const most = outputs <= fewOutputs ? narrowRows : to - from;
      for (let end = to; end > from; end -= most) {
        const start = Math.max(from, end - most);
        const x = input + start * inputStride * 4;
        const a = output + start * outputStride * 4;
        kernels.affine(x, end - start, weights, inputStride, outputs, bias, a, outputStride);
      }
    },

    inputGradient({ outputGradient, outputStride, weights, inputStride, outputs }, { from, to }, target, scratch) {
      const dA = outputGradient + from * outputStride * 4;
      kernels.inputGradient(dA, outputStride, to - from, weights, inputStride, outputs, scratch, target);
    },

    packGradient({ outputGradient, outputStride, outputs, panels }, { from, to }) {
      if (outputs <= fewOutputs) return;
      kernels.packGradient(outputGradient, outputStride, from, to, outputs, panels, capacity);
    },

    stretchOf: ({ outputs, inputStride }, thread, threads) => ({
      rows: { from: 0, to: outputs },
      columns: shareOfLines(inputStride, thread, threads),
    }),

    weightGradient(layer, { columns }, count, scratch, isFirst) {
      const { panels, outputs, outputGradient, outputStride, input, inputStride, weightGradient } = layer;
      const { from, to } = columns;
      if (outputs <= fewOutputs) {
        kernels.narrowWeightGradient(
          outputGradient, outputStride, count, outputs, input, inputStride, from, to, weightGradient, isFirst,
        ); // prettier-ignore
        return;
      }
      kernels.weightGradient(
        panels, capacity, count, outputs, input, inputStride, from, to, scratch, weightGradient, isFirst,
      ); // prettier-ignore
    },
  };
}

/**
 * Y = A·B, A·Bᵀ or with C added: matrices without gaps between rows, given by their addresses. C is a row for `transposed`, a column
 * for `transposedTall`, and otherwise as large as Y, of which it may be the same memory.
 */
export interface NativeGemm {
  multiply(a: number, b: number, y: number, m: number, n: number, k: number): void;
  multiplyAdd(a: number, b: number, y: number, m: number, n: number, k: number): void;
  multiplyTransposed(a: number, b: number, c: number, y: number, m: number, n: number, k: number): void;
  multiplyTransposedTall(a: number, b: number, c: number, y: number, m: number, n: number, k: number): void;
  /** A of bytes, B of signed bytes, Y of 32-bit integers; exact where no byte of A is above 127. */
  multiplyBytes(a: number, b: number, y: number, m: number, n: number, k: number): void;
}

/**
 * Rows that a layer of many weights is computed of at a time. The library first brings its right-hand matrix into another order, on
 * every thread: as A·Xᵀ = W·Xᵀ + b that is a few rows of X, and not all of W. Whole blocks have the same bits on whichever thread; a product
 * of a single row, and one of fewer columns, takes another path through the library, to others.
 */
const nativeRowBlock = 16;
const manyWeights = 3 << 18;

/** Rows that `forwardOutputs` takes at a time, always the same: a product of fewer columns has other bits. */
const rowsOfOutputs = (outputs: number) => (outputs > 512 ? 32 : 128);

export function outputScratch(outputs: number): number {
  return wholeLines(outputs) * rowsOfOutputs(outputs);
}

/** Large products by a library of the system's, the others by `wasm`. */
export function nativeProduct(gemm: NativeGemm, kernels: Kernels, wasm: MatrixProduct): NativeProduct {
  const isSmall = ({ outputs }: ProductLayer) => outputs <= fewOutputs;
  return {
    name: 'native',
    rowBlock: nativeRowBlock,

    forward(layer, rows, scratch) {
      if (isSmall(layer)) return wasm.forward(layer, rows, scratch);
      const { input, inputStride, output, outputs, outputStride, weights, bias } = layer;
      const units = wholeLines(outputs);
      const isWhole = inputStride * outputStride < manyWeights;
      const most = isWhole ? rows.to - rows.from : nativeRowBlock;
      for (let from = rows.from; from < rows.to; from += most) {
        const count = Math.min(most, rows.to - from);
        const x = input + from * inputStride * 4;
        const a = output + from * outputStride * 4;
        if (isWhole) gemm.multiplyTransposed(x, weights, bias, a, count, outputStride, inputStride);
        else {
          gemm.multiplyTransposedTall(weights, x, bias, scratch, units, count, inputStride);
          kernels.transpose(scratch, count, 0, units, Math.ceil(count / 4) * 4, a, outputStride);
        }
      }
    },

    forwardOutputs(layer, { from, to }, count, scratch) {
      const { input, inputStride, output, outputs, outputStride, weights, bias } = layer;
      const units = wholeLines(to - from);
      const [w, b] = [weights + from * inputStride * 4, bias + from * 4];
      const most = rowsOfOutputs(outputs);
      for (let row = 0; row < count; row += most) {
        const rows = Math.min(most, count - row);
        const a = output + (row * outputStride + from) * 4;
        gemm.multiplyTransposedTall(w, input + row * inputStride * 4, b, scratch, units, rows, inputStride);
        kernels.transpose(scratch, rows, 0, units, Math.ceil(rows / 4) * 4, a, outputStride);
      }
    },

    inputGradient(layer, rows, target, scratch) {
      if (isSmall(layer)) return wasm.inputGradient(layer, rows, target, scratch);
      const { outputGradient, outputStride, weights, inputStride } = layer;
      const dA = outputGradient + rows.from * outputStride * 4;
      gemm.multiply(dA, weights, target, rows.to - rows.from, inputStride, outputStride);
    },

    packGradient(layer, rows, count) {
      if (isSmall(layer)) return wasm.packGradient(layer, rows, count);
      const { outputGradient, outputStride, panels } = layer;
      kernels.transpose(outputGradient, outputStride, rows.from, rows.to, outputStride, panels, count);
    },

    stretchOf(layer, thread, threads) {
      if (isSmall(layer)) return wasm.stretchOf(layer, thread, threads);
      const { from, to } = shareOfLines(layer.outputStride, thread, threads);
      return { rows: { from, to: Math.min(to, layer.outputs) }, columns: { from: 0, to: layer.inputStride } };
    },

    weightGradient(layer, stretch, count, scratch, isFirst) {
      if (isSmall(layer)) return wasm.weightGradient(layer, stretch, count, scratch, isFirst);
      const { panels, input, inputStride, weightGradient } = layer;
      const { from } = stretch.rows;
      const rows = wholeLines(stretch.rows.to) - from;
      const dAt = panels + from * count * 4;
      const target = weightGradient + from * inputStride * 4;
      if (isFirst === 1) gemm.multiply(dAt, input, target, rows, inputStride, count);
      else gemm.multiplyAdd(dAt, input, target, rows, inputStride, count);
    },
  };
}

/** Floats in whole cache lines. What lies between them and the end of a row is zeros from the beginning, and nobody has to compute it. */
function wholeLines(count: number): number {
  return Math.ceil(count / 16) * 16;
}

/** A thread's part of a row of so many floats, in whole cache lines. */
export function shareOfLines(stride: number, thread: number, threads: number): Range {
  const lines = stride / 16;
  return { from: 16 * Math.floor((lines * thread) / threads), to: 16 * Math.floor((lines * (thread + 1)) / threads) };
}

/** A thread's part of the rows of a batch, in whole blocks; what is left over goes with the last of them. */
export function shareOfRows(rows: number, block: number, thread: number, threads: number): Range {
  const blocks = Math.max(1, Math.floor(rows / block));
  const end = (k: number) => {
    const whole = Math.floor((blocks * k) / threads);
    return whole === blocks ? rows : whole * block;
  };
  return { from: end(thread), to: end(thread + 1) };
}
