/** Names of kinds of features, in words. */
import type { FeatureKind, FeatureRecipe } from '../../core/recipe/feature-recipe.ts';
import { seesPixels } from '../../core/recipe/feature-recipe.ts';
import { count } from '../format.ts';
import { m } from '../messages.ts';

/** How pixels are scaled. */
export const standardizeLabels = {
  'per-feature': () => m.standardize_per_feature(),
  'per-channel': () => m.standardize_per_channel(),
  'mean-image': () => m.standardize_mean_image(),
  none: () => m.standardize_none(),
} as const;

export const featureLabels: { readonly [Kind in FeatureKind]: () => string } = {
  raw: () => m.features_raw(),
  pca: () => m.features_pca(),
  zca: () => m.features_zca(),
  color: () => m.features_color(),
  hog: () => m.features_hog(),
  words: () => m.features_words(),
};

export const featureExplanations: { readonly [Kind in FeatureKind]: () => string } = {
  raw: () => m.features_raw_explained(),
  pca: () => m.features_pca_explained(),
  zca: () => m.features_zca_explained(),
  color: () => m.features_color_explained(),
  hog: () => m.features_hog_explained(),
  words: () => m.features_words_explained(),
};

/** A recipe's features in one line: `Edges (HOG) 8 px + Colours`. */
export function featuresText(features: readonly FeatureRecipe[]): string {
  if (seesPixels(features)) return standardizeLabels[features[0].standardize]();
  return features.map(blockText).join(' + ');
}

function blockText(block: FeatureRecipe): string {
  const name = featureLabels[block.kind]();
  const weight = block.weight === undefined || block.weight === 1 ? '' : ` ×${block.weight}`;
  switch (block.kind) {
    case 'words':
      return `${name} ${count(block.words)}${weight}`;
    case 'hog':
      return `${name} ${block.flavour === 'course' ? m.features_course() : `${block.cellSize} px`}${weight}`;
    case 'color':
      return `${name} ${block.space === 'course-hue' ? m.features_course() : block.space.toUpperCase()}${block.grid > 1 ? ` ${block.grid}×${block.grid}` : ''}${weight}`;
    case 'pca':
    case 'zca':
      return `${name} ${count(block.components)}${weight}`;
    case 'raw':
      return `${name}${weight}`;
  }
}
