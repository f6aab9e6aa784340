/**
 * Wrong gradients on purpose: the mistakes that everybody makes once, planted in a correct backward pass, to see that the
 * gradient check finds each of them in the right blocks.
 *
 *     forgot-mean         ∂S = p − onehot(y)           without 1/n                       every block
 *     forgot-mask         ∂A = ∂H                      without φ′(A)                     all below the last layer
 *     wrong-sign          ∂S = (onehot(y) − p)/n                                          every block
 *     forgot-penalty      ∂W = ∂Aᵀ·X                   without λ·W                       all weights
 *     transposed-product  ∂W = Xᵀ·∂A                   written into W's place as it is    all weights
 *
 * Source: CS231n, "Neural networks 3", gradient checks; assignment 1 and 2.
 */
import { productTransposedLeft } from '../array/linear-algebra.ts';
import type { Matrix } from '../array/matrix.ts';
import { requireOneOf } from '../options.ts';
import { StudioError } from '../errors.ts';
import type { Objective, ParameterBlock } from '../models/classifier.ts';
import { activations } from '../models/layers/activation.ts';
import { affineBackward, affineBackwardInput } from '../models/layers/affine.ts';
import type { MultilayerPerceptron } from '../models/multilayer-perceptron.ts';
import { layersOf, penaltyOf } from '../models/parameters.ts';

export const plantedMistakes = [
  'forgot-mean',
  'forgot-mask',
  'wrong-sign',
  'forgot-penalty',
  'transposed-product',
] as const;
export type PlantedMistake = (typeof plantedMistakes)[number];

/** Whether a mistake shows in this block of this model: which blocks the check has to find, and no others. */
export function spoils(
  mistake: PlantedMistake,
  block: ParameterBlock,
  model: MultilayerPerceptron,
  sampleCount: number,
  { l2 }: Objective,
): boolean {
  const depth = model.sizes.length - 1;
  switch (mistake) {
    case 'forgot-mean':
      return sampleCount > 1;
    case 'forgot-mask':
      return block.layer < depth && hasMask(model);
    case 'wrong-sign':
      return true;
    case 'forgot-penalty':
      return block.kind === 'weights' && l2 > 0;
    case 'transposed-product':
      return block.kind === 'weights' && Math.min(block.rows, block.columns) > 1;
  }
}

/**
 * The gradient of a model's objective with one mistake in it; with null, the model's own.
 *
 * @throws StudioError INVALID_OPTION for a mistake that this model cannot show: no penalty to forget, no mask, one sample.
 */
export function mistakenGradient(
  model: MultilayerPerceptron,
  parameters: Float64Array,
  x: Matrix,
  labels: ArrayLike<number>,
  objective: Objective,
  mistake: PlantedMistake,
): Float64Array {
  requireOneOf('mistake', mistake, plantedMistakes);
  if (!model.blocks.some((block) => spoils(mistake, block, model, x.rows, objective))) {
    throw new StudioError('INVALID_OPTION', {
      option: 'mistake',
      value: mistake,
      expected: plantedMistakes
        .filter((other) => model.blocks.some((block) => spoils(other, block, model, x.rows, objective)))
        .join(' | '),
    });
  }
  const { blocks } = model;
  const layers = layersOf(parameters, blocks);
  const { preActivations, hidden, scores } = model.forward(parameters, x);
  const gradient = new Float64Array(parameters.length);
  const gradients = layersOf(gradient, blocks);

  let dA = objective.loss.evaluate(scores, labels).gradient;
  const factor = mistake === 'forgot-mean' ? x.rows : mistake === 'wrong-sign' ? -1 : 1;
  for (let i = 0; i < dA.data.length; i++) dA.data[i]! *= factor;

  for (let l = layers.length - 1; l >= 0; l--) {
    const input = l === 0 ? x : hidden[l - 1]!;
    const { dWeights, dBias } = affineBackward(input, dA);
    const written = mistake === 'transposed-product' ? productTransposedLeft(input, dA) : dWeights;
    gradients[l]!.weights.data.set(written.data);
    gradients[l]!.bias.set(dBias);
    if (l === 0) break;
    const dInput = affineBackwardInput(dA, layers[l]!.weights);
    if (mistake !== 'forgot-mask') {
      const phi = phisOf(model)[l - 1]!;
      const a = preActivations[l - 1]!;
      for (let i = 0; i < dInput.data.length; i++) dInput.data[i]! *= phi.derivative(a.data[i]!);
    }
    dA = dInput;
  }
  if (mistake !== 'forgot-penalty') penaltyOf(parameters, blocks, objective, gradient);
  return gradient;
}

function hasMask(model: MultilayerPerceptron): boolean {
  return phisOf(model).some((phi) => phi !== activations.identity);
}

/** φ of each hidden layer. */
function phisOf(model: MultilayerPerceptron) {
  return model.activations.map((name) => activations[name]);
}
