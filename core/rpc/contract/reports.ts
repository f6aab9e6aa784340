/** One run, or several compared, as a file that needs nothing else: to print, to hand in, to keep. */
import * as v from 'valibot';
import { bytes, Id } from './common.ts';

export const reportsContract = {
  /**
   * A self-contained HTML page about a run: recipe, data, curves, templates, confusion, examples and how to repeat it. Fails with
   * RUN_NOT_FOUND, RUN_NOT_TRAINED, DATASET_NOT_FOUND.
   */
  'reports.run': {
    input: v.object({
      runId: Id,
      which: v.optional(v.picklist(['best', 'last']), 'best'),
      language: v.picklist(['en', 'ko']),
    }),
    /** UTF-8. */
    output: v.object({ html: bytes }),
  },
  /**
   * The same about several runs side by side, each against the first: recipes with their differences, curves, confusion matrices and what moved
   * in them, figures of each class with intervals, McNemar's test, templates. Fails with RUNS_DIFFER too.
   */
  'reports.comparison': {
    input: v.object({
      runIds: v.pipe(v.array(Id), v.minLength(2), v.maxLength(8)),
      which: v.optional(v.picklist(['best', 'last']), 'best'),
      language: v.picklist(['en', 'ko']),
    }),
    output: v.object({ html: bytes }),
  },
} as const;
