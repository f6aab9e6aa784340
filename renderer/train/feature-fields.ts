/** What the form asks of each block of features, as data: FeatureChoice.svelte draws one field after another. */
import { type FeatureRecipe, standardizeKinds } from '../../core/recipe/feature-recipe.ts';
import { standardizeLabels } from '../features/feature-labels.ts';
import { m } from '../messages.ts';

interface Texts {
  readonly label: string;
  readonly explanation: string;
}

interface Range {
  readonly min: number;
  readonly max: number;
  /** What the arrow keys multiply by; left out they count. */
  readonly factor?: number;
  readonly unit?: string;
}

interface NumberOf<Block> extends Texts, Range {
  readonly kind: 'number';
  readonly value: number;
  readonly changed: (value: number) => Partial<Block>;
}

interface ChoiceOf<Block> extends Texts {
  readonly kind: 'choice';
  readonly value: string | number;
  readonly options: readonly { readonly value: string | number; readonly label: string }[];
  readonly changed: (value: string | number) => Partial<Block>;
}

export type FeatureField = NumberOf<FeatureRecipe> | ChoiceOf<FeatureRecipe>;

const texts = (label: string, explanation: string): Texts => ({ label, explanation });

/** Fields of one block, which know its value and how the recipe changes with another. */
function fieldsIn<Block extends FeatureRecipe>(block: Block) {
  type NumberKey = { [Key in keyof Block]: Block[Key] extends number ? Key : never }[keyof Block];
  return {
    whole: (
      key: NumberKey,
      about: Texts,
      range: Range,
      changed = (value: number): Partial<Block> => ({ [key]: value }) as Partial<Block>,
    ): NumberOf<Block> => ({ kind: 'number', ...about, ...range, value: block[key] as number, changed }),

    choice: <Key extends keyof Block>(
      key: Key,
      about: Texts,
      options: readonly { readonly value: Block[Key] & (string | number); readonly label: string }[],
    ): ChoiceOf<Block> => ({
      kind: 'choice',
      ...about,
      options,
      value: block[key] as string | number,
      changed: (value) => ({ [key]: value }) as Partial<Block>,
    }),
  };
}

const gridOptions = ([1, 2, 4] as const).map((value) => ({ value, label: `${value} × ${value}` }));
const gridTexts = () => texts(m.features_grid(), m.features_grid_explained());

export function featureFields(block: FeatureRecipe): readonly FeatureField[] {
  switch (block.kind) {
    case 'raw': {
      const options = standardizeKinds.map((value) => ({ value, label: standardizeLabels[value]() }));
      return [
        fieldsIn(block).choice('standardize', texts(m.recipe_standardize(), m.recipe_standardize_explained()), options),
      ];
    }
    case 'pca':
    case 'zca':
      return [
        fieldsIn(block).whole('components', texts(m.features_components(), m.features_components_explained()), {
          min: 1,
          max: 1024,
        }),
      ];
    case 'color': {
      const { whole, choice } = fieldsIn(block);
      return [
        choice('space', texts(m.features_space(), m.features_space_explained()), [
          { value: 'hsv', label: m.features_space_hsv() },
          { value: 'rgb', label: m.features_space_rgb() },
          { value: 'course-hue', label: m.features_space_course() },
        ]),
        whole('bins', texts(m.features_bins(), m.features_bins_explained()), { min: 2, max: 64 }),
        choice('grid', gridTexts(), gridOptions),
      ];
    }
    case 'hog': {
      const { whole, choice } = fieldsIn(block);
      const flavour = choice('flavour', texts(m.features_flavour(), m.features_flavour_explained()), [
        { value: 'dalal-triggs', label: 'Dalal–Triggs' },
        { value: 'scikit-image', label: 'scikit-image' },
        { value: 'course', label: m.features_course() },
      ]);
      if (block.flavour === 'course') return [flavour]; // its cells are what they are
      const cell = texts(m.features_cell(), m.features_cell_explained());
      return [flavour, whole('cellSize', cell, { min: 2, max: 64, unit: 'px' })];
    }
    case 'words': {
      const { whole, choice } = fieldsIn(block);
      const pixels = { min: 1, unit: 'px' };
      return [
        whole(
          'words',
          texts(m.features_words_count(), m.features_words_count_explained()),
          { min: 2, max: 4096, factor: 2 },
          (words) => ({ words, patches: Math.max(block.patches, words) }),
        ),
        whole('patchSize', texts(m.features_patch(), m.features_patch_explained()), { ...pixels, min: 2, max: 32 }),
        whole('stride', texts(m.features_stride(), m.features_stride_explained()), { ...pixels, max: 16 }),
        choice('encoding', texts(m.features_encoding(), m.features_encoding_explained()), [
          { value: 'triangle', label: m.features_triangle() },
          { value: 'hard', label: m.features_hard() },
        ]),
        choice('grid', gridTexts(), gridOptions),
      ];
    }
  }
}
