/**
 * Extreme eigenvalues of a symmetric matrix that is known only through its products.
 *
 * The Lanczos process builds an orthonormal basis q₁, q₂, … of the Krylov space of a random start, in which the matrix is
 * tridiagonal, T = QᵀHQ; T's eigenvalues θ, the Ritz values, converge to those of H from the ends inwards.
 *
 *     βⱼ·qⱼ₊₁ = H·qⱼ − αⱼ·qⱼ − βⱼ₋₁·qⱼ₋₁               αⱼ = qⱼᵀ·H·qⱼ
 *     ‖H·y − θ·y‖ = β_m·|s_m|                            y = Q·s for an eigenvector s of T: the residual
 *
 * Some eigenvalue of H lies within the residual of θ. Without care the basis loses its orthogonality as soon as a Ritz
 * value converges, and copies of it appear; so every new vector is made orthogonal to all before it, twice. Where β
 * vanishes the space is closed: every eigenvalue that the start has a part of is there exactly, a multiple one once.
 *
 * Source: Golub & Van Loan 2013, "Matrix Computations", 4th ed., sections 10.1-10.3; Parlett & Kahan: twice is enough.
 */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { dot, norm } from '../array/linear-algebra.ts';
import { requireInteger, requirePositive } from '../options.ts';
import type { RandomGenerator } from '../random/generator.ts';
import { normal } from '../random/sampling.ts';

export type LinearMap = (direction: Float64Array) => Float64Array;

export interface LanczosOptions {
  random: RandomGenerator;
  /** Products at most, ≥ 1; never more than the matrix has rows. Each keeps one vector. */
  mostSteps: number;
  /** Ends when the residuals of the largest and the smallest are below this times the largest magnitude; default 1e-8. */
  tolerance?: number;
  /** Asked before every product with how many are done; true ends with what is there. */
  shouldStop?: (done: number) => boolean;
}

export interface RitzValue {
  readonly value: number;
  readonly residual: number;
}

export interface LanczosResult {
  /** In rising order. */
  readonly ritz: readonly RitzValue[];
  /** Unit vectors that belong to the first and the last of them. */
  readonly smallestVector: Float64Array;
  readonly largestVector: Float64Array;
  readonly steps: number;
  /** The Krylov space is closed: all residuals are rounding. */
  readonly isClosed: boolean;
  /** Both ends are within the tolerance. */
  readonly isConverged: boolean;
}

/** T's eigenvalues are looked at after 5 products, and then whenever there are so many times more. */
const lookGrowth = 1.25;

/** @throws StudioError INVALID_OPTION. */
export function lanczos(product: LinearMap, size: number, options: LanczosOptions): LanczosResult {
  const { random, mostSteps, tolerance = 1e-8, shouldStop = () => false } = options;
  requireInteger('size', size, 1);
  requireInteger('mostSteps', mostSteps, 1);
  requirePositive('tolerance', tolerance);
  const limit = Math.min(mostSteps, size);
  const basis: Float64Array[] = [unit(Float64Array.from({ length: size }, () => normal(random)))];
  const alphas: number[] = [];
  const betas: number[] = [];
  let nextLook = 5;

  for (;;) {
    const q = basis[alphas.length]!;
    const next = product(q).slice();
    alphas.push(dot(q, next));
    for (let pass = 0; pass < 2; pass++) for (const other of basis) subtract(next, dot(other, next), other);
    const beta = norm(next);
    const steps = alphas.length;
    const scale = largestOf(alphas, betas);
    const isClosed = beta <= 1e-12 * scale * Math.sqrt(size) || steps === size;
    betas.push(isClosed ? 0 : beta);
    const isLast = isClosed || steps === limit || shouldStop(steps);
    if (isLast || steps >= nextLook) {
      nextLook = Math.ceil(steps * lookGrowth);
      const { ritz, vectors } = ritzValues(alphas, betas);
      const largest = Math.max(Math.abs(ritz[0]!.value), Math.abs(ritz.at(-1)!.value));
      const isConverged = isClosed || [ritz[0]!, ritz.at(-1)!].every(({ residual }) => residual <= tolerance * largest);
      if (isLast || isConverged) {
        const vectorOf = (column: number) => {
          const y = new Float64Array(size);
          for (let j = 0; j < steps; j++) subtract(y, -vectors.get(j, column), basis[j]!);
          return unit(y);
        };
        const [smallestVector, largestVector] = [vectorOf(0), vectorOf(steps - 1)];
        return { ritz, smallestVector, largestVector, steps, isClosed, isConverged };
      }
    }
    basis.push(unit(next));
  }
}

/** Eigenvalues of T in rising order with their residuals, and eigenvectors in columns of the same order. */
function ritzValues(alphas: readonly number[], betas: readonly number[]): { ritz: RitzValue[]; vectors: Matrix } {
  const m = alphas.length;
  const tridiagonal = Matrix.zeros(m, m);
  for (let j = 0; j < m; j++) {
    tridiagonal.set(j, j, alphas[j]!);
    if (j + 1 === m) break;
    tridiagonal.set(j, j + 1, betas[j]!);
    tridiagonal.set(j + 1, j, betas[j]!);
  }
  const { values, vectors } = symmetricEigen(tridiagonal);
  const last = betas[m - 1]!;
  return { ritz: values.map((value, i) => ({ value, residual: last * Math.abs(vectors.get(m - 1, i)) })), vectors };
}

/** Eigenvalues of a symmetric matrix in rising order, and unit eigenvectors in columns of the same order. */
export function symmetricEigen(matrix: Matrix): { values: number[]; vectors: Matrix } {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(matrix, { assumeSymmetric: true });
  const order = realEigenvalues.map((_, i) => i).sort((a, b) => realEigenvalues[a]! - realEigenvalues[b]!);
  return { values: order.map((i) => realEigenvalues[i]!), vectors: eigenvectorMatrix.subMatrixColumn(order) };
}

function largestOf(alphas: readonly number[], betas: readonly number[]): number {
  return [...alphas, ...betas].reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

function unit(vector: Float64Array): Float64Array {
  const length = norm(vector);
  return vector.map((value) => value / length);
}

/** a ← a − factor·b. */
function subtract(a: Float64Array, factor: number, b: Float64Array): void {
  for (let i = 0; i < a.length; i++) a[i]! -= factor * b[i]!;
}
