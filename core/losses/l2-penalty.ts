/**
 * The L2 penalty on weights, in the two conventions in use.
 *
 *     half:  ½·λ·Σ w²      gradient λ·w       (weight decay of PyTorch; the studio's default)
 *     full:   λ·Σ w²       gradient 2·λ·w     (EECS 498, the lectures of CS231n)
 *
 * Only weights are given to these functions: biases are never penalised.
 *
 * Golden: tests/golden/data/losses.json, cases linear_l2half and linear_l2full.
 */
import { dot } from '../array/linear-algebra.ts';

export type L2Convention = 'half' | 'full';

/** The penalty of one block of weights, for λ ≥ 0. */
export function l2Penalty(weights: Float64Array, lambda: number, convention: L2Convention): number {
  return (convention === 'half' ? 0.5 : 1) * lambda * dot(weights, weights);
}

/** Adds the penalty's gradient to that of the same block, in place. */
export function addL2Gradient(
  gradient: Float64Array,
  weights: Float64Array,
  lambda: number,
  convention: L2Convention,
): void {
  const factor = l2GradientFactor(lambda, convention);
  for (let i = 0; i < weights.length; i++) gradient[i]! += factor * weights[i]!;
}

/** What a weight is multiplied by in the penalty's gradient: λ or 2λ. */
export function l2GradientFactor(lambda: number, convention: L2Convention): number {
  return convention === 'half' ? lambda : 2 * lambda;
}
