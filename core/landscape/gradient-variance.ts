/**
 * How noisy a minibatch's gradient is, against its size.
 *
 * Batches of B of N samples drawn without replacement, g_B their mean gradient, g that of all:
 *
 *     V(B) = E ‖g_B − g‖² = S²/B · (1 − B/N)        S² = Σᵢ ‖gᵢ − g‖² / (N − 1)
 *
 * so V·B / (1 − B/N) is the same for every B: twice the batch, half the noise, and none at B = N. Measured by drawing;
 * the factor (1 − B/N) is there because a batch of nearly everything is nearly everything.
 *
 * Source: Cochran 1977, "Sampling Techniques", theorem 2.2 (finite-population correction).
 */
import { requireInteger } from '../options.ts';
import type { RandomGenerator } from '../random/generator.ts';
import { uniformInteger } from '../random/sampling.ts';

export interface GradientVarianceOptions {
  /** N. */
  readonly sampleCount: number;
  /** Each in [1, N]. */
  readonly batchSizes: readonly number[];
  /** Batches of each size, ≥ 1. */
  readonly draws: number;
  readonly random: RandomGenerator;
  /** Asked before every gradient with how many are done; true ends with the sizes that are complete. */
  readonly shouldStop?: (done: number) => boolean;
}

export interface GradientNoise {
  readonly batchSize: number;
  /** Mean of ‖g_B − g‖². */
  readonly variance: number;
  /** variance·B / (1 − B/N): S² for every B; null for the full batch, which has no noise. */
  readonly perSample: number | null;
}

/**
 * @param gradient  mean gradient over the samples with these numbers.
 * @throws StudioError INVALID_OPTION.
 */
export function gradientVariance(
  gradient: (samples: Uint32Array) => Float64Array,
  { sampleCount: n, batchSizes, draws, random, shouldStop = () => false }: GradientVarianceOptions,
): GradientNoise[] {
  requireInteger('sampleCount', n, 1);
  requireInteger('draws', draws, 1);
  for (const size of batchSizes) requireInteger('batchSize', size, 1, n);
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  const mean = gradient(order).slice();
  const noise: GradientNoise[] = [];
  let done = 0;
  for (const batchSize of batchSizes) {
    if (batchSize === n) {
      noise.push({ batchSize, variance: 0, perSample: null });
      continue;
    }
    let total = 0;
    for (let draw = 0; draw < draws; draw++) {
      if (shouldStop(done)) return noise;
      const g = gradient(drawn(order, batchSize, random));
      for (let i = 0; i < g.length; i++) total += (g[i]! - mean[i]!) ** 2;
      done++;
    }
    const variance = total / draws;
    noise.push({ batchSize, variance, perSample: (variance * batchSize) / (1 - batchSize / n) });
  }
  return noise;
}

/** The first `count` of a shuffle that goes on where the last one left off. */
function drawn(order: Uint32Array, count: number, random: RandomGenerator): Uint32Array {
  for (let i = 0; i < count; i++) {
    const j = i + uniformInteger(random, order.length - i);
    const kept = order[i]!;
    order[i] = order[j]!;
    order[j] = kept;
  }
  return order.slice(0, count);
}
