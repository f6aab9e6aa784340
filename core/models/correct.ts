import { type Matrix, rowOf } from '../array/matrix.ts';
import { indexOfLargest } from '../array/reduce.ts';

/** Rows whose largest score (the first of equals) is the labelled class. */
export function countCorrect(scores: Matrix, labels: ArrayLike<number>): number {
  let correct = 0;
  for (let i = 0; i < scores.rows; i++) if (indexOfLargest(rowOf(scores, i)) === labels[i]) correct++;
  return correct;
}
