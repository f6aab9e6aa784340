import { describe, expect, it } from 'vitest';
import { colorDescriber, colorLayout } from '../../../../core/features/color-describer.ts';
import type { FittedFeatures } from '../../../../core/features/feature-extractor.ts';
import { fitFeatures, transformImage } from '../../../../core/features/index.ts';
import type { ImageShape } from '../../../../core/image/pixel-image.ts';
import { createGenerator } from '../../../../core/random/generator.ts';
import { uniformInteger } from '../../../../core/random/sampling.ts';
import { type ColorFeatures, defaultFeatures } from '../../../../core/recipe/feature-recipe.ts';
import { kernelMemory } from '../../../support/kernel-memory.ts';

const cases: readonly [string, Partial<ColorFeatures>, ImageShape][] = [
  ['HSV by channel', {}, { width: 32, height: 32, channels: 3 }],
  ['HSV by channel, 7 bins', { bins: 7, normalization: 'L1' }, { width: 32, height: 32, channels: 3 }],
  ['HSV jointly, parts', { isJoint: true, bins: 5, grid: 2 }, { width: 31, height: 18, channels: 3 }],
  ['RGB by channel, parts', { space: 'rgb', bins: 11, grid: 4 }, { width: 29, height: 33, channels: 3 }],
  ['RGB jointly', { space: 'rgb', isJoint: true, bins: 8 }, { width: 32, height: 32, channels: 3 }],
  ['the hue of the course', { space: 'course-hue', bins: 10 }, { width: 32, height: 32, channels: 3 }],
  ['grey pictures', { bins: 6 }, { width: 20, height: 24, channels: 1 }],
];

describe('the colour histogram by kernels', () => {
  it.each(cases)('is that of the plain extractor to the bit: %s', (_name, more, shape) => {
    const options: ColorFeatures = { ...defaultFeatures.color, ...more };
    const size = shape.width * shape.height * shape.channels;
    const none = { ...shape, count: 0, at: () => ({ ...shape, data: new Uint8Array(size) }) };
    const fitted = fitFeatures(none, options, createGenerator(0)) as FittedFeatures<ColorFeatures>;
    const { kernels, buffer } = kernelMemory(colorLayout(fitted.dimension, shape).end);
    const describePicture = colorDescriber(fitted, kernels, buffer);
    const got = new Float32Array(fitted.dimension);
    const random = createGenerator(3, 'colors');
    const noise = Uint8Array.from({ length: size }, () => uniformInteger(random, 256));
    const edges = Uint8Array.from({ length: size }, () => [0, 1, 127, 128, 254, 255][uniformInteger(random, 6)]!);

    for (const data of [noise, edges, new Uint8Array(size), new Uint8Array(size).fill(255)]) {
      describePicture(data, got);

      expect(got).toEqual(Float32Array.from(transformImage({ ...shape, data }, fitted)));
    }
  });
});
