/**
 * Backend → compute. Pictures never cross: compute reads the pixel cache file it is given a path of, and writes
 * checkpoints to staging paths; the store renames and commits them.
 */
import * as v from 'valibot';
import { bytes, Count, float32s, Sha256, uint16s, uint32s } from './common.ts';
import { EngineStatus } from './app.ts';
import {
  Collapse,
  Exactness,
  LabelStudy,
  Look,
  ModelComparison,
  PictureExplanation,
  PictureQuestion,
  Pruning,
  UnitStudy,
  Templates,
} from './explanation.ts';
import {
  CheckProgress,
  CurvatureOptions,
  CurvatureReport,
  DescentOptions,
  DescentReport,
  GradientCheckOptions,
  GradientCheckReport,
  LossGridOptions,
  LossGridReport,
  NumericGradientOptions,
  NumericGradientReport,
  NoiseOptions,
  NoiseReport,
  RateOptions,
  RateReport,
  WanderingOptions,
  WanderingReport,
  ScalingOptions,
  ScalingReport,
} from './checks.ts';
import { Conditioning, Learnt, Shares } from './features.ts';
import { FeatureRecipeSchema } from './feature-recipe.ts';
import { RecipeSchema } from './recipe.ts';
import { PathsOptions, PathsReport } from './searches.ts';
import { EpochRecord, StepRecords } from './training.ts';

/** Pictures of one dataset version, as compute needs them. */
export const PictureSource = v.object({
  /** The pixel cache: count × height × width × channels bytes after a header of `headerBytes`. */
  pixelsPath: v.string(),
  headerBytes: Count,
  count: Count,
  width: Count,
  height: Count,
  channels: v.picklist([1, 3]),
  classes: v.array(v.string()),
  /** One per picture. */
  labels: uint16s,
  /** Numbers of the pictures of each split, in order, exclusions left out. */
  train: uint32s,
  validation: uint32s,
  test: uint32s,
});
export type PictureSource = v.InferOutput<typeof PictureSource>;

export const CheckpointFile = v.object({
  /** In the staging folder that was given. */
  path: v.string(),
  sha256: Sha256,
  sizeBytes: Count,
  step: Count,
  epoch: Count,
  /** `last` replaces the last one; `best` also is the new best. */
  best: v.boolean(),
  weightsSha256: Sha256,
});
export type CheckpointFile = v.InferOutput<typeof CheckpointFile>;

export const TrainProgress = v.variant('kind', [
  v.object({
    kind: v.literal('plan'),
    stepsPerEpoch: Count,
    epochs: Count,
    parameters: Count,
    backend: v.picklist(['wasm', 'native']),
    threads: Count,
  }),
  v.object({ kind: v.literal('steps'), records: StepRecords }),
  v.object({ kind: v.literal('epoch'), record: EpochRecord }),
  v.object({ kind: v.literal('checkpoint'), file: CheckpointFile }),
]);
export type TrainProgress = v.InferOutput<typeof TrainProgress>;

/** A trained model with all that a picture needs on its way to scores: read from a checkpoint file. */
export const ModelFile = v.object({ path: v.string() });

/** What is checked: the model of a checkpoint, or null for the recipe's fresh one. */
const CheckedModel = {
  recipe: RecipeSchema,
  model: v.nullable(ModelFile),
  source: PictureSource,
  /** A cache of each block for a fresh model that sees features; null otherwise. */
  features: v.nullable(v.array(v.string())),
  /** Every weight 0. */
  isZero: v.boolean(),
};

/** Pictures of a source that a model is studied on. */
const Judged = {
  source: PictureSource,
  indices: uint32s,
  threads: Count,
  /** A cache of each block, or null: the model knows how to describe. */
  features: v.optional(v.nullable(v.array(v.string())), null),
};
/** Pictures of one split. */
const Studied = { ...Judged, on: v.picklist(['train', 'validation', 'test']) };

