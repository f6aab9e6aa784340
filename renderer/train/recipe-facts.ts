/** What follows from a recipe, and how it reads. */
import { mixtureDimension } from '../../core/features/index.ts';
import type { Noise } from '../../core/recipe/for-optimizer.ts';
import {
  type ActivationName,
  isAugmented,
  type OptimizerName,
  perLayer,
  type Recipe,
} from '../../core/recipe/recipe.ts';
import type { DatasetSummary } from '../../core/rpc/contract/datasets.ts';
import type { RunSummary } from '../../core/rpc/contract/runs.ts';
import { count, duration, percent, short } from '../format.ts';
import { featuresText } from '../features/feature-labels.ts';
import { m } from '../../core/messages/compiled/messages.js';

type Shape = Pick<DatasetSummary, 'width' | 'height' | 'channels' | 'classes'>;

/** Weights and biases: (inputs + 1) · outputs of each layer; 0 where the features make no sense for such pictures. */
export function parameterCount({ model, features }: Pick<Recipe, 'model' | 'features'>, dataset: Shape): number {
  const { classes } = dataset;
  const layers = [inputsOf(features, dataset), ...(model.kind === 'mlp' ? model.hidden : []), classes.length];
  let total = 0;
  for (let i = 1; i < layers.length; i++) total += (layers[i - 1]! + 1) * layers[i]!;
  return total;
}

function inputsOf(features: Recipe['features'], dataset: Shape): number {
  try {
    return mixtureDimension(features, dataset);
  } catch {
    return 0; // the form says what is wrong beside it
  }
}

/** Pictures that steps are made of: the training split without what is held out of it. */
export function trainingPictures(recipe: Pick<Recipe, 'split'>, { counts }: Pick<DatasetSummary, 'counts'>): number {
  return counts.validation === null ? counts.train - Math.round(counts.train * recipe.split.validation) : counts.train;
}

export function stepsPerEpoch(recipe: Recipe, pictures: number): number {
  return recipe.batchSize === 'full' ? 1 : Math.max(1, Math.ceil(pictures / recipe.batchSize));
}

/**
 * Seconds a recipe takes, by how fast the newest finished run of this computer went through parameters × pictures; null
 * before there is one. A guess: small models spend more of their time beside the products.
 */
export function estimatedSeconds(
  recipe: Recipe,
  dataset: DatasetSummary,
  runs: readonly RunSummary[],
  datasets: readonly DatasetSummary[],
): number | null {
  for (const run of runs) {
    const of = datasets.find(({ id }) => id === run.datasetId);
    if (of === undefined || run.epochs === 0 || run.trainSeconds < 0.2) continue;
    const work = run.parameters * trainingPictures(run.recipe, of) * run.epochs;
    const planned = parameterCount(recipe, dataset) * trainingPictures(recipe, dataset) * recipe.epochs;
    return (run.trainSeconds / work) * planned;
  }
  return null;
}

/** Learning rate in an epoch (from 0), as a fraction of the one chosen. */
export function scheduleFactor(schedule: Recipe['schedule'], epoch: number, epochs: number, warmUpEpochs = 0): number {
  if (epoch < warmUpEpochs) return epoch / warmUpEpochs;
  if (schedule.kind === 'constant') return 1;
  if (schedule.kind === 'step') return schedule.factor ** Math.floor(epoch / schedule.everyEpochs);
  const t = epochs <= 1 ? 0 : Math.min(1, epoch / epochs);
  return schedule.floor + ((1 - schedule.floor) * (1 + Math.cos(Math.PI * t))) / 2;
}

