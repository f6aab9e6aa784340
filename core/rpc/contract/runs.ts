/** Experiments: every run with its recipe, curves and notes. */
import * as v from 'valibot';
import { Count, ErrorValue, Id, MaybeFinite, Name, Sha256, Timestamp } from './common.ts';
import { RecipeSchema } from './recipe.ts';
import { EpochRecord, RunStatus, StepRecords } from './training.ts';

export const RunSummary = v.object({
  id: Id,
  /** 1, 2, 3 … in order of creation: `#42`. */
  number: Count,
  name: v.string(),
  note: v.string(),
  datasetId: Id,
  datasetName: v.string(),
  /** False when the dataset has been edited or re-imported since. */
  datasetIsCurrent: v.boolean(),
  status: RunStatus,
  error: v.nullable(ErrorValue),
  recipe: RecipeSchema,
  epochs: Count,
  steps: Count,
  /** Why it ended: `epochs`, `patience`, `target`, `time`, `person`, `diverged`; null while it goes on. */
  endReason: v.nullable(v.picklist(['epochs', 'patience', 'target', 'converged', 'time', 'person', 'diverged'])),
  bestEpoch: v.nullable(Count),
  trainLoss: MaybeFinite,
  trainAccuracy: MaybeFinite,
  validationLoss: MaybeFinite,
  validationAccuracy: MaybeFinite,
  testAccuracy: MaybeFinite,
  parameters: Count,
  trainSeconds: v.number(),
  backend: v.picklist(['wasm', 'native']),
  threads: Count,
  processor: v.string(),
  appVersion: v.string(),
  weightsSha256: v.nullable(Sha256),
  /** Which run this one repeats, and whether it came out bit for bit the same; null while unknown. */
  repeatOf: v.nullable(Id),
  repeatIsExact: v.nullable(v.boolean()),
  /** Index into the run palette (hue and dash), the same in every view. */
  color: Count,
  createdAt: Timestamp,
  inTrash: v.boolean(),
});
export type RunSummary = v.InferOutput<typeof RunSummary>;

const Runs = v.object({ runIds: v.pipe(v.array(Id), v.minLength(1)) });

export const runsContract = {
  'runs.list': {
    input: v.object({ trash: v.optional(v.boolean(), false) }),
    output: v.object({ runs: v.array(RunSummary) }),
  },
  'runs.get': { input: v.object({ runId: Id }), output: RunSummary },
  /** Past epochs and steps; steps are thinned to at most `points`, keeping every non-finite one. */
  'runs.curves': {
    input: v.object({ runId: Id, points: v.optional(v.pipe(Count, v.maxValue(100_000)), 4000) }),
    output: v.object({ epochs: v.array(EpochRecord), steps: StepRecords }),
  },
  'runs.rename': { input: v.object({ runId: Id, name: Name }), output: v.object({}) },
  'runs.note': { input: v.object({ runId: Id, note: v.pipe(v.string(), v.maxLength(10_000)) }), output: v.object({}) },
  /** Into the trash and back; only emptying it deletes. Fails with RUN_IS_ACTIVE. */
  'runs.trash': { input: Runs, output: v.object({}) },
  'runs.restore': { input: Runs, output: v.object({}) },
  'runs.emptyTrash': { input: v.object({}), output: v.object({ deleted: Count, freedBytes: Count }) },
  /** Starts the same recipe on the same dataset version again; says at the end whether the weights are the same bits. */
  'runs.repeat': { input: v.object({ runId: Id }), output: v.object({ runId: Id }) },
} as const;
