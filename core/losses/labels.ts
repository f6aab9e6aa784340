import type { Matrix } from '../array/matrix.ts';
import { requireLength } from '../array/matrix.ts';
import { StudioError } from '../errors.ts';

/** Throws SHAPE_MISMATCH unless there is one label per row of scores, each the number of a column. */
export function requireLabels(scores: Matrix, labels: ArrayLike<number>): void {
  requireLength('labels', labels, scores.rows);
  for (let i = 0; i < labels.length; i++) {
    const y = labels[i]!;
    if (!(Number.isInteger(y) && y >= 0 && y < scores.columns)) {
      throw new StudioError('SHAPE_MISMATCH', {
        what: `label ${i}`,
        expected: `0 … ${scores.columns - 1}`,
        actual: String(y),
      });
    }
  }
}
