import { describe, expect, it } from 'vitest';
import type { FittedFeatures } from '../../../../core/features/feature-extractor.ts';
import { hasHogTable, hogDescriber, hogLayout } from '../../../../core/features/hog-describer.ts';
import { fitFeatures, transformImage } from '../../../../core/features/index.ts';
import type { ImageShape } from '../../../../core/image/pixel-image.ts';
import { createGenerator } from '../../../../core/random/generator.ts';
import { uniformInteger } from '../../../../core/random/sampling.ts';
import { defaultFeatures, type HogFeatures } from '../../../../core/recipe/feature-recipe.ts';
import { kernelMemory } from '../../../support/kernel-memory.ts';
import { somePictures } from '../../../support/some-pictures.ts';

const cases: readonly [string, Partial<HogFeatures>, ImageShape][] = [
  ['trilinear', {}, { width: 32, height: 32, channels: 3 }],
  ['cells of 4', { cellSize: 4, normalization: 'L2' }, { width: 32, height: 32, channels: 3 }],
  ['bilinear, ragged sides', { voting: 'bilinear', cellSize: 6 }, { width: 29, height: 20, channels: 3 }],
  ['grey, 12 orientations', { orientations: 12, normalization: 'L1' }, { width: 24, height: 33, channels: 1 }],
];

describe('the HOG of bytes by kernels', () => {
  it.each(cases)('is that of the plain extractor: %s', (_name, more, shape) => {
    const options: HogFeatures = { ...defaultFeatures.hog, ...more };
    const pictures = somePictures(3, shape, 6);
    const fitted = fitFeatures(pictures, options, createGenerator(0)) as FittedFeatures<HogFeatures>;
    expect(hasHogTable(fitted)).toBe(true);
    const { kernels, buffer } = kernelMemory(hogLayout(options, shape).end);
    const describePicture = hogDescriber(fitted, kernels, buffer);
    const got = new Float32Array(fitted.dimension);
    const random = createGenerator(2, 'noise');
    const size = shape.width * shape.height * shape.channels;
    const noise = Uint8Array.from({ length: size }, () => uniformInteger(random, 256));

    for (const data of [pictures.at(0).data, pictures.at(2).data, noise, new Uint8Array(size)]) {
      const want = transformImage({ ...shape, data }, fitted);
      describePicture(Uint8Array.from(data), got);

      // Sums of a cell's votes in float32, in another order of roundings; a clipped block has numbers up to 1.
      want.forEach((value, j) => expect(Math.abs(got[j]! - value)).toBeLessThan(2e-5));
    }
  });
});
