/** A recipe whose optimizer needs the same function at every step is refused where it would not get it, with the reason and the way round. */
import { describe, expect, it } from 'vitest';
import { defaultOptimizers, defaultRecipe, type Recipe } from '../../../../core/recipe/recipe.ts';
import type { DatasetVersion } from '../../../../main/store/dataset-version.ts';
import { checkRecipe, possibleSplit } from '../../../../main/backend/picture-source.ts';

const base: Recipe = { ...defaultRecipe({ id: 'd', version: 'v' }, 'linear'), batchSize: 32 };
const numbers = Uint32Array.from({ length: 60 }, (_, i) => i);
const source = {
  ...{ pixelsPath: '', headerBytes: 0, count: 60, width: 8, height: 8, channels: 3 as const, classes: ['a', 'b'] },
  labels: Uint16Array.from(numbers, (i) => i % 2),
  train: numbers.subarray(0, 50),
  validation: numbers.subarray(50),
  test: new Uint32Array(0),
};
const check = (recipe: Recipe) => () => checkRecipe(recipe, source);

describe('a recipe with minibatches', () => {
  it('is refused with L-BFGS, which says why and what goes on all the same', () => {
    expect(check({ ...base, optimizer: defaultOptimizers.lbfgs })).toThrow(
      expect.objectContaining({
        code: 'INVALID_OPTION',
        details: expect.objectContaining({
          option: 'batchSize',
          expected: expect.stringMatching(/^full: .*curvature.*noise.*allowMinibatch/) as string,
        }) as object,
      }),
    );
    expect(check({ ...base, optimizer: defaultOptimizers.lbfgs, batchSize: 'full' })).not.toThrow();
    expect(check({ ...base, optimizer: { ...defaultOptimizers.lbfgs, allowMinibatch: true } })).not.toThrow();
  });

  it('is refused with GD, and taken by SGD', () => {
    expect(check({ ...base, optimizer: defaultOptimizers.gd })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
    expect(check({ ...base, optimizer: defaultOptimizers.sgd })).not.toThrow();
  });
});

it('holds nothing out where each class is copies of one picture, and the usual share otherwise', () => {
  const of = (groups: Int32Array) =>
    possibleSplit(
      { ...source, splits: new Uint8Array(60), flags: new Uint8Array(60), groups } as unknown as DatasetVersion,
      {
        validation: 0.1,
        seed: 0,
      },
    );

  expect(of(Int32Array.from(source.labels)).validation).toBe(0);
  expect(of(new Int32Array(60).fill(-1)).validation).toBe(0.1);
});
