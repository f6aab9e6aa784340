/** Finding the run that a command names. */
import { StudioError } from '../../core/errors.ts';
import type { RunSummary } from '../../core/rpc/contract/runs.ts';
import type { Studio } from './studio.ts';

/** A run by id, by number (`42` or `#42`), or by its exact name when only one has it. */
export async function findRun(studio: Studio, named: string): Promise<RunSummary> {
  const { runs } = await studio.rpc.call('runs.list', {});
  const byName = runs.filter((run) => run.name === named);
  const found =
    runs.find((run) => run.id === named) ??
    runs.find((run) => `${run.number}` === named || `#${run.number}` === named) ??
    (byName.length === 1 ? byName[0] : undefined);
  if (found === undefined) throw new StudioError('RUN_NOT_FOUND', { run: named });
  return found;
}

/** Where validation chose, its choice counts; a run that held nothing out is judged by its last model. */
export function modelToJudge(run: RunSummary): 'best' | 'last' {
  return run.validationAccuracy === null ? 'last' : 'best';
}
