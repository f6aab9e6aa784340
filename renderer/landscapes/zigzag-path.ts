/**
 * Plain descent on ½(λ_max·a² + λ_min·b²) from (b, a) = (1, 1): (b, a)_k = ((1 − α·λ_min)ᵏ, (1 − α·λ_max)ᵏ).
 *
 * Source: Goh 2017, "Why momentum really works", Distill.
 *
 * @returns (b, a) of steps 0 … steps, as far as they are numbers.
 */
export function zigzagPath(
  largest: number,
  smallest: number,
  learningRate: number,
  steps: number,
): readonly (readonly [number, number])[] {
  const path: (readonly [number, number])[] = [];
  for (let k = 0; k <= steps; k++) {
    const at = [(1 - learningRate * smallest) ** k, (1 - learningRate * largest) ** k] as const;
    if (!Number.isFinite(at[0] + at[1])) break;
    path.push(at);
  }
  return path;
}
