/**
 * Standardisation: features centred and scaled by what the training pictures show.
 *
 *     x′ = (x − μ) / σ            fitted on the training split only, applied to everything
 *
 *     per-feature:  μⱼ, σⱼ of feature j over the training pictures; μ is the mean image
 *     per-channel:  one μ, σ for each colour channel, over training pictures and positions
 *     mean-image:   μⱼ of each feature, σ one for all: the root mean variance. The mean picture is taken away and no more
 *     none:         μ = 0 and one σ, the scale of the numbers (255 for pixels): x′ in [0, 1], nothing learnt
 *
 * σ is the population's, √((1/n) Σ (x − μ)²). A feature that never varied (σ < 1e-6) has no scale of its own. It gets the
 * `shared` one, the root mean variance of all features, so that a later picture that differs there weighs as much as
 * anywhere and its weights, divided by σ, do not drown a template; or σ = 1 (`one`), as in scikit-learn. So σ ≥ 1e-6
 * always, and constant pictures still give finite numbers.
 *
 * Golden: tests/golden/data/features.json, case scaler/basic (scikit-learn's StandardScaler).
 */
import { requireLength } from '../array/matrix.ts';
import { StudioError } from '../errors.ts';
import { requireInteger, requireNonNegative, requireOneOf, requirePositive } from '../options.ts';
import { type StandardizeKind, standardizeKinds } from '../recipe/feature-recipe.ts';

export type { StandardizeKind };

/** What was learnt; plain data, stored in the model. */
export interface Standardization {
  readonly kind: StandardizeKind;
  /** (d) μ and σ of every feature; repeated for each position where they belong to channels. */
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
}

export interface StandardizeOptions {
  /** Defaults to per-feature. */
  kind?: StandardizeKind;
  /** d. Features of a picture: height·width·channels, the channel running fastest. */
  featureCount: number;
  /** Defaults to 1. d is a multiple of it. */
  channels?: number;
  /** Numbers from one picture to the next, and before its first feature; default to d and 0: blocks of longer rows. */
  rowLength?: number;
  offset?: number;
  /** σ for `none`; defaults to 255, the largest pixel. */
  fullScale?: number;
  /** Added to every variance, ≥ 0; defaults to 0. Features that hardly vary then stay small. */
  varianceOffset?: number;
  /** σ of a feature that never varies; defaults to 'shared'. */
  constantFeatures?: 'shared' | 'one';
}

/** Below this a feature counts as constant. */
export const smallestDeviation = 1e-6;

/**
 * Learns μ and σ.
 *
 * Two passes in the order of `training`, in float64: the same numbers give the same bits.
 *
 * @param values    pictures one after another, (count, d) numbers, or (count, rowLength) with a block of d in each row.
 * @param training  numbers of the pictures to learn from, at least one (none are needed for kind `none`).
 * @throws StudioError INVALID_OPTION, SHAPE_MISMATCH.
 */
export function fitStandardization(
  values: ArrayLike<number>,
  training: ArrayLike<number>,
  options: StandardizeOptions,
): Standardization {
  const { kind = 'per-feature', featureCount: d, channels = 1, fullScale = 255 } = options;
  const { constantFeatures = 'shared', varianceOffset = 0, rowLength = d, offset = 0 } = options;
  requireOneOf('standardize', kind, standardizeKinds);
  requireNonNegative('varianceOffset', varianceOffset);
  requireInteger('featureCount', d, 1);
  requireInteger('channels', channels, 1);
  requirePositive('fullScale', fullScale);
  if (d % channels !== 0) {
    throw new StudioError('SHAPE_MISMATCH', {
      what: 'featureCount',
      expected: `a multiple of ${channels}`,
      actual: String(d),
    });
  }
  const mean = new Float64Array(d);
  const deviation = new Float64Array(d).fill(fullScale);
  if (kind === 'none') return { kind, mean, deviation };
  requireInteger('training pictures', training.length, 1);

  const n = training.length;
  for (let i = 0; i < n; i++) {
    const start = training[i]! * rowLength + offset;
    for (let j = 0; j < d; j++) mean[j]! += values[start + j]!;
  }
  for (let j = 0; j < d; j++) mean[j]! /= n;
  if (kind === 'per-channel') averageByChannel(mean, channels);

  const variance = new Float64Array(d);
  for (let i = 0; i < n; i++) {
    const start = training[i]! * rowLength + offset;
    for (let j = 0; j < d; j++) {
      const difference = values[start + j]! - mean[j]!;
      variance[j]! += difference * difference;
    }
  }
  for (let j = 0; j < d; j++) variance[j] = variance[j]! / n + varianceOffset;
  if (kind === 'per-channel') averageByChannel(variance, channels);
  if (kind === 'mean-image') averageByChannel(variance, 1);

  const shared = Math.sqrt(variance.reduce((a, b) => a + b, 0) / d);
  const ofConstant = constantFeatures === 'shared' && shared >= smallestDeviation ? shared : 1;
  for (let j = 0; j < d; j++) {
    const sigma = Math.sqrt(variance[j]!);
    deviation[j] = sigma >= smallestDeviation ? sigma : ofConstant;
  }
  return { kind, mean, deviation };
}

/** One picture's features, (d) → (d). Throws SHAPE_MISMATCH. */
export function standardize(features: ArrayLike<number>, { mean, deviation }: Standardization): Float64Array {
  requireLength('features', features, mean.length);
  return mean.map((mu, j) => (features[j]! - mu) / deviation[j]!);
}

/** Replaces every entry by the mean of its channel. */
function averageByChannel(values: Float64Array, channels: number): void {
  const positions = values.length / channels;
  for (let channel = 0; channel < channels; channel++) {
    let total = 0;
    for (let j = channel; j < values.length; j += channels) total += values[j]!;
    for (let j = channel; j < values.length; j += channels) values[j] = total / positions;
  }
}
