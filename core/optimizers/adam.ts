/**
 * Adam and AdamW.
 *
 * For step t = 1, 2, … with gradient g, elementwise over all n parameters:
 *
 *     AdamW only:  θ ← θ − lr·λ·θ
 *     m ← β₁·m + (1 − β₁)·g            first moment
 *     v ← β₂·v + (1 − β₂)·g²           second moment
 *     θ ← θ − lr·m̂ / (√v̂ + ε)          with m̂ = m / (1 − β₁ᵗ),  v̂ = v / (1 − β₂ᵗ)
 *
 * Two published Adams differ in where ε sits. Here it is outside the root and after the bias correction
 * (Algorithm 1). t counts steps, not pictures. Adam's plain L2 penalty belongs to the loss; AdamW's decay is above.
 * Without bias correction (m̂ = m, v̂ = v) it is the lectures' "almost Adam", whose first steps are far too long.
 *
 * Source: Kingma & Ba 2015, arXiv:1412.6980, Algorithm 1; Loshchilov & Hutter 2019, arXiv:1711.05101, Algorithm 2.
 * Golden: tests/golden/data/optimizers.json (PyTorch, float64).
 */
import { requireFraction, requireNonNegative, requirePositive } from '../options.ts';
import type { Optimizer } from './optimizer.ts';

export interface AdamOptions {
  /** lr. Step size, > 0; defaults to 1e-3. */
  learningRate?: number;
  /** β₁. Memory of the first moment, in [0, 1); defaults to 0.9. */
  beta1?: number;
  /** β₂. Memory of the second moment, in [0, 1); defaults to 0.999. */
  beta2?: number;
  /** ε. Keeps the quotient finite, > 0; defaults to 1e-8. */
  epsilon?: number;
  /** λ. AdamW's decay, ≥ 0; it shrinks all parameters, biases too, as in PyTorch. Defaults to 0, plain Adam. */
  weightDecay?: number;
  /** Divides the moments by what they lack in the first steps; defaults to true. */
  biasCorrection?: boolean;
}

export type AdamState = { stepCount: number; firstMoment: Float64Array; secondMoment: Float64Array };

export function adam(options: AdamOptions = {}): Optimizer<AdamState> {
  const { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 } = options;
  const { biasCorrection = true } = options;
  requirePositive('learningRate', learningRate);
  requireFraction('beta1', beta1);
  requireFraction('beta2', beta2);
  requirePositive('epsilon', epsilon);
  requireNonNegative('weightDecay', weightDecay);

  return {
    name: weightDecay > 0 ? 'AdamW' : 'Adam',
    createState: (size) => ({
      stepCount: 0,
      firstMoment: new Float64Array(size),
      secondMoment: new Float64Array(size),
    }),

    step(parameters, gradient, state, lr = learningRate) {
      const { firstMoment, secondMoment } = state;
      const t = ++state.stepCount;
      const correction1 = biasCorrection ? 1 - beta1 ** t : 1;
      const correction2 = biasCorrection ? 1 - beta2 ** t : 1;
      for (let i = 0; i < parameters.length; i++) {
        const g = gradient[i]!;
        const m = (firstMoment[i] = beta1 * firstMoment[i]! + (1 - beta1) * g);
        const v = (secondMoment[i] = beta2 * secondMoment[i]! + (1 - beta2) * g * g);
        const theta = parameters[i]! * (1 - lr * weightDecay);
        parameters[i] = theta - (lr * (m / correction1)) / (Math.sqrt(v / correction2) + epsilon);
      }
    },
  };
}
