import { describe, expect, it } from 'vitest';
import { forOptimizer } from '../../../../core/recipe/for-optimizer.ts';
import { defaultOptimizers, defaultRecipe, type Recipe } from '../../../../core/recipe/recipe.ts';

const plain = defaultRecipe({ id: 'd', version: '0'.repeat(64) }, 'mlp');
const noisy: Recipe = {
  ...plain,
  model: { kind: 'mlp', hidden: [8], activation: 'relu', dropout: 0.5, initialization: 'he-normal' },
  augmentation: { flip: true, shift: 2, crop: 0 },
};

describe('a recipe that changes to', () => {
  it('L-BFGS loses every source of noise, and says which it had', () => {
    const { recipe, turnedOff } = forOptimizer(noisy, defaultOptimizers.lbfgs);

    expect(turnedOff).toEqual(['minibatches', 'dropout', 'augmentation']);
    expect(recipe).toMatchObject({
      optimizer: { kind: 'lbfgs' },
      batchSize: 'full',
      epochs: 100,
      model: { dropout: 0, hidden: [8] },
      augmentation: { flip: false, shift: 0, crop: 0 },
    });
    expect(forOptimizer(recipe, defaultOptimizers.lbfgs)).toEqual({ recipe, turnedOff: [] });
  });

  it('GD takes full batches and keeps the rest', () => {
    const { recipe, turnedOff } = forOptimizer({ ...noisy, epochs: 300 }, defaultOptimizers.gd);

    expect(turnedOff).toEqual(['minibatches']);
    expect(recipe).toEqual({ ...noisy, epochs: 300, batchSize: 'full', optimizer: defaultOptimizers.gd });
  });

  it('an optimizer of minibatches keeps everything else', () => {
    expect(forOptimizer(noisy, defaultOptimizers.nesterov)).toEqual({
      recipe: { ...noisy, optimizer: defaultOptimizers.nesterov },
      turnedOff: [],
    });
  });
});
