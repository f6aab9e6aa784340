/**
 * Inverted dropout: in a training step a unit is left out with probability p, and the others count for it.
 *
 *     h ← h · keep / (1 − p)        keep ∈ {0, 1}, P(keep = 0) = p;  the same factor on the way back
 *
 * So the expected value of a unit is the one it has when pictures are judged, where nothing is left out. Which units are left out
 * follows from seed, step, layer, row of the batch and unit by counting (core/random/counter.ts), not from an order of drawing.
 *
 * Source: Srivastava et al. 2014, "Dropout: a simple way to prevent neural networks from overfitting"; CS231n, "Neural networks
 * 2" (inverted).
 */
import { type CounterKey, counterKey, counterWord } from '../random/counter.ts';

/** One stream for each step (from 1) and hidden layer (from 0). */
export function dropoutKey(seed: number, step: number, layer: number): CounterKey {
  return counterKey(seed, 'dropout', step, layer);
}

/** Words below this leave a unit out; p ∈ [0, 1). */
export function dropoutThreshold(p: number): number {
  return Math.floor(p * 2 ** 32);
}

/** Multiplies `count` values by keep / (1 − p), in place; counters begin at `from` (row · units). */
export function dropOut(
  values: Float32Array,
  at: number,
  count: number,
  p: number,
  key: CounterKey,
  from: number,
): void {
  const threshold = dropoutThreshold(p);
  const scale = Math.fround(1 / (1 - p));
  for (let i = 0; i < count; i++) values[at + i]! *= counterWord(key, from + i) < threshold ? 0 : scale;
}
