/** What the form asks of each block of features, as data: FeatureChoice.svelte draws one field after another. */
import { mostJointBins } from '../../core/features/color-histogram.ts';
import {
  type ColorFeatures,
  defaultFeatures,
  type FeatureRecipe,
  type HogFeatures,
  type PcaFeatures,
  standardizeKinds,
  type WordFeatures,
  type ZcaFeatures,
} from '../../core/recipe/feature-recipe.ts';
import { standardizeLabels } from '../features/feature-labels.ts';
import { m } from '../messages.ts';

interface Texts {
  readonly label: string;
  readonly explanation: string;
  /** Shown beside the field at all times. */
  readonly hint?: string;
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
  readonly integer: boolean;
  readonly changed: (value: number) => Partial<Block>;
}

interface ChoiceOf<Block> extends Texts {
  readonly kind: 'choice';
  readonly value: string | number;
  readonly options: readonly { readonly value: string | number; readonly label: string }[];
  readonly changed: (value: string | number) => Partial<Block>;
}

export type FeatureField = NumberOf<FeatureRecipe> | ChoiceOf<FeatureRecipe>;

export interface FeatureFields {
  readonly main: readonly FeatureField[];
  /** What hardly anybody changes: shown when asked for. */
  readonly more: readonly FeatureField[];
}

const texts = (label: string, explanation: string, hint?: string): Texts =>
  hint === undefined ? { label, explanation } : { label, explanation, hint };
const asIs = <Value extends string>(value: Value) => ({ value, label: value });

/** Fields of one block, which know its value and how the recipe changes with another. */
function fieldsIn<Block extends FeatureRecipe>(block: Block) {
  type NumberKey = { [Key in keyof Block]: Block[Key] extends number | null ? Key : never }[keyof Block];
  const number = (
    key: NumberKey,
    about: Texts,
    range: Range,
    changed = (value: number): Partial<Block> => ({ [key]: value }) as Partial<Block>,
  ): NumberOf<Block> => ({
    kind: 'number',
    ...about,
    ...range,
    value: block[key] as number,
    integer: false,
    changed,
  });
  return {
    number,
    whole: (...of: Parameters<typeof number>): NumberOf<Block> => ({ ...number(...of), integer: true }),

    choice: <Key extends keyof Block>(
      key: Key,
      about: Texts,
      options: readonly { readonly value: Block[Key] & (string | number); readonly label: string }[],
    ): ChoiceOf<Block> => ({
      kind: 'choice',
      ...about,
      options,
      value: (block[key] as string | number | undefined) ?? options[0]!.value, // what is left out is the first
      changed: (value) => ({ [key]: value }) as Partial<Block>,
    }),

    /** One of two, which change the recipe as they say. */
    either: (
      isOn: boolean,
      about: Texts,
      on: { readonly label: string; readonly recipe: Partial<Block> },
      off: { readonly label: string; readonly recipe: Partial<Block> },
    ): ChoiceOf<Block> => ({
      kind: 'choice',
      ...about,
      options: [
        { value: 'on', label: on.label },
        { value: 'off', label: off.label },
      ],
      value: isOn ? 'on' : 'off',
      changed: (value) => (value === 'on' ? on.recipe : off.recipe),
    }),
  };
}

const gridOptions = ([1, 2, 4] as const).map((value) => ({ value, label: `${value} × ${value}` }));
const gridTexts = () => texts(m.features_grid(), m.features_grid_explained());
const epsilonTexts = (hint?: string) => texts(m.features_epsilon(), m.features_epsilon_explained(), hint);

/** Whether a block's numbers are standardised and balanced, or go in as they come. */
function scaling(block: Exclude<FeatureRecipe, { kind: 'raw' }>): FeatureField {
  return fieldsIn(block).choice('standardize', texts(m.features_scaling(), m.features_scaling_explained()), [
    { value: 'per-feature', label: m.features_standardized() },
    { value: 'none', label: m.features_as_it_is() },
  ]);
}

export function featureFields(block: FeatureRecipe): FeatureFields {
  switch (block.kind) {
    case 'raw': {
      const options = standardizeKinds.map((value) => ({ value, label: standardizeLabels[value]() }));
      const about = texts(m.recipe_standardize(), m.recipe_standardize_explained());
      return { main: [fieldsIn(block).choice('standardize', about, options)], more: [] };
    }
    case 'pca':
    case 'zca':
      return componentFields(block);
    case 'color':
      return colorFields(block);
    case 'hog':
      return hogFields(block);
    case 'words':
      return wordFields(block);
  }
}

function componentFields(block: PcaFeatures | ZcaFeatures): FeatureFields {
  const { whole, number } = fieldsIn<PcaFeatures | ZcaFeatures>(block);
  const components = whole('components', texts(m.features_components(), m.features_components_explained()), {
    min: 1,
    max: 1024,
  });
  const epsilon = number('epsilon', epsilonTexts(), { min: 0, max: 10_000, factor: 2 });
  if (block.kind === 'zca') return { main: [components], more: [epsilon, scaling(block)] };
  const whiten = fieldsIn(block).either(
    block.whiten,
    texts(m.features_whiten(), m.features_whiten_explained()),
    { label: m.yes(), recipe: { whiten: true } },
    { label: m.no(), recipe: { whiten: false } },
  );
  return { main: [components], more: [whiten, ...(block.whiten ? [epsilon] : []), scaling(block)] };
}

