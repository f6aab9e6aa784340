/**
 * The multilayer perceptron: affine layers with an activation after each but the last.
 *
 *     H₀ = X
 *     A_l = H_{l−1}·W_lᵀ + b_l,   H_l = φ(A_l)          l = 1 … L−1
 *     S   = H_{L−1}·W_Lᵀ + b_L                          scores
 *
 * and backwards, from ∂S that the loss gives:
 *
 *     ∂W_l = ∂A_lᵀ·H_{l−1},   ∂b_l = Σᵢ ∂A_l[i]
 *     ∂H_{l−1} = ∂A_l·W_l,    ∂A_{l−1} = ∂H_{l−1} ⊙ φ′(A_{l−1})
 *
 * The penalty is on all W_l and no b_l. Without hidden layers this is the linear classifier.
 *
 * Source: Rumelhart, Hinton & Williams 1986, "Learning representations by back-propagating errors".
 * Golden: tests/golden/data/mlp.json (PyTorch, float64).
 */
import { type Matrix, requireShape, zeros } from '../array/matrix.ts';
import { requireInteger, requireOneOf } from '../options.ts';
import { countCorrect } from './correct.ts';
import type { Classifier, Objective, ParameterBlock } from './classifier.ts';
import { type InitializationName, initializeWeights } from './initialization.ts';
import { type ActivationName, activationNames, perLayer } from '../recipe/recipe.ts';
import { activations } from './layers/activation.ts';
import { affineBackward, affineBackwardInput, affineForward } from './layers/affine.ts';
import { affineBlocks, blockOf, layersOf, parameterCount, penaltyOf } from './parameters.ts';

export interface MultilayerPerceptronOptions {
  /** d. Features of an input, ≥ 1. */
  inputSize: number;
  /** Units of each hidden layer, first to last, each ≥ 1; empty for a linear model. */
  hidden: readonly number[];
  /** c. Classes, ≥ 1. */
  classes: number;
  /** φ of every hidden layer, or of each; defaults to ReLU. */
  activation?: ActivationName | readonly ActivationName[];
  /** Defaults to He's normal weights. */
  initialization?: InitializationName;
}

/** Everything a forward pass leaves for the way back. */
export interface ForwardPass {
  /** A_1 … A_{L−1}, before the activation. */
  readonly preActivations: readonly Matrix[];
  /** H_1 … H_{L−1}, after it. */
  readonly hidden: readonly Matrix[];
  readonly scores: Matrix;
}

export interface MultilayerPerceptron extends Classifier {
  /** [in, hidden…, classes]. */
  readonly sizes: readonly number[];
  /** φ of each hidden layer. */
  readonly activations: readonly ActivationName[];
  /** Scores with all that lies before them. Throws SHAPE_MISMATCH. */
  forward(parameters: Float64Array, x: Matrix): ForwardPass;
}

