/**
 * Seeded random numbers whose state is plain data.
 *
 * The generator is xoroshiro128+ of pure-rand. Every use of chance in a run has its own stream, derived from the seed of
 * the recipe and the purpose it serves ('weights', 'minibatches', 7): drawing more numbers for one purpose then changes
 * nothing in another, and the batches of epoch 7 are known without drawing those of epoch 6.
 *
 * Source: Blackman & Vigna 2021, "Scrambled linear pseudorandom number generators", arXiv:1805.01407.
 */
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator as PureRand } from 'pure-rand/types/RandomGenerator';
import { requireInteger } from '../options.ts';

/** Four 32-bit words; JSON and structured clone keep them exactly. */
export type RandomState = readonly [number, number, number, number];

export interface RandomGenerator {
  /** A whole number, uniform in [0, 2³²). */
  next(): number;
  /** What `restoreGenerator` needs to go on from here. */
  state(): RandomState;
}

/**
 * The stream of random numbers that belongs to a seed and a purpose.
 *
 * @param seed     a whole number in [0, 2³²).
 * @param purpose  any words or numbers; other purposes give independent streams.
 * @throws StudioError INVALID_OPTION for a seed out of range.
 */
export function createGenerator(seed: number, ...purpose: readonly (string | number)[]): RandomGenerator {
  requireInteger('seed', seed, 0, 2 ** 32 - 1);
  return restoreGenerator(stateOf(seed, JSON.stringify(purpose))); // JSON keeps ['a', 'b'] apart from ['ab']
}

/** The generator that draws what the one with this state would have drawn next. */
export function restoreGenerator(state: RandomState): RandomGenerator {
  const generator: PureRand = xoroshiro128plusFromState(state);
  return {
    next: () => generator.next() >>> 0,
    state() {
      const [s01, s00, s11, s10] = generator.getState();
      return [s01!, s00!, s11!, s10!];
    },
  };
}

/**
 * Four words of one seed and one text. Each word is a hash of its own of both, so that seeds 0, 1, 2 … start far apart:
 * the generator's own seeding leaves neighbours alike in their first numbers.
 */
function stateOf(seed: number, text: string): RandomState {
  const word = (lane: number): number => {
    let hash = mix(seed ^ Math.imul(lane, 0x9e3779b9));
    for (let i = 0; i < text.length; i++) hash = mix(Math.imul(hash ^ text.charCodeAt(i), 0x01000193) + lane);
    return hash;
  };
  const state: RandomState = [word(1), word(2), word(3), word(4)];
  return state.every((part) => part === 0) ? [1, 0, 0, 0] : state; // all zeros is the one state that never moves
}

/** The finaliser of MurmurHash3: every bit of the input reaches every bit of the result. */
function mix(x: number): number {
  let hash = x | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
