import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { expect, it } from 'vitest';
import { RecipeSchema } from '../../../core/rpc/contract/recipe.ts';
import { checkRecipe } from '../../../main/backend/picture-source.ts';
import { root } from '../../../scripts/project.ts';

const folder = join(root, 'resources/examples');

it.each(readdirSync(folder))('%s is a whole recipe that a dataset of 32 × 32 pictures can be trained by', (name) => {
  const text: unknown = JSON.parse(readFileSync(join(folder, name), 'utf8'));

  const recipe = v.parse(RecipeSchema, text);

  expect(recipe).toEqual(text); // nothing is left to defaults that may change
  const count = 600;
  const numbers = Uint32Array.from({ length: count }, (_, i) => i);
  checkRecipe(recipe, {
    pixelsPath: '',
    headerBytes: 0,
    count,
    width: 32,
    height: 32,
    channels: 3,
    classes: ['a', 'b'],
    labels: Uint16Array.from(numbers, (i) => i % 2),
    train: numbers.subarray(0, 500),
    validation: numbers.subarray(500),
    test: new Uint32Array(0),
  });
});
