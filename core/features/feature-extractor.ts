/**
 * What every feature extractor promises.
 *
 * `fit` learns from training pictures only and returns what was learnt as plain data; `transform` takes that and applies
 * it to any picture. So nobody can forget to fit, and what was learnt lies in the model's file and goes with it.
 */
import { requireLength } from '../array/matrix.ts';
import { StudioError } from '../errors.ts';
import type { ImageSet, ImageShape, PixelImage } from '../image/pixel-image.ts';
import type { RandomGenerator } from '../random/generator.ts';
import type { FeatureKind, FeatureRecipe } from '../recipe/feature-recipe.ts';

export type FittedArray = Float64Array | Float32Array | Uint32Array;

/** A block of features with all it needs to describe a picture. */
export interface FittedFeatures<Options extends FeatureRecipe = FeatureRecipe> {
  readonly options: Options;
  readonly shape: ImageShape;
  /** d. Numbers a picture. */
  readonly dimension: number;
  /** What was learnt, by name; empty where there is nothing to learn. */
  readonly arrays: Readonly<Record<string, FittedArray>>;
}

/** Told how far a fit is; the answer is whether to stop. */
export type FitProgress = (done: number, total: number) => boolean;

export interface FeatureExtractor<Options extends FeatureRecipe = FeatureRecipe> {
  readonly kind: FeatureKind;
  /** True where something is learnt from the pictures, so that the features depend on which were for training. */
  readonly isLearnt: (options: Options) => boolean;
  /** d of pictures of this shape. Throws INVALID_OPTION for options that make no sense for them. */
  dimensionOf(options: Options, shape: ImageShape): number;
  /** The lengths and types of the arrays that `fit` gives, for those who read them from a file. */
  arraysOf(options: Options, shape: ImageShape): Readonly<Record<string, FittedArrayType>>;
  /** Throws INVALID_OPTION, CANCELLED. */
  fit(images: ImageSet, options: Options, random: RandomGenerator, progress?: FitProgress): FittedFeatures<Options>;
  /** (d) features of one picture. Throws SHAPE_MISMATCH. */
  transform(image: PixelImage, fitted: FittedFeatures<Options>): Float64Array;
}

export interface FittedArrayType {
  readonly type: 'float32' | 'float64' | 'uint32';
  readonly length: number;
}

/** Throws SHAPE_MISMATCH unless the picture has the shape that the features were made for. */
export function requireImage(image: PixelImage, { width, height, channels }: ImageShape): void {
  if (image.width !== width || image.height !== height || image.channels !== channels) {
    throw new StudioError('SHAPE_MISMATCH', {
      what: 'picture',
      expected: `(${height}, ${width}, ${channels})`,
      actual: `(${image.height}, ${image.width}, ${image.channels})`,
    });
  }
  requireLength('pixels', image.data, width * height * channels);
}
