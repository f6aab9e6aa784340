/** Searches for good settings, and fair races of optimizers: plans that own runs. They go on without a page. */
import * as v from 'valibot';
import { activationNames, optimizerNames } from '../../recipe/recipe.ts';
import { CheckProgress } from './checks.ts';
import { Count, ErrorValue, Id, MaybeFinite, Name, Seed, Timestamp } from './common.ts';
import { RecipeSchema } from './recipe.ts';
import { EpochRecord, RunStatus } from './training.ts';

const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));
const LogRange = v.tuple([positive, positive]);
const optional = <Schema extends v.GenericSchema>(schema: Schema) =>
  v.optional(v.pipe(v.array(schema), v.minLength(1)));

/** See core/training/hyperparameter-search.ts. */
export const SearchPlan = v.object({
  kind: v.literal('search'),
  method: v.picklist(['random', 'grid']),
  base: RecipeSchema,
  space: v.object({
    learningRate: v.optional(LogRange),
    l2: v.optional(LogRange),
    hidden: optional(v.array(v.pipe(Count, v.minValue(1)))),
    activation: optional(v.picklist(activationNames)),
    batchSize: optional(v.union([v.pipe(Count, v.minValue(1)), v.literal('full')])),
  }),
  trials: v.pipe(Count, v.minValue(1), v.maxValue(10_000)),
  seed: v.optional(Seed, 0),
  levels: v.optional(v.pipe(Count, v.minValue(2), v.maxValue(100)), 5),
  halving: v.optional(
    v.nullable(
      v.object({ firstRung: v.pipe(Count, v.minValue(1)), eta: v.pipe(Count, v.minValue(2), v.maxValue(100)) }),
    ),
    null,
  ),
});

/** See core/training/optimizer-race.ts. */
export const RacePlan = v.object({
  kind: v.literal('race'),
  base: RecipeSchema,
  optimizers: v.pipe(v.array(v.picklist(optimizerNames)), v.minLength(1)),
  trials: v.pipe(Count, v.minValue(1), v.maxValue(1000)),
  seeds: v.pipe(Count, v.minValue(1), v.maxValue(100)),
  seed: v.optional(Seed, 0),
  rateFactor: v.optional(v.pipe(v.number(), v.gtValue(1), v.maxValue(1e6)), 30),
  l2: v.optional(LogRange, [1e-5, 1e-1]),
});
/** See core/training/block-study.ts. */
export const BlockPlan = v.object({
  kind: v.literal('blocks'),
  base: RecipeSchema,
  runId: v.optional(v.nullable(Id), null),
  weights: v.optional(v.boolean(), false),
});
export const AnyPlan = v.variant('kind', [SearchPlan, RacePlan, BlockPlan]);

/** `interrupted`: the studio ended; it can go on. `stopped`: by a person; it can go on too. */
export const SearchStatus = v.picklist(['running', 'interrupted', 'finished', 'stopped', 'failed']);
export type SearchStatus = v.InferOutput<typeof SearchStatus>;

const Band = v.nullable(
  v.object({ mean: v.number(), lowest: v.number(), highest: v.number(), seeds: Count, failed: Count }),
);
const Setting = v.object({ learningRate: v.number(), l2: v.number() });

/** See RaceResult and RaceProtocol in core/training/optimizer-race.ts. */
const Race = v.object({
  rows: v.array(
    v.object({
      optimizer: v.picklist(optimizerNames),
      best: v.nullable(Setting),
      tuned: Band,
      defaults: Band,
      validationLoss: MaybeFinite,
      trainLoss: MaybeFinite,
      stepsToTarget: v.nullable(v.number()),
      epochsToTarget: v.nullable(v.number()),
      secondsPerEpoch: v.nullable(v.number()),
      tuning: v.array(v.object({ ...Setting.entries, accuracy: MaybeFinite })),
      tolerance: v.nullable(v.number()),
    }),
  ),
  winner: v.nullable(v.picklist(optimizerNames)),
  noWinner: v.nullable(v.picklist(['overlap', 'one-seed', 'failed-seed', 'incomplete'])),
  target: v.nullable(v.number()),
  /** What a chart of the race has to print beside itself. */
  protocol: v.object({
    epochs: Count,
    batchSize: v.union([Count, v.literal('full')]),
    trials: Count,
    seeds: v.array(Seed),
    searchSeed: Seed,
    l2: LogRange,
    ranges: v.array(v.object({ optimizer: v.picklist(optimizerNames), learningRate: LogRange })),
    fullBatch: v.array(v.picklist(optimizerNames)),
    turnedOff: v.array(v.picklist(['minibatches', 'dropout', 'augmentation'])),
  }),
});

/** See BlockResult in core/training/block-study.ts. */
const Blocks = v.object({
  rows: v.array(
    v.object({
      index: Count,
      what: v.picklist(['all', 'naive', 'scaled', 'without', 'weight']),
      block: v.nullable(Count),
      weights: v.array(v.nullable(v.number())),
      accuracy: MaybeFinite,
    }),
  ),
  weights: v.array(v.number()),
  accuracy: MaybeFinite,
  /** Validation pictures that all were judged on. */
  pictures: Count,
});

