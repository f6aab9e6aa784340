// @vitest-environment node
import { defaultFeatures } from '../../../../core/recipe/feature-recipe.ts';
import { expect, it } from 'vitest';
import { defaultMlp, defaultRecipe } from '../../../../core/recipe/recipe.ts';
import { recipeDifferences } from '../../../../renderer/experiments/recipe-differences.ts';
import {
  parameterCount,
  scheduleFactor,
  stepsPerEpoch,
  trainingPictures,
} from '../../../../renderer/train/recipe-facts.ts';

const shape = { width: 32, height: 32, channels: 3 as const, classes: Array.from({ length: 10 }, String) };
const recipe = defaultRecipe({ id: 'd', version: '0'.repeat(64) }, 'linear');

it('counts weights and biases: (3072 + 1) · 10 for a linear model of CIFAR pictures', () => {
  expect(parameterCount({ model: { kind: 'linear' }, features: [defaultFeatures.raw] }, shape)).toBe(30_730);
});

it('counts every layer of an MLP: 3073·256 + 257·128 + 129·10', () => {
  const model = { ...defaultMlp, hidden: [256, 128] };

  expect(parameterCount({ model, features: [defaultFeatures.raw] }, shape)).toBe(820_874);
});

it('counts what goes in of features: 30 colours and 324 directions, (354 + 1)·10', () => {
  const { color, hog } = defaultFeatures;

  expect(parameterCount({ model: { kind: 'linear' }, features: [color, hog] }, shape)).toBe(3550);
  expect(parameterCount({ model: { kind: 'linear' }, features: [{ ...hog, cellSize: 64 }] }, shape)).toBe(10);
});

it('takes the held-out pictures off only where the dataset brings no validation of its own', () => {
  const split = { validation: 0.1, seed: 0 };

  expect(trainingPictures({ split }, { counts: { train: 1600, validation: null, test: 400 } })).toBe(1440);
  expect(trainingPictures({ split }, { counts: { train: 1600, validation: 200, test: 400 } })).toBe(1600);
});

it('rounds the last, smaller batch up to a step', () => {
  expect(stepsPerEpoch({ ...recipe, batchSize: 128 }, 1440)).toBe(12); // 11.25
  expect(stepsPerEpoch({ ...recipe, batchSize: 'full' }, 1440)).toBe(1);
});

it('lowers the learning rate as the schedules say', () => {
  expect(scheduleFactor({ kind: 'step', everyEpochs: 5, factor: 0.5 }, 10, 20)).toBe(0.25);
  expect(scheduleFactor({ kind: 'cosine', floor: 0.2 }, 10, 20)).toBeCloseTo(0.6, 12); // half way between 1 and 0.2
  expect(scheduleFactor({ kind: 'cosine', floor: 0.2 }, 0, 20)).toBe(1);
});

it('names only what differs between recipes', () => {
  const other = {
    ...recipe,
    seed: 7,
    optimizer: { kind: 'sgd' as const, learningRate: recipe.optimizer.learningRate },
  };

  expect(recipeDifferences([recipe, other]).map(({ id }) => id)).toEqual(['optimizer', 'seed']);
  expect(recipeDifferences([recipe, recipe])).toEqual([]);
});
