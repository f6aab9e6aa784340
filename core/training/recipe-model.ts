/** From a recipe to the parts that compute with it. */
import type { Standardization } from '../features/standardize.ts';
import { l2GradientFactor } from '../losses/l2-penalty.ts';
import type { Classifier } from '../models/classifier.ts';
import { linearClassifier } from '../models/linear-classifier.ts';
import { multilayerPerceptron } from '../models/multilayer-perceptron.ts';
import { createGenerator } from '../random/generator.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { type EngineShape, type PixelScaling, sizesOf } from './step-engine.ts';
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
export function scalingOf({ mean, deviation }: Standardization): PixelScaling {
  return { mean: Float32Array.from(mean), inverseDeviation: Float32Array.from(deviation, (sigma) => 1 / sigma) };
}

/** The part of an engine's setup that the recipe decides before there are pictures. */
export function engineShapeOf(recipe: Recipe, featureCount: number, classes: number): EngineShape {
  return {
    sizes: sizesOf(recipe, featureCount, classes),
    activation: recipe.model.kind === 'mlp' ? recipe.model.activation : 'identity',
    loss: recipe.loss,
    penaltyFactor: l2GradientFactor(recipe.l2, recipe.l2Convention),
    optimizer: recipe.optimizer,
  };
}

export function planOf(recipe: Recipe, trainCount: number, validationCount: number): TrainingPlan {
  const { batchSize, epochs, schedule, stopping, seed } = recipe;
  const { learningRate } = recipe.optimizer;
  return { trainCount, validationCount, batchSize, epochs, learningRate, schedule, stopping, seed };
}
