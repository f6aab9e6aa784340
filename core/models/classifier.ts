/**
 * What every classifier is: a function from one flat vector of parameters and a batch of inputs to class scores.
 *
 * The parameters are one Float64Array, so that an optimizer, a checkpoint and a gradient check need to know nothing of
 * layers. The blocks say what lies where: for each layer its weights (out, in) row by row, then its bias (out).
 */
import type { Matrix } from '../array/matrix.ts';
import type { L2Convention } from '../losses/l2-penalty.ts';
import type { Loss } from '../losses/loss.ts';
import type { RandomGenerator } from '../random/generator.ts';

export interface ParameterBlock {
  /** 'layer 1 weights', 'layer 1 bias', … */
  readonly name: string;
  readonly kind: 'weights' | 'bias';
  /** 1 for the layer next to the input. */
  readonly layer: number;
  /** First index in the parameter vector. */
  readonly offset: number;
  readonly size: number;
  /** (out, in) of weights, (out, 1) of a bias. */
  readonly rows: number;
  readonly columns: number;
}

/** What is minimised: the mean loss over a batch plus the penalty on all weights. */
export interface Objective {
  readonly loss: Loss;
  /** λ ≥ 0. */
  readonly l2: number;
  readonly l2Convention: L2Convention;
}

export interface ObjectiveValue {
  /** dataLoss + penalty. */
  readonly loss: number;
  readonly dataLoss: number;
  readonly penalty: number;
  /** Samples of the batch whose highest score is the true class. */
  readonly correct: number;
}

export interface ObjectiveGradient extends ObjectiveValue {
  /** ∂loss/∂parameters, laid out as they are. */
  readonly gradient: Float64Array;
}

export interface Classifier {
  readonly name: string;
  readonly inputSize: number;
  readonly classes: number;
  readonly parameterCount: number;
  readonly blocks: readonly ParameterBlock[];
  /** Fresh parameters. */
  initialize(random: RandomGenerator): Float64Array;
  /** (n, in) → (n, classes). Throws SHAPE_MISMATCH. */
  scores(parameters: Float64Array, x: Matrix): Matrix;
  /** Throws SHAPE_MISMATCH. */
  loss(parameters: Float64Array, x: Matrix, labels: ArrayLike<number>, objective: Objective): ObjectiveValue;
  /** Throws SHAPE_MISMATCH. */
  lossAndGradient(
    parameters: Float64Array,
    x: Matrix,
    labels: ArrayLike<number>,
    objective: Objective,
  ): ObjectiveGradient;
  /** ∂loss/∂x, (n, in): what in a picture pushes its loss. Throws SHAPE_MISMATCH. */
  inputGradient(parameters: Float64Array, x: Matrix, labels: ArrayLike<number>, objective: Objective): Matrix;
  /** Which side of every kink of activations and loss this batch is on; see gradient-check. Empty without kinks. */
  sides(parameters: Float64Array, x: Matrix, labels: ArrayLike<number>, objective: Objective): Uint8Array;
}
