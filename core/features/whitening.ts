/**
 * Whitening: a linear map after which features are uncorrelated and of about equal variance.
 *
 *     C = (1/(n − ddof)) Σ (xᵢ − x̄)(xᵢ − x̄)ᵀ = U·diag(λ)·Uᵀ
 *     ZCA:  W = U·diag(1/√(λ + ε))·Uᵀ,   z = W·(x − x̄)
 *
 * Of all whitening maps this one changes the features least: whitened patches still look like patches. ε keeps directions
 * in which the data hardly varies, and which are mostly noise, from being blown up.
 *
 * Source: Bell & Sejnowski 1997, "The independent components of natural scenes are edge filters"; Coates, Lee & Ng 2011.
 * Golden: tests/golden/data/features.json, cases zca/… (NumPy, checked against SciPy).
 */
import { product, productTransposedLeft } from '../array/linear-algebra.ts';
import { type Matrix, zeros } from '../array/matrix.ts';
import { requireInteger, requireNonNegative } from '../options.ts';
import { covariance, meanOfRows } from './covariance.ts';
import { symmetricEigen } from './symmetric-eigen.ts';

export interface Whitening {
  /** (d) x̄. */
  readonly mean: Float64Array;
  /** (d, d) W, symmetric. */
  readonly matrix: Matrix;
  /** (d) λ, falling. */
  readonly eigenvalues: Float64Array;
}

/**
 * @param x        (n, d) rows to learn from, n > ddof.
 * @param epsilon  ε ≥ 0.
 * @throws StudioError INVALID_OPTION.
 */
export function fitWhitening(x: Matrix, epsilon: number, ddof: 0 | 1 = 1): Whitening {
  requireNonNegative('whitening', epsilon);
  requireInteger('patches', x.rows, ddof + 1);
  const mean = meanOfRows(x);
  return { mean, ...whiteningOf(covariance(x, mean, ddof), epsilon) };
}

/** W and λ of a covariance (d, d). */
export function whiteningOf(cov: Matrix, epsilon: number): Omit<Whitening, 'mean'> {
  const d = cov.rows;
  const { values, vectors } = symmetricEigen(cov);
  const scaled = zeros(d, d); // rows of Uᵀ over √(λ + ε)
  for (let i = 0; i < d; i++) {
    const factor = 1 / Math.sqrt(Math.max(0, values[i]!) + epsilon);
    for (let j = 0; j < d; j++) scaled.data[i * d + j] = vectors.data[i * d + j]! * factor;
  }
  return { matrix: productTransposedLeft(vectors, scaled), eigenvalues: values };
}

/** z = W·(x − x̄), (n, d) → (n, d). */
export function whiten(x: Matrix, { mean, matrix }: Pick<Whitening, 'mean' | 'matrix'>): Matrix {
  const centred = zeros(x.rows, x.columns);
  for (let i = 0; i < x.data.length; i++) centred.data[i] = x.data[i]! - mean[i % x.columns]!;
  return product(centred, matrix); // W is symmetric
}
