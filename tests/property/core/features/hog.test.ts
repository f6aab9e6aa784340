import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitFeatures, transformImage } from '../../../../core/features/index.ts';
import { luma601 } from '../../../../core/image/color-space.ts';
import { type ImageShape, type PixelImage, pixelImage } from '../../../../core/image/pixel-image.ts';
import { createGenerator } from '../../../../core/random/generator.ts';
import { defaultFeatures, type HogFeatures } from '../../../../core/recipe/feature-recipe.ts';
import { somePictures } from '../../../support/some-pictures.ts';

const shape: ImageShape = { width: 32, height: 32, channels: 3 };
const picture = fc.integer({ min: 0, max: 1e6 }).map((seed) => {
  const image = somePictures(1, shape, seed).at(0);
  return pixelImage(image, Float64Array.from(image.data));
});
const options = fc.record({
  flavour: fc.constantFrom('dalal-triggs' as const, 'scikit-image' as const),
  voting: fc.constantFrom('bilinear' as const, 'trilinear' as const),
  normalization: fc.constantFrom('L2-Hys' as const, 'L2' as const, 'L1' as const),
  color: fc.constantFrom('strongest' as const, 'grey' as const),
  cellSize: fc.constantFrom(4, 8),
});

function hogOf(image: PixelImage, more: Partial<HogFeatures>): Float64Array {
  return transformImage(
    image,
    fitFeatures(somePictures(1, shape), { ...defaultFeatures.hog, ...more }, createGenerator(0)),
  );
}

function furthest(a: Float64Array, b: Float64Array): number {
  return a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i]!)), 0);
}

const mapped = (image: PixelImage, change: (value: number) => number) =>
  pixelImage(image, Float64Array.from(image.data, change));

describe('HOG', () => {
  it('does not see how bright a picture is: a constant added to all pixels changes nothing', () => {
    fc.assert(
      fc.property(picture, options, fc.integer({ min: -100, max: 100 }), (image, more, offset) => {
        // Whole pixels and strongest channels: differences stay exactly the same. Grey levels are rounded sums.
        expect(
          furthest(
            hogOf(
              mapped(image, (v) => v + offset),
              more,
            ),
            hogOf(image, more),
          ),
        ).toBeLessThan(1e-6);
      }),
      { numRuns: 40 },
    );
  });

  it('hardly sees how strong its contrast is: blocks are normalised', () => {
    fc.assert(
      fc.property(picture, options, (image, more) => {
        expect(
          furthest(
            hogOf(
              mapped(image, (v) => 0.5 * v),
              more,
            ),
            hogOf(image, more),
          ),
        ).toBeLessThan(1e-3);
      }),
      { numRuns: 20 },
    );
  });

  it('of grey levels sees only the luma: other colours of the same luma are the same picture', () => {
    const image = somePictures(1, shape, 5).at(0);
    const recoloured = Float64Array.from(image.data);
    for (let i = 0; i < recoloured.length; i += 3) {
      const luma = luma601(recoloured[i]!, recoloured[i + 1]!, recoloured[i + 2]!);
      recoloured[i] = luma + 0.587 * 40;
      recoloured[i + 1] = luma - 0.299 * 40; // 0.299·0.587·40 − 0.587·0.299·40 = 0
      recoloured[i + 2] = luma;
    }

    const after = hogOf(pixelImage(shape, recoloured), { color: 'grey' });

    expect(furthest(after, hogOf(image, { color: 'grey' }))).toBeLessThan(1e-6);
    expect(furthest(after, hogOf(image, { color: 'strongest' }))).toBeGreaterThan(1e-2);
  });

  it('puts a vertical edge into the orientation of a horizontal gradient', () => {
    const edge = pixelImage(
      shape,
      Float64Array.from({ length: 32 * 32 * 3 }, (_, i) => (Math.floor(i / 3) % 32 < 12 ? 20 : 220)),
    );

    const features = hogOf(edge, { flavour: 'scikit-image' });
    const soft = hogOf(edge, { voting: 'bilinear' });

    // θ = 0° lies in bin 0 of [0°, 20°), and halfway between the centres 170° and 10°.
    features.forEach((value, i) => expect(value > 0 ? i % 9 : 0).toBe(0));
    soft.forEach((value, i) => expect(value > 1e-9 ? [0, 8] : [i % 9]).toContain(i % 9));
    expect(soft[0]).toBeCloseTo(soft[8]!, 12);
  });

  it('as the course computes it drops every gradient that points to the left', () => {
    const rising = pixelImage(
      shape,
      Float64Array.from({ length: 32 * 32 * 3 }, (_, i) => (Math.floor(i / 3) % 32) * 7),
    );
    const falling = mapped(rising, (value) => 217 - value);

    expect(hogOf(rising, { flavour: 'course' }).some((value) => value > 0)).toBe(true);
    expect(hogOf(falling, { flavour: 'course' }).every((value) => value === 0)).toBe(true);
    expect(furthest(hogOf(rising, {}), hogOf(falling, {}))).toBeLessThan(1e-9);
  });
});
