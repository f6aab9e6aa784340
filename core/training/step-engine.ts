/**
 * What the training loop needs of the arithmetic, and nothing about how it is done.
 *
 * One engine holds one model, its optimizer's state and the training, validation and test pictures. The plain engine
 * (plain-step-engine.ts) is TypeScript over float32 storage; the shared-memory engine does the same with
 * vector instructions on all threads. The loop (train.ts) owns order, schedule, stopping and reports.
 */
import type { ActivationName, AugmentationRecipe, LossName, OptimizerRecipe, Recipe } from '../recipe/recipe.ts';

export interface StepEngine {
  /**
   * One parameter update from the mean loss over these pictures (numbers within the training set). `epoch`, from 0,
   * decides how pictures are augmented.
   */
  step(pictures: Uint32Array, learningRate: number, epoch: number): StepResult;
  /**
   * Mean loss without penalty and accuracy over one set, without an update. `shouldStop` is asked now and then and told
   * how many pictures are done; the answer is null where it said so.
   */
  evaluate(set: EngineSet, shouldStop: ShouldStop): EvaluationResult | null;
  /** (n, classes) scores of one set, row-major; null as above. */
  scores(set: EngineSet, shouldStop: ShouldStop): Float32Array<ArrayBuffer> | null;
  /** A copy of everything that decides the next step: parameters and optimizer state, as plain data. */
  save(): EngineState;
  /** Goes on from a saved state. Throws SHAPE_MISMATCH where it belongs to another model or optimizer. */
  restore(state: EngineState): void;
  /** True when every parameter and all of the optimizer's state are finite numbers. */
  isFinite(): boolean;
  readonly parameterCount: number;
  readonly backend: 'wasm' | 'native';
  readonly threads: number;
  close(): void;
}

export type ShouldStop = (done: number) => boolean;
export type EngineSet = 'train' | 'validation' | 'test';

export interface StepResult {
  /** Of loss and gradient, where a step takes more than one. */
  readonly evaluations?: number;
  /** True where the optimizer finds nothing more to do. */
  readonly hasConverged?: boolean;
  /** Mean loss over the batch before the update, without the penalty; may be non-finite, which ends the run. */
  readonly loss: number;
  /** Pictures of the batch whose highest score is the true class, before the update. */
  readonly correct: number;
}

export interface EvaluationResult {
  readonly loss: number;
  readonly accuracy: number;
  readonly count: number;
}

/** Float32 parameters in the order of the model's blocks (core/models), and the optimizer's state by name. */
export interface EngineState {
  readonly parameters: Float32Array;
  readonly optimizer: Readonly<Record<string, number | Float32Array | Float64Array>>;
}

/**
 * What goes in, and which of it is for what.
 *
 * Either pixels, one byte each, or rows of float32 features that an extractor has computed. Both lie packed, one picture
 * after another, and in the shared-memory engine at `layout.inputs` of its memory: `allocateEngine` (main/compute) gives
 * the place, whoever has the numbers reads or writes them straight into it. What a step needs of them is copied out, as
 * float32, through the scaling.
 */
export interface EnginePictures {
  /** (count, featureCount), row-major. */
  readonly inputs: Uint8Array | Float32Array;
  /** height × width × channels of pixels; columns of features. */
  readonly featureCount: number;
  /** One per picture. */
  readonly labels: Uint16Array;
  /** Numbers of the pictures of each set. */
  readonly sets: Readonly<Record<EngineSet, Uint32Array>>;
}

/** What a number goes through on its way in: x = (number − mean) · inverseDeviation, one of each a feature. */
export interface InputScaling {
  readonly mean: Float32Array;
  readonly inverseDeviation: Float32Array;
}

