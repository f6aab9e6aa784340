import { defaultFeatures, type FeatureRecipe, seesPixels } from './feature-recipe.ts';

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
  /** `balanced`: a picture counts n / (C·n_c) times, so that every class weighs the same; `none`: every picture once. */
  readonly classWeights: 'none' | 'balanced';
  /** λ ≥ 0 of the penalty on the weights, never on biases. */
  readonly l2: number;
  /** `half`: ½λ‖W‖² (gradient λW). `full`: λ‖W‖² (gradient 2λW). */
  readonly l2Convention: 'half' | 'full';
  readonly optimizer: OptimizerRecipe;
  readonly schedule: ScheduleRecipe;
  /** Epochs during which the learning rate rises in a straight line to what the schedule says; 0 starts with it. */
  readonly warmUpEpochs: number;
  readonly augmentation: AugmentationRecipe;
  /** Pictures a step; `full` is the whole training split. */
  readonly batchSize: number | 'full';
  /** 0 only where the run starts from the weights of another. */
  readonly epochs: number;
  readonly stopping: StoppingRecipe;
  /** Seed of initial weights and batch order, an integer in [0, 2³²). */
  readonly seed: number;
  /** What the run starts from; left out: fresh weights, drawn from the seed. */
  readonly start?: StartRecipe | undefined;
  /** Which kernels multiply matrices. The backends differ in the last bits. */
  readonly backend: BackendChoice;
}

/**
 * The weights of another run on the same pictures, features and split, its hidden layers made as small as this recipe's model.
 * With 0 epochs that is all the run does.
 */
export interface StartRecipe {
  readonly run: string;
  /** Of those weights: a run may have several. */
  readonly weightsSha256: string;
  /** How units are chosen that go; see core/explanation/smaller-network.ts. */
  readonly pruneBy: PruningCriterion;
}

/** `twins` merges exact twins, which changes no score, and takes out nothing else. */
export const pruningCriteria = ['magnitude', 'contribution', 'redundancy', 'twins'] as const;
export type PruningCriterion = (typeof pruningCriteria)[number];

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
      /** One for all hidden layers, or one for each. */
      readonly activation: ActivationName | readonly ActivationName[];
      /** Probability in [0, 1) that a unit is left out of a training step; one for all hidden layers, or one for each. */
      readonly dropout: number | readonly number[];
      readonly initialization: InitializationName;
    };

/** One value for each hidden layer. */
export function perLayer<Value extends string | number>(value: Value | readonly Value[], layers: number): Value[] {
  return typeof value === 'object' ? [...value] : Array.from({ length: layers }, () => value);
}

export const lossNames = ['softmax', 'hinge', 'squared-hinge'] as const;
export type LossName = (typeof lossNames)[number];

/** The formulas are in core/optimizers. */
export type OptimizerRecipe =
  /** The whole training split a step. */
  | { readonly kind: 'gd'; readonly learningRate: number }
  | { readonly kind: 'sgd'; readonly learningRate: number }
  | {
      readonly kind: 'momentum';
      readonly learningRate: number;
      readonly momentum: number;
      /** Whether the velocity holds gradients (outside; PyTorch) or steps (inside; Sutskever); they differ under a schedule. */
      readonly rate: 'outside' | 'inside';
    }
  | {
      readonly kind: 'nesterov';
      readonly learningRate: number;
      readonly momentum: number;
      /** Whether w is kept and the gradient taken at w + ρv, or that point is kept itself. */
      readonly form: 'look-ahead' | 'rewritten';
    }
  | { readonly kind: 'adagrad'; readonly learningRate: number; readonly epsilon: number }
  | { readonly kind: 'rmsprop'; readonly learningRate: number; readonly decay: number; readonly epsilon: number }
  | ({ readonly kind: 'adam' } & AdamRecipe)
  /** `weightDecay` shrinks weights and biases by itself; the penalty λ is another matter. */
  | ({ readonly kind: 'adamw'; readonly weightDecay: number } & AdamRecipe)
  | {
      readonly kind: 'lbfgs';
      /** Length of the first try of a line search after the first step. */
      readonly learningRate: number;
      /** Pairs of steps and gradient changes that are kept. */
      readonly memory: number;
      /** Evaluations of loss and gradient that one line search may take. */
      readonly maxEvaluations: number;
      /** The run ends where no part of the gradient is larger. */
      readonly gradientTolerance: number;
      /** Goes on with minibatches although each is another function; for showing what happens. */
      readonly allowMinibatch: boolean;
    };
interface AdamRecipe {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly biasCorrection: boolean;
}

export function isLookingAhead(optimizer: OptimizerRecipe): boolean {
  return optimizer.kind === 'nesterov' && optimizer.form === 'look-ahead';
}

export const optimizerNames = [
  'gd',
  'sgd',
  'momentum',
  'nesterov',
  'adagrad',
  'rmsprop',
  'adam',
  'adamw',
  'lbfgs',
] as const;
export type OptimizerName = OptimizerRecipe['kind'];

