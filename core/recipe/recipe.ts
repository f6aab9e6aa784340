import { defaultFeatures, type FeatureRecipe } from './feature-recipe.ts';

/**
 * A recipe: everything that decides what a run computes, as one plain value.
 *
 * It is what the page edits, the command line parses, the store keeps, compute runs and a report prints. The same
 * recipe on the same version, backend and processor family gives the same bits, whatever the number of threads;
 * so the number of threads is no part of it.
 */
export interface Recipe {
  readonly formatVersion: 1;
  readonly dataset: RecipeDataset;
  readonly split: SplitRecipe;
  /** What the model sees of a picture: one block, or a mixture of several. */
  readonly features: readonly FeatureRecipe[];
  readonly model: ModelRecipe;
  readonly loss: LossName;
  /** λ ≥ 0 of the penalty on the weights, never on biases. */
  readonly l2: number;
  /** `half`: ½λ‖W‖² (gradient λW). `full`: λ‖W‖² (gradient 2λW). */
  readonly l2Convention: 'half' | 'full';
  readonly optimizer: OptimizerRecipe;
  readonly schedule: ScheduleRecipe;
  /** Pictures a step; `full` is the whole training split. */
  readonly batchSize: number | 'full';
  readonly epochs: number;
  readonly stopping: StoppingRecipe;
  /** Seed of initial weights and batch order, an integer in [0, 2³²). */
  readonly seed: number;
  /** Which kernels multiply matrices. The backends differ in the last bits. */
  readonly backend: BackendChoice;
}

export interface RecipeDataset {
  readonly id: string;
  /** Content hash of pictures, labels, splits and exclusions. */
  readonly version: string;
}

export interface SplitRecipe {
  /** Fraction of the training split held out, by duplicate group, in [0, 0.9]; ignored where the dataset brings a validation split. 0 trains on everything. */
  readonly validation: number;
  readonly seed: number;
}

export const activationNames = [
  'relu',
  'leaky-relu',
  'elu',
  'gelu',
  'gelu-tanh',
  'sigmoid',
  'tanh',
  'identity',
] as const;
export type ActivationName = (typeof activationNames)[number];
export const initializationNames = [
  'he-normal',
  'he-uniform',
  'xavier-normal',
  'xavier-uniform',
  'lecun-normal',
  'lecun-uniform',
] as const;
export type InitializationName = (typeof initializationNames)[number];

export type ModelRecipe =
  | { readonly kind: 'linear' }
  | {
      readonly kind: 'mlp';
      /** Units of each hidden layer, first to last. */
      readonly hidden: readonly number[];
      readonly activation: ActivationName;
      readonly initialization: InitializationName;
    };

export const lossNames = ['softmax', 'hinge'] as const;
export type LossName = (typeof lossNames)[number];

export type OptimizerRecipe =
  | { readonly kind: 'sgd'; readonly learningRate: number }
  | { readonly kind: 'momentum'; readonly learningRate: number; readonly momentum: number }
  | {
      readonly kind: 'adam';
      readonly learningRate: number;
      readonly beta1: number;
      readonly beta2: number;
      readonly epsilon: number;
    };
export const optimizerNames = ['sgd', 'momentum', 'adam'] as const;
export type OptimizerName = OptimizerRecipe['kind'];

export type ScheduleRecipe =
  | { readonly kind: 'constant' }
  /** Multiplied by `factor` after every `everyEpochs` epochs. */
  | { readonly kind: 'step'; readonly everyEpochs: number; readonly factor: number }
  /** From the learning rate down to `floor` times it, along half a cosine, over all epochs. */
  | { readonly kind: 'cosine'; readonly floor: number };

export interface StoppingRecipe {
  /** Epochs without a lower validation loss before the run ends; null never ends it. */
  readonly patience: number | null;
  /** Validation accuracy in (0, 1] that ends the run. */
  readonly targetAccuracy: number | null;
  /** Seconds of training after which the run ends at the next epoch; such a run repeats only up to where it ended. */
  readonly timeBudgetSeconds: number | null;
}

export const backendChoices = ['auto', 'wasm', 'native'] as const;
export type BackendChoice = (typeof backendChoices)[number];

/** Learning rates that do well with each optimizer on standardised pixels; the start of one's own search. */
export const defaultOptimizers: { readonly [Name in OptimizerName]: Extract<OptimizerRecipe, { kind: Name }> } = {
  sgd: { kind: 'sgd', learningRate: 0.01 },
  momentum: { kind: 'momentum', learningRate: 0.003, momentum: 0.9 },
  adam: { kind: 'adam', learningRate: 5e-4, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
};

/**
 * The recipe a person starts from: what the Train place shows and `tessera recipe` prints where nothing is said.
 *
 * Tried on CIFAR-10 (JPEG, 45,000 pictures to train on, seed 0): linear 41 % of the test pictures right, 256 hidden units
 * 55 %.
 */
export function defaultRecipe(dataset: RecipeDataset, model: ModelRecipe['kind'] = 'linear'): Recipe {
  const isLinear = model === 'linear';
  return {
    formatVersion: 1,
    dataset,
    split: { validation: 0.1, seed: 0 },
    features: [defaultFeatures.raw],
    model: isLinear ? { kind: 'linear' } : defaultMlp,
    loss: 'softmax',
    l2: isLinear ? 1e-2 : 3e-3,
    l2Convention: 'half',
    optimizer: { ...defaultOptimizers.adam, learningRate: isLinear ? 3e-4 : 1e-3 },
    schedule: { kind: 'cosine', floor: 0 },
    batchSize: 128,
    epochs: 20,
    stopping: { patience: null, targetAccuracy: null, timeBudgetSeconds: null },
    seed: 0,
    backend: 'auto',
  };
}

export const defaultMlp: Extract<ModelRecipe, { kind: 'mlp' }> = {
  kind: 'mlp',
  hidden: [256],
  activation: 'relu',
  initialization: 'he-normal',
};
