import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { defaultOptimizers, defaultRecipe, perLayer } from '../../../../core/recipe/recipe.ts';
import { RecipeSchema } from '../../../../core/rpc/contract/recipe.ts';

const recipe = defaultRecipe({ id: 'd', version: '0'.repeat(64) }, 'mlp');

describe('a recipe of an earlier version', () => {
  it('is read with what that version did where it says nothing', () => {
    // As the first version stored it.
    const old = {
      formatVersion: 1,
      dataset: { id: 'd', version: '0'.repeat(64) },
      split: { validation: 0.1, seed: 0 },
      features: [{ kind: 'raw', standardize: 'per-feature' }],
      model: { kind: 'mlp', hidden: [256], activation: 'relu', initialization: 'he-normal' },
      loss: 'softmax',
      l2: 3e-3,
      l2Convention: 'half',
      optimizer: { kind: 'adam', learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
      schedule: { kind: 'cosine', floor: 0 },
      batchSize: 128,
      epochs: 20,
      stopping: { patience: null, targetAccuracy: null, timeBudgetSeconds: null },
      seed: 0,
      backend: 'wasm',
    };

    expect(v.parse(RecipeSchema, old)).toEqual({
      ...old,
      model: { ...old.model, dropout: 0 },
      classWeights: 'none',
      optimizer: { ...old.optimizer, biasCorrection: true },
      warmUpEpochs: 0,
      augmentation: { flip: false, shift: 0, crop: 0 },
      stopping: { ...old.stopping, best: 'loss' },
    });
    const momentum = { kind: 'momentum', learningRate: 0.003, momentum: 0.9 };
    expect(v.parse(RecipeSchema, { ...old, optimizer: momentum }).optimizer).toEqual({ ...momentum, rate: 'outside' });
  });
});

describe('a recipe', () => {
  it.each(Object.values(defaultOptimizers))('may use $kind', (optimizer) => {
    expect(v.parse(RecipeSchema, { ...recipe, optimizer })).toEqual({ ...recipe, optimizer });
  });

  it('names an activation and dropout for all hidden layers or for each, and no other number of them', () => {
    const model = { ...recipe.model, hidden: [8, 4] };

    expect(
      v.is(RecipeSchema, { ...recipe, model: { ...model, activation: ['relu', 'tanh'], dropout: [0.5, 0] } }),
    ).toBe(true);
    expect(v.is(RecipeSchema, { ...recipe, model: { ...model, activation: ['relu'] } })).toBe(false);
    expect(v.is(RecipeSchema, { ...recipe, model: { ...model, dropout: [0.5, 0.5, 0.5] } })).toBe(false);
    expect(v.is(RecipeSchema, { ...recipe, model: { ...model, dropout: 1 } })).toBe(false);
  });
});

it('gives every layer the one value, or each its own', () => {
  expect(perLayer('relu', 3)).toEqual(['relu', 'relu', 'relu']);
  expect(perLayer([0.1, 0.2], 2)).toEqual([0.1, 0.2]);
});
