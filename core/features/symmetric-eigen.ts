/**
 * Eigenvalues and eigenvectors of a symmetric matrix, largest first: A = U·diag(λ)·Uᵀ.
 *
 * The solver is ml-matrix's (Householder and QL, after EISPACK's tred2 and tql2), O(d³).
 */
import { EigenvalueDecomposition, Matrix as SolverMatrix } from 'ml-matrix';
import { type Matrix, requireShape, zeros } from '../array/matrix.ts';

export interface SymmetricEigen {
  /** (d) λ, falling. */
  readonly values: Float64Array;
  /** (d, d): row i is the eigenvector of λᵢ, of length 1. Its sign is arbitrary. */
  readonly vectors: Matrix;
}

/** @throws StudioError SHAPE_MISMATCH unless the matrix is square. */
export function symmetricEigen(a: Matrix): SymmetricEigen {
  const d = a.rows;
  requireShape('matrix', a, d, d);
  const rows = Array.from({ length: d }, (_, i) => Array.from(a.data.subarray(i * d, (i + 1) * d)));
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(new SolverMatrix(rows), {
    assumeSymmetric: true,
  });
  const order = Array.from({ length: d }, (_, i) => i).sort((i, j) => realEigenvalues[j]! - realEigenvalues[i]!);
  const values = Float64Array.from(order, (i) => realEigenvalues[i]!);
  const vectors = zeros(d, d);
  order.forEach((column, i) => {
    for (let j = 0; j < d; j++) vectors.data[i * d + j] = eigenvectorMatrix.get(j, column);
  });
  return { values, vectors };
}
