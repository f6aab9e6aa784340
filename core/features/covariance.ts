/** Means and covariances of rows, in float64. */
import { type Matrix, rowOf, zeros } from '../array/matrix.ts';

/** (d) mean of the rows. */
export function meanOfRows(x: Matrix): Float64Array {
  const mean = new Float64Array(x.columns);
  for (let i = 0; i < x.rows; i++) {
    const row = rowOf(x, i);
    for (let j = 0; j < row.length; j++) mean[j]! += row[j]!;
  }
  for (let j = 0; j < mean.length; j++) mean[j]! /= x.rows;
  return mean;
}

/**
 * C = (1/(n − ddof)) Σ (xᵢ − x̄)(xᵢ − x̄)ᵀ, (d, d).
 *
 * @param ddof  0 for the population's, 1 for the unbiased estimate.
 */
export function covariance(x: Matrix, mean: Float64Array, ddof: 0 | 1): Matrix {
  const d = x.columns;
  const result = zeros(d, d);
  const centred = new Float64Array(d);
  for (let i = 0; i < x.rows; i++) {
    const row = rowOf(x, i);
    for (let j = 0; j < d; j++) centred[j] = row[j]! - mean[j]!;
    for (let j = 0; j < d; j++) {
      const factor = centred[j]!;
      const target = j * d;
      for (let k = j; k < d; k++) result.data[target + k]! += factor * centred[k]!;
    }
  }
  for (let j = 0; j < d; j++) {
    for (let k = j; k < d; k++) {
      const value = result.data[j * d + k]! / (x.rows - ddof);
      result.data[j * d + k] = value;
      result.data[k * d + j] = value;
    }
  }
  return result;
}