export function multilayerPerceptron(options: MultilayerPerceptronOptions): MultilayerPerceptron {
  const { inputSize, hidden, classes, activation = 'relu', initialization = 'he-normal' } = options;
  requireInteger('inputSize', inputSize, 1);
  requireInteger('classes', classes, 1);
  const names = perLayer(activation, hidden.length);
  requireInteger('activations', names.length, hidden.length, hidden.length);
  for (const name of names) requireOneOf('activation', name, activationNames);
  const phis = names.map((name) => activations[name]);
  const sizes = [inputSize, ...hidden, classes];
  const blocks: readonly ParameterBlock[] = affineBlocks(sizes);
  const depth = sizes.length - 1;

  function forward(parameters: Float64Array, x: Matrix): ForwardPass {
    requireShape('x', x, x.rows, inputSize);
    const layers = layersOf(parameters, blocks);
    const preActivations: Matrix[] = [];
    const hiddenValues: Matrix[] = [];
    let input = x;
    for (const [l, { weights, bias }] of layers.slice(0, -1).entries()) {
      const a = affineForward(input, weights, bias);
      const h = zeros(a.rows, a.columns);
      const phi = phis[l]!;
      for (let i = 0; i < a.data.length; i++) h.data[i] = phi.value(a.data[i]!);
      preActivations.push(a);
      hiddenValues.push(h);
      input = h;
    }
    const { weights, bias } = layers.at(-1)!;
    return { preActivations, hidden: hiddenValues, scores: affineForward(input, weights, bias) };
  }

  /** Walks from ∂scores to ∂x, telling each layer's gradients on the way. */
  function backward(
    parameters: Float64Array,
    x: Matrix,
    { preActivations, hidden: hiddenValues }: ForwardPass,
    dScores: Matrix,
    gradient: Float64Array | null,
    toInput: boolean,
  ): Matrix | null {
    const layers = layersOf(parameters, blocks);
    const gradients = gradient && layersOf(gradient, blocks);
    let dA = dScores;
    for (let l = depth - 1; l >= 0; l--) {
      const input = l === 0 ? x : hiddenValues[l - 1]!;
      if (gradients) {
        const { dWeights, dBias } = affineBackward(input, dA);
        gradients[l]!.weights.data.set(dWeights.data);
        gradients[l]!.bias.set(dBias);
      }
      if (l === 0 && !toInput) return null;
      const dInput = affineBackwardInput(dA, layers[l]!.weights);
      if (l > 0) {
        const a = preActivations[l - 1]!;
        const phi = phis[l - 1]!;
        for (let i = 0; i < dInput.data.length; i++) dInput.data[i]! *= phi.derivative(a.data[i]!);
      }
      dA = dInput;
    }
    return dA;
  }

  function value(parameters: Float64Array, scores: Matrix, labels: ArrayLike<number>, objective: Objective) {
    const { loss: dataLoss, gradient: dScores } = objective.loss.evaluate(scores, labels);
    const penalty = penaltyOf(parameters, blocks, objective);
    return { loss: dataLoss + penalty, dataLoss, penalty, correct: countCorrect(scores, labels), dScores };
  }

  return {
    name: depth === 1 ? 'linear' : 'mlp',
    inputSize,
    classes,
    sizes,
    activations: names,
    blocks,
    parameterCount: parameterCount(blocks),
    forward,

    initialize(random) {
      const parameters = new Float64Array(parameterCount(blocks));
      for (const block of blocks) {
        if (block.kind !== 'weights') continue;
        const after = names[block.layer - 1] ?? 'identity';
        initializeWeights(blockOf(parameters, block), initialization, block.columns, block.rows, after, random);
      }
      return parameters;
    },

    scores: (parameters, x) => forward(parameters, x).scores,

    loss(parameters, x, labels, objective) {
      const { loss, dataLoss, penalty, correct } = value(parameters, forward(parameters, x).scores, labels, objective);
      return { loss, dataLoss, penalty, correct };
    },

    lossAndGradient(parameters, x, labels, objective) {
      const pass = forward(parameters, x);
      const { dScores, ...result } = value(parameters, pass.scores, labels, objective);
      const gradient = new Float64Array(parameters.length);
      backward(parameters, x, pass, dScores, gradient, false);
      penaltyOf(parameters, blocks, objective, gradient);
      return { ...result, gradient };
    },

    inputGradient(parameters, x, labels, objective) {
      const pass = forward(parameters, x);
      const { gradient: dScores } = objective.loss.evaluate(pass.scores, labels);
      return backward(parameters, x, pass, dScores, null, true)!;
    },

    sides(parameters, x, labels, objective) {
      const pass = forward(parameters, x);
      const parts: Uint8Array[] = [];
      for (const [l, a] of pass.preActivations.entries()) {
        if (phis[l]!.hasKink) parts.push(Uint8Array.from(a.data, (value) => (value > 0 ? 1 : 0)));
      }
      const lossSides = objective.loss.sides(pass.scores, labels);
      if (lossSides) parts.push(lossSides);
      const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
      let offset = 0;
      for (const part of parts) {
        all.set(part, offset);
        offset += part.length;
      }
      return all;
    },
  };
}
