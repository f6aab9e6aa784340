/**
 * Products of matrices, plainly. Sums run over the inner index in rising order, so that results are the same on every
 * machine; the fast products are in core/kernels and are tested against these.
 */
import { StudioError } from '../errors.ts';
import { type Matrix, requireLength, rowOf, zeros } from './matrix.ts';

/** a·b: (n, k)·(k, m) → (n, m). Throws SHAPE_MISMATCH. */
export function product(a: Matrix, b: Matrix): Matrix {
  requireInner(a.columns, b.rows);
  const result = zeros(a.rows, b.columns);
  for (let i = 0; i < a.rows; i++) {
    const out = rowOf(result, i);
    for (let l = 0; l < a.columns; l++) {
      const factor = a.data[i * a.columns + l]!;
      const row = rowOf(b, l);
      for (let j = 0; j < row.length; j++) out[j]! += factor * row[j]!;
    }
  }
  return result;
}

/** a·bᵀ: (n, k)·(m, k)ᵀ → (n, m). Scores of inputs X (n, in) and weights W (out, in). Throws SHAPE_MISMATCH. */
export function productTransposedRight(a: Matrix, b: Matrix): Matrix {
  requireInner(a.columns, b.columns);
  const result = zeros(a.rows, b.rows);
  for (let i = 0; i < a.rows; i++) {
    const row = rowOf(a, i);
    for (let j = 0; j < b.rows; j++) result.data[i * b.rows + j] = dot(row, rowOf(b, j));
  }
  return result;
}

/** aᵀ·b: (k, n)ᵀ·(k, m) → (n, m). Weight gradients of score gradients (k, out) and inputs (k, in). Throws SHAPE_MISMATCH. */
export function productTransposedLeft(a: Matrix, b: Matrix): Matrix {
  requireInner(a.rows, b.rows);
  const result = zeros(a.columns, b.columns);
  for (let l = 0; l < a.rows; l++) {
    const row = rowOf(b, l);
    for (let i = 0; i < a.columns; i++) {
      const factor = a.data[l * a.columns + i]!;
      const out = rowOf(result, i);
      for (let j = 0; j < row.length; j++) out[j]! += factor * row[j]!;
    }
  }
  return result;
}

export function transpose(a: Matrix): Matrix {
  const result = zeros(a.columns, a.rows);
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < a.columns; j++) result.data[j * a.rows + i] = a.data[i * a.columns + j]!;
  }
  return result;
}

/** Adds a vector to every row, in place. Throws SHAPE_MISMATCH. */
export function addToRows(a: Matrix, vector: Float64Array): void {
  requireLength('vector', vector, a.columns);
  for (let i = 0; i < a.rows; i++) {
    const row = rowOf(a, i);
    for (let j = 0; j < row.length; j++) row[j]! += vector[j]!;
  }
}

/** Σᵢ aᵢ·bᵢ over vectors of one length. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/**
 * ‖a‖₂ = √Σ aᵢ².
 *
 * Not Math.hypot: V8's differs from the plain formula in the last bits and takes its numbers as arguments, of which a
 * call holds only so many.
 */
export function norm(a: ArrayLike<number>): number {
  return Math.sqrt(dot(a, a));
}

function requireInner(left: number, right: number): void {
  if (left !== right) {
    throw new StudioError('SHAPE_MISMATCH', {
      what: 'inner dimension',
      expected: String(left),
      actual: String(right),
    });
  }
}
