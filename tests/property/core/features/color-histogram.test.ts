import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitFeatures, transformImage } from '../../../../core/features/index.ts';
import { hsvOf } from '../../../../core/image/color-space.ts';
import { type ImageShape, type PixelImage, pixelImage } from '../../../../core/image/pixel-image.ts';
import { createGenerator } from '../../../../core/random/generator.ts';
import { shuffle } from '../../../../core/random/sampling.ts';
import { type ColorFeatures, defaultFeatures } from '../../../../core/recipe/feature-recipe.ts';
import { somePictures } from '../../../support/some-pictures.ts';

const shape: ImageShape = { width: 16, height: 12, channels: 3 };
const picture = fc.integer({ min: 0, max: 1e6 }).map((seed) => copyOf(somePictures(1, shape, seed).at(0)));
const options = fc.record({
  space: fc.constantFrom('rgb' as const, 'hsv' as const, 'course-hue' as const),
  isJoint: fc.boolean(),
  bins: fc.integer({ min: 2, max: 12 }),
  normalization: fc.constantFrom('L1' as const, 'hellinger' as const),
});

function copyOf(image: PixelImage): PixelImage {
  return pixelImage(image, Float64Array.from(image.data));
}

function shuffled(image: PixelImage, seed: number): PixelImage {
  const order = shuffle(createGenerator(seed), [...Array(image.width * image.height).keys()]);
  return pixelImage(image, Float64Array.from(order.flatMap((i) => [0, 1, 2].map((c) => image.data[3 * i + c]!))));
}

function histogramOf(image: PixelImage, more: Partial<ColorFeatures>): Float64Array {
  const block = { ...defaultFeatures.color, ...more };
  return transformImage(image, fitFeatures(somePictures(1, shape), block, createGenerator(0)));
}

describe('a colour histogram', () => {
  it('of the whole picture stays the same to the last bit when the pixels change places', () => {
    fc.assert(
      fc.property(picture, options, fc.nat(), (image, more, seed) => {
        expect(histogramOf(shuffled(image, seed), more)).toEqual(histogramOf(image, more));
      }),
      { numRuns: 60 },
    );
  });

  it('of a grid does not: it knows roughly where', () => {
    const image = somePictures(1, shape, 3).at(0);

    for (const grid of [2, 4] as const) {
      expect(histogramOf(shuffled(image, 1), { grid })).not.toEqual(histogramOf(image, { grid }));
    }
  });

  it('sums to 1 in every part of the grid, before the root is taken', () => {
    fc.assert(
      fc.property(picture, fc.constantFrom(1 as const, 2 as const, 4 as const), (image, grid) => {
        const plain = histogramOf(image, { grid, normalization: 'L1' });
        const root = histogramOf(image, { grid, normalization: 'hellinger' });
        const length = plain.length / grid ** 2;
        for (let part = 0; part < grid ** 2; part++) {
          const sum = plain.slice(part * length, (part + 1) * length).reduce((a, b) => a + b, 0);
          expect(sum).toBeCloseTo(1, 12);
        }
        root.forEach((value, i) => expect(value * value).toBeCloseTo(plain[i]!, 12));
      }),
      { numRuns: 30 },
    );
  });

  it('counts no hue of grey pixels, where the notebook counts them as red', () => {
    const grey = pixelImage(
      shape,
      Float64Array.from({ length: 16 * 12 * 3 }, (_, i) => Math.floor(i / 3)),
    );
    const bins = 10;

    expect([...histogramOf(grey, { bins }).slice(0, bins)]).toEqual(Array(bins).fill(0));
    expect(histogramOf(grey, { bins, space: 'course-hue', normalization: 'L1' })[0]).toBe(1);
  });

  it('sees a red on either side of 0 as one colour', () => {
    const filled = (r: number, g: number, b: number) =>
      pixelImage(
        shape,
        Float64Array.from({ length: 16 * 12 * 3 }, (_, i) => [r, g, b][i % 3]!),
      );
    const hues = (image: PixelImage) => histogramOf(image, { bins: 6, normalization: 'L1' }).slice(0, 6);

    const [before, after] = [hues(filled(255, 0, 3)), hues(filled(255, 3, 0))];

    before.forEach((value, i) => expect(Math.abs(value - after[i]!)).toBeLessThan(0.03));
  });
});

it('hue, saturation and value give the colour back', () => {
  const channel = fc.integer({ min: 0, max: 255 });
  fc.assert(
    fc.property(channel, channel, channel, (r, g, b) => {
      const hsv = new Float64Array(3);
      hsvOf(r, g, b, hsv);
      const [h, s, v] = [hsv[0]! * 6, hsv[1]!, hsv[2]! * 255];
      const at = (n: number) => {
        const k = (n + h) % 6;
        return v - v * s * Math.max(0, Math.min(k, 4 - k, 1));
      };
      [at(5) - r, at(3) - g, at(1) - b].forEach((difference) => expect(Math.abs(difference)).toBeLessThan(1e-9));
    }),
  );
});