export const SearchReport = v.object({
  id: Id,
  name: v.string(),
  datasetId: Id,
  plan: AnyPlan,
  status: SearchStatus,
  error: v.nullable(ErrorValue),
  createdAt: Timestamp,
  total: Count,
  /** Trials that have begun, in order. */
  trials: v.array(
    v.object({
      index: Count,
      name: v.string(),
      runId: Id,
      status: RunStatus,
      epochs: Count,
      learningRate: v.number(),
      l2: v.number(),
      /** Best validation accuracy so far, and the validation loss of that epoch. */
      accuracy: MaybeFinite,
      loss: MaybeFinite,
      rejectedEpoch: v.nullable(Count),
      seconds: v.number(),
    }),
  ),
  /** The trial with the best validation accuracy. */
  best: v.nullable(Count),
  race: v.nullable(Race),
  blocks: v.nullable(Blocks),
});
export type SearchReport = v.InferOutput<typeof SearchReport>;

/** Epochs of a race's runs with the best settings and with the defaults, seed by seed. */
export const RaceCurves = v.object({
  /** That accuracies are estimated from. */
  validationPictures: Count,
  runs: v.array(
    v.object({
      optimizer: v.picklist(optimizerNames),
      part: v.picklist(['tuned', 'default']),
      seed: Seed,
      runId: Id,
      status: RunStatus,
      epochs: v.array(EpochRecord),
    }),
  ),
});
export type RaceCurves = v.InferOutput<typeof RaceCurves>;

/** How many points a path is drawn with, and what its losses are measured on. */
export const PathsOptions = {
  points: v.optional(v.pipe(Count, v.minValue(4), v.maxValue(200)), 40),
  /** Pictures of the training split. */
  samples: v.optional(v.pipe(Count, v.minValue(1), v.maxValue(10_000)), 512),
  /** Of the grid of losses. */
  side: v.optional(v.pipe(Count, v.minValue(5), v.maxValue(101)), 33),
};

/** The paths of optimizers in the plane of their two main directions of travel; see jointPlane in core/landscape. */
export const PathsReport = v.object({
  parameters: Count,
  samples: Count,
  /** Share of the variance of all iterates that each direction shows. */
  explained: v.tuple([v.number(), v.number()]),
  paths: v.array(
    v.object({
      optimizer: v.picklist(optimizerNames),
      steps: v.array(Count),
      coordinates: v.array(v.tuple([v.number(), v.number()])),
      /** The loss there, without penalty, and that of the plane beneath. */
      losses: v.array(MaybeFinite),
      planeLosses: v.array(MaybeFinite),
      /** log₁₀ of the learning rate of each weight, counted in bins, early, in the middle and at the end. */
      rates: v.array(v.object({ step: Count, counts: v.array(Count) })),
    }),
  ),
  /** Edges of those bins. */
  rateEdges: v.array(v.number()),
  xs: v.array(v.number()),
  ys: v.array(v.number()),
  /** (ys, xs), row by row. */
  losses: v.array(MaybeFinite),
});
export type PathsReport = v.InferOutput<typeof PathsReport>;

const Search = v.object({ searchId: Id });

export const searchesContract = {
  /** Starts and returns at once. Fails with INVALID_OPTION, DATASET_NOT_FOUND, DATASET_TOO_SMALL, DISK_FULL. */
  'searches.start': { input: v.object({ plan: AnyPlan, name: v.optional(Name) }), output: Search },
  'searches.list': { input: v.object({}), output: v.object({ searches: v.array(SearchReport) }) },
  'searches.get': { input: Search, output: SearchReport },
  /** The report whenever it has changed; ends with the search. */
  'searches.watch': {
    input: Search,
    progress: SearchReport,
    progressIsState: true,
    output: v.object({ status: SearchStatus }),
  },
  /** Ends it with its running trial; what is done stays. Returns when it has ended. */
  'searches.stop': { input: Search, output: v.object({}) },
  /** Goes on where it was stopped or interrupted. */
  'searches.resume': { input: Search, output: v.object({}) },
  /** Fails with JOB_NOT_FOUND, also for what is no race. */
  'searches.curves': { input: Search, output: RaceCurves },
  /**
   * Where the optimizers of a race went: each tuned run of the first seed is trained again, which gives the same path. Computed
   * once and kept; with `onlyKept` null before that. Fails with JOB_NOT_FOUND, RUN_NOT_TRAINED where no run has finished.
   */
  'searches.paths': {
    input: v.object({ searchId: Id, onlyKept: v.optional(v.boolean(), false), ...PathsOptions }),
    progress: CheckProgress,
    progressIsState: true,
    output: v.nullable(PathsReport),
  },
} as const;
