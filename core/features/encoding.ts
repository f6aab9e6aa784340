/**
 * How a patch is written in words.
 *
 *     z_k = ‖x − c_k‖₂                                  distance, not squared
 *     hard      f_k = 1 for the nearest word, the lowest among equals, 0 for all others
 *     triangle  f_k = max(0, z̄ − z_k),  z̄ = (1/K) Σ_k z_k
 *
 * Triangle keeps how near a patch is to each word that is nearer than the average, and drops the other half: far less is
 * lost than by naming one word.
 *
 * Source: Coates, Lee & Ng 2011, "An analysis of single-layer networks in unsupervised feature learning", eq. 2 and 3.
 * Golden: tests/golden/data/features.json, cases bovw/… and pipeline/… (SciPy).
 */
import { type Matrix, rowOf } from '../array/matrix.ts';
import type { WordFeatures } from '../recipe/feature-recipe.ts';
import { squaredDistance } from './k-means.ts';

/** Adds the encoding of one patch x (d) over the words (K, d) to `into` (K). */
export function addEncoding(
  x: Float64Array,
  words: Matrix,
  encoding: WordFeatures['encoding'],
  into: Float64Array,
): void {
  const distances = new Float64Array(words.rows);
  let sum = 0;
  let nearest = 0;
  for (let k = 0; k < words.rows; k++) {
    distances[k] = Math.sqrt(squaredDistance(x, rowOf(words, k)));
    sum += distances[k]!;
    if (distances[k]! < distances[nearest]!) nearest = k;
  }
  if (encoding === 'hard') {
    into[nearest]! += 1;
    return;
  }
  const mean = sum / words.rows;
  for (let k = 0; k < words.rows; k++) into[k]! += Math.max(0, mean - distances[k]!);
}
