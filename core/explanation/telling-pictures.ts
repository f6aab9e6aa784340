/**
 * The pictures on which two models tell different stories and one of them is right, most telling first.
 *
 * A picture tells the more the surer each model is of its own verdict:
 *
 *     telling = (p_first(own verdict) − p_first(the other's)) · (p_second(own) − p_second(the other's))
 *
 * with p the softmax of each model's scores; both factors are in (0, 1] where the models disagree.
 */
import { type Matrix, rowOf } from '../array/matrix.ts';
import { indexOfLargest } from '../array/reduce.ts';
import { softmax } from '../losses/softmax-cross-entropy.ts';

export interface TellingPicture {
  /** Row of the scores. */
  readonly row: number;
  readonly truth: number;
  readonly first: number;
  readonly second: number;
  readonly telling: number;
}

/** @param first, second  (n, classes) scores of the same pictures by two models. */
export function tellingPictures(first: Matrix, second: Matrix, truth: ArrayLike<number>): TellingPicture[] {
  const found: TellingPicture[] = [];
  const p = softmax(first);
  const q = softmax(second);
  for (let row = 0; row < first.rows; row++) {
    const a = indexOfLargest(rowOf(first, row));
    const b = indexOfLargest(rowOf(second, row));
    const label = truth[row]!;
    if (a === b || (a !== label && b !== label)) continue;
    const pRow = rowOf(p, row);
    const qRow = rowOf(q, row);
    const telling = (pRow[a]! - pRow[b]!) * (qRow[b]! - qRow[a]!);
    found.push({ row, truth: label, first: a, second: b, telling });
  }
  return found.sort((x, y) => y.telling - x.telling || x.row - y.row);
}
