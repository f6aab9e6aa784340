/** Which run a place shows, and which runs it can show. */
import type { RunSummary } from '../../core/rpc/contract/runs.ts';
import type { Studio } from '../studio.svelte.ts';

/** The run of the address, else the current one, else the newest of the current dataset, else the newest. */
export function runShown(
  studio: Pick<Studio, 'runs' | 'runId' | 'datasetId'>,
  addressed: string | null,
): RunSummary | null {
  const { runs, runId, datasetId } = studio;
  const byNumber = runs.toSorted((a, b) => b.number - a.number);
  return (
    runs.find(({ id }) => id === addressed) ??
    runs.find(({ id }) => id === runId) ??
    byNumber.find((run) => run.datasetId === datasetId) ??
    byNumber[0] ??
    null
  );
}

/** It has a model to look into, be it one that another run left it. */
export function isTrained({ epochs, weightsSha256 }: Pick<RunSummary, 'epochs' | 'weightsSha256'>): boolean {
  return epochs > 0 || weightsSha256 !== null;
}

/** A model that is still learning: its pictures and figures change. */
export function isLearning({ status }: Pick<RunSummary, 'status'>): boolean {
  return status === 'queued' || status === 'running' || status === 'paused';
}

/**
 * The newest trained run of the other kind on the same pictures, linear beside an MLP, an MLP beside a linear one: one that sees
 * the same features where there is one; or null.
 *
 * @param from  Id of a run that is taken before all others where it can be: the one a person came from goes with this one.
 */
export function companionOf(
  runs: readonly RunSummary[],
  run: RunSummary,
  from: string | null = null,
): RunSummary | null {
  let newest: RunSummary | null = null;
  const seen = JSON.stringify(run.recipe.features);
  const seesAlike = ({ recipe }: RunSummary) => Number(JSON.stringify(recipe.features) === seen);
  for (const other of runs) {
    const isOther = other.recipe.model.kind !== run.recipe.model.kind;
    if (!isOther || other.datasetId !== run.datasetId || other.recipe.dataset.version !== run.recipe.dataset.version)
      continue;
    if (!isTrained(other) || other.inTrash) continue;
    if (other.id === from) return other;
    const isNewer = newest === null || other.number > newest.number;
    if (newest === null || seesAlike(other) > seesAlike(newest) || (seesAlike(other) === seesAlike(newest) && isNewer))
      newest = other;
  }
  return newest;
}
