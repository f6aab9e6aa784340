/**
 * AdaGrad: each parameter's step shrinks with all the gradient it has seen.
 *
 *     s ← s + g²
 *     θ ← θ − lr·g / (√s + ε)
 *
 * ε is outside the root (some implementations put it inside, another trajectory).
 *
 * Source: Duchi, Hazan & Singer 2011, "Adaptive subgradient methods for online learning and stochastic optimization".
 * Golden: tests/golden/data/optimizers.json (PyTorch, float64).
 */
import { requirePositive } from '../options.ts';
import type { Optimizer } from './optimizer.ts';

export interface AdagradOptions {
  /** lr. Step size, > 0; defaults to 0.01. */
  learningRate?: number;
  /** ε. Keeps the quotient finite, > 0; defaults to 1e-10 (PyTorch; the lectures use 1e-7). */
  epsilon?: number;
}

export type AdagradState = { squareSum: Float64Array };

export function adagrad(options: AdagradOptions = {}): Optimizer<AdagradState> {
  const { learningRate = 0.01, epsilon = 1e-10 } = options;
  requirePositive('learningRate', learningRate);
  requirePositive('epsilon', epsilon);

  return {
    name: 'AdaGrad',
    createState: (size) => ({ squareSum: new Float64Array(size) }),

    step(parameters, gradient, { squareSum }, lr = learningRate) {
      for (let i = 0; i < parameters.length; i++) {
        const g = gradient[i]!;
        const s = (squareSum[i]! += g * g);
        parameters[i]! -= (lr * g) / (Math.sqrt(s) + epsilon);
      }
    },
  };
}
