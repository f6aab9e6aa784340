import { StudioError } from '../../../core/errors.ts';
import type { runsContract, RunSummary } from '../../../core/rpc/contract/runs.ts';
import type { StepRecords } from '../../../core/rpc/contract/training.ts';
import type { Handlers } from '../../../core/rpc/define.ts';
import type { CheckpointFiles } from '../../store/checkpoint-files.ts';
import type { DatasetVersions } from '../../store/dataset-version.ts';
import type { RunRepository, StoredRun } from '../../store/run-repository.ts';
import type { RunRegistry } from '../run-registry.ts';

export interface RunsParts {
  readonly registry: RunRegistry;
  readonly runs: RunRepository;
  readonly checkpoints: CheckpointFiles;
  readonly datasets: DatasetVersions;
  readonly today?: () => number;
}

export function runsHandlers({ registry, runs, checkpoints, datasets, today = Date.now }: RunsParts) {
  /** Current version of each dataset that the listed runs used; asked once a dataset, not once a run. */
  const summaries = (list: readonly StoredRun[]): RunSummary[] => {
    const current = new Map<string, string | null>();
    return list.map((run) => {
      if (!current.has(run.datasetId)) current.set(run.datasetId, currentVersion(datasets, run.datasetId));
      return runSummary(run, current.get(run.datasetId) === run.datasetVersion);
    });
  };
  const setTrashed = (runIds: readonly string[], at: number | null) => {
    for (const id of runIds) {
      registry.get(id);
      if (at !== null && registry.isActive(id)) throw new StudioError('RUN_IS_ACTIVE', { run: id });
    }
    runs.setTrashed(runIds, at);
  };
  return {
    'runs.list': ({ trash }) => ({ runs: summaries(registry.list(trash)) }),
    'runs.get': ({ runId }) => summaries([registry.get(runId)])[0]!,
    'runs.curves': ({ runId, points }) => {
      registry.get(runId);
      return { epochs: runs.epochs(runId), steps: thinned(runs.steps(runId), points) };
    },
    'runs.rename': ({ runId, name }) => {
      registry.get(runId);
      runs.change(runId, { name });
      return {};
    },
    'runs.note': ({ runId, note }) => {
      registry.get(runId);
      runs.change(runId, { note });
      return {};
    },
    'runs.trash': ({ runIds }) => {
      setTrashed(runIds, today());
      return {};
    },
    'runs.restore': ({ runIds }) => {
      setTrashed(runIds, null);
      return {};
    },
    'runs.emptyTrash': () => {
      const list = registry.list(true);
      let freedBytes = 0;
      for (const { id } of list) {
        freedBytes += checkpoints.deleteAll(id);
        runs.delete(id);
      }
      return { deleted: list.length, freedBytes };
    },
    'runs.repeat': ({ runId }) => ({ runId: registry.repeat(runId) }),
  } satisfies Handlers<typeof runsContract>;
}

function currentVersion(datasets: DatasetVersions, datasetId: string): string | null {
  try {
    return datasets.version(datasetId, null).version;
  } catch {
    return null; // deleted: no run's version is current
  }
}

/** A run as the page and the command line see it. */
export function runSummary(run: StoredRun, datasetIsCurrent: boolean): RunSummary {
  const shown = run.shownEpoch;
  return {
    id: run.id,
    number: run.number,
    name: run.name,
    note: run.note,
    datasetId: run.datasetId,
    datasetName: run.datasetName,
    datasetIsCurrent,
    status: run.status,
    error: run.error,
    recipe: run.recipe,
    epochs: run.epochs,
    steps: run.step,
    endReason: run.endReason,
    bestEpoch: run.bestEpoch,
    trainLoss: shown?.trainLoss ?? null,
    trainAccuracy: shown?.trainAccuracy ?? null,
    validationLoss: shown?.validationLoss ?? null,
    validationAccuracy: shown?.validationAccuracy ?? null,
    testAccuracy: run.testAccuracy,
    parameters: run.parameters,
    trainSeconds: run.trainSeconds > 0 ? run.trainSeconds : (run.lastEpoch?.seconds ?? 0),
    backend: run.backend,
    threads: run.threads,
    processor: run.processor,
    appVersion: run.appVersion,
    weightsSha256: run.weightsSha256,
    repeatOf: run.repeatOf,
    repeatIsExact: run.repeatIsExact,
    color: run.color,
    createdAt: run.createdAt,
    inTrash: run.isInTrash,
  };
}

/**
 * At most about `points` steps, evenly spaced, keeping the first, the last and every non-finite one: those are what a
 * person looks for.
 */
export function thinned({ steps, losses, accuracies }: StepRecords, points: number): StepRecords {
  const n = steps.length;
  if (n <= points) return { steps, losses, accuracies };
  const stride = n / Math.max(1, points);
  let next = 0;
  const kept: number[] = [];
  for (let i = 0; i < n; i++) {
    const isDue = i >= next;
    if (isDue) next += stride;
    if (isDue || i === n - 1 || !Number.isFinite(losses[i]!)) kept.push(i);
  }
  return {
    steps: Float64Array.from(kept, (i) => steps[i]!),
    losses: Float32Array.from(kept, (i) => losses[i]!),
    accuracies: Float32Array.from(kept, (i) => accuracies[i]!),
  };
}
