/**
 * The linear classifier: one weight vector and one bias per class.
 *
 *     S = X·Wᵀ + b                                X (n, d), W (c, d), b (c) → S (n, c)
 *     L = data loss(S, y) + penalty(W)
 *     ∂W = ∂Sᵀ·X + penalty's gradient,   ∂b = Σᵢ ∂Sᵢ
 *
 * It starts from weights N(0, 0.001²) and biases 0, so that its first loss is that of guessing (ln c for softmax, c − 1
 * for the hinge). The problem is convex: the start decides how a run looks, not where it ends.
 *
 * Source: CS231n, "Linear classification".
 * Golden: tests/golden/data/losses.json, cases linear_… (PyTorch, float64).
 */
import { requireShape } from '../array/matrix.ts';
import { requireInteger, requireNonNegative } from '../options.ts';
import { normal } from '../random/sampling.ts';
import type { Classifier } from './classifier.ts';
import { countCorrect } from './correct.ts';
import { affineBackward, affineBackwardInput, affineForward } from './layers/affine.ts';
import { affineBlocks, blockOf, layersOf, parameterCount, penaltyOf } from './parameters.ts';

export interface LinearClassifierOptions {
  /** d. Features of an input, ≥ 1. */
  inputSize: number;
  /** c. Classes, ≥ 1. */
  classes: number;
  /** Standard deviation of the first weights, ≥ 0; defaults to 0.001. */
  initialDeviation?: number;
}

export function linearClassifier(options: LinearClassifierOptions): Classifier {
  const { inputSize, classes, initialDeviation = 0.001 } = options;
  requireInteger('inputSize', inputSize, 1);
  requireInteger('classes', classes, 1);
  requireNonNegative('initialDeviation', initialDeviation);
  const blocks = affineBlocks([inputSize, classes]);

  const scores: Classifier['scores'] = (parameters, x) => {
    requireShape('x', x, x.rows, inputSize);
    const { weights, bias } = layersOf(parameters, blocks)[0]!;
    return affineForward(x, weights, bias);
  };

  return {
    name: 'linear',
    inputSize,
    classes,
    blocks,
    parameterCount: parameterCount(blocks),

    initialize(random) {
      const parameters = new Float64Array(parameterCount(blocks));
      const weights = blockOf(parameters, blocks[0]!);
      for (let i = 0; i < weights.length; i++) weights[i] = initialDeviation * normal(random);
      return parameters;
    },

    scores,

    loss(parameters, x, labels, objective) {
      const s = scores(parameters, x);
      const dataLoss = objective.loss.evaluate(s, labels).loss;
      const penalty = penaltyOf(parameters, blocks, objective);
      return { loss: dataLoss + penalty, dataLoss, penalty, correct: countCorrect(s, labels) };
    },

    lossAndGradient(parameters, x, labels, objective) {
      const s = scores(parameters, x);
      const { loss: dataLoss, gradient: dS } = objective.loss.evaluate(s, labels);
      const { dWeights, dBias } = affineBackward(x, dS);
      const gradient = new Float64Array(parameters.length);
      gradient.set(dWeights.data);
      gradient.set(dBias, dWeights.data.length);
      const penalty = penaltyOf(parameters, blocks, objective, gradient);
      return { loss: dataLoss + penalty, dataLoss, penalty, correct: countCorrect(s, labels), gradient };
    },

    inputGradient(parameters, x, labels, objective) {
      const { gradient: dS } = objective.loss.evaluate(scores(parameters, x), labels);
      return affineBackwardInput(dS, layersOf(parameters, blocks)[0]!.weights);
    },

    sides: (parameters, x, labels, objective) =>
      objective.loss.sides(scores(parameters, x), labels) ?? new Uint8Array(0),
  };
}
