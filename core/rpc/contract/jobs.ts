/** Jobs: everything that takes longer than a second and can be watched and cancelled. */
import * as v from 'valibot';
import { Count, ErrorValue, Id } from './common.ts';

export const Job = v.object({
  id: Id,
  kind: v.picklist([
    'look',
    'import',
    'sample',
    'learn',
    'describe',
    'train',
    'search',
    'race',
    'blocks',
    'evaluate',
    'predict',
  ]),
  /** What it works on, for the sentence in the status bar: a dataset's or run's name. */
  title: v.string(),
  state: v.picklist(['queued', 'running', 'paused', 'stopping', 'finished', 'failed', 'cancelled']),
  done: v.number(),
  /** null while the total is not known. */
  total: v.nullable(v.number()),
  /** What `done` counts. */
  unit: v.picklist(['files', 'pictures', 'epochs', 'steps', 'trials']),
  /** `done` a second, over the last seconds; null before three samples. */
  rate: v.nullable(v.number()),
  /** From the recent rate; null before three samples. */
  etaSeconds: v.nullable(v.number()),
  elapsedSeconds: v.number(),
  datasetId: v.nullable(Id),
  runId: v.nullable(Id),
  error: v.nullable(ErrorValue),
});
export type Job = v.InferOutput<typeof Job>;

export const jobsContract = {
  /** All active jobs, and each ended one once more with its end; at most 20 reports a second. Ends with the connection. */
  'jobs.watch': { input: v.object({}), progress: v.object({ jobs: v.array(Job) }), output: v.object({}) },
  /** Asks a job to end; it is `stopping` at once and ended within a second. For a training run: stop and keep. */
  'jobs.cancel': { input: v.object({ jobId: Id }), output: v.object({}) },
  'jobs.count': { input: v.object({}), output: v.object({ active: Count }) },
} as const;
