/** From a recipe to the parts that compute with it. */
import type { Standardization } from '../features/standardize.ts';
import { l2GradientFactor } from '../losses/l2-penalty.ts';
import type { Classifier } from '../models/classifier.ts';
import { linearClassifier } from '../models/linear-classifier.ts';
import { multilayerPerceptron } from '../models/multilayer-perceptron.ts';
import type { LearningRateSchedule } from '../optimizers/learning-rate-schedule.ts';
import { createGenerator } from '../random/generator.ts';
import { perLayer, type Recipe } from '../recipe/recipe.ts';
import { type EnginePictures, type EngineShape, type InputScaling, type PictureShape, sizesOf } from './step-engine.ts';
import type { TrainingPlan } from './train.ts';

/** The recipe's model for pictures of so many features. */
export function classifierOf({ model }: Recipe, featureCount: number, classes: number): Classifier {
  if (model.kind === 'linear') return linearClassifier({ inputSize: featureCount, classes });
  const { hidden, activation, initialization } = model;
  return multilayerPerceptron({ inputSize: featureCount, hidden, classes, activation, initialization });
}

/** The parameters a run of this recipe starts from, in float32. */
export function initialParameters(recipe: Recipe, featureCount: number, classes: number): Float32Array {
  const random = createGenerator(recipe.seed, 'weights');
  return Float32Array.from(classifierOf(recipe, featureCount, classes).initialize(random));
}

/** The standardisation as the engines apply it: float32, multiplied instead of divided. */
export function scalingOf({ mean, deviation }: Standardization): InputScaling {
  return { mean: Float32Array.from(mean), inverseDeviation: Float32Array.from(deviation, (sigma) => 1 / sigma) };
}

/**
 * The part of an engine's setup that the recipe decides before there are pictures.
 *
 * @param picture  of pixels, null for features.
 */
export function engineShapeOf(
  recipe: Recipe,
  featureCount: number,
  classes: number,
  picture: PictureShape | null,
): EngineShape {
  const { model, loss, optimizer, augmentation, seed } = recipe;
  const layers = model.kind === 'mlp' ? model.hidden.length : 0;
  return {
    sizes: sizesOf(recipe, featureCount, classes),
    activations: model.kind === 'mlp' ? perLayer(model.activation, layers) : [],
    dropout: model.kind === 'mlp' ? perLayer(model.dropout, layers) : [],
    loss,
    penaltyFactor: l2GradientFactor(recipe.l2, recipe.l2Convention),
    optimizer,
    augmentation,
    picture,
    seed,
  };
}

/**
 * How often a picture of each class counts.
 *
 *     balanced:  w_c = n / (C·n_c)      n training pictures, n_c of class c, C classes that have any
 *
 * The mean of the weights over the training pictures is 1. A class without training pictures gets 1.
 *
 * Source: scikit-learn's class_weight='balanced'.
 */
export function classWeightsOf(
  { classWeights }: Pick<Recipe, 'classWeights'>,
  { labels, sets }: Pick<EnginePictures, 'labels' | 'sets'>,
  classes: number,
): Float32Array | null {
  if (classWeights === 'none') return null;
  const counts = new Float64Array(classes);
  for (const picture of sets.train) counts[labels[picture]!]!++;
  const present = counts.filter((count) => count > 0).length;
  return Float32Array.from(counts, (count) => (count === 0 ? 1 : sets.train.length / (present * count)));
}

export function planOf(recipe: Recipe, trainCount: number, validationCount: number): TrainingPlan {
  const { batchSize, epochs, stopping, seed, warmUpEpochs } = recipe;
  const { learningRate } = recipe.optimizer;
  const schedule: LearningRateSchedule =
    warmUpEpochs > 0 ? { kind: 'warm-up', epochs: warmUpEpochs, after: recipe.schedule } : recipe.schedule;
  return { trainCount, validationCount, batchSize, epochs, learningRate, schedule, stopping, seed };
}
