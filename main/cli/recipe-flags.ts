/** The flags of `train` and `recipe`, and the recipe they make. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import * as v from 'valibot';
import { StudioError } from '../../core/errors.ts';
import { m } from '../../core/messages/compiled/messages.js';
import {
  type ActivationName,
  activationNames,
  backendChoices,
  defaultMlp,
  defaultOptimizers,
  defaultRecipe,
  lossNames,
  optimizerNames,
  type Recipe,
} from '../../core/recipe/recipe.ts';
import { featureKinds, type FeatureRecipe } from '../../core/recipe/feature-recipe.ts';
import { fittingFeatures } from '../../core/recipe/fitting-features.ts';
import { forOptimizer, type Noise } from '../../core/recipe/for-optimizer.ts';
import { RecipeSchema } from '../../core/rpc/contract/recipe.ts';
import type { DatasetSummary } from '../../core/rpc/contract/datasets.ts';
import { choice, number } from './flag-values.ts';
import { personalPath } from './studio.ts';

export interface RecipeFlags {
  readonly features?: string;
  readonly model?: string;
  readonly hidden?: string;
  readonly activation?: string;
  readonly loss?: string;
  readonly optimizer?: string;
  readonly lr?: string;
  readonly batch?: string;
  readonly epochs?: string;
  readonly l2?: string;
  readonly seed?: string;
  readonly validation?: string;
  readonly backend?: string;
  readonly recipe?: string;
  readonly allowMinibatch?: boolean;
}

export function addRecipeFlags(command: Command): Command {
  return command
    .option('--features <names>', m.cli_features())
    .option('--model <name>', m.cli_model())
    .option('--hidden <units>', m.cli_hidden())
    .option('--activation <name>', m.cli_activation({ names: activationNames.join(', ') }))
    .option('--loss <name>', m.cli_loss({ names: lossNames.join(', ') }))
    .option('--optimizer <name>', m.cli_optimizer({ names: optimizerNames.join(', ') }))
    .option('--lr <rate>', m.cli_lr())
    .option('--batch <pictures>', m.cli_batch())
    .option('--epochs <count>', m.cli_epochs())
    .option('--l2 <strength>', m.cli_l2())
    .option('--seed <number>', m.cli_seed())
    .option('--validation <fraction>', m.cli_validation())
    .option('--backend <name>', m.cli_backend({ names: backendChoices.join(', ') }))
    .option('--allow-minibatch', m.cli_allow_minibatch())
    .option('--recipe <file>', m.cli_recipe_file());
}

export interface RecipeContext {
  /** Told what an optimizer turned off. */
  readonly note?: (text: string) => void;
  /** The command's own defaults, where no file is named. */
  readonly defaultsOf?: (recipe: Recipe) => Recipe;
}

/** A recipe file where one is named, else the default; flags override it. */
export async function recipeFromFlags(
  dataset: DatasetSummary,
  flags: RecipeFlags,
  { note = () => undefined, defaultsOf = (recipe) => recipe }: RecipeContext = {},
): Promise<Recipe> {
  const start = flags.recipe === undefined ? undefined : await readRecipe(flags.recipe);
  const model = flags.model === undefined ? undefined : choice('--model', flags.model, ['linear', 'mlp']);
  const hasHidden = flags.hidden !== undefined || flags.activation !== undefined;
  if (model === 'linear' && hasHidden) {
    throw new StudioError('INVALID_OPTION', { option: '--hidden', value: 'linear', expected: '--model mlp' });
  }

  const kind = model ?? (hasHidden ? 'mlp' : start?.model.kind);
  const features = flags.features === undefined ? undefined : featuresOf(flags.features, dataset);
  const fallback = defaultsOf(defaultFor(dataset, kind, start === undefined ? features : undefined));
  const written = start ?? fallback;
  const optimizerName =
    flags.optimizer === undefined ? undefined : choice('--optimizer', flags.optimizer, optimizerNames);
  const optimizer =
    optimizerName === undefined || optimizerName === written.optimizer.kind
      ? written.optimizer
      : defaultOptimizers[optimizerName];
  const { recipe: base, turnedOff } =
    optimizerName === undefined ? { recipe: written, turnedOff: [] } : forOptimizer(written, optimizer);
  if (turnedOff.length > 0)
    note(m.train_turned_off({ list: turnedOff.map((noise) => noiseNames[noise]()).join(', ') }));
  const mlp = base.model.kind === 'mlp' ? base.model : defaultMlp;
  return checked({
    ...base,
    // A file made for this dataset keeps its version, so that it repeats the run it was printed from.
    dataset: base.dataset.id === dataset.id ? base.dataset : fallback.dataset,
    split: { ...base.split, validation: number('--validation', flags.validation, base.split.validation) },
    model:
      kind === 'mlp'
        ? {
            ...mlp,
            hidden:
              flags.hidden === undefined ? mlp.hidden : flags.hidden.split(',').map((n) => number('--hidden', n, 0)),
            activation: flags.activation === undefined ? mlp.activation : activationOf(flags.activation),
          }
        : { kind: 'linear' },
    features: features ?? base.features,
    loss: choice('--loss', flags.loss ?? base.loss, lossNames),
    l2: number('--l2', flags.l2, base.l2),
    optimizer: {
      ...(flags.allowMinibatch === true ? noisy(optimizer) : optimizer),
      learningRate: number('--lr', flags.lr, optimizer.learningRate),
    },
    batchSize: flags.batch === 'full' ? 'full' : number('--batch', flags.batch, base.batchSize),
    epochs: number('--epochs', flags.epochs, base.epochs),
    seed: number('--seed', flags.seed, base.seed),
    backend: choice('--backend', flags.backend ?? base.backend, backendChoices),
  });
}