export type ScheduleRecipe =
  | { readonly kind: 'constant' }
  /** Multiplied by `factor` after every `everyEpochs` epochs. */
  | { readonly kind: 'step'; readonly everyEpochs: number; readonly factor: number }
  /** From the learning rate down to `floor` times it, along half a cosine, over all epochs. */
  | { readonly kind: 'cosine'; readonly floor: number };

/** What a picture may look like in training: another one in every epoch, drawn from the seed. Never when it is judged. */
export interface AugmentationRecipe {
  /** Mirrored left to right, every other time. */
  readonly flip: boolean;
  /** Moved by up to so many pixels in each direction; edges repeat. */
  readonly shift: number;
  /** Cut to between 1 − crop and 1 of each side, anywhere, and scaled back; in [0, 0.9]. */
  readonly crop: number;
}

export const noAugmentation: AugmentationRecipe = { flip: false, shift: 0, crop: 0 };

export function isAugmented({ flip, shift, crop }: AugmentationRecipe): boolean {
  return flip || shift > 0 || crop > 0;
}

export const bestByChoices = ['accuracy', 'loss'] as const;

export interface StoppingRecipe {
  /** Which epoch's model is kept as the best, and what patience waits for: the highest validation accuracy, or the lowest validation loss. */
  readonly best: (typeof bestByChoices)[number];
  /** Epochs without a better one before the run ends; null never ends it. */
  readonly patience: number | null;
  /** Validation accuracy in (0, 1] that ends the run. */
  readonly targetAccuracy: number | null;
  /** Seconds of training after which the run ends at the next epoch; such a run repeats only up to where it ended. */
  readonly timeBudgetSeconds: number | null;
}

/** A run that goes on to its last epoch. */
export const noStopping: StoppingRecipe = {
  best: 'accuracy',
  patience: null,
  targetAccuracy: null,
  timeBudgetSeconds: null,
};

export const backendChoices = ['auto', 'wasm', 'native'] as const;
export type BackendChoice = (typeof backendChoices)[number];

/** Learning rates that do well with each optimizer on standardised pixels; the start of one's own search. */
export const defaultOptimizers: { readonly [Name in OptimizerName]: Extract<OptimizerRecipe, { kind: Name }> } = {
  gd: { kind: 'gd', learningRate: 0.005 },
  sgd: { kind: 'sgd', learningRate: 0.01 },
  momentum: { kind: 'momentum', learningRate: 0.003, momentum: 0.9, rate: 'outside' },
  nesterov: { kind: 'nesterov', learningRate: 0.003, momentum: 0.9, form: 'rewritten' },
  adagrad: { kind: 'adagrad', learningRate: 0.005, epsilon: 1e-10 },
  rmsprop: { kind: 'rmsprop', learningRate: 3e-4, decay: 0.99, epsilon: 1e-8 },
  adam: { kind: 'adam', learningRate: 5e-4, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, biasCorrection: true },
  adamw: {
    kind: 'adamw',
    learningRate: 5e-4,
    weightDecay: 0.01,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    biasCorrection: true,
  },
  lbfgs: {
    kind: 'lbfgs',
    learningRate: 1,
    memory: 10,
    maxEvaluations: 25,
    gradientTolerance: 1e-7,
    allowMinibatch: false,
  },
};

/**
 * The recipe a person starts from: what the Train place shows and `tessera recipe` prints where nothing is said.
 *
 * Tried on CIFAR-10 (JPEG, 45,000 pictures to train on, seed 0): linear 41 % of the test pictures right, 256 hidden units
 * 55 %. The rate for features was chosen on 1,000 validation pictures beside 9,000, 20 epochs of a linear model; 3e-4, 1e-3 and 3e-3:
 * colours 26.0 and 30.0 % (3e-3 not tried), edges 48.0, 49.2, 48.9, both 52.7, 54.6, 54.1, 400 words 58.9, 61.0, 60.9.
 */
export function defaultRecipe(
  dataset: RecipeDataset,
  model: ModelRecipe['kind'] = 'linear',
  features: readonly FeatureRecipe[] = [defaultFeatures.raw],
): Recipe {
  const isLinear = model === 'linear';
  // A linear model of pixels is spoilt by a larger rate; one of features is not done with a smaller one.
  const learningRate = isLinear && seesPixels(features) ? 3e-4 : 1e-3;
  return {
    formatVersion: 1,
    dataset,
    split: { validation: 0.1, seed: 0 },
    features,
    model: isLinear ? { kind: 'linear' } : defaultMlp,
    loss: 'softmax',
    classWeights: 'none',
    l2: isLinear ? 1e-2 : 3e-3,
    l2Convention: 'half',
    optimizer: { ...defaultOptimizers.adam, learningRate },
    schedule: { kind: 'cosine', floor: 0 },
    warmUpEpochs: 0,
    augmentation: noAugmentation,
    batchSize: 128,
    epochs: 20,
    stopping: noStopping,
    seed: 0,
    backend: 'auto',
  };
}

export const defaultMlp: Extract<ModelRecipe, { kind: 'mlp' }> = {
  kind: 'mlp',
  hidden: [256],
  activation: 'relu',
  dropout: 0,
  initialization: 'he-normal',
};
