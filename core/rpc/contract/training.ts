/** Training runs. A run goes on without the window; `training.watch` first repeats what was missed. */
import * as v from 'valibot';
import { Count, ErrorValue, float32s, float64s, Id, MaybeFinite, Name } from './common.ts';
import { FeatureRecipeSchema } from './feature-recipe.ts';
import { RecipeSchema } from './recipe.ts';

/**
 * `interrupted`: the process died; it can go on from its last checkpoint. `stopped`: by a person, best and last model kept.
 * `diverged`: the loss stopped being finite; the last finite state is kept.
 */
export const RunStatus = v.picklist([
  'queued',
  'running',
  'paused',
  'interrupted',
  'finished',
  'stopped',
  'diverged',
  'failed',
]);
export type RunStatus = v.InferOutput<typeof RunStatus>;

export const EpochRecord = v.object({
  epoch: Count,
  /** Steps done at its end. */
  step: Count,
  trainLoss: MaybeFinite,
  trainAccuracy: MaybeFinite,
  validationLoss: MaybeFinite,
  validationAccuracy: MaybeFinite,
  learningRate: v.number(),
  /** Of loss and gradient since the run's start, with an optimizer whose steps may take several. */
  evaluations: v.optional(Count),
  /** Seconds of training from the run's start, pauses left out. */
  seconds: v.number(),
});
export type EpochRecord = v.InferOutput<typeof EpochRecord>;

/** Losses of minibatches, as columns. */
export const StepRecords = v.object({ steps: float64s, losses: float32s, accuracies: float32s });
export type StepRecords = v.InferOutput<typeof StepRecords>;

export const RunEvent = v.variant('kind', [
  v.object({ kind: v.literal('status'), status: RunStatus, error: v.nullable(ErrorValue) }),
  /** `stepsPerEpoch` and totals for the progress bar, once at the start. */
  v.object({ kind: v.literal('plan'), stepsPerEpoch: Count, epochs: Count, trainCount: Count, validationCount: Count }),
  v.object({ kind: v.literal('epoch'), record: EpochRecord }),
  v.object({ kind: v.literal('steps'), records: StepRecords }),
  /** Before a model that sees features trains: block `block` of the recipe is learnt, or pictures are described by it. */
  v.object({
    kind: v.literal('features'),
    block: Count,
    stage: v.picklist(['learn', 'describe']),
    done: v.number(),
    total: v.number(),
  }),
  /** A newer model can be looked at. */
  v.object({ kind: v.literal('checkpoint'), step: Count, best: v.boolean() }),
]);
export type RunEvent = v.InferOutput<typeof RunEvent>;

const Run = v.object({ runId: Id });

export const trainingContract = {
  /** A complete recipe to start from, for a dataset's current version. */
  'training.defaults': {
    input: v.object({
      datasetId: Id,
      model: v.picklist(['linear', 'mlp']),
      /** What it is to see; pixels where nothing is said. */
      features: v.optional(v.pipe(v.array(FeatureRecipeSchema), v.minLength(1), v.maxLength(8))),
    }),
    output: RecipeSchema,
  },
  /** Starts a run and returns at once. Fails with INVALID_OPTION, DATASET_NOT_FOUND, DATASET_TOO_SMALL, DISK_FULL. */
  'training.start': {
    input: v.object({
      recipe: RecipeSchema,
      name: v.optional(Name),
      /** Worker threads; left out or 0: what the settings say. No part of the recipe: the bits do not depend on it. */
      threads: v.optional(v.pipe(Count, v.maxValue(64))),
    }),
    output: Run,
  },
  /** Everything of one run, past and coming, except that past steps come as few blocks; ends with the run. */
  'training.watch': { input: Run, progress: RunEvent, output: v.object({ status: RunStatus }) },
  'training.pause': { input: Run, output: v.object({}) },
  /** Goes on with a paused, interrupted or stopped run from its newest checkpoint. */
  'training.resume': { input: Run, output: v.object({}) },
  /** Ends the run and keeps its best and last model. Returns when both are durable. */
  'training.stop': { input: Run, output: v.object({}) },
  /** Ends the run and moves it to the trash. */
  'training.discard': { input: Run, output: v.object({}) },
} as const;
