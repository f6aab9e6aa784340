import { expect, it } from 'vitest';
import { defaultRecipe } from '../../../../core/recipe/recipe.ts';
import { recipeName } from '../../../../core/recipe/recipe-name.ts';

it('names a run by its network and its optimizer', () => {
  const dataset = { id: 'd', version: '0'.repeat(64) };
  const mlp = defaultRecipe(dataset, 'mlp');

  expect(recipeName(defaultRecipe(dataset, 'linear'))).toBe('linear · adam');
  expect(recipeName({ ...mlp, model: { ...mlp.model, kind: 'mlp', hidden: [256, 128] } as typeof mlp.model })).toBe(
    'mlp 256,128 · adam',
  );
});
