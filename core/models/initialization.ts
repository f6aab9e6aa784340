/**
 * Initial weights whose spread keeps signals neither growing nor fading from layer to layer.
 *
 *     He:      std = gain / √fan_in                       gain √2 for ReLU
 *     Xavier:  std = gain · √(2 / (fan_in + fan_out))     gain 1
 *     LeCun:   std = √(1 / fan_in)
 *     normal:  w ~ N(0, std²)        uniform: w ~ U(−a, a), a = √3·std, of the same variance
 *
 * Biases start at 0.
 *
 * Sources: He et al. 2015, arXiv:1502.01852, equation 10; Glorot & Bengio 2010, equation 16; LeCun et al. 1998,
 * "Efficient BackProp", section 4.6; gains as in torch.nn.init.calculate_gain.
 * Golden: tests/golden/data/init.json.
 */
import { requireOneOf, requirePositive } from '../options.ts';
import type { RandomGenerator } from '../random/generator.ts';
import { normal, uniformBetween } from '../random/sampling.ts';
import { type InitializationName, initializationNames } from '../recipe/recipe.ts';

export { type InitializationName, initializationNames };

export type InitializationScheme = 'he' | 'xavier' | 'lecun';
/**
 * The factor by which weights are widened to make up for what an activation takes away.
 *
 * For ReLU √2, leaky ReLU √(2 / (1 + α²)), tanh 5/3; 1 for those that leave the signal (identity) and for the sigmoid.
 * ELU and GELU take ReLU's: they are near it for large inputs.
 */
export function gainOf(activation: string, alpha = 0.01): number {
  switch (activation) {
    case 'relu':
    case 'elu':
    case 'gelu':
    case 'gelu-tanh':
      return Math.SQRT2;
    case 'leaky-relu':
      return Math.sqrt(2 / (1 + alpha * alpha));
    case 'tanh':
      return 5 / 3;
    default:
      return 1;
  }
}

/**
 * Standard deviation of initial weights.
 *
 * @param fanIn   inputs of a unit, > 0.
 * @param fanOut  units of the layer, > 0.
 * @param gain    see `gainOf`; LeCun's scheme has none.
 */
export function initialDeviation(scheme: InitializationScheme, fanIn: number, fanOut: number, gain: number): number {
  requirePositive('fanIn', fanIn);
  requirePositive('fanOut', fanOut);
  requirePositive('gain', gain);
  switch (scheme) {
    case 'he':
      return gain / Math.sqrt(fanIn);
    case 'xavier':
      return gain * Math.sqrt(2 / (fanIn + fanOut));
    case 'lecun':
      return Math.sqrt(1 / fanIn);
  }
}

/** Bound a of the uniform distribution U(−a, a) that has this standard deviation. */
export function uniformBound(deviation: number): number {
  return Math.sqrt(3) * deviation;
}

/**
 * Fills weights (out, in) in place.
 *
 * @param activation  what the layer's output passes through; it decides the gain of He and Xavier.
 * @throws StudioError INVALID_OPTION for an unknown name.
 */
export function initializeWeights(
  weights: Float64Array,
  name: InitializationName,
  fanIn: number,
  fanOut: number,
  activation: string,
  random: RandomGenerator,
): void {
  requireOneOf('initialization', name, initializationNames);
  const [scheme, shape] = name.split('-') as [InitializationScheme, 'normal' | 'uniform'];
  const deviation = initialDeviation(scheme, fanIn, fanOut, gainOf(activation));
  const bound = uniformBound(deviation);
  for (let i = 0; i < weights.length; i++) {
    weights[i] = shape === 'normal' ? deviation * normal(random) : uniformBetween(random, -bound, bound);
  }
}
