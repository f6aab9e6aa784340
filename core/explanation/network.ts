/**
 * A trained network as it is explained: affine layers in float64 with an activation after each but the last.
 *
 *     h₀ = x,   a_l = W_l·h_{l−1} + b_l,   h_l = φ_l(a_l),   s = W_L·h_{L−1} + b_L
 *
 * Explanations are computed from the stored weights in float64, one picture at a time; the float32 score that the engine
 * gives is reported beside them.
 */
import { dot } from '../array/linear-algebra.ts';
import { requireLength, rowOf } from '../array/matrix.ts';
import { activations, type ActivationName } from '../models/layers/activation.ts';
import type { LayerParameters } from '../models/parameters.ts';

export interface Network {
  /** First to last; the last gives the scores. */
  readonly layers: readonly LayerParameters[];
  /** φ after each layer but the last. */
  readonly activations: readonly ActivationName[];
}

/** What one picture leaves on its way to its scores. */
export interface Passage {
  /** a_1 … a_{L−1}. */
  readonly preActivations: readonly Float64Array[];
  /** h_0 = x, h_1 … h_{L−1}: what each layer is given. */
  readonly inputs: readonly Float64Array[];
  /** (classes). */
  readonly scores: Float64Array;
}

/** @throws StudioError SHAPE_MISMATCH unless x has one number for each column of the first layer. */
export function passThrough({ layers, activations: names }: Network, x: Float64Array): Passage {
  requireLength('x', x, layers[0]!.weights.columns);
  const preActivations: Float64Array[] = [];
  const inputs = [x];
  for (let l = 0; ; l++) {
    const a = affine(layers[l]!, inputs[l]!);
    if (l === layers.length - 1) return { preActivations, inputs, scores: a };
    preActivations.push(a);
    inputs.push(a.map(activations[names[l]!].value));
  }
}

/** W·h + b. Four rows at a time: the sum of each waits for its own last addition only, and has the same bits. */
function affine({ weights, bias }: LayerParameters, h: Float64Array): Float64Array {
  const result = bias.slice();
  let j = 0;
  for (; j + 4 <= result.length; j += 4) {
    const [w0, w1, w2, w3] = [rowOf(weights, j), rowOf(weights, j + 1), rowOf(weights, j + 2), rowOf(weights, j + 3)];
    let [s0, s1, s2, s3] = [0, 0, 0, 0];
    for (let i = 0; i < h.length; i++) {
      const x = h[i]!;
      s0 += w0[i]! * x;
      s1 += w1[i]! * x;
      s2 += w2[i]! * x;
      s3 += w3[i]! * x;
    }
    result[j]! += s0;
    result[j + 1]! += s1;
    result[j + 2]! += s2;
    result[j + 3]! += s3;
  }
  for (; j < result.length; j++) result[j]! += dot(rowOf(weights, j), h);
  return result;
}
