/**
 * Percentile bootstrap: how much a figure would vary had other pictures been drawn.
 *
 * The n samples are drawn n times with replacement, the figure is computed again, and this is repeated; the interval lies
 * between the (1 − confidence)/2 and (1 + confidence)/2 quantiles of the results. It serves figures that are no simple
 * proportion, such as F1. A resample in which the figure is undefined is left out; when all are, there is no interval.
 *
 * Source: Efron & Tibshirani 1993, "An Introduction to the Bootstrap", chapter 13.
 */
import { quantile } from '../array/reduce.ts';
import { requireBetween, requireInteger } from '../options.ts';
import type { RandomGenerator } from '../random/generator.ts';
import { uniformInteger } from '../random/sampling.ts';
import type { Interval } from './wilson-interval.ts';

export interface BootstrapOptions {
  /** ≥ 1; defaults to 1,000. */
  resamples?: number;
  /** In (0, 1); defaults to 0.95. */
  confidence?: number;
  random: RandomGenerator;
  shouldStop?: () => boolean;
}

/**
 * @param sampleCount  n ≥ 0.
 * @param statistic    the figure of the samples with these numbers (n of them, with repeats); null where undefined.
 *                     The array is used again for the next resample.
 * @throws StudioError INVALID_OPTION.
 */
export function bootstrapInterval(
  sampleCount: number,
  statistic: (samples: Uint32Array) => number | null,
  options: BootstrapOptions,
): Interval | null {
  const [interval] = bootstrapIntervals(sampleCount, 1, (samples) => [statistic(samples)], options);
  return interval!;
}

/** Intervals of several figures of the same resamples, in the order the statistic gives them. */
export function bootstrapIntervals(
  sampleCount: number,
  figures: number,
  statistic: (samples: Uint32Array) => readonly (number | null)[],
  { resamples = 1000, confidence = 0.95, random, shouldStop = () => false }: BootstrapOptions,
): (Interval | null)[] {
  requireInteger('resamples', resamples, 1);
  requireBetween('confidence', confidence, Number.MIN_VALUE, 1 - Number.EPSILON);
  const results = Array.from({ length: figures }, (): number[] => []);
  const samples = new Uint32Array(sampleCount);
  for (let r = 0; r < resamples && sampleCount > 0 && !shouldStop(); r++) {
    for (let i = 0; i < sampleCount; i++) samples[i] = uniformInteger(random, sampleCount);
    statistic(samples).forEach((value, k) => {
      if (value !== null && Number.isFinite(value)) results[k]!.push(value);
    });
  }
  const tail = (1 - confidence) / 2;
  return results.map((values) => {
    if (values.length === 0) return null;
    const sorted = Float64Array.from(values).sort();
    return [quantile(sorted, tail), quantile(sorted, 1 - tail)];
  });
}

/**
 * Intervals of each class's F1 = 2·hits / (truths + verdicts); null for a class that occurs neither in the truth nor among
 * the verdicts. Counts three numbers a class, no matrix: a resample costs n + c, and a thousand classes are no trouble.
 */
export function f1Intervals(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classes: number,
  options: BootstrapOptions,
): (Interval | null)[] {
  const hits = new Uint32Array(classes);
  const occurrences = new Uint32Array(classes);
  return bootstrapIntervals(
    truth.length,
    classes,
    (samples) => {
      hits.fill(0);
      occurrences.fill(0);
      for (const sample of samples) {
        const t = truth[sample]!;
        const v = predicted[sample]!;
        if (t === v) hits[t]!++;
        occurrences[t]!++;
        occurrences[v]!++;
      }
      return Array.from(hits, (hit, c) => (occurrences[c] === 0 ? null : (2 * hit) / occurrences[c]!));
    },
    options,
  );
}
