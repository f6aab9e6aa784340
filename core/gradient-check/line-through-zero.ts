/**
 * How well y = c·x describes measured costs: the best slope, and the share of the variance that it explains.
 *
 *     c = Σ x·y / Σ x²        R² = 1 − Σ (y − c·x)² / Σ (y − ȳ)²
 */
export interface LineThroughZero {
  readonly slope: number;
  /** Null where all y are the same. */
  readonly straightness: number | null;
}

/** @returns null below three points. */
export function lineThroughZero(x: readonly number[], y: readonly number[]): LineThroughZero | null {
  if (x.length < 3) return null;
  const sum = (of: (i: number) => number) => x.reduce((total, _, i) => total + of(i), 0);
  const slope = sum((i) => x[i]! * y[i]!) / sum((i) => x[i]! ** 2);
  const mean = sum((i) => y[i]!) / x.length;
  const total = sum((i) => (y[i]! - mean) ** 2);
  return { slope, straightness: total === 0 ? null : 1 - sum((i) => (y[i]! - slope * x[i]!) ** 2) / total };
}