export const computeContract = {
  'compute.info': { input: v.object({}), output: v.object({ ...EngineStatus.entries, processor: v.string() }) },
  /** Loads the native library, multiplies and compares. Asked of a process of its own, which a broken library may end. */
  'compute.probe': { input: v.object({}), output: v.object({ works: v.boolean(), reason: v.string() }) },
  /**
   * Trains until the recipe's end. Aborting the call discards; `compute.control` pauses, goes on, or stops and keeps.
   * Fails with TRAINING_DIVERGED (after writing a checkpoint of the last finite state), DISK_FULL, INVALID_OPTION.
   */
  'compute.train': {
    input: v.object({
      jobId: v.string(),
      recipe: RecipeSchema,
      source: PictureSource,
      threads: Count,
      /** Feature caches, one a block of the recipe; null where the recipe takes pixels as they are. */
      features: v.optional(v.nullable(v.array(v.string())), null),
      stagingFolder: v.string(),
      /** Checkpoint to go on from. */
      resumeFrom: v.nullable(v.string()),
      /** The checkpoint of the recipe's `start`; null where it has none. */
      startFrom: v.optional(v.nullable(v.string()), null),
    }),
    progress: TrainProgress,
    output: v.object({
      endReason: v.picklist(['epochs', 'patience', 'target', 'converged', 'time', 'person']),
      weightsSha256: Sha256,
      bestEpoch: v.nullable(Count),
      trainSeconds: v.number(),
    }),
  },
  /**
   * Learns one block of features where there is something to learn, and describes every picture of every split by it. The
   * file is on disk when the call returns; the store gives it its name. Fails with INVALID_OPTION, DISK_FULL, CANCELLED.
   */
  'compute.features': {
    input: v.object({
      source: PictureSource,
      features: FeatureRecipeSchema,
      threads: Count,
      /** Who multiplies patches by words. */
      backend: v.optional(v.picklist(['wasm', 'native']), 'wasm'),
      path: v.string(),
    }),
    progress: v.object({ stage: v.picklist(['learn', 'describe']), done: v.number(), total: v.number() }),
    output: v.object({ dimension: Count, sizeBytes: Count, seconds: v.number() }),
  },
  /** What a block learns, or what its cache `known` says it learnt. Fails with INVALID_OPTION, CANCELLED. */
  'compute.learn': {
    input: v.object({
      source: PictureSource,
      features: FeatureRecipeSchema,
      threads: Count,
      backend: v.optional(v.picklist(['wasm', 'native']), 'wasm'),
      known: v.nullable(v.string()),
    }),
    progress: v.object({ done: v.number(), total: v.number() }),
    output: Learnt,
  },
  /** The fields are those of `features.conditioning`. */
  'compute.conditioning': {
    input: v.object({ source: PictureSource, features: v.array(FeatureRecipeSchema), threads: Count }),
    output: Conditioning,
  },
  /** The fields are those of `features.shares`. */
  'compute.shares': {
    input: v.object({
      model: ModelFile,
      source: v.pick(PictureSource, ['pixelsPath', 'headerBytes', 'count', 'width', 'height', 'channels']),
      picture: Count,
    }),
    output: Shares,
  },
  'compute.control': {
    input: v.object({ jobId: v.string(), action: v.picklist(['pause', 'resume', 'stop']) }),
    output: v.object({}),
  },
  /** Scores of stored pictures. */
  'compute.scores': {
    input: v.object({ model: ModelFile, ...Judged }),
    progress: v.object({ done: Count, total: Count }),
    output: v.object({ scores: float32s }),
  },
  /** Trains the recipe once a fold without its pictures and judges those; see `evaluation.labelErrors`. `split` of the source does not matter. */
  'compute.folds': {
    input: v.object({
      recipe: RecipeSchema,
      source: PictureSource,
      threads: Count,
      features: v.nullable(v.array(v.string())),
      /** Numbers of the pictures, and the fold of each. */
      indices: uint32s,
      folds: uint16s,
    }),
    progress: v.object({ done: Count, total: Count }),
    output: v.pick(LabelStudy, ['suggested', 'given', 'other', 'suspected', 'accuracy']),
  },
  /** Scores of new pictures that the decoder has brought to the model's size. */
  'compute.predict': {
    input: v.object({ model: ModelFile, pixels: bytes, count: Count }),
    output: v.object({ scores: float32s }),
  },
  /** First-layer templates. */
  'compute.templates': {
    input: v.object({ model: ModelFile, offset: Count, limit: Count }),
    output: Templates,
  },
  /** How templates are drawn; see `explanation.look`. */
  'compute.look': { input: v.object({ model: ModelFile }), output: Look },
  /** Why one picture has its scores; see `explanation.picture`. */
  'compute.explain': {
    input: v.object({
      model: ModelFile,
      source: v.pick(PictureSource, ['pixelsPath', 'headerBytes', 'count', 'width', 'height', 'channels']),
      ...PictureQuestion,
    }),
    output: PictureExplanation,
  },
  /** A network without activation as one matrix; see `explanation.collapse`. */
  'compute.collapse': {
    input: v.object({ model: ModelFile, ...Studied }),
    progress: v.object({ done: Count, total: Count }),
    output: Collapse,
  },
  /** What the units of a network do over these pictures; see `explanation.units`. */
  'compute.units': {
    input: v.object({ model: ModelFile, ...Studied }),
    progress: v.object({ done: Count, total: Count }),
    output: UnitStudy,
  },
  /** How accurate a network stays as a hidden layer gets smaller; see `explanation.pruning`. */
  'compute.pruning': {
    input: v.object({ model: ModelFile, layer: Count, ...Studied }),
    progress: v.object({ done: Count, total: Count }),
    output: Pruning,
  },
  /** See `explanation.exactness`. */
  'compute.exactness': {
    input: v.object({ model: ModelFile, ...Studied }),
    progress: v.object({ done: Count, total: Count }),
    output: Exactness,
  },
  /** Two models over the same pictures. */
  'compute.compare': {
    input: v.object({ models: v.pipe(v.array(ModelFile), v.length(2)), ...Judged }),
    progress: v.object({ done: Count, total: Count }),
    output: ModelComparison,
  },
  /** See `checks.gradient`, `checks.curvature`, `checks.loss` and `checks.noise`. */
  'compute.checkGradient': {
    input: v.object({ ...CheckedModel, ...GradientCheckOptions }),
    progress: CheckProgress,
    progressIsState: true,
    output: GradientCheckReport,
  },
  'compute.numericGradient': {
    input: v.object({ ...CheckedModel, ...NumericGradientOptions }),
    progress: CheckProgress,
    progressIsState: true,
    output: NumericGradientReport,
  },
  'compute.descent': {
    input: v.object({ ...CheckedModel, ...DescentOptions }),
    progress: CheckProgress,
    progressIsState: true,
    output: DescentReport,
  },
  'compute.scaling': {
    input: v.object({ ...CheckedModel, ...ScalingOptions }),
    progress: CheckProgress,
    progressIsState: true,
    output: ScalingReport,
  },
  'compute.curvature': {
    input: v.object({ ...CheckedModel, ...CurvatureOptions }),
    progress: CheckProgress,
    progressIsState: true,
    output: CurvatureReport,
  },
  'compute.lossGrid': {
    input: v.object({
      ...CheckedModel,
      ...LossGridOptions,
      along: v.array(
        v.variant('kind', [
          v.object({ kind: v.picklist(['gradient', 'top', 'bottom', 'start']) }),
          v.object({ kind: v.literal('random'), seed: Count }),
          v.object({ kind: v.literal('model'), path: v.string() }),
        ]),
      ),
    }),
    progress: CheckProgress,
    progressIsState: true,
    output: LossGridReport,
  },
  'compute.findRate': {
    input: v.object({
      recipe: RecipeSchema,
      source: PictureSource,
      threads: Count,
      features: v.nullable(v.array(v.string())),
      ...RateOptions,
    }),
    progress: CheckProgress,
    progressIsState: true,
    output: RateReport,
  },
  /** See `searches.paths`. Each entry is trained up to its step. */
  'compute.paths': {
    input: v.object({
      entries: v.pipe(v.array(v.object({ recipe: RecipeSchema, steps: Count })), v.minLength(1)),
      source: PictureSource,
      threads: Count,
      features: v.nullable(v.array(v.string())),
      ...PathsOptions,
    }),
    progress: CheckProgress,
    progressIsState: true,
    output: PathsReport,
  },
  'compute.noise': {
    input: v.object({ ...CheckedModel, ...NoiseOptions }),
    progress: CheckProgress,
    progressIsState: true,
    output: NoiseReport,
  },
  'compute.wandering': {
    input: v.object({ ...CheckedModel, ...WanderingOptions }),
    progress: CheckProgress,
    progressIsState: true,
    output: WanderingReport,
  },
} as const;
export type ComputeContract = typeof computeContract;
