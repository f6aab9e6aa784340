/**
 * Are second derivatives right? Products with the Hessian against differences of gradients, along random directions.
 *
 *     H·v  against  (g(θ + h·v) − g(θ − h·v)) / 2h              error ~ h²·g‴/6, h over ‖v‖ = 1
 *     symmetry      vᵀ·(H·u) = uᵀ·(H·v)
 *     relative error = ‖H·v − n‖ / max(‖H·v‖, ‖n‖)
 *
 * A ReLU or hinge has no curvature of its own: where a maximum changes its winner between both points, the difference of
 * gradients sees the corner and the product does not, so such a direction is counted apart.
 *
 * Source: PyTorch, torch.autograd.gradgradcheck; Pearlman 1994 for the product.
 */
import { dot, norm } from '../array/linear-algebra.ts';
import { requireInteger, requirePositive } from '../options.ts';
import type { RandomGenerator } from '../random/generator.ts';
import { normal } from '../random/sampling.ts';

export interface TwiceDifferentiable {
  gradient(parameters: Float64Array): Float64Array;
  /** v ↦ H·v at these parameters. */
  hessian(parameters: Float64Array): (direction: Float64Array) => Float64Array;
  /** Which side of each kink; left out for a smooth function. */
  sides?(parameters: Float64Array): Uint8Array;
}

export interface SecondDerivativeOptions {
  random: RandomGenerator;
  /** Pairs of directions, ≥ 1; defaults to 5. */
  directions?: number;
  /** h > 0; defaults to 1e-5. */
  step?: number;
  shouldStop?: (done: number) => boolean;
}

export interface DirectionCheck {
  readonly relativeError: number;
  /** |vᵀHu − uᵀHv| / max(‖Hu‖, ‖Hv‖). */
  readonly asymmetry: number;
  /** ‖H·v‖ for ‖v‖ = 1: 0 where nothing bends along v. */
  readonly curvature: number;
  readonly atKink: boolean;
}

export interface SecondDerivativeCheck {
  readonly directions: readonly DirectionCheck[];
  /** Over directions without kinks; 0 when all have one. */
  readonly largestRelativeError: number;
  readonly largestAsymmetry: number;
  readonly kinks: number;
  /** Gradients that were computed. */
  readonly evaluations: number;
  /** `only-kinks`: every direction crossed one, so nothing was compared; take fewer samples or a smaller step. */
  readonly verdict: 'right' | 'wrong' | 'only-kinks';
}

/** Right below both of these. */
export const secondDerivativeThresholds = { relativeError: 1e-5, asymmetry: 1e-9 } as const;

/** @throws StudioError INVALID_OPTION. */
export function checkSecondDerivatives(
  f: TwiceDifferentiable,
  parameters: Float64Array,
  { random, directions = 5, step: h = 1e-5, shouldStop = () => false }: SecondDerivativeOptions,
): SecondDerivativeCheck {
  requireInteger('directions', directions, 1);
  requirePositive('step', h);
  const product = f.hessian(parameters);
  const checks: DirectionCheck[] = [];
  let evaluations = 0;
  while (checks.length < directions && !shouldStop(checks.length)) {
    const v = randomDirection(parameters.length, random);
    const u = randomDirection(parameters.length, random);
    const forward = parameters.map((theta, i) => theta + h * v[i]!);
    const backward = parameters.map((theta, i) => theta - h * v[i]!);
    const hv = product(v);
    const hu = product(u);
    const [above, below] = [f.gradient(forward).slice(), f.gradient(backward)];
    evaluations += 2;
    const numeric = above.map((g, i) => (g - below[i]!) / (2 * h));
    const scale = Math.max(norm(hv), norm(numeric));
    checks.push({
      relativeError: scale === 0 ? 0 : norm(hv.map((value, i) => value - numeric[i]!)) / scale,
      asymmetry: Math.abs(dot(v, hu) - dot(u, hv)) / (Math.max(norm(hu), norm(hv)) || 1),
      curvature: norm(hv),
      atKink: f.sides !== undefined && !isSame(f.sides(forward), f.sides(backward)),
    });
  }
  const smooth = checks.filter((check) => !check.atKink);
  const largestRelativeError = smooth.reduce((most, check) => Math.max(most, check.relativeError), 0);
  const largestAsymmetry = checks.reduce((most, check) => Math.max(most, check.asymmetry), 0);
  const isRight =
    largestRelativeError < secondDerivativeThresholds.relativeError &&
    largestAsymmetry < secondDerivativeThresholds.asymmetry;
  return {
    directions: checks,
    largestRelativeError,
    largestAsymmetry,
    kinks: checks.length - smooth.length,
    evaluations,
    verdict: isRight ? (smooth.length > 0 ? 'right' : 'only-kinks') : 'wrong',
  };
}

/** Uniform on the unit sphere. */
export function randomDirection(size: number, random: RandomGenerator): Float64Array {
  const direction = new Float64Array(size);
  for (let i = 0; i < size; i++) direction[i] = normal(random);
  const length = norm(direction);
  for (let i = 0; i < size; i++) direction[i]! /= length;
  return direction;
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
