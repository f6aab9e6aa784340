/**
 * k-means: K centres such that the squared distances of points to their nearest centre are small in sum.
 *
 *     Lloyd        aᵢ = argmin_k ‖xᵢ − c_k‖²;   c_k = mean of the points with aᵢ = k;   until no centre moves
 *     minibatch    for each point x of a random batch, nearest centre k:  n_k ← n_k + 1,  c_k ← c_k + (x − c_k)/n_k
 *
 * Lloyd's iterations never raise the sum (the inertia), and end in a local minimum that the first centres decide. Those are
 * drawn by k-means++: the first at random, each further one with probability proportional to D², its squared distance to
 * the nearest centre so far. A centre that loses all its points is put on the point that is farthest from its own centre.
 *
 * Ties go to the lowest index. Nothing depends on anything but points, options and the generator.
 *
 * Source: Lloyd 1982; Arthur & Vassilvitskii 2007, "k-means++"; Sculley 2010, "Web-scale k-means clustering", algorithm 1.
 * Golden: tests/golden/data/features.json, cases kmeans/… (scikit-learn).
 */
import { type Matrix, requireShape, rowOf, zeros } from '../array/matrix.ts';
import { requireInteger } from '../options.ts';
import type { RandomGenerator } from '../random/generator.ts';
import { uniform, uniformInteger } from '../random/sampling.ts';

export interface Clustering {
  /** (K, d). */
  readonly centers: Matrix;
  /** (n) nearest centre of each point. */
  readonly labels: Uint32Array;
  /** (K) points of each. */
  readonly sizes: Uint32Array;
  /** Σ ‖xᵢ − c(aᵢ)‖². */
  readonly inertia: number;
  /** Updates of the centres. */
  readonly iterations: number;
}

/**
 * First centres by k-means++.
 *
 * @param points  (n, d), n ≥ 1. Where there are fewer different points than K, some centres are equal.
 * @param k       K, 1 … n.
 * @throws StudioError INVALID_OPTION.
 */
export function seedCenters(points: Matrix, k: number, random: RandomGenerator): Matrix {
  const n = points.rows;
  requireInteger('words', k, 1, n);
  const centers = zeros(k, points.columns);
  rowOf(centers, 0).set(rowOf(points, uniformInteger(random, n)));
  const nearest = new Float64Array(n).fill(Infinity);
  for (let j = 1; j < k; j++) {
    let total = 0;
    const last = rowOf(centers, j - 1);
    for (let i = 0; i < n; i++) {
      nearest[i] = Math.min(nearest[i]!, squaredDistance(rowOf(points, i), last));
      total += nearest[i]!;
    }
    rowOf(centers, j).set(
      rowOf(points, total > 0 ? drawProportional(nearest, total, random) : uniformInteger(random, n)),
    );
  }
  return centers;
}

/** An index with probability weights[i] / total. */
export function drawProportional(weights: ArrayLike<number>, total: number, random: RandomGenerator): number {
  const target = uniform(random) * total;
  let sum = 0;
  let last = 0;
  for (let i = 0; i < weights.length; i++) {
    if (weights[i]! <= 0) continue;
    sum += weights[i]!;
    last = i;
    if (sum > target) return i;
  }
  return last; // rounding left the sum just below the target
}

/**
 * Lloyd's iterations from given centres.
 *
 * @param points  (n, d).  @param start  (K, d).
 * @param iterations  updates at most, ≥ 0.
 * @throws StudioError SHAPE_MISMATCH, INVALID_OPTION.
 */
export function lloyd(points: Matrix, start: Matrix, iterations = 300): Clustering {
  requireInteger('iterations', iterations, 0);
  requireShape('centers', start, start.rows, points.columns);
  let centers = start;
  let assigned = assign(points, centers);
  let done = 0;
  while (done < iterations) {
    const next = meansOf(points, assigned, centers);
    done++;
    const moved = next.data.some((value, i) => value !== centers.data[i]);
    centers = next;
    assigned = assign(points, centers);
    if (!moved) break;
  }
  const sizes = new Uint32Array(centers.rows);
  for (const label of assigned.labels) sizes[label]!++;
  const inertia = assigned.squared.reduce((total, value) => total + value, 0);
  return { centers, labels: assigned.labels, sizes, inertia, iterations: done };
}

