/**
 * Raw pixels: a picture as it is, height·width·channels numbers in 0 … 255.
 *
 * Nothing is learnt here; centring and scaling, which is learnt, is core/features/standardize.ts, and decorrelation
 * core/features/principal-components.ts.
 */
import { pixelCount } from '../image/pixel-image.ts';
import type { RawFeatures } from '../recipe/feature-recipe.ts';
import { type FeatureExtractor, requireImage } from './feature-extractor.ts';

export const rawPixels: FeatureExtractor<RawFeatures> = {
  kind: 'raw',
  isLearnt: () => false,
  dimensionOf: (_options, shape) => pixelCount(shape),
  arraysOf: () => ({}),
  fit(images, options) {
    const { width, height, channels } = images;
    return { options, shape: { width, height, channels }, dimension: pixelCount(images), arrays: {} };
  },
  transform(image, { shape }) {
    requireImage(image, shape);
    return Float64Array.from(image.data);
  },
};
