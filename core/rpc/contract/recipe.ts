/**
 * The schema of a recipe; the type and what its fields mean are in core/recipe/recipe.ts.
 *
 * Fields that an earlier version did not have may be missing; parsing fills in what that version did.
 */
import * as v from 'valibot';
import {
  activationNames,
  backendChoices,
  bestByChoices,
  initializationNames,
  lossNames,
  noAugmentation,
  pruningCriteria,
  type Recipe,
} from '../../recipe/recipe.ts';
import { Fraction, Id, Seed, Sha256 } from './common.ts';
import { FeatureRecipeSchema } from './feature-recipe.ts';

const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));
const notNegative = v.pipe(v.number(), v.finite(), v.minValue(0));
const positiveInteger = v.pipe(v.number(), v.integer(), v.minValue(1));
const decay = v.pipe(v.number(), v.minValue(0), v.ltValue(1));

/** One value for all hidden layers or one for each. */
const layered = <Schema extends v.GenericSchema>(schema: Schema) =>
  v.union([schema, v.pipe(v.array(schema), v.minLength(1), v.maxLength(16))]);
const adamEntries = {
  learningRate: positive,
  beta1: decay,
  beta2: decay,
  epsilon: positive,
  biasCorrection: v.optional(v.boolean(), true),
};

const mlp = v.pipe(
  v.strictObject({
    kind: v.literal('mlp'),
    hidden: v.pipe(v.array(v.pipe(positiveInteger, v.maxValue(8192))), v.minLength(1), v.maxLength(16)),
    activation: layered(v.picklist(activationNames)),
    dropout: v.optional(layered(decay), 0),
    initialization: v.picklist(initializationNames),
  }),
  v.check(
    ({ hidden, activation, dropout }) =>
      [activation, dropout].every((value) => !Array.isArray(value) || value.length === hidden.length),
    'one activation and dropout for all hidden layers, or one for each',
  ),
);

const fields = v.strictObject({
  formatVersion: v.literal(1),
  dataset: v.strictObject({ id: Id, version: Sha256 }),
  split: v.strictObject({ validation: v.pipe(v.number(), v.minValue(0), v.maxValue(0.9)), seed: Seed }),
  features: v.pipe(v.array(FeatureRecipeSchema), v.minLength(1), v.maxLength(8)),
  model: v.variant('kind', [v.strictObject({ kind: v.literal('linear') }), mlp]),
  loss: v.picklist(lossNames),
  classWeights: v.optional(v.picklist(['none', 'balanced']), 'none'),
  l2: notNegative,
  l2Convention: v.picklist(['half', 'full']),
  optimizer: v.variant('kind', [
    v.strictObject({ kind: v.literal('gd'), learningRate: positive }),
    v.strictObject({ kind: v.literal('sgd'), learningRate: positive }),
    v.strictObject({
      kind: v.literal('momentum'),
      learningRate: positive,
      momentum: decay,
      rate: v.optional(v.picklist(['outside', 'inside']), 'outside'),
    }),
    v.strictObject({
      kind: v.literal('nesterov'),
      learningRate: positive,
      momentum: v.pipe(decay, v.gtValue(0)),
      form: v.picklist(['look-ahead', 'rewritten']),
    }),
    v.strictObject({ kind: v.literal('adagrad'), learningRate: positive, epsilon: positive }),
    v.strictObject({ kind: v.literal('rmsprop'), learningRate: positive, decay, epsilon: positive }),
    v.strictObject({ kind: v.literal('adam'), ...adamEntries }),
    v.strictObject({ kind: v.literal('adamw'), ...adamEntries, weightDecay: notNegative }),
    v.strictObject({
      kind: v.literal('lbfgs'),
      learningRate: positive,
      memory: v.pipe(positiveInteger, v.maxValue(100)),
      maxEvaluations: v.pipe(positiveInteger, v.maxValue(1000)),
      gradientTolerance: notNegative,
      allowMinibatch: v.boolean(),
    }),
  ]),
  schedule: v.variant('kind', [
    v.strictObject({ kind: v.literal('constant') }),
    v.strictObject({ kind: v.literal('step'), everyEpochs: positiveInteger, factor: positive }),
    v.strictObject({ kind: v.literal('cosine'), floor: Fraction }),
  ]),
  warmUpEpochs: v.optional(v.pipe(notNegative, v.maxValue(100_000)), 0),
  augmentation: v.optional(
    v.strictObject({
      flip: v.boolean(),
      shift: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(64)),
      crop: v.pipe(v.number(), v.minValue(0), v.maxValue(0.9)),
    }),
    noAugmentation,
  ),
  batchSize: v.union([positiveInteger, v.literal('full')]),
  epochs: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(100_000)),
  stopping: v.strictObject({
    best: v.optional(v.picklist(bestByChoices), 'loss'),
    patience: v.nullable(positiveInteger),
    targetAccuracy: v.nullable(v.pipe(Fraction, v.gtValue(0))),
    timeBudgetSeconds: v.nullable(positive),
  }),
  seed: Seed,
  start: v.optional(v.strictObject({ run: Id, weightsSha256: Sha256, pruneBy: v.picklist(pruningCriteria) })),
  backend: v.picklist(backendChoices),
});
const schema = v.pipe(
  fields,
  v.check(({ epochs, start }) => epochs > 0 || start !== undefined, '1 epoch or more'),
);

/**
 * Typed by the recipe itself: the annotation of `whole` stops compiling when the schema's output and the type part. Whoever calls has
 * to bring a whole recipe; what arrives may be an earlier one.
 */
const whole: v.GenericSchema<unknown, Recipe> = schema;
export const RecipeSchema = whole as v.GenericSchema<Recipe, Recipe>;