export const optimizerLabels = {
  gd: () => m.optimizer_gd(),
  sgd: () => m.optimizer_sgd(),
  momentum: () => m.optimizer_momentum(),
  nesterov: () => m.optimizer_nesterov(),
  adagrad: () => m.optimizer_adagrad(),
  rmsprop: () => m.optimizer_rmsprop(),
  adam: () => m.optimizer_adam(),
  adamw: () => m.optimizer_adamw(),
  lbfgs: () => m.optimizer_lbfgs(),
} as const satisfies Record<OptimizerName, () => string>;
export const optimizerExplanations = {
  gd: () => m.optimizer_gd_explained(),
  sgd: () => m.optimizer_sgd_explained(),
  momentum: () => m.optimizer_momentum_explained(),
  nesterov: () => m.optimizer_nesterov_explained(),
  adagrad: () => m.optimizer_adagrad_explained(),
  rmsprop: () => m.optimizer_rmsprop_explained(),
  adam: () => m.optimizer_adam_explained(),
  adamw: () => m.optimizer_adamw_explained(),
  lbfgs: () => m.optimizer_lbfgs_explained(),
} as const satisfies Record<OptimizerName, () => string>;
export const noiseLabels = {
  minibatches: () => m.noise_minibatches(),
  dropout: () => m.noise_dropout(),
  augmentation: () => m.noise_augmentation(),
} as const satisfies Record<Noise, () => string>;
export const lossLabels = {
  softmax: () => m.loss_softmax(),
  hinge: () => m.loss_hinge(),
  'squared-hinge': () => m.loss_squared_hinge(),
} as const;
export const lossExplanations = {
  softmax: () => m.loss_softmax_explained(),
  hinge: () => m.loss_hinge_explained(),
  'squared-hinge': () => m.loss_squared_hinge_explained(),
} as const;
export const bestByLabels = {
  accuracy: () => m.recipe_best_accuracy(),
  loss: () => m.recipe_best_loss(),
} as const;
export const scheduleLabels = {
  constant: () => m.schedule_constant(),
  step: () => m.schedule_step(),
  cosine: () => m.schedule_cosine(),
} as const;
/** Names of functions are the same in every language. */
export const activationLabels = {
  relu: 'ReLU',
  'leaky-relu': 'Leaky ReLU',
  elu: 'ELU',
  gelu: 'GELU',
  'gelu-tanh': 'GELU (tanh)',
  sigmoid: 'Sigmoid',
  tanh: 'tanh',
  identity: 'Identity',
} as const;
export const initializationLabels = {
  'he-normal': 'He, normal',
  'he-uniform': 'He, uniform',
  'xavier-normal': 'Xavier, normal',
  'xavier-uniform': 'Xavier, uniform',
  'lecun-normal': 'LeCun, normal',
  'lecun-uniform': 'LeCun, uniform',
} as const;

export function modelLabel(model: Recipe['model']): string {
  return model.kind === 'linear' ? m.model_linear() : `MLP ${model.hidden.join('–')}`;
}

export interface Fact {
  readonly id: string;
  readonly label: string;
  /** What the label means, in one sentence. */
  readonly explanation: string;
  readonly value: string;
}

