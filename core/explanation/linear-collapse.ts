/**
 * Without activation a deep network is a linear classifier.
 *
 *     W = W_L·W_{L−1} … W_1
 *     b = Σ_l (W_L … W_{l+1})·b_l
 *
 * The rank of W is at most the width of the narrowest layer: what a layer does not pass on no later one can bring back.
 */
import { dot, product } from '../array/linear-algebra.ts';
import { rowOf } from '../array/matrix.ts';
import { StudioError } from '../errors.ts';
import type { LayerParameters } from '../models/parameters.ts';
import type { Network } from './network.ts';

/** @throws StudioError INVALID_OPTION where an activation bends: such a network is no linear classifier. */
export function collapse({ layers, activations }: Network): LayerParameters {
  const bent = activations.find((name) => name !== 'identity');
  if (bent !== undefined) {
    throw new StudioError('INVALID_OPTION', { option: 'activation', value: bent, expected: 'identity' });
  }
  let { weights } = layers[0]!;
  let bias = layers[0]!.bias.slice();
  for (const layer of layers.slice(1)) {
    weights = product(layer.weights, weights);
    const below = bias;
    bias = layer.bias.map((b, j) => b + dot(rowOf(layer.weights, j), below));
  }
  return { weights: { ...weights, data: weights.data.slice() }, bias };
}
