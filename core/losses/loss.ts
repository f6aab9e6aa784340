/** What every loss of scores promises. */
import type { Matrix } from '../array/matrix.ts';

export interface LossResult {
  /** Mean over the batch, without any penalty. */
  readonly loss: number;
  /** (n, c) ∂loss/∂scores. */
  readonly gradient: Matrix;
}

export interface Loss {
  readonly name: string;
  /** Mean loss and its gradient of scores (n, c) and class indices (n). */
  evaluate(scores: Matrix, labels: ArrayLike<number>): LossResult;
  /**
   * The loss's own curvature: how ∂loss/∂scores changes when the scores move along a direction (n, c),
   *
   *     d/dε ∂loss/∂s (s + ε·r) at ε = 0
   *
   * Each sample's part of it is a symmetric matrix times its row of r. At a kink it is that of the flat side.
   */
  curvature(scores: Matrix, labels: ArrayLike<number>, direction: Matrix): Matrix;
  /** The loss when all scores are 0: what a fresh model should begin with. */
  lossOfZeroScores(classes: number): number;
  /**
   * Which side of each kink every score is on, (n, c) zeros and ones; null for a loss without kinks. Between two points
   * with different sides a difference quotient says nothing about the gradient.
   */
  sides(scores: Matrix, labels: ArrayLike<number>): Uint8Array | null;
}
