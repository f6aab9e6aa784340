/** Quantiles of a sample, straight between its order statistics (Hyndman & Fan 1996, type 7). */
export function sampleQuantiles(values: readonly number[], levels: readonly number[]): number[] {
  const sorted = values.toSorted((a, b) => a - b);
  return levels.map((level) => {
    const at = level * (sorted.length - 1);
    const below = Math.floor(at);
    const share = at - below;
    const above = sorted[Math.min(sorted.length - 1, below + 1)]!;
    return share === 0 ? sorted[below]! : sorted[below]! + share * (above - sorted[below]!);
  });
}
