/**
 * RMSProp: AdaGrad that forgets.
 *
 *     s ← ρ·s + (1 − ρ)·g²             from s = 0, without bias correction
 *     θ ← θ − lr·g / (√s + ε)
 *
 * ε is outside the root (some implementations put it inside, another trajectory).
 *
 * Source: Tieleman & Hinton 2012, "Lecture 6.5: rmsprop", Coursera; torch.optim.RMSprop.
 * Golden: tests/golden/data/optimizers.json (PyTorch, float64).
 */
import { requireFraction, requirePositive } from '../options.ts';
import type { Optimizer } from './optimizer.ts';

export interface RmspropOptions {
  /** lr. Step size, > 0; defaults to 1e-3. */
  learningRate?: number;
  /** ρ. How much of the past is kept, in [0, 1); defaults to 0.99. */
  decay?: number;
  /** ε. Keeps the quotient finite, > 0; defaults to 1e-8. */
  epsilon?: number;
}

export type RmspropState = { squareAverage: Float64Array };

export function rmsprop(options: RmspropOptions = {}): Optimizer<RmspropState> {
  const { learningRate = 1e-3, decay = 0.99, epsilon = 1e-8 } = options;
  requirePositive('learningRate', learningRate);
  requireFraction('decay', decay);
  requirePositive('epsilon', epsilon);

  return {
    name: 'RMSProp',
    createState: (size) => ({ squareAverage: new Float64Array(size) }),

    step(parameters, gradient, { squareAverage }, lr = learningRate) {
      for (let i = 0; i < parameters.length; i++) {
        const g = gradient[i]!;
        const s = (squareAverage[i] = decay * squareAverage[i]! + (1 - decay) * g * g);
        parameters[i]! -= (lr * g) / (Math.sqrt(s) + epsilon);
      }
    },
  };
}
