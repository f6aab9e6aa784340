/** The schema of what a model sees; the types, and what their fields mean, are in core/recipe/feature-recipe.ts. */
import * as v from 'valibot';
import { type FeatureRecipe, standardizeKinds } from '../../recipe/feature-recipe.ts';
import { Seed } from './common.ts';

const whole = (from: number, to: number) => v.pipe(v.number(), v.integer(), v.minValue(from), v.maxValue(to));
const notNegative = v.pipe(v.number(), v.finite(), v.minValue(0));
const weight = v.optional(v.pipe(v.number(), v.finite(), v.gtValue(0), v.maxValue(1e6)));
const standardize = v.picklist(['per-feature', 'none']);
const grid = v.picklist([1, 2, 4]);

const schema = v.variant('kind', [
  v.strictObject({ kind: v.literal('raw'), standardize: v.picklist(standardizeKinds), weight }),
  v.strictObject({
    kind: v.literal('pca'),
    standardize,
    weight,
    components: whole(1, 1024),
    whiten: v.boolean(),
    epsilon: notNegative,
  }),
  v.strictObject({ kind: v.literal('zca'), standardize, weight, components: whole(1, 1024), epsilon: notNegative }),
  v.strictObject({
    kind: v.literal('color'),
    standardize,
    weight,
    space: v.picklist(['rgb', 'hsv', 'course-hue']),
    isJoint: v.boolean(),
    bins: whole(2, 256),
    grid,
    normalization: v.picklist(['L1', 'hellinger']),
  }),
  v.strictObject({
    kind: v.literal('hog'),
    standardize,
    weight,
    flavour: v.picklist(['dalal-triggs', 'scikit-image', 'course']),
    cellSize: whole(2, 128),
    blockSize: whole(1, 16),
    orientations: whole(2, 36),
    voting: v.picklist(['bilinear', 'trilinear']),
    normalization: v.picklist(['L2-Hys', 'L2', 'L1']),
    gamma: v.boolean(),
    color: v.picklist(['strongest', 'grey']),
  }),
  v.strictObject({
    kind: v.literal('words'),
    standardize,
    weight,
    words: whole(2, 4096),
    patchSize: whole(2, 64),
    stride: whole(1, 64),
    patches: whole(16, 2_000_000),
    contrastOffset: notNegative,
    whitening: v.nullable(notNegative),
    encoding: v.picklist(['triangle', 'hard']),
    grid,
    iterations: whole(1, 1000),
    minibatch: v.nullable(whole(1, 2_000_000)),
    start: v.optional(v.picklist(['k-means++', 'points'])),
    seed: Seed,
  }),
]);

/** Typed by the recipe: stops compiling when the schema's output and the type part. */
export const FeatureRecipeSchema: v.GenericSchema<FeatureRecipe, FeatureRecipe> = schema;
