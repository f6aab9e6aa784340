/** What is drawn from a generator: numbers, orders, choices. All without bias. */
import { requireInteger } from '../options.ts';
import type { RandomGenerator } from './generator.ts';

/** A number in [0, 1), a multiple of 2⁻⁵³. */
export function uniform(random: RandomGenerator): number {
  const high = random.next() >>> 5; // 27 bits
  const low = random.next() >>> 6; // 26 bits
  return (high * 2 ** 26 + low) * 2 ** -53;
}

/** A number in [low, high). */
export function uniformBetween(random: RandomGenerator, low: number, high: number): number {
  return low + (high - low) * uniform(random);
}

/**
 * A whole number in [0, bound), each equally likely.
 *
 * Numbers of the last, incomplete stretch of `bound` below 2³² are drawn again: taking the remainder of those as well
 * would favour small results.
 *
 * @param bound  a whole number in [1, 2³²].
 */
export function uniformInteger(random: RandomGenerator, bound: number): number {
  const limit = 2 ** 32 - (2 ** 32 % bound);
  let drawn = random.next();
  while (drawn >= limit) drawn = random.next();
  return drawn % bound;
}

/**
 * A standard normal number, by the polar method.
 *
 *     draw (u, v) uniform in the square until 0 < s = u² + v² < 1;   z = u·√(−2 ln s / s)
 *
 * The method gives a second number, v·√(…); it is left, so that the generator's state is the whole state.
 *
 * Source: Marsaglia & Bray 1964, "A convenient method for generating normal variables", SIAM Review 6.
 */
export function normal(random: RandomGenerator): number {
  for (;;) {
    const u = uniformBetween(random, -1, 1);
    const v = uniformBetween(random, -1, 1);
    const s = u * u + v * v;
    if (s > 0 && s < 1) return u * Math.sqrt((-2 * Math.log(s)) / s);
  }
}

/**
 * Brings the items into random order, in place; each of the n! orders is equally likely.
 *
 * Source: Durstenfeld 1964, algorithm 235 (the shuffle of Fisher and Yates).
 */
export function shuffle<Items extends { [index: number]: unknown; readonly length: number }>(
  random: RandomGenerator,
  items: Items,
): Items {
  for (let i = items.length - 1; i > 0; i--) {
    const j = uniformInteger(random, i + 1);
    const kept = items[i];
    items[i] = items[j];
    items[j] = kept;
  }
  return items;
}

/** 0 … n−1 in random order. */
export function permutation(random: RandomGenerator, n: number): Uint32Array<ArrayBuffer> {
  const order = new Uint32Array(n);
  for (let i = 0; i < n; i++) order[i] = i;
  return shuffle(random, order);
}

/** `count` different items, in random order. Throws INVALID_OPTION when there are fewer. */
export function choose<Item>(random: RandomGenerator, items: readonly Item[], count: number): Item[] {
  requireInteger('count', count, 0, items.length);
  const pool = [...items];
  for (let i = 0; i < count; i++) {
    const j = i + uniformInteger(random, pool.length - i);
    const kept = pool[i]!;
    pool[i] = pool[j]!;
    pool[j] = kept;
  }
  return pool.slice(0, count);
}
