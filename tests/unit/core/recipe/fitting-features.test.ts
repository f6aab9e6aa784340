import { describe, expect, it } from 'vitest';
import { mixtureDimension } from '../../../../core/features/index.ts';
import { defaultFeatures, featureKinds } from '../../../../core/recipe/feature-recipe.ts';
import { fittingFeatures } from '../../../../core/recipe/fitting-features.ts';
import { defaultRecipe } from '../../../../core/recipe/recipe.ts';

describe('features for pictures as they are', () => {
  it.each(featureKinds)('are the defaults where pictures are large and many: %s', (kind) => {
    expect(fittingFeatures(kind, { width: 32, height: 32, channels: 3 }, 1000)).toEqual(defaultFeatures[kind]);
  });

  it.each(featureKinds)('make sense for six pictures of 8 × 8 pixels: %s', (kind) => {
    const shape = { width: 8, height: 8, channels: 1 as const };
    const block = fittingFeatures(kind, shape, 6);

    expect(mixtureDimension([block], shape)).toBeGreaterThan(0);
    if ('components' in block) expect(block.components).toBe(6);
    if (block.kind === 'hog') expect(block.cellSize).toBe(4);
  });

  it('begin with a larger rate than pixels where the model is linear', () => {
    const rateOf = (model: 'linear' | 'mlp', features = [defaultFeatures.raw] as Parameters<typeof defaultRecipe>[2]) =>
      defaultRecipe({ id: 'd', version: '0'.repeat(64) }, model, features).optimizer.learningRate;

    expect([rateOf('linear'), rateOf('linear', [defaultFeatures.words])]).toEqual([3e-4, 1e-3]);
    expect([rateOf('mlp'), rateOf('mlp', [defaultFeatures.words])]).toEqual([1e-3, 1e-3]);
  });
});
