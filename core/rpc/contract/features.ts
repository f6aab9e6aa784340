/** What a model can be shown of a picture instead of its pixels. Features of one picture are computed in the page itself. */
import * as v from 'valibot';
import { Count, float32s, float64s, Id, uint32s } from './common.ts';
import { FeatureRecipeSchema } from './feature-recipe.ts';

const Condition = v.object({
  number: v.number(),
  largest: v.number(),
  smallest: v.number(),
  flat: Count,
  /** See core/features/conditioning.ts. */
  steps: v.nullable(v.object({ plain: v.nullable(Count), momentum: v.nullable(Count) })),
});
export const Conditioning = v.object({
  pictures: Count,
  /** Numbers that were looked at, drawn at random where there are more. */
  looked: Count,
  dimension: Count,
  raw: Condition,
  standardized: Condition,
  whitened: Condition,
});
export type Conditioning = v.InferOutput<typeof Conditioning>;

export const Shares = v.object({
  classes: v.array(v.string()),
  kinds: v.array(v.string()),
  dimensions: v.array(Count),
  shares: float32s,
  rest: float32s,
  scores: float32s,
  /** (D) the vector as the model is given it, scaled and balanced. */
  vector: float32s,
});

/** What was learnt for a block: its arrays by name, as core/features says. */
export const Learnt = v.object({
  dimension: Count,
  arrays: v.record(v.string(), v.union([float32s, float64s, uint32s])),
});

export const featuresContract = {
  /** Learns one block from a dataset's training pictures; a job with progress. Fails with INVALID_OPTION, CANCELLED. */
  'features.learn': { input: v.object({ datasetId: Id, features: FeatureRecipeSchema }), output: Learnt },
  /** Condition number of features of training pictures as they are, standardised and whitened. */
  'features.conditioning': {
    input: v.object({ datasetId: Id, features: v.pipe(v.array(FeatureRecipeSchema), v.minLength(1), v.maxLength(8)) }),
    output: Conditioning,
  },
  /**
   * How much each block of a model's features gives to each class's score of one picture: (blocks, classes), and the rest
   * that belongs to no block. Exact for linear models and ReLU, the tangent otherwise. Fails with RUN_NOT_TRAINED.
   */
  'features.shares': { input: v.object({ runId: Id, picture: Count }), output: Shares },
} as const;