/** L-BFGS that takes minibatches all the same. Throws INVALID_OPTION for what takes them anyway. */
function noisy(optimizer: Recipe['optimizer']): Recipe['optimizer'] {
  if (optimizer.kind === 'lbfgs') return { ...optimizer, allowMinibatch: true };
  throw new StudioError('INVALID_OPTION', {
    option: '--allow-minibatch',
    value: optimizer.kind,
    expected: '--optimizer lbfgs',
  });
}

const noiseNames = {
  minibatches: m.noise_minibatches,
  dropout: m.noise_dropout,
  augmentation: m.noise_augmentation,
} as const satisfies Record<Noise, () => string>;

/** Which flag sets a field of the recipe. */
const flagOf = new Map([
  ['split.validation', '--validation'],
  ['model.hidden', '--hidden'],
  ['model.activation', '--activation'],
  ['optimizer.learningRate', '--lr'],
  ['batchSize', '--batch'],
  ['epochs', '--epochs'],
  ['l2', '--l2'],
  ['seed', '--seed'],
]);

/** Numbers may be no recipe's, such as a negative rate; the flag is named then, or the field where no flag sets it. */
function checked(recipe: Recipe): Recipe {
  const parsed = v.safeParse(RecipeSchema, recipe);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const field = fieldOf(issue);
  const option = [...flagOf].find(([path]) => field === path || field.startsWith(`${path}.`))?.[1] ?? field;
  throw new StudioError('INVALID_OPTION', {
    option,
    value: issue.received,
    expected: issue.expected ?? issue.message,
  });
}

function fieldOf(issue: v.BaseIssue<unknown>): string {
  return issue.path?.map((item) => String(item.key)).join('.') ?? '';
}

export async function readRecipe(file: string): Promise<Recipe> {
  const path = personalPath(file);
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new StudioError('BAD_DATASET_FILE', { path, reason: cause instanceof Error ? cause.message : 'unreadable' });
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new StudioError('INVALID_OPTION', { option: '--recipe', value: path, expected: 'JSON' });
  }
  const parsed = v.safeParse(RecipeSchema, value);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new StudioError('INVALID_OPTION', {
    option: `--recipe ${fieldOf(issue)}`,
    value: issue.received,
    expected: issue.expected ?? issue.message,
  });
}

/** Names of blocks by commas, each with its defaults: `hog,color`. What else a block can be told is set in a recipe. */
function featuresOf(text: string, dataset: DatasetSummary): FeatureRecipe[] {
  return text
    .split(',')
    .map((name) => fittingFeatures(choice('--features', name.trim(), featureKinds), dataset, leastTrained(dataset)));
}

/** One name for all hidden layers, or one for each, by commas. */
function activationOf(text: string): ActivationName | ActivationName[] {
  const names = text.split(',').map((name) => choice('--activation', name, activationNames));
  return names.length === 1 ? names[0]! : names;
}

/** The recipe one starts from; a small dataset has fewer pictures than the usual batch. */
function defaultFor(
  dataset: DatasetSummary,
  kind: Recipe['model']['kind'] | undefined,
  features: readonly FeatureRecipe[] | undefined,
): Recipe {
  const recipe = defaultRecipe({ id: dataset.id, version: dataset.version }, kind, features);
  return { ...recipe, batchSize: Math.max(1, Math.min(Number(recipe.batchSize), leastTrained(dataset))) };
}

/** Pictures that are left to learn from when the default's share is held out. */
function leastTrained({ counts: { train, validation } }: DatasetSummary): number {
  return Math.max(1, validation === null ? train - Math.max(1, Math.round(0.1 * train)) : train);
}