/** Nearest centre of every point, and the squared distance to it. */
export function assign(points: Matrix, centers: Matrix): { labels: Uint32Array; squared: Float64Array } {
  const labels = new Uint32Array(points.rows);
  const squared = new Float64Array(points.rows);
  for (let i = 0; i < points.rows; i++) {
    const x = rowOf(points, i);
    let best = Infinity;
    for (let k = 0; k < centers.rows; k++) {
      const distance = squaredDistance(x, rowOf(centers, k));
      if (distance < best) {
        best = distance;
        labels[i] = k;
      }
    }
    squared[i] = best;
  }
  return { labels, squared };
}

/** The means of each centre's points; a centre without any goes to the farthest points, one each. */
function meansOf(
  points: Matrix,
  { labels, squared }: { labels: Uint32Array; squared: Float64Array },
  before: Matrix,
): Matrix {
  const centers = zeros(before.rows, before.columns);
  const sizes = new Uint32Array(before.rows);
  for (let i = 0; i < points.rows; i++) {
    const center = rowOf(centers, labels[i]!);
    const x = rowOf(points, i);
    for (let j = 0; j < x.length; j++) center[j]! += x[j]!;
    sizes[labels[i]!]!++;
  }
  const farthest = farthestPoints(squared, sizes.filter((size) => size === 0).length);
  let taken = 0;
  for (let k = 0; k < centers.rows; k++) {
    const center = rowOf(centers, k);
    if (sizes[k] === 0) center.set(rowOf(points, farthest[taken++]!));
    else for (let j = 0; j < center.length; j++) center[j]! /= sizes[k]!;
  }
  return centers;
}

/** Indices of the `count` largest values, largest first, the lower index first among equals. */
export function farthestPoints(squared: ArrayLike<number>, count: number): number[] {
  if (count === 0) return [];
  const order = Array.from({ length: squared.length }, (_, i) => i);
  order.sort((a, b) => squared[b]! - squared[a]! || a - b);
  return Array.from({ length: count }, (_, i) => order[i % order.length]!);
}

/**
 * Minibatch k-means: every step looks at some random points only, and each centre is the running mean of all points that
 * ever came to it.
 *
 * @param batchSize  points a step, ≥ 1; drawn with replacement.
 * @param steps      ≥ 0.
 * @throws StudioError SHAPE_MISMATCH, INVALID_OPTION.
 */
export function minibatchKMeans(
  points: Matrix,
  start: Matrix,
  batchSize: number,
  steps: number,
  random: RandomGenerator,
): Clustering {
  requireInteger('minibatch', batchSize, 1);
  requireInteger('iterations', steps, 0);
  requireShape('centers', start, start.rows, points.columns);
  const centers = { ...start, data: start.data.slice() };
  const counts = new Float64Array(centers.rows);
  for (let step = 0; step < steps; step++) {
    const batch = Uint32Array.from({ length: batchSize }, () => uniformInteger(random, points.rows));
    const rows = zeros(batchSize, points.columns);
    batch.forEach((point, i) => rowOf(rows, i).set(rowOf(points, point)));
    const { labels } = assign(rows, centers); // all of a batch are assigned before any centre moves
    for (let i = 0; i < batchSize; i++) moveTowards(rowOf(centers, labels[i]!), rowOf(rows, i), ++counts[labels[i]!]!);
  }
  return { ...lloyd(points, centers, 0), iterations: steps };
}

/** c ← c + (x − c)/n. */
export function moveTowards(center: Float64Array | Float32Array, x: ArrayLike<number>, n: number): void {
  for (let j = 0; j < center.length; j++) center[j]! += (x[j]! - center[j]!) / n;
}

export function squaredDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let total = 0;
  for (let j = 0; j < a.length; j++) {
    const difference = a[j]! - b[j]!;
    total += difference * difference;
  }
  return total;
}
