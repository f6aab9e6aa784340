/**
 * Principal components: the directions in which pictures vary most, and whitening along them.
 *
 *     C = (1/(n − 1)) Σ (xᵢ − x̄)(xᵢ − x̄)ᵀ,   C·u = λ·u,   λ₁ ≥ λ₂ ≥ …
 *     pca        y_i = u_i·(x − x̄)                        i = 1 … k
 *     whitened   y_i / √(λ_i + ε)
 *     zca        z = Σᵢ (s_i − s)·u_i·y_i + s·(x − x̄),    s_i = 1/√(λ_i + ε),  s = 1/√(λ̄ + ε)
 *
 * λ̄ is the mean of the eigenvalues that are left out. With k = d the ZCA is the full one (whitening.ts). Raw pictures have
 * thousands of dimensions and hardly vary in most of them, so the trailing ones are given one common scale instead.
 *
 * Up to `exactDimensions` the eigenvectors are exact. Above, the leading k are found by subspace iteration from a random
 * start, on a sample of the training pictures: C is only ever multiplied with, never formed.
 *
 * Source: Halko, Martinsson & Tropp 2011, "Finding structure with randomness", algorithms 4.4 and 5.3.
 * Golden: tests/golden/data/features.json, case pca/… (scikit-learn).
 */
import { QrDecomposition, Matrix as SolverMatrix } from 'ml-matrix';
import { product, productTransposedLeft, productTransposedRight } from '../array/linear-algebra.ts';
import { type Matrix, matrixOf, rowOf, zeros } from '../array/matrix.ts';
import { cancelled } from '../errors.ts';
import { type ImageSet, pixelCount } from '../image/pixel-image.ts';
import { requireInteger, requireNonNegative } from '../options.ts';
import type { RandomGenerator } from '../random/generator.ts';
import { normal, permutation } from '../random/sampling.ts';
import type { PcaFeatures, ZcaFeatures } from '../recipe/feature-recipe.ts';
import { covariance, meanOfRows } from './covariance.ts';
import { type FeatureExtractor, type FitProgress, requireImage } from './feature-extractor.ts';
import { symmetricEigen } from './symmetric-eigen.ts';

export interface PrincipalComponents {
  /** (d) x̄. */
  readonly mean: Float64Array;
  /** (k, d) unit vectors, the first along the largest variance. */
  readonly components: Matrix;
  /** (k) λ. */
  readonly variances: Float64Array;
  /** Σ of all d eigenvalues: the trace of C. */
  readonly totalVariance: number;
}

const exactDimensions = 600;
const sampledPictures = 4000;
const oversampling = 10;
const subspaceIterations = 3;
const never: FitProgress = () => false;

/**
 * @param x  (n, d) rows, n ≥ 2.  @param k  1 … min(n, d).
 * @throws StudioError INVALID_OPTION, CANCELLED.
 */
export function principalComponents(
  x: Matrix,
  k: number,
  random: RandomGenerator,
  progress: FitProgress = never,
): PrincipalComponents {
  requireInteger('pictures', x.rows, 2);
  requireInteger('components', k, 1, Math.min(x.rows, x.columns));
  const mean = meanOfRows(x);
  if (x.columns <= exactDimensions) {
    const cov = covariance(x, mean, 1);
    const { values, vectors } = symmetricEigen(cov);
    const components = matrixOf(k, x.columns, vectors.data.slice(0, k * x.columns));
    let totalVariance = 0;
    for (let j = 0; j < x.columns; j++) totalVariance += cov.data[j * x.columns + j]!;
    return { mean, components, variances: values.slice(0, k).map((value) => Math.max(0, value)), totalVariance };
  }
  return { mean, ...leadingComponents(centred(x, mean), k, random, progress) };
}

function leadingComponents(
  x: Matrix,
  k: number,
  random: RandomGenerator,
  progress: FitProgress,
): Omit<PrincipalComponents, 'mean'> {
  const width = Math.min(k + oversampling, x.rows, x.columns);
  let basis = zeros(width, x.columns); // rows are the directions
  for (let i = 0; i < basis.data.length; i++) basis.data[i] = normal(random);
  for (let i = 0; i < subspaceIterations; i++) {
    if (progress(i, subspaceIterations + 1)) throw cancelled();
    basis = orthonormalRows(productTransposedLeft(productTransposedRight(x, basis), x));
  }
  if (progress(subspaceIterations, subspaceIterations + 1)) throw cancelled();
  const projected = productTransposedRight(x, basis); // (n, width)
  const small = productTransposedLeft(projected, projected);
  for (let i = 0; i < small.data.length; i++) small.data[i]! /= x.rows - 1;
  const { values, vectors } = symmetricEigen(small);
  const components = product(matrixOf(k, width, vectors.data.slice(0, k * width)), basis);
  let squares = 0;
  for (const value of x.data) squares += value * value;
  return {
    components,
    variances: values.slice(0, k).map((value) => Math.max(0, value)),
    totalVariance: squares / (x.rows - 1),
  };
}

