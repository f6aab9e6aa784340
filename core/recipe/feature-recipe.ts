/**
 * What a model sees of a picture: one block of features, or a mixture of several, each with all its options.
 *
 * What each means, and its formula, is in core/features/<kind>.ts.
 */
export type FeatureRecipe = RawFeatures | PcaFeatures | ZcaFeatures | ColorFeatures | HogFeatures | WordFeatures;

interface Block {
  /** Factor of a block in a mixture, beside the balance by dimension, > 0; left out it is 1. Found on validation. */
  readonly weight?: number | undefined;
}

/** How features are centred and scaled, fitted on the training pictures only; see core/features/standardize.ts. */
export const standardizeKinds = ['per-feature', 'per-channel', 'mean-image', 'none'] as const;
export type StandardizeKind = (typeof standardizeKinds)[number];

export interface RawFeatures extends Block {
  readonly kind: 'raw';
  readonly standardize: StandardizeKind;
}

export interface PcaFeatures extends Block {
  readonly kind: 'pca';
  readonly standardize: 'per-feature' | 'none';
  /** Leading principal components that are kept. */
  readonly components: number;
  /** Divided by √(λ + ε), so that all have about the same variance. */
  readonly whiten: boolean;
  /** ε ≥ 0, on the scale of pixels in 0 … 255. */
  readonly epsilon: number;
}

export interface ZcaFeatures extends Block {
  readonly kind: 'zca';
  readonly standardize: 'per-feature' | 'none';
  /** Leading directions that are whitened one by one; the others share one scale. */
  readonly components: number;
  readonly epsilon: number;
}

export interface ColorFeatures extends Block {
  readonly kind: 'color';
  readonly standardize: 'per-feature' | 'none';
  /** `course-hue`: the hue histogram of the CS231n and EECS 498 notebooks, grey pixels counted. */
  readonly space: 'rgb' | 'hsv' | 'course-hue';
  /** One histogram of bins³ colours instead of one a channel. */
  readonly isJoint: boolean;
  /** Bins a channel. */
  readonly bins: number;
  /** Histograms of a grid of so many by so many parts of the picture. */
  readonly grid: 1 | 2 | 4;
  readonly normalization: 'L1' | 'hellinger';
}

export interface HogFeatures extends Block {
  readonly kind: 'hog';
  readonly standardize: 'per-feature' | 'none';
  /** `scikit-image` and `course` compute what skimage.feature.hog and the CS231n notebook compute. */
  readonly flavour: 'dalal-triggs' | 'scikit-image' | 'course';
  /** Pixels of a side. */
  readonly cellSize: number;
  /** Cells of a block's side. */
  readonly blockSize: number;
  readonly orientations: number;
  /** How a gradient is shared out among orientations, and with `trilinear` also among cells. */
  readonly voting: 'bilinear' | 'trilinear';
  readonly normalization: 'L2-Hys' | 'L2' | 'L1';
  /** The square root of every pixel first. */
  readonly gamma: boolean;
  readonly color: 'strongest' | 'grey';
}

export interface WordFeatures extends Block {
  readonly kind: 'words';
  readonly standardize: 'per-feature' | 'none';
  /** K. */
  readonly words: number;
  /** Pixels of a patch's side, and from one patch to the next. */
  readonly patchSize: number;
  readonly stride: number;
  /** Random patches of training pictures that the words are learnt from. */
  readonly patches: number;
  /** Added to a patch's variance before it is divided by, on 0 … 255; 0 or more. */
  readonly contrastOffset: number;
  /** ε of the ZCA whitening of patches: 0.1 for lossless pictures, 0.5 for JPEG, whose finest detail is noise; null leaves it out. */
  readonly whitening: number | null;
  readonly encoding: 'triangle' | 'hard';
  /** Sums over a grid of so many by so many parts of the picture. */
  readonly grid: 1 | 2 | 4;
  readonly iterations: number;
  /** Patches a step of minibatch k-means; null takes all patches in every iteration (Lloyd). */
  readonly minibatch: number | null;
  /**
   * Where the words start from: `k-means++`, also where it is left out, spreads them and so gives words to outliers; `points` are
   * patches drawn at random, so that words are where patches are.
   */
  readonly start?: 'k-means++' | 'points' | undefined;
  /** Seed of patches and first words. */
  readonly seed: number;
}

export type FeatureKind = FeatureRecipe['kind'];
export const featureKinds = ['raw', 'pca', 'zca', 'color', 'hog', 'words'] as const satisfies readonly FeatureKind[];

/** Where a person starts from with each. */
export const defaultFeatures: { readonly [Kind in FeatureKind]: Extract<FeatureRecipe, { kind: Kind }> } = {
  raw: { kind: 'raw', standardize: 'per-feature' },
  pca: { kind: 'pca', standardize: 'none', components: 100, whiten: true, epsilon: 1 },
  zca: { kind: 'zca', standardize: 'per-feature', components: 300, epsilon: 10 },
  color: {
    kind: 'color',
    standardize: 'per-feature',
    space: 'hsv',
    isJoint: false,
    bins: 10,
    grid: 1,
    normalization: 'hellinger',
  },
  hog: {
    kind: 'hog',
    standardize: 'per-feature',
    flavour: 'dalal-triggs',
    cellSize: 8,
    blockSize: 2,
    orientations: 9,
    voting: 'trilinear',
    normalization: 'L2-Hys',
    gamma: false,
    color: 'strongest',
  },
  words: {
    kind: 'words',
    standardize: 'per-feature',
    words: 400,
    patchSize: 6,
    stride: 1,
    patches: 100_000,
    contrastOffset: 10,
    whitening: 0.5,
    encoding: 'triangle',
    grid: 2,
    iterations: 10,
    minibatch: null,
    seed: 0,
  },
};

/** Whether a model sees pixels themselves, so that its weights can be drawn as pictures. */
export function seesPixels(features: readonly FeatureRecipe[]): features is readonly [RawFeatures] {
  return features.length === 1 && features[0]!.kind === 'raw';
}
