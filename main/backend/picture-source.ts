/** From a recipe and a dataset version to the pictures that compute gets. */
import { stratifiedSplit } from '../../core/dataset/split.ts';
import { isStudioError, StudioError } from '../../core/errors.ts';
import { createGenerator } from '../../core/random/generator.ts';
import { mixtureDimension } from '../../core/features/index.ts';
import { seesPixels } from '../../core/recipe/feature-recipe.ts';
import { isAugmented, perLayer, type Recipe } from '../../core/recipe/recipe.ts';
import type { PictureSource } from '../../core/rpc/contract/compute.ts';
import { parameterCountOf, sizesOf, stateBytes } from '../../core/training/step-engine.ts';
import { type DatasetVersion, excludedFlag } from '../store/dataset-version.ts';

/**
 * Numbers of the pictures of each split, rising. Where the dataset brings no validation split, the recipe's fraction of the
 * training pictures is held out: stratified, by duplicate group, by the split's seed.
 *
 * @throws StudioError NOTHING_TO_HOLD_OUT.
 */
export function pictureSource(dataset: DatasetVersion, split: Recipe['split']): PictureSource {
  const { pixelsPath, headerBytes, count, width, height, channels, classes, labels, splits, flags, groups } = dataset;
  const parts: [number[], number[], number[]] = [[], [], []];
  for (let i = 0; i < count; i++) {
    if ((flags[i]! & excludedFlag) === 0) parts[splits[i] as 0 | 1 | 2].push(i);
  }
  let [train, validation] = parts;
  if (validation.length === 0 && split.validation > 0 && train.length > 0) {
    const held = stratifiedSplit({
      labels: train.map((i) => labels[i]!),
      groups: train.map((i) => (groups[i]! < 0 ? null : groups[i]!)),
      heldOut: { fraction: split.validation },
      random: createGenerator(split.seed, 'validation'),
    });
    validation = Array.from(held.heldOut, (k) => train[k]!);
    train = Array.from(held.training, (k) => train[k]!);
  }
  return {
    pixelsPath,
    headerBytes,
    count,
    width,
    height,
    channels,
    classes: [...classes],
    labels,
    train: Uint32Array.from(train),
    validation: Uint32Array.from(validation),
    test: Uint32Array.from(parts[2]),
  };
}

/** The split, with no share held out where nothing can be: where each class is copies of one picture. */
export function possibleSplit(dataset: DatasetVersion, split: Recipe['split']): Recipe['split'] {
  try {
    pictureSource(dataset, split);
    return split;
  } catch (cause) {
    if (!isStudioError(cause, 'NOTHING_TO_HOLD_OUT')) throw cause;
    return { ...split, validation: 0 };
  }
}

/**
 * Refuses a recipe that makes no sense for these pictures.
 *
 * @throws StudioError DATASET_TOO_SMALL, INVALID_OPTION naming the field.
 */
export function checkRecipe(recipe: Recipe, source: PictureSource): void {
  mixtureDimension(recipe.features, source); // throws where a block makes no sense for such pictures
  const { flip, shift, crop } = recipe.augmentation;
  if (!seesPixels(recipe.features) && (flip || shift > 0 || crop > 0)) {
    throw new StudioError('INVALID_OPTION', {
      option: 'augmentation',
      value: recipe.features.map(({ kind }) => kind).join(', '),
      expected: 'none, as features have no left and right',
    });
  }
  const { train, validation, labels, classes } = source;
  const present = new Set(Array.from(train, (i) => labels[i]!));
  if (present.size < 2) throw new StudioError('DATASET_TOO_SMALL', { pictures: train.length, classes: present.size });
  if (recipe.batchSize !== 'full' && recipe.batchSize > train.length) {
    throw new StudioError('INVALID_OPTION', {
      option: 'batchSize',
      value: String(recipe.batchSize),
      expected: `1 … ${train.length}`,
    });
  }
  requireQuietBatch(recipe);
  if (validation.length === 0) {
    const { patience, targetAccuracy } = recipe.stopping;
    const needsValidation = patience !== null ? 'patience' : targetAccuracy !== null ? 'targetAccuracy' : null;
    if (needsValidation !== null) {
      throw new StudioError('INVALID_OPTION', {
        option: `stopping.${needsValidation}`,
        value: String(recipe.stopping[needsValidation]),
        expected: 'null, as there is no validation split',
      });
    }
  }
  if (classes.length > largestClasses) {
    throw new StudioError('TOO_MANY_CLASSES', { classes: classes.length, limit: largestClasses });
  }
}

/** Throws INVALID_OPTION where an optimizer that needs the same function at every step would not get it. */
function requireQuietBatch({ optimizer, batchSize, model, augmentation }: Recipe): void {
  const isAny = optimizer.kind === 'lbfgs' && optimizer.allowMinibatch;
  if ((optimizer.kind !== 'gd' && optimizer.kind !== 'lbfgs') || isAny) return;
  const { kind } = optimizer;
  if (batchSize !== 'full') {
    const why =
      kind === 'gd'
        ? 'gd takes the whole training split a step; sgd takes batches'
        : 'lbfgs measures curvature by differences between steps, which another batch would turn into noise; allowMinibatch (--allow-minibatch) goes on all the same';
    throw new StudioError('INVALID_OPTION', {
      option: 'batchSize',
      value: String(batchSize),
      expected: `full: ${why}`,
    });
  }
  if (kind === 'gd') return;
  const same = 'with lbfgs: the function has to be the same at every evaluation';
  if (isAugmented(augmentation)) {
    const value = JSON.stringify(augmentation);
    throw new StudioError('INVALID_OPTION', { option: 'augmentation', value, expected: `off ${same}` });
  }
  if (model.kind === 'mlp' && perLayer(model.dropout, 1).some((p) => p > 0)) {
    throw new StudioError('INVALID_OPTION', { option: 'dropout', value: String(model.dropout), expected: `0 ${same}` });
  }
}

const largestClasses = 65_535; // labels are 16 bits wide

/** About how large one checkpoint file of the recipe will be: parameters and the optimizer's vectors, four bytes a number. */
export function checkpointBytes(recipe: Recipe, source: PictureSource): number {
  const { classes } = source;
  const features = mixtureDimension(recipe.features, source);
  const parameters = parameterCountOf(sizesOf(recipe, features, classes.length));
  return stateBytes(recipe.optimizer, parameters) + 16 * features + 64 * 1024;
}
