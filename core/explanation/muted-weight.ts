/**
 * What becomes of the scores when one weight of the last layer, or all that lead on from one input, is turned down or up.
 *
 *     s_c′ = s_c + (f − 1)·W[c, i]·h_i           f = 1: as it is, 0: muted
 *
 * exactly: the score is the sum of these terms and a bias, so muting W[c, i] takes W[c, i]·h_i away and nothing else.
 */
import { indexOfLargest } from '../array/reduce.ts';

export interface MutedScores {
  readonly scores: Float64Array;
  readonly verdict: number;
}

/**
 * @param scores  (classes).
 * @param parts   (classes) W[c, i]·h_i: what input i gives each class.
 * @param label   the class whose weight is turned; null: those of all classes.
 * @param factor  f.
 */
export function withWeightTurned(
  scores: Float64Array,
  parts: ArrayLike<number>,
  label: number | null,
  factor: number,
): MutedScores {
  const turned = scores.map((score, c) => (label === null || label === c ? score + (factor - 1) * parts[c]! : score));
  return { scores: turned, verdict: indexOfLargest(turned) };
}
