/**
 * Singular values of a matrix, largest first, by one-sided Jacobi rotations.
 *
 * Rows are turned against each other in pairs until all are at right angles; their lengths are then the singular values.
 * Accurate to rounding also for the small ones, which is what a rank is read from.
 *
 * Source: Hestenes 1958; Demmel & Veselić 1992, "Jacobi's method is more accurate than QR".
 */
import { dot, norm, transpose } from './linear-algebra.ts';
import { type Matrix, rowOf } from './matrix.ts';

const largestSweeps = 60;

export function singularValues(a: Matrix): Float64Array {
  const short = a.rows <= a.columns ? { ...a, data: a.data.slice() } : transpose(a);
  const rows = Array.from({ length: short.rows }, (_, i) => rowOf(short, i));
  for (let sweep = 0; sweep < largestSweeps; sweep++) if (!turnAll(rows)) break;
  return Float64Array.from(rows, norm).sort().reverse();
}

/** One sweep over all pairs; true when any was turned. */
function turnAll(rows: readonly Float64Array[]): boolean {
  let isTurned = false;
  for (let i = 0; i < rows.length; i++) {
    for (let j = i + 1; j < rows.length; j++) {
      const p = rows[i]!;
      const q = rows[j]!;
      const pp = dot(p, p);
      const qq = dot(q, q);
      const pq = dot(p, q);
      if (Math.abs(pq) <= Number.EPSILON * Math.sqrt(pp * qq)) continue;
      isTurned = true;
      const zeta = (qq - pp) / (2 * pq);
      const t = Math.sign(zeta || 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
      const cosine = 1 / Math.sqrt(1 + t * t);
      const sine = cosine * t;
      for (let k = 0; k < p.length; k++) {
        const pk = p[k]!;
        p[k] = cosine * pk - sine * q[k]!;
        q[k] = sine * pk + cosine * q[k]!;
      }
    }
  }
  return isTurned;
}

/** Singular values above `relative` times the largest; 0 for a matrix of zeros. */
export function rankOf(values: Float64Array, relative: number): number {
  const cutOff = relative * (values[0] ?? 0);
  return values.reduce((rank, value) => rank + (value > cutOff ? 1 : 0), 0);
}
