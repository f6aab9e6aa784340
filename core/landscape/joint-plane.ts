/**
 * The plane in which paths through parameter space are best seen together: their two main directions of travel.
 *
 * With all iterates θ₀ … θ_k of all paths, their mean θ̄ as origin, M = rows θᵢ − θ̄:
 *
 *     M = U·S·Vᵀ        a, b = the first two columns of V       coordinates = M·[a b] = the first two columns of U·S
 *     explained = sᵢ² / Σ s²
 *
 * The decomposition is of M·Mᵀ, which is as small as the number of iterates. A path is hardly ever in its plane: the loss
 * of the plane under a point is not the loss there. So both are given, and the share of the movement that is seen.
 *
 * Source: Li et al. 2018, arXiv:1712.09913, section 7; several paths share one plane here, so the origin is their mean.
 */
import { Matrix } from 'ml-matrix';
import { requireLength } from '../array/matrix.ts';
import { requireInteger } from '../options.ts';
import { symmetricEigen } from './lanczos.ts';

export interface JointPlane {
  /** Mean of all iterates of all paths. */
  readonly origin: Float64Array;
  /** Unit vectors, perpendicular; zeros where the paths have no second direction. */
  readonly directions: readonly [Float64Array, Float64Array];
  /** Of each path, one an iterate. */
  readonly coordinates: readonly (readonly (readonly [number, number])[])[];
  /** Share of the variance over all iterates that each direction shows, in [0, 1]. */
  readonly explained: readonly [number, number];
}

/**
 * The plane of several paths together, by PCA of all iterates around their mean. Iterates may be float32, as engines keep
 * them; nothing is copied, so that millions of parameters fit. Of k iterates with D parameters it takes k²·D/2 products.
 *
 * @param shouldStop  asked before every row of the k × k products.
 * @throws StudioError INVALID_OPTION for fewer than two iterates, SHAPE_MISMATCH.
 */
export function jointPlane(
  paths: readonly (readonly ArrayLike<number>[])[],
  shouldStop: () => boolean = () => false,
): JointPlane | null {
  const all = paths.flat();
  requireInteger('iterates', all.length, 2);
  const size = all[0]!.length;
  for (const iterate of all) requireLength('iterate', iterate, size);
  const origin = new Float64Array(size);
  for (const iterate of all) for (let d = 0; d < size; d++) origin[d]! += iterate[d]! / all.length;

  const k = all.length;
  const gram = Matrix.zeros(k, k);
  const row = new Float64Array(size);
  for (let i = 0; i < k; i++) {
    if (shouldStop()) return null;
    for (let d = 0; d < size; d++) row[d] = all[i]![d]! - origin[d]!;
    for (let j = i; j < k; j++) {
      const other = all[j]!;
      let product = 0;
      for (let d = 0; d < size; d++) product += row[d]! * (other[d]! - origin[d]!);
      gram.set(i, j, product);
      gram.set(j, i, product);
    }
  }
  const { values, vectors } = symmetricEigen(gram);
  const total = values.reduce((sum, value) => sum + Math.max(0, value), 0);

  /** With M = U·S·Vᵀ the coordinates are U·S, and v = Mᵀ·u / s. The start lies on the positive side. */
  const directionOf = (column: number) => {
    const square = Math.max(0, values[column] ?? 0);
    const direction = new Float64Array(size);
    if (!(square > total * 1e-14)) return { direction, along: all.map(() => 0), explained: 0 };
    const s = Math.sqrt(square);
    const sign = vectors.get(0, column) < 0 ? -1 : 1;
    for (let i = 0; i < k; i++) {
      const factor = (sign * vectors.get(i, column)) / s;
      for (let d = 0; d < size; d++) direction[d]! += factor * (all[i]![d]! - origin[d]!);
    }
    return { direction, along: all.map((_, i) => sign * vectors.get(i, column) * s), explained: square / total };
  };
  const [first, second] = [directionOf(k - 1), directionOf(k - 2)];
  let at = 0;
  return {
    origin,
    directions: [first.direction, second.direction],
    coordinates: paths.map((path) => path.map(() => [first.along[at]!, second.along[at++]!] as const)),
    explained: [first.explained, second.explained],
  };
}
