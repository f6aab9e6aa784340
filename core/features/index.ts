/** Every kind of features by its name. A new one is one more entry; the conformance suite and the recipe find it here. */
import type { ImageSet, ImageShape, PixelImage } from '../image/pixel-image.ts';
import type { RandomGenerator } from '../random/generator.ts';
import type { FeatureKind, FeatureRecipe } from '../recipe/feature-recipe.ts';
import { colorHistogram } from './color-histogram.ts';
import type { FeatureExtractor, FitProgress, FittedFeatures } from './feature-extractor.ts';
import { hog } from './hog.ts';
import { pca, zca } from './principal-components.ts';
import { rawPixels } from './raw-pixels.ts';
import { visualWords } from './visual-words.ts';

export const extractors: {
  readonly [Kind in FeatureKind]: FeatureExtractor<Extract<FeatureRecipe, { kind: Kind }>>;
} = { raw: rawPixels, pca, zca, color: colorHistogram, hog, words: visualWords };

/** The extractor of a recipe's block; its options belong to it by the kind. */
export function extractorOf(options: FeatureRecipe): FeatureExtractor {
  return extractors[options.kind] as unknown as FeatureExtractor;
}

/** d of one block. Throws INVALID_OPTION where its options make no sense for pictures of this shape. */
export function dimensionOf(options: FeatureRecipe, shape: ImageShape): number {
  return extractorOf(options).dimensionOf(options, shape);
}

/** D of a mixture: the sum of its blocks. Throws INVALID_OPTION. */
export function mixtureDimension(features: readonly FeatureRecipe[], shape: ImageShape): number {
  return features.reduce((total, block) => total + dimensionOf(block, shape), 0);
}

/** Learns one block from training pictures. Throws INVALID_OPTION, CANCELLED. */
export function fitFeatures(
  images: ImageSet,
  options: FeatureRecipe,
  random: RandomGenerator,
  progress?: FitProgress,
): FittedFeatures {
  return extractorOf(options).fit(images, options, random, progress);
}

/** (d) features of one picture. Throws SHAPE_MISMATCH. */
export function transformImage(image: PixelImage, fitted: FittedFeatures): Float64Array {
  return extractorOf(fitted.options).transform(image, fitted);
}

/** (D) all blocks of a picture, one after another. */
export function describeImage(image: PixelImage, blocks: readonly FittedFeatures[]): Float64Array {
  const parts = blocks.map((block) => transformImage(image, block));
  const all = new Float64Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
