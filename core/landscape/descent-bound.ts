/**
 * Plain descent just below and just above the largest stable learning rate, on a loss and on its local quadratic model.
 *
 *     start      θ₀ = θ + δ·v                         v the unit eigenvector of λ_max, δ = √(2·r·max(|L|, 10⁻³)/λ_max)
 *     loss       θ ← θ − α·∇L(θ)
 *     model      q(d) = L(θ) + gᵀd + ½·dᵀHd           d ← d − α·(g + H·d), d₀ = δ·v
 *     along v    the model's distance from its own minimum: c_k = vᵀd_k + g·v/λ_max,  c_k = (1 − α·λ_max)ᵏ·c₀
 *
 * δ is so long that the model's loss rises by the part r of L. For α < 2/λ_max the model falls at every step where nothing bends
 * downwards, and for α > 2/λ_max |c_k| grows, whatever the rest does. A real loss follows its model near a minimum; far
 * away it may bend less elsewhere and catch itself.
 *
 * Source: Boyd & Vandenberghe 2004, section 9.3; Goh 2017, "Why momentum really works", Distill.
 */
import { dot } from '../array/linear-algebra.ts';
import { requirePositive } from '../options.ts';

export interface TwiceDifferentiable {
  loss(parameters: Float64Array): number;
  gradient(parameters: Float64Array): Float64Array;
}

export interface DescentOptions {
  /** Learning rates as multiples of 1/λ_max, each > 0: 1.9 lies below the bound, 2.1 above. */
  readonly multiples: readonly number[];
  readonly steps: number;
  /** r > 0; defaults to 0.001. */
  readonly rise?: number;
  /** Asked before every step of every rate. */
  readonly shouldStop?: () => boolean;
}

export interface DescentPath {
  readonly multiple: number;
  readonly learningRate: number;
  /** From step 0. Both end where they are no numbers. */
  readonly losses: readonly number[];
  readonly modelLosses: readonly number[];
  /** |c_k|. */
  readonly alongTop: readonly number[];
  /** First step whose loss is above the one before; null where it never rises. */
  readonly firstRise: number | null;
  readonly firstModelRise: number | null;
}

/** @throws StudioError INVALID_OPTION unless the curvature is positive. */
export function descentAroundBound(
  f: TwiceDifferentiable,
  hessian: (direction: Float64Array) => Float64Array,
  parameters: Float64Array,
  top: { readonly value: number; readonly vector: Float64Array },
  { multiples, steps, rise = 1e-3, shouldStop = () => false }: DescentOptions,
): DescentPath[] {
  const { value: curvature, vector } = top;
  requirePositive('largest curvature', curvature);
  requirePositive('rise', rise);
  const loss = f.loss(parameters);
  const gradient = f.gradient(parameters).slice();
  const delta = Math.sqrt((2 * rise * Math.max(Math.abs(loss), 1e-3)) / curvature);
  const slope = dot(gradient, vector) / curvature;

  return multiples.map((multiple) => {
    requirePositive('multiple', multiple);
    const learningRate = multiple / curvature;
    const theta = parameters.map((value, i) => value + delta * vector[i]!);
    const d = vector.map((value) => delta * value);
    const losses = [f.loss(theta)];
    let bent = hessian(d);
    const model = () => loss + dot(gradient, d) + 0.5 * dot(d, bent);
    const modelLosses = [model()];
    const alongTop = [Math.abs(dot(vector, d) + slope)];
    for (let k = 0; k < steps && !shouldStop(); k++) {
      const g = f.gradient(theta);
      for (let i = 0; i < theta.length; i++) theta[i]! -= learningRate * g[i]!;
      for (let i = 0; i < d.length; i++) d[i]! -= learningRate * (gradient[i]! + bent[i]!);
      bent = hessian(d);
      const [here, there] = [f.loss(theta), model()];
      if (Number.isFinite(here) && losses.length === k + 1) losses.push(here);
      if (Number.isFinite(there)) {
        modelLosses.push(there);
        alongTop.push(Math.abs(dot(vector, d) + slope));
      }
    }
    const path = { multiple, learningRate, losses, modelLosses, alongTop };
    return { ...path, firstRise: firstRiseOf(losses), firstModelRise: firstRiseOf(modelLosses) };
  });
}

/** More than rounding: a sum of this size is known to so many digits. */
function firstRiseOf(losses: readonly number[]): number | null {
  const at = losses.findIndex((loss, k) => k > 0 && loss > losses[k - 1]! + 1e-14 * Math.abs(loss));
  return at < 0 ? null : at;
}