function colorFields(block: ColorFeatures): FeatureFields {
  const { whole, choice, either } = fieldsIn(block);
  const space = choice('space', texts(m.features_space(), m.features_space_explained()), [
    { value: 'hsv', label: 'HSV' },
    { value: 'rgb', label: 'RGB' },
    { value: 'course-hue', label: m.features_space_course() },
  ]);
  const joint = either(
    block.isJoint,
    texts(m.features_joint(), m.features_joint_explained()),
    { label: m.features_joint_yes(), recipe: { isJoint: true, bins: Math.min(block.bins, mostJointBins) } },
    { label: m.features_joint_no(), recipe: { isJoint: false } },
  );
  const hasChannels = block.space !== 'course-hue'; // that one is of hue alone
  const bins = whole('bins', texts(m.features_bins(), m.features_bins_explained()), {
    min: 2,
    max: block.isJoint ? mostJointBins : 256,
  });
  const normalization = choice(
    'normalization',
    texts(m.features_normalization(), m.features_normalization_explained()),
    [
      { value: 'hellinger', label: 'Hellinger' },
      { value: 'L1', label: 'L1' },
    ],
  );
  return {
    main: [space, ...(hasChannels ? [joint] : []), bins, choice('grid', gridTexts(), gridOptions)],
    more: [normalization, scaling(block)],
  };
}

function hogFields(block: HogFeatures): FeatureFields {
  const { whole, choice, either } = fieldsIn(block);
  const flavour = choice('flavour', texts(m.features_flavour(), m.features_flavour_explained()), [
    { value: 'dalal-triggs', label: 'Dalal–Triggs' },
    { value: 'scikit-image', label: 'scikit-image' },
    { value: 'course', label: m.features_course() },
  ]);
  if (block.flavour === 'course') return { main: [flavour], more: [scaling(block)] }; // its cells are what they are
  const cell = texts(m.features_cell(), m.features_cell_explained());
  const voting = choice('voting', texts(m.features_voting(), m.features_voting_explained()), [
    { value: 'trilinear', label: m.features_trilinear() },
    { value: 'bilinear', label: m.features_bilinear() },
  ]);
  return {
    main: [flavour, whole('cellSize', cell, { min: 2, max: 128, unit: 'px' })],
    more: [
      whole('blockSize', texts(m.features_block(), m.features_block_explained()), {
        min: 1,
        max: 16,
        unit: m.features_block_cells(),
      }),
      whole('orientations', texts(m.features_orientations(), m.features_orientations_explained()), { min: 2, max: 36 }),
      ...(block.flavour === 'dalal-triggs' ? [voting] : []), // scikit-image gives a vote away whole
      choice('normalization', texts(m.features_normalization(), m.features_block_normalization_explained()), [
        asIs('L2-Hys'),
        asIs('L2'),
        asIs('L1'),
      ]),
      choice('color', texts(m.features_channels(), m.features_channels_explained()), [
        { value: 'strongest', label: m.features_strongest() },
        { value: 'grey', label: m.features_grey() },
      ]),
      either(
        block.gamma,
        texts(m.features_gamma(), m.features_gamma_explained()),
        { label: m.yes(), recipe: { gamma: true } },
        { label: m.no(), recipe: { gamma: false } },
      ),
      scaling(block),
    ],
  };
}

function wordFields(block: WordFeatures): FeatureFields {
  const { whole, number, choice, either } = fieldsIn(block);
  const pixels = { min: 1, unit: 'px' };
  const { whitening, minibatch } = block;
  const whitens = either(
    whitening !== null,
    texts(m.features_words_whitening(), m.features_words_whitening_explained()),
    { label: m.yes(), recipe: { whitening: defaultFeatures.words.whitening } },
    { label: m.no(), recipe: { whitening: null } },
  );
  const clustering = either(
    minibatch === null,
    texts(m.features_clustering(), m.features_clustering_explained()),
    { label: m.features_lloyd(), recipe: { minibatch: null } },
    { label: m.features_minibatches(), recipe: { minibatch: Math.min(1000, block.patches) } },
  );
  return {
    main: [
      whole(
        'words',
        texts(m.features_words_count(), m.features_words_count_explained()),
        { min: 2, max: 4096, factor: 2 },
        (words) => ({ words, patches: Math.max(block.patches, words) }),
      ),
      whole('patchSize', texts(m.features_patch(), m.features_patch_explained()), { ...pixels, min: 2, max: 64 }),
      whole('stride', texts(m.features_stride(), m.features_stride_explained()), { ...pixels, max: 64 }),
      choice('encoding', texts(m.features_encoding(), m.features_encoding_explained()), [
        { value: 'triangle', label: m.features_triangle() },
        { value: 'hard', label: m.features_hard() },
      ]),
      choice('grid', gridTexts(), gridOptions),
    ],
    more: [
      whitens,
      ...(whitening === null
        ? []
        : [number('whitening', epsilonTexts(m.features_epsilon_hint()), { min: 0, max: 1000, factor: 2 })]),
      number('contrastOffset', texts(m.features_contrast(), m.features_contrast_explained()), {
        min: 0,
        max: 10_000,
        factor: 2,
      }),
      whole('patches', texts(m.features_sampled(), m.features_sampled_explained()), {
        min: Math.max(16, block.words, minibatch ?? 0),
        max: 2_000_000,
        factor: 2,
      }),
      clustering,
      ...(minibatch === null
        ? []
        : [
            whole('minibatch', texts(m.features_minibatch(), m.features_minibatch_explained()), {
              min: 1,
              max: block.patches,
              factor: 2,
            }),
          ]),
      whole('iterations', texts(m.features_iterations(), m.features_iterations_explained()), { min: 1, max: 1000 }),
      choice('start', texts(m.features_start(), m.features_start_explained()), [
        { value: 'k-means++', label: 'k-means++' },
        { value: 'points', label: m.features_start_points() },
      ]),
      whole('seed', texts(m.recipe_seed(), m.features_words_seed_explained()), { min: 0, max: 2 ** 32 - 1 }),
      scaling(block),
    ],
  };
}