/** An orthonormal basis of the span of the rows. */
function orthonormalRows(a: Matrix): Matrix {
  const columns = new SolverMatrix(a.columns, a.rows);
  for (let i = 0; i < a.rows; i++) for (let j = 0; j < a.columns; j++) columns.set(j, i, a.data[i * a.columns + j]!);
  const q = new QrDecomposition(columns).orthogonalMatrix;
  const result = zeros(a.rows, a.columns);
  for (let i = 0; i < a.rows; i++) for (let j = 0; j < a.columns; j++) result.data[i * a.columns + j] = q.get(j, i);
  return result;
}

function centred(x: Matrix, mean: Float64Array): Matrix {
  const result = zeros(x.rows, x.columns);
  for (let i = 0; i < x.rows; i++) {
    const row = rowOf(x, i);
    for (let j = 0; j < row.length; j++) result.data[i * x.columns + j] = row[j]! - mean[j]!;
  }
  return result;
}

/** y = U·(x − x̄), (d) → (k). */
function project(data: ArrayLike<number>, mean: Float64Array, components: Float32Array): Float64Array {
  const d = mean.length;
  const difference = Float64Array.from(mean, (mu, j) => data[j]! - mu);
  const result = new Float64Array(components.length / d);
  for (let i = 0; i < result.length; i++) {
    let sum = 0;
    for (let j = 0; j < d; j++) sum += components[i * d + j]! * difference[j]!;
    result[i] = sum;
  }
  return result;
}

/** All or a sample of the pictures, as rows of a matrix. */
function sampleRows(images: ImageSet, random: RandomGenerator): Matrix {
  const d = pixelCount(images);
  const chosen = permutation(random, images.count).slice(0, sampledPictures).sort();
  const rows = zeros(chosen.length, d);
  chosen.forEach((picture, i) => rowOf(rows, i).set(Float64Array.from(images.at(picture).data)));
  return rows;
}

function fitComponents<Options extends PcaFeatures | ZcaFeatures>(
  images: ImageSet,
  options: Options,
  random: RandomGenerator,
  progress: FitProgress | undefined,
) {
  requireOptions(options, images);
  const rows = sampleRows(images, random);
  const { mean, components, variances, totalVariance } = principalComponents(
    rows,
    options.components,
    random,
    progress,
  );
  const { width, height, channels } = images;
  return {
    options,
    shape: { width, height, channels },
    arrays: {
      mean,
      components: Float32Array.from(components.data),
      variances,
      total: Float64Array.of(totalVariance),
    },
  };
}

function arraysOf({ components }: PcaFeatures | ZcaFeatures, shape: Parameters<typeof pixelCount>[0]) {
  const d = pixelCount(shape);
  return {
    mean: { type: 'float64', length: d },
    components: { type: 'float32', length: components * d },
    variances: { type: 'float64', length: components },
    total: { type: 'float64', length: 1 },
  } as const;
}

function requireOptions({ components, epsilon }: PcaFeatures | ZcaFeatures, shape: Parameters<typeof pixelCount>[0]) {
  requireInteger('components', components, 1, Math.min(pixelCount(shape), 1024));
  requireNonNegative('epsilon', epsilon);
}

export const pca: FeatureExtractor<PcaFeatures> = {
  kind: 'pca',
  isLearnt: () => true,
  dimensionOf(options, shape) {
    requireOptions(options, shape);
    return options.components;
  },
  arraysOf,
  fit: (images, options, random, progress) => ({
    ...fitComponents(images, options, random, progress),
    dimension: options.components,
  }),
  transform(image, { options, shape, arrays }) {
    requireImage(image, shape);
    const y = project(image.data, arrays['mean'] as Float64Array, arrays['components'] as Float32Array);
    const variances = arrays['variances'] as Float64Array;
    if (options.whiten) for (let i = 0; i < y.length; i++) y[i]! *= inverseRoot(variances[i]! + options.epsilon);
    return y;
  },
};

export const zca: FeatureExtractor<ZcaFeatures> = {
  kind: 'zca',
  isLearnt: () => true,
  dimensionOf(options, shape) {
    requireOptions(options, shape);
    return pixelCount(shape);
  },
  arraysOf,
  fit: (images, options, random, progress) => ({
    ...fitComponents(images, options, random, progress),
    dimension: pixelCount(images),
  }),
  transform(image, { options, shape, arrays }) {
    requireImage(image, shape);
    const mean = arrays['mean'] as Float64Array;
    const components = arrays['components'] as Float32Array;
    const variances = arrays['variances'] as Float64Array;
    const d = mean.length;
    const k = variances.length;
    const y = project(image.data, mean, components);
    const rest = (arrays['total']![0]! - variances.reduce((a, b) => a + b, 0)) / Math.max(1, d - k);
    const common = inverseRoot(Math.max(0, rest) + options.epsilon);
    const z = Float64Array.from(mean, (mu, j) => common * (image.data[j]! - mu));
    for (let i = 0; i < k; i++) {
      const factor = (inverseRoot(variances[i]! + options.epsilon) - common) * y[i]!;
      for (let j = 0; j < d; j++) z[j]! += factor * components[i * d + j]!;
    }
    return z;
  },
};

/** 1/√x; a direction without any variance is left out. */
function inverseRoot(x: number): number {
  return x > 1e-12 ? 1 / Math.sqrt(x) : 0;
}
