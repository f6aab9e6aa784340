/**
 * The affine layer.
 *
 *     forward:   A = X·Wᵀ + b            X (n, in), W (out, in), b (out) → A (n, out)
 *     backward:  ∂W = ∂Aᵀ·X,   ∂b = Σᵢ ∂Aᵢ,   ∂X = ∂A·W
 *
 * W[j, i] is how much of input i reaches unit j. Throws SHAPE_MISMATCH where the shapes do not fit.
 */
import { addToRows, product, productTransposedLeft, productTransposedRight } from '../../array/linear-algebra.ts';
import type { Matrix } from '../../array/matrix.ts';
import { columnSums } from '../../array/reduce.ts';

export function affineForward(x: Matrix, weights: Matrix, bias: Float64Array): Matrix {
  const a = productTransposedRight(x, weights);
  addToRows(a, bias);
  return a;
}

/** Gradients of the parameters; ∂X is separate, since the first layer has no use for it. */
export function affineBackward(x: Matrix, dA: Matrix): { dWeights: Matrix; dBias: Float64Array } {
  return { dWeights: productTransposedLeft(dA, x), dBias: columnSums(dA) };
}

export function affineBackwardInput(dA: Matrix, weights: Matrix): Matrix {
  return product(dA, weights);
}
