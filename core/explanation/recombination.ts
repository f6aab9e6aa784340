/**
 * A score as the exact sum of what made it.
 *
 * The last layer adds up its units,
 *
 *     s_c = Σⱼ W[c, j]·hⱼ + b_c          contribution of unit j to class c:  W[c, j]·hⱼ
 *
 * and nothing else: for a network with one hidden layer hⱼ = φ(wⱼ·x + bⱼ) is how much template j answers to the picture;
 * for a linear model hⱼ is the picture itself and its contributions are the product map.
 */
import { type Matrix, rowOf, zeros } from '../array/matrix.ts';
import { sum } from '../array/reduce.ts';
import type { Network, Passage } from './network.ts';

export interface Recombination {
  /** (classes, units) W[c, j]·hⱼ. */
  readonly contributions: Matrix;
  /** (classes) b_c. */
  readonly bias: Float64Array;
  /** (classes) Σⱼ contributions + b_c. */
  readonly sums: Float64Array;
  /** max_c |sum − score|. */
  readonly difference: number;
  /** What rounding may leave of that; see `sumTolerance`. */
  readonly tolerance: number;
}

export function recombine({ layers }: Network, { inputs, scores }: Passage): Recombination {
  const { weights, bias } = layers.at(-1)!;
  const h = inputs.at(-1)!;
  const contributions = zeros(weights.rows, weights.columns);
  for (let c = 0; c < weights.rows; c++) {
    const w = rowOf(weights, c);
    const row = rowOf(contributions, c);
    for (let j = 0; j < row.length; j++) row[j] = w[j]! * h[j]!;
  }
  const sums = bias.map((b, c) => sum(rowOf(contributions, c)) + b);
  let difference = 0;
  let tolerance = Infinity;
  for (let c = 0; c < sums.length; c++) {
    difference = Math.max(difference, Math.abs(sums[c]! - scores[c]!));
    tolerance = Math.min(tolerance, sumTolerance(rowOf(contributions, c)));
  }
  return { contributions, bias, sums, difference, tolerance };
}

/** 10⁻⁵ · max(1, Σ |term|): a sum of these terms is called equal to a score within this. */
export function sumTolerance(terms: Float64Array): number {
  let weight = 0;
  for (const term of terms) weight += Math.abs(term);
  return 1e-5 * Math.max(1, weight);
}

/** Numbers of the terms, those with the most say first; equal ones in their own order. */
export function bySay(terms: Float64Array): Uint32Array<ArrayBuffer> {
  return Uint32Array.from(terms.keys()).sort((a, b) => Math.abs(terms[b]!) - Math.abs(terms[a]!) || a - b);
}

/**
 * How the score builds up as units are added, those with the most say first.
 *
 *     curve[k] = b_c + Σ of the k contributions with the most say,   k = 0 … units
 *
 * The last entry is the score.
 */
export function reconstructionCurve(contributions: Float64Array, bias: number): Float64Array {
  const curve = new Float64Array(contributions.length + 1);
  curve[0] = bias;
  bySay(contributions).forEach((unit, k) => (curve[k + 1] = curve[k]! + contributions[unit]!));
  return curve;
}
