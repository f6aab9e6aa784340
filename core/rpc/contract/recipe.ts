/** The schema of a recipe; the type and what its fields mean are in core/recipe/recipe.ts. */
import * as v from 'valibot';
import { activationNames, backendChoices, initializationNames, lossNames, type Recipe } from '../../recipe/recipe.ts';
import { Fraction, Id, Seed, Sha256 } from './common.ts';

const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));
const positiveInteger = v.pipe(v.number(), v.integer(), v.minValue(1));
const decay = v.pipe(v.number(), v.minValue(0), v.ltValue(1));

const schema = v.strictObject({
  formatVersion: v.literal(1),
  dataset: v.strictObject({ id: Id, version: Sha256 }),
  split: v.strictObject({ validation: v.pipe(v.number(), v.minValue(0), v.maxValue(0.9)), seed: Seed }),
  features: v.pipe(
    v.array(
      v.strictObject({ kind: v.literal('raw'), standardize: v.picklist(['per-feature', 'per-channel', 'none']) }),
    ),
    v.length(1),
  ),
  model: v.variant('kind', [
    v.strictObject({ kind: v.literal('linear') }),
    v.strictObject({
      kind: v.literal('mlp'),
      hidden: v.pipe(v.array(v.pipe(positiveInteger, v.maxValue(8192))), v.minLength(1), v.maxLength(16)),
      activation: v.picklist(activationNames),
      initialization: v.picklist(initializationNames),
    }),
  ]),
  loss: v.picklist(lossNames),
  l2: v.pipe(v.number(), v.finite(), v.minValue(0)),
  l2Convention: v.picklist(['half', 'full']),
  optimizer: v.variant('kind', [
    v.strictObject({ kind: v.literal('sgd'), learningRate: positive }),
    v.strictObject({ kind: v.literal('momentum'), learningRate: positive, momentum: decay }),
    v.strictObject({ kind: v.literal('adam'), learningRate: positive, beta1: decay, beta2: decay, epsilon: positive }),
  ]),
  schedule: v.variant('kind', [
    v.strictObject({ kind: v.literal('constant') }),
    v.strictObject({ kind: v.literal('step'), everyEpochs: positiveInteger, factor: positive }),
    v.strictObject({ kind: v.literal('cosine'), floor: Fraction }),
  ]),
  batchSize: v.union([positiveInteger, v.literal('full')]),
  epochs: v.pipe(positiveInteger, v.maxValue(100_000)),
  stopping: v.strictObject({
    patience: v.nullable(positiveInteger),
    targetAccuracy: v.nullable(v.pipe(Fraction, v.gtValue(0))),
    timeBudgetSeconds: v.nullable(positive),
  }),
  seed: Seed,
  backend: v.picklist(backendChoices),
});

/** Typed by the recipe itself: this line stops compiling when the schema and the type part. */
export const RecipeSchema: v.GenericSchema<Recipe, Recipe> = schema;
