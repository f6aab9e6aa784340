import { describe, expect, it } from 'vitest';
import { fitFeatures, transformImage } from '../../../core/features/index.ts';
import type { FittedFeatures } from '../../../core/features/feature-extractor.ts';
import { createGenerator } from '../../../core/random/generator.ts';
import { defaultFeatures, type WordFeatures } from '../../../core/recipe/feature-recipe.ts';
import { wordMap } from '../../../renderer/features/word-pictures.ts';
import { somePictures } from '../../support/some-pictures.ts';

describe('the words painted on a picture', () => {
  it.each(['triangle', 'hard'] as const)('add up to what a model sees of it: %s', (encoding) => {
    const pictures = somePictures(6, { width: 14, height: 12, channels: 3 });
    const options = { ...defaultFeatures.words, words: 7, patches: 200, iterations: 2, grid: 1 as const, encoding };
    const fitted = fitFeatures(pictures, options, createGenerator(1)) as FittedFeatures<WordFeatures>;

    const map = wordMap(pictures.at(2), fitted, encoding);

    expect([map.rows, map.columns]).toEqual([7, 9]); // 12 − 6 + 1 and 14 − 6 + 1 places
    const wanted = transformImage(pictures.at(2), fitted);
    map.totals.forEach((total, k) => expect(Math.abs(total - wanted[k]!)).toBeLessThan(1e-3)); // sums in float32
    if (encoding === 'hard') expect(map.totals.reduce((sum, value) => sum + value, 0)).toBe(63);
  });
});
