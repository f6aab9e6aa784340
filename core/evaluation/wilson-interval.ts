/**
 * Wilson's score interval of a proportion: where the true rate may lie when k of n succeeded.
 *
 *     p̂ = k/n,   center = (p̂ + z²/2n) / (1 + z²/n),   half = z·√(p̂·(1 − p̂)/n + z²/4n²) / (1 + z²/n)
 *
 * It stays inside [0, 1] and has a width also for 0 of n and n of n, unlike p̂ ± z·√(p̂(1 − p̂)/n). Accuracy, precision and
 * recall are such proportions; F1 is not (see bootstrap-interval.ts).
 *
 * @param successes  k, 0 … n.
 * @param trials     n ≥ 0.
 * @param z          quantile of the standard normal; the default covers 95 %.
 * @returns [low, high], or null without trials.
 *
 * Source: Wilson 1927, "Probable inference, the law of succession, and statistical inference", JASA 22.
 */
export function wilsonInterval(successes: number, trials: number, z: number = normalQuantile975): Interval | null {
  if (trials === 0) return null;
  const n = trials;
  const p = successes / n;
  const center = (p + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n))) / (1 + (z * z) / n);
  return [successes === 0 ? 0 : Math.max(0, center - half), successes === n ? 1 : Math.min(1, center + half)];
}

/** [low, high]. */
export type Interval = [low: number, high: number];

/** z with Φ(z) = 0.975. */
export const normalQuantile975 = 1.959963984540054;