/** The recipe as a list of facts, always in this order; comparing two recipes compares these. */
export function recipeFacts(recipe: Recipe): readonly Fact[] {
  const { model, optimizer, schedule, stopping } = recipe;
  const facts: Fact[] = [
    {
      id: 'features',
      label: m.recipe_features(),
      explanation: m.term_features(),
      value: featuresText(recipe.features),
    },
    {
      id: 'model',
      label: m.recipe_model(),
      explanation: model.kind === 'linear' ? m.model_linear_explained() : m.model_mlp_explained(),
      value: model.kind === 'linear' ? modelLabel(model) : `${modelLabel(model)}, ${activationText(model.activation)}`,
    },
    ...(model.kind === 'mlp'
      ? [
          {
            id: 'initialization',
            label: m.recipe_initialization(),
            explanation: m.recipe_initialization_explained(),
            value: initializationLabels[model.initialization],
          },
        ]
      : []),
    ...(model.kind === 'mlp' && perLayer(model.dropout, 1).some((p) => p > 0)
      ? [
          {
            id: 'dropout',
            label: m.recipe_dropout(),
            explanation: m.recipe_dropout_explained(),
            value: perLayer(model.dropout, 1)
              .map((p) => percent(p, 0))
              .join(', '),
          },
        ]
      : []),
    ...(isAugmented(recipe.augmentation)
      ? [
          {
            id: 'augmentation',
            label: m.recipe_augmentation(),
            explanation: m.term_augmentation(),
            value: augmentationText(recipe.augmentation),
          },
        ]
      : []),
    {
      id: 'loss',
      label: m.recipe_loss(),
      explanation: lossExplanations[recipe.loss](),
      value: lossLabels[recipe.loss](),
    },
    ...(recipe.classWeights === 'balanced'
      ? [
          {
            id: 'class-weights',
            label: m.recipe_class_weights(),
            explanation: m.recipe_class_weights_explained(),
            value: m.on(),
          },
        ]
      : []),
    {
      id: 'l2',
      label: 'L2',
      explanation: m.recipe_l2_explained(),
      value:
        recipe.l2 === 0 ? m.none() : `${short(recipe.l2)} (${recipe.l2Convention === 'half' ? '½λ||W||²' : 'λ||W||²'})`,
    },
    {
      id: 'optimizer',
      label: m.recipe_optimizer(),
      explanation: optimizerExplanations[optimizer.kind](),
      value: optimizerText(optimizer),
    },
    {
      id: 'learning-rate',
      label: m.recipe_learning_rate(),
      explanation: m.recipe_learning_rate_explained(),
      value:
        optimizer.kind === 'lbfgs' // its searches decide
          ? short(optimizer.learningRate)
          : `${short(optimizer.learningRate)}, ${scheduleText(schedule, recipe.warmUpEpochs)}`,
    },
    {
      id: 'batch',
      label: m.recipe_batch(),
      explanation: m.recipe_batch_explained(),
      value: recipe.batchSize === 'full' ? m.batch_full() : count(recipe.batchSize),
    },
    { id: 'epochs', label: m.recipe_epochs(), explanation: m.recipe_epochs_explained(), value: count(recipe.epochs) },
    {
      id: 'stopping',
      label: m.recipe_stopping(),
      explanation: m.term_stopping(),
      value:
        [
          stopping.patience === null ? '' : m.stopping_patience_fact({ count: count(stopping.patience) }),
          stopping.targetAccuracy === null
            ? ''
            : m.stopping_target_fact({ accuracy: percent(stopping.targetAccuracy) }),
          stopping.timeBudgetSeconds === null
            ? ''
            : m.stopping_time_fact({ time: duration(stopping.timeBudgetSeconds) }),
        ]
          .filter(Boolean)
          .join(', ') || m.none(),
    },
    {
      id: 'best',
      label: m.recipe_best(),
      explanation: m.recipe_best_explained(),
      value: bestByLabels[stopping.best](),
    },
    {
      id: 'validation',
      label: m.recipe_validation(),
      explanation: m.recipe_validation_explained(),
      value: percent(recipe.split.validation, 0),
    },
    { id: 'seed', label: m.recipe_seed(), explanation: m.recipe_seed_explained(), value: String(recipe.seed) },
    { id: 'backend', label: m.settings_backend(), explanation: m.settings_backend_hint(), value: recipe.backend },
  ];
  return facts;
}

function activationText(activation: ActivationName | readonly ActivationName[]): string {
  return perLayer(activation, 1)
    .map((name) => activationLabels[name])
    .join(', ');
}

function augmentationText({ flip, shift, crop }: Recipe['augmentation']): string {
  return [
    flip ? m.augmentation_flip_fact() : '',
    shift > 0 ? m.augmentation_shift_fact({ pixels: shift }) : '',
    crop > 0 ? m.augmentation_crop_fact({ fraction: percent(crop, 0) }) : '',
  ]
    .filter(Boolean)
    .join(', ');
}

function optimizerText(optimizer: Recipe['optimizer']): string {
  const name = optimizerLabels[optimizer.kind]();
  const details: (string | false)[] = [];
  if (optimizer.kind === 'momentum')
    details.push(short(optimizer.momentum), optimizer.rate === 'inside' && m.rate_inside());
  if (optimizer.kind === 'nesterov')
    details.push(short(optimizer.momentum), optimizer.form === 'look-ahead' && m.form_look_ahead());
  if (optimizer.kind === 'rmsprop') details.push(`ρ ${short(optimizer.decay)}`);
  if (optimizer.kind === 'adamw') details.push(`λ ${short(optimizer.weightDecay)}`);
  if (optimizer.kind === 'adam' || optimizer.kind === 'adamw') {
    const { beta1, beta2, biasCorrection } = optimizer;
    if (beta1 !== 0.9 || beta2 !== 0.999) details.push(`β ${short(beta1)}, ${short(beta2)}`);
    details.push(!biasCorrection && m.optimizer_uncorrected_fact());
  }
  if (optimizer.kind === 'lbfgs') details.push(`m ${optimizer.memory}`);
  return [name, ...details.filter((detail) => detail !== false)].join(' · ');
}

function scheduleText(schedule: Recipe['schedule'], warmUpEpochs: number): string {
  const text =
    schedule.kind === 'step'
      ? m.schedule_step_fact({ factor: short(schedule.factor), epochs: count(schedule.everyEpochs) })
      : scheduleLabels[schedule.kind]();
  return warmUpEpochs > 0 ? `${text}, ${m.warm_up_fact({ epochs: short(warmUpEpochs) })}` : text;
}