/** Sides of a picture, whose channels lie side by side. */
export interface PictureShape {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

/** What is computed. */
export interface EngineShape {
  /** [features, hidden…, classes]. */
  readonly sizes: readonly number[];
  /** Of each hidden layer. */
  readonly activations: readonly ActivationName[];
  /** Probability of each hidden layer's units to be left out of a step. */
  readonly dropout: readonly number[];
  readonly loss: LossName;
  /** What a weight is multiplied by in the penalty's gradient: λ or 2λ. */
  readonly penaltyFactor: number;
  readonly optimizer: OptimizerRecipe;
  readonly augmentation: AugmentationRecipe;
  /** What augmentation needs to know; null for features, which have no left and right. */
  readonly picture: PictureShape | null;
  /** Of dropout and augmentation. */
  readonly seed: number;
}

/** Everything an engine is made from. */
export interface EngineSetup extends EngineShape {
  readonly pictures: EnginePictures;
  /** null takes numbers as they are. */
  readonly scaling: InputScaling | null;
  /** How often a picture of each class counts in every loss; null counts all once. */
  readonly classWeights: Float32Array | null;
  /** Initial parameters. */
  readonly parameters: Float32Array;
}

/** [features, hidden…, classes] of the recipe's model. */
export function sizesOf(recipe: Recipe, featureCount: number, classes: number): number[] {
  return [featureCount, ...(recipe.model.kind === 'mlp' ? recipe.model.hidden : []), classes];
}

/** Weights and biases of a stack of affine layers of these sizes. */
export function parameterCountOf(sizes: readonly number[]): number {
  let count = 0;
  for (let l = 1; l < sizes.length; l++) count += (sizes[l - 1]! + 1) * sizes[l]!;
  return count;
}

/** A vector of an optimizer's state, as it is saved. */
export interface OptimizerBlock {
  readonly name: string;
  readonly type: 'float32' | 'float64';
  readonly length: number;
}

/** All that an optimizer keeps beside so many parameters: vectors, and numbers by name. */
export function optimizerState(
  optimizer: OptimizerRecipe,
  parameterCount: number,
): { readonly blocks: readonly OptimizerBlock[]; readonly numbers: readonly string[] } {
  if (optimizer.kind !== 'lbfgs') {
    const blocks = optimizerVectors(optimizer).map((name) => ({
      name,
      type: 'float32' as const,
      length: parameterCount,
    }));
    return { blocks, numbers: ['stepCount'] };
  }
  const { memory } = optimizer;
  const lengths = {
    point: parameterCount,
    gradient: parameterCount,
    steps: memory * parameterCount,
    gradientChanges: memory * parameterCount,
    curvatures: memory,
  };
  return {
    blocks: Object.entries(lengths).map(([name, length]) => ({ name, type: 'float64', length })),
    numbers: ['stepCount', 'iterations', 'evaluations', 'loss', 'pairs', 'scale', 'dataLoss', 'correct'],
  };
}

/** Bytes of a checkpoint's parameters and optimizer state. */
export function stateBytes(optimizer: OptimizerRecipe, parameterCount: number): number {
  const { blocks } = optimizerState(optimizer, parameterCount);
  return blocks.reduce((bytes, { type, length }) => bytes + length * (type === 'float64' ? 8 : 4), 4 * parameterCount);
}

/** True where a step looks at the whole training split: its sums over chunks are taken in float64. */
export function isFullBatch(optimizer: OptimizerRecipe): boolean {
  return optimizer.kind === 'gd' || optimizer.kind === 'lbfgs';
}

/** The vectors that a first-order optimizer keeps beside the parameters, each as long as they are. */
export function optimizerVectors(optimizer: OptimizerRecipe): readonly string[] {
  switch (optimizer.kind) {
    case 'gd':
    case 'sgd':
    case 'lbfgs':
      return [];
    case 'momentum':
    case 'nesterov':
      return ['velocity'];
    case 'adagrad':
      return ['squareSum'];
    case 'rmsprop':
      return ['squareAverage'];
    case 'adam':
    case 'adamw':
      return ['firstMoment', 'secondMoment'];
  }
}
