import { describe, expect, it } from 'vitest';
import { extractorOf, fitFeatures, transformImage } from '../../../core/features/index.ts';
import { type ImageShape, pixelImage } from '../../../core/image/pixel-image.ts';
import { createGenerator } from '../../../core/random/generator.ts';
import { defaultFeatures, type FeatureRecipe } from '../../../core/recipe/feature-recipe.ts';
import { somePictures } from '../../support/some-pictures.ts';

const words = { ...defaultFeatures.words, words: 12, patches: 300, stride: 3, iterations: 3 };
const variants: readonly [string, FeatureRecipe][] = [
  ['raw pixels', defaultFeatures.raw],
  ['principal components', { ...defaultFeatures.pca, components: 7 }],
  ['principal components of many dimensions', { ...defaultFeatures.pca, components: 5, whiten: false }],
  ['ZCA', { ...defaultFeatures.zca, components: 9 }],
  ['hue, saturation and value', defaultFeatures.color],
  ['RGB per channel', { ...defaultFeatures.color, space: 'rgb', grid: 4, normalization: 'L1' }],
  ['joint RGB', { ...defaultFeatures.color, space: 'rgb', isJoint: true, bins: 4, grid: 2 }],
  ['joint HSV', { ...defaultFeatures.color, isJoint: true, bins: 4 }],
  ['hue as in the course', { ...defaultFeatures.color, space: 'course-hue' }],
  ['HOG', defaultFeatures.hog],
  [
    'HOG, bilinear, L1, gamma',
    { ...defaultFeatures.hog, voting: 'bilinear', normalization: 'L1', gamma: true, cellSize: 4 },
  ],
  ['HOG of grey levels, L2', { ...defaultFeatures.hog, color: 'grey', normalization: 'L2', blockSize: 1 }],
  ['HOG as in scikit-image', { ...defaultFeatures.hog, flavour: 'scikit-image', blockSize: 3 }],
  ['HOG as in the course', { ...defaultFeatures.hog, flavour: 'course' }],
  ['visual words', words],
  [
    'visual words, hard, not whitened, by minibatches',
    { ...words, encoding: 'hard', whitening: null, grid: 4, minibatch: 50 },
  ],
];

const shapes: readonly ImageShape[] = [
  { width: 24, height: 32, channels: 3 },
  { width: 32, height: 24, channels: 1 },
];

describe.each(shapes)('of pictures of $width × $height × $channels', (shape) => {
  const pictures = somePictures(14, shape);

  describe.each(variants)('%s, like all features,', (_name, options) => {
    const fitted = fitFeatures(pictures, options, createGenerator(1, 'fit'));

    it('have as many numbers as they say, all finite', () => {
      const features = transformImage(pictures.at(3), fitted);

      expect(features).toHaveLength(extractorOf(options).dimensionOf(options, shape));
      expect(features.length).toBe(fitted.dimension);
      expect(features.every(Number.isFinite)).toBe(true);
      expect(features.some((value) => value !== 0)).toBe(true);
    });

    it('are the same numbers every time, and after what was learnt has been stored', () => {
      const again = fitFeatures(pictures, options, createGenerator(1, 'fit'));
      const stored = structuredClone(fitted);

      expect(again).toEqual(fitted);
      expect(transformImage(pictures.at(5), stored)).toEqual(transformImage(pictures.at(5), fitted));
    });

    it('learn arrays of the lengths and types they say', () => {
      const expected = extractorOf(options).arraysOf(options, shape);
      const types = { float32: Float32Array, float64: Float64Array, uint32: Uint32Array };

      expect(Object.keys(fitted.arrays).sort()).toEqual(Object.keys(expected).sort());
      for (const [name, { type, length }] of Object.entries(expected)) {
        expect(fitted.arrays[name]).toBeInstanceOf(types[type]);
        expect(fitted.arrays[name]).toHaveLength(length);
      }
    });

    it('stay finite for pictures of one colour and for wild ones', () => {
      const size = shape.width * shape.height * shape.channels;
      for (const fill of [() => 0, () => 255, (i: number) => (i % 2) * 255, (i: number) => (i * 7919) % 256]) {
        const image = pixelImage(
          shape,
          Float64Array.from({ length: size }, (_, i) => fill(i)),
        );

        expect(transformImage(image, fitted).every(Number.isFinite)).toBe(true);
      }
    });

    it('leave the picture as it is', () => {
      const data = Float64Array.from(pictures.at(2).data);
      const before = data.slice();

      transformImage(pixelImage(shape, data), fitted);

      expect(data).toEqual(before);
    });

    it('refuse a picture of another shape', () => {
      const other = pixelImage({ ...shape, width: 8, height: 8 }, new Float64Array(64 * shape.channels));

      expect(() => transformImage(other, fitted)).toThrow('SHAPE_MISMATCH');
    });
  });
});

describe('options that make no sense', () => {
  const shape: ImageShape = { width: 16, height: 16, channels: 3 };
  const wrong: readonly [string, FeatureRecipe][] = [
    ['cellSize', { ...defaultFeatures.hog, cellSize: 12 }],
    ['orientations', { ...defaultFeatures.hog, orientations: 1 }],
    ['bins', { ...defaultFeatures.color, isJoint: true, bins: 64 }],
    ['patchSize', { ...words, patchSize: 17 }],
    ['grid', { ...words, patchSize: 15, stride: 1, grid: 4 }],
    ['words', { ...words, words: 1 }],
    ['components', { ...defaultFeatures.pca, components: 769 }],
  ];

  it.each(wrong)('are refused by name: %s', (option, options) => {
    expect(() => extractorOf(options).dimensionOf(options, shape)).toThrow(`"option":"${option}"`);
  });
});
