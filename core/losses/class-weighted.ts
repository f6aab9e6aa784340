/**
 * A loss in which pictures of some classes count more.
 *
 *     L = (1/n) Σᵢ w[yᵢ]·lᵢ        ∂L/∂sᵢ = w[yᵢ]·∂l/∂sᵢ
 *
 * The sum is divided by the number of samples, not by that of their weights. Kinks stay where they are.
 *
 * @param weights  (c) one a class, > 0.
 */
import { type Matrix, rowOf, selectRows } from '../array/matrix.ts';
import type { Loss } from './loss.ts';

export function classWeighted(loss: Loss, weights: ArrayLike<number>): Loss {
  const scale = (rows: Matrix, labels: ArrayLike<number>): Matrix => {
    for (let i = 0; i < rows.rows; i++) {
      const row = rowOf(rows, i);
      for (let j = 0; j < row.length; j++) row[j]! *= weights[labels[i]!]!;
    }
    return rows;
  };
  return {
    ...loss,
    evaluate(scores, labels) {
      const { gradient } = loss.evaluate(scores, labels);
      let total = 0;
      // A loss tells the mean of a batch, so the samples of each class are taken together.
      for (let label = 0; label < weights.length; label++) {
        const own: number[] = [];
        for (let i = 0; i < scores.rows; i++) if (labels[i] === label) own.push(i);
        if (own.length === 0) continue;
        const mean = loss.evaluate(
          selectRows(scores, own),
          own.map(() => label),
        ).loss;
        total += weights[label]! * mean * own.length;
      }
      return { loss: total / scores.rows, gradient: scale(gradient, labels) };
    },
    curvature: (scores, labels, direction) => scale(loss.curvature(scores, labels, direction), labels),
  };
}
