/**
 * Random words that are a function of where they are used: no state, so any thread can compute any of them.
 *
 *     word(key, i) = mix(mix(i + key₀) ⊕ key₁)
 *
 * `mix` is the finaliser of MurmurHash3, a permutation of the 32-bit words; the two halves of the key come from the seed and the
 * purpose. The kernels compute the same words (core/kernels/assembly/dropout.ts).
 *
 * Source: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3" (the idea); Appleby 2011, MurmurHash3 (the mixing).
 */
import { createGenerator } from './generator.ts';

export type CounterKey = readonly [number, number];

/** The key of one stream of words. Throws INVALID_OPTION for a seed out of range. */
export function counterKey(seed: number, ...purpose: readonly (string | number)[]): CounterKey {
  const random = createGenerator(seed, ...purpose);
  return [random.next(), random.next()];
}

/** A whole number in [0, 2³²) for the counter i, taken modulo 2³². */
export function counterWord([first, second]: CounterKey, i: number): number {
  return mix(mix((i + first) | 0) ^ second) >>> 0;
}

function mix(x: number): number {
  let hash = x;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
