/**
 * Axes along which points lie, the longest first, so that a few coordinates hold nearly all of every length.
 *
 *     M = (1/n) Σ xᵢxᵢᵀ = Uᵀ·diag(λ)·U;   y = U·x,  ‖y‖ = ‖x‖ and (y − y′)² = (x − x′)²;   λ falling
 *
 * Natural patches vary along few directions, whitened ones with an ε that keeps noise down as well: of 108 numbers some 40 hold all but
 * a tenth. Whoever looks for a nearest point can rule most of them out by those alone.
 */
import { type Matrix } from '../array/matrix.ts';
import { covariance } from './covariance.ts';
import { symmetricEigen } from './symmetric-eigen.ts';

export interface LeadingDirections {
  /** (d, d) U: row i is an axis of length 1. */
  readonly axes: Matrix;
  /** Coordinates that hold all but `mostLeftOut` of the mean squared length, a multiple of 8; 0 where that is no fewer than most of them. */
  readonly leading: number;
}

/** Share of the mean squared length that the other coordinates may hold. */
const mostLeftOut = 0.12;
/** A look at more than this part of the coordinates saves nothing. */
const mostLeading = 0.6;

/** @param x  (n, d) a sample of the points, n ≥ 1. */
export function leadingDirections(x: Matrix): LeadingDirections {
  const d = x.columns;
  const { values, vectors } = symmetricEigen(covariance(x, new Float64Array(d), 0));
  const total = values.reduce((sum, value) => sum + value, 0);
  let leading = 0;
  for (let left = total; left > mostLeftOut * total && leading < d; leading++) left -= values[leading]!;
  leading = Math.max(8, Math.ceil(leading / 8) * 8);
  return { axes: vectors, leading: leading > mostLeading * d ? 0 : leading };
}
