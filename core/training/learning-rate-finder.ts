/**
 * Which learning rate to begin with: train while it grows, and look where the loss falls fastest.
 *
 *     α_k = low·(high/low)^(k/(n − 1))           one step at each, on minibatches in the run's order
 *     s_k = β·s_{k−1} + (1 − β)·loss_k            smoothed, divided by 1 − βᵏ⁺¹
 *     steepest = the α where s falls most a decade          largest = the α of the lowest s, where it turns
 *
 * It ends when the loss is no number or four times the lowest. What it has done to the engine is undone. The steepest is
 * a good first rate for a constant schedule; beyond a tenth of `largest` one is near divergence. Both depend on batch
 * size, model and optimizer, and on nothing that a run of the same recipe does not have.
 *
 * Source: Smith 2017, "Cyclical learning rates for training neural networks", arXiv:1506.01186, section 3.3.
 */
import { requireInteger, requirePositive } from '../options.ts';
import { minibatches } from './minibatches.ts';
import type { StepEngine } from './step-engine.ts';

export interface RateFinderOptions {
  readonly trainCount: number;
  readonly batchSize: number | 'full';
  readonly seed: number;
  /** Defaults to 1e-6 … 10. */
  readonly low?: number;
  readonly high?: number;
  /** n ≥ 10; defaults to 150. */
  readonly steps?: number;
  /** Asked before every step; true ends with what is there. */
  readonly shouldStop?: (done: number, total: number) => boolean;
}

export interface RateFinding {
  readonly rates: Float64Array<ArrayBuffer>;
  readonly losses: Float64Array<ArrayBuffer>;
  readonly smoothed: Float64Array<ArrayBuffer>;
  /** null where the loss never fell by a hundredth. */
  readonly steepest: number | null;
  readonly largest: number | null;
}

/** β. */
const memory = 0.9;
/** The loss at which it ends, in lowest losses. */
const blownUp = 4;
/** The lowest loss in first losses, above which nothing was found. */
const leastFall = 0.99;

/** @throws StudioError INVALID_OPTION. */
export function findLearningRate(engine: StepEngine, options: RateFinderOptions): RateFinding {
  const { trainCount, batchSize, seed, low = 1e-6, high = 10, steps = 150, shouldStop = () => false } = options;
  requirePositive('low', low);
  requirePositive('high', high - low);
  requireInteger('steps', steps, 10);
  const batches = minibatches({ sampleCount: trainCount, batchSize, seed });
  const before = engine.save();
  const rates: number[] = [];
  const losses: number[] = [];
  const smoothed: number[] = [];
  try {
    let average = 0;
    let lowest = Infinity;
    for (let k = 0; k < steps && !shouldStop(k, steps); k++) {
      const rate = low * (high / low) ** (k / (steps - 1));
      const cursor = { epoch: Math.floor(k / batches.batchesPerEpoch), batch: k % batches.batchesPerEpoch };
      const { loss } = engine.step(batches.batch(cursor), rate, cursor.epoch);
      if (!Number.isFinite(loss)) break;
      average = memory * average + (1 - memory) * loss;
      const value = average / (1 - memory ** (k + 1));
      rates.push(rate);
      losses.push(loss);
      smoothed.push(value);
      if (value > blownUp * lowest) break;
      lowest = Math.min(lowest, value);
    }
  } finally {
    engine.restore(before);
  }
  return {
    rates: Float64Array.from(rates),
    losses: Float64Array.from(losses),
    smoothed: Float64Array.from(smoothed),
    ...suggestionOf(rates, smoothed),
  };
}

/** Slopes over five steps, so that one lucky minibatch decides nothing; only up to where the loss turns. */
function suggestionOf(
  rates: readonly number[],
  smoothed: readonly number[],
): Pick<RateFinding, 'steepest' | 'largest'> {
  const reach = 2;
  let turn = 0;
  smoothed.forEach((value, k) => {
    if (value < smoothed[turn]!) turn = k;
  });
  // Noise and rounding fall a little too.
  if (!(smoothed[turn]! < leastFall * smoothed[0]!)) return { steepest: null, largest: null };
  let steepest: number | null = null;
  let fastest = 0;
  for (let k = reach; k <= Math.min(turn, rates.length - 1 - reach); k++) {
    const slope = (smoothed[k + reach]! - smoothed[k - reach]!) / Math.log(rates[k + reach]! / rates[k - reach]!);
    if (slope < fastest) {
      fastest = slope;
      steepest = rates[k]!;
    }
  }
  return { steepest, largest: steepest === null ? null : rates[turn]! };
}
