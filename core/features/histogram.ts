/**
 * Counting: bins of equal width over a range whose upper end is left out, as OpenCV's calcHist has them.
 *
 *     bin of v = ⌊(v − low) / (high − low) · bins⌋
 *
 * Golden: tests/golden/data/features.json, cases colorhist/….
 */

/** The bin of a value; values outside the range fall into the nearest bin, so the upper end is in the last. */
export function binOf(value: number, low: number, high: number, bins: number): number {
  const bin = Math.floor(((value - low) / (high - low)) * bins);
  return bin < 0 ? 0 : bin >= bins ? bins - 1 : bin;
}

/** v / Σ|v|; all zeros stay zeros. In place, over `length` entries from `at`. */
export function normalizeL1(values: Float64Array, at = 0, length = values.length - at): void {
  let total = 0;
  for (let i = at; i < at + length; i++) total += Math.abs(values[i]!);
  if (total === 0) return;
  for (let i = at; i < at + length; i++) values[i]! /= total;
}
