/**
 * Gradient descent: plain, with momentum, with Nesterov's look-ahead.
 *
 * For gradient g, momentum ρ (0 is plain descent) and learning rate α, from v = 0:
 *
 *     rate outside:   v ← ρ·v + g          θ ← θ − α·v                (PyTorch; the lectures' first form)
 *       Nesterov:                          θ ← θ − α·(g + ρ·v)
 *     rate inside:    v′ ← ρ·v − α·g       θ ← θ + v′                 (Sutskever; the lectures' second form)
 *       Nesterov:                          θ ← θ − ρ·v + (1 + ρ)·v′
 *
 * For a constant α both forms give the same θ, since v inside is −α times v outside. Under a schedule they differ: the
 * inside form keeps the old rate in its velocity. Nesterov's gradient is wanted at the look-ahead point w + ρ·v; both
 * forms here store that point itself as θ, so it is θ that is evaluated and saved. `withoutLookAhead` gives w. The form
 * `look-ahead` keeps w and asks for the gradient elsewhere:
 *
 *     v ← ρ·v − α·∇f(w + ρ·v)         w ← w + v
 *
 * Sources: Polyak 1964; Nesterov 1983; Sutskever et al. 2013, "On the importance of initialization and momentum in deep
 * learning", equations 1-4; torch.optim.SGD with dampening 0.
 * Golden: tests/golden/data/optimizers.json (PyTorch, float64).
 */
import { StudioError } from '../errors.ts';
import { requireFraction, requireOneOf, requirePositive } from '../options.ts';
import type { Optimizer } from './optimizer.ts';

export interface SgdOptions {
  /** α. Step size, > 0; defaults to 0.01. */
  learningRate?: number;
  /** ρ. How much of the velocity is kept, in [0, 1); defaults to 0, plain descent. */
  momentum?: number;
  /** Looks ahead; needs momentum. Defaults to false. */
  nesterov?: boolean;
  /** Which of the published forms; defaults to 'outside'. */
  rate?: 'outside' | 'inside';
  /** Of Nesterov's method: whether θ is the look-ahead point ('rewritten', the default) or w. Looking ahead has its rate inside. */
  form?: 'rewritten' | 'look-ahead';
}

/** Empty velocity for plain descent. */
export type SgdState = { velocity: Float64Array };

export function sgd(options: SgdOptions = {}): Optimizer<SgdState> {
  const { learningRate = 0.01, momentum = 0, nesterov = false, form = 'rewritten' } = options;
  const { rate = form === 'look-ahead' ? 'inside' : 'outside' } = options;
  requirePositive('learningRate', learningRate);
  requireFraction('momentum', momentum);
  requireOneOf('rate', rate, ['outside', 'inside']);
  requireOneOf('form', form, ['rewritten', 'look-ahead']);
  const isLookingAhead = nesterov && form === 'look-ahead';
  if (isLookingAhead && rate !== 'inside') {
    throw new StudioError('INVALID_OPTION', { option: 'rate', value: rate, expected: 'inside' });
  }
  if (nesterov && momentum === 0) {
    throw new StudioError('INVALID_OPTION', { option: 'momentum', value: '0', expected: '> 0' });
  }
  const rho = momentum;

  return {
    name: nesterov ? 'Nesterov' : momentum > 0 ? 'Momentum' : 'SGD',
    createState: (size) => ({ velocity: new Float64Array(momentum > 0 ? size : 0) }),
    ...(isLookingAhead && {
      gradientPoint: (w: Float64Array, { velocity }: SgdState) => w.map((value, i) => value + rho * velocity[i]!),
    }),

    step(theta, gradient, { velocity }, alpha = learningRate) {
      if (rho === 0) {
        for (let i = 0; i < theta.length; i++) theta[i]! -= alpha * gradient[i]!;
      } else if (rate === 'outside') {
        for (let i = 0; i < theta.length; i++) {
          const g = gradient[i]!;
          const v = (velocity[i] = rho * velocity[i]! + g);
          theta[i]! -= alpha * (nesterov ? g + rho * v : v);
        }
      } else {
        for (let i = 0; i < theta.length; i++) {
          const before = velocity[i]!;
          const v = (velocity[i] = rho * before - alpha * gradient[i]!);
          theta[i]! += nesterov && !isLookingAhead ? -rho * before + (1 + rho) * v : v;
        }
      }
    },
  };
}

/**
 * The lectures' w under the look-ahead θ that Nesterov's method stores: θ = w + ρ·v with v the inside form's velocity.
 *
 *     w = θ + ρ·α·v (outside)        w = θ − ρ·v (inside)
 */
export function withoutLookAhead(
  theta: Float64Array,
  { velocity }: SgdState,
  { momentum, learningRate, rate = 'outside' }: { momentum: number; learningRate: number; rate?: 'outside' | 'inside' },
): Float64Array {
  const factor = rate === 'outside' ? momentum * learningRate : -momentum;
  return theta.map((value, i) => value + factor * velocity[i]!);
}
