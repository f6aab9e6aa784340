import { StudioError } from '../../../core/errors.ts';
import type { ComputeContract } from '../../../core/rpc/contract/compute.ts';
import type { explanationContract } from '../../../core/rpc/contract/explanation.ts';
import type { Handlers } from '../../../core/rpc/define.ts';
import type { DatasetVersions } from '../../store/dataset-version.ts';
import type { RunRepository } from '../../store/run-repository.ts';
import type { Evaluation } from '../evaluation.ts';
import type { HelperProcess } from '../helper-process.ts';

export interface ExplanationParts {
  readonly runs: RunRepository;
  readonly datasets: DatasetVersions;
  readonly evaluation: Evaluation;
  readonly compute: Pick<HelperProcess<ComputeContract>, 'call'>;
}

export function explanationHandlers({ runs, datasets, evaluation, compute }: ExplanationParts) {
  return {
    'explanation.templates': async ({ runId, which, offset, limit }, { signal }) => {
      const run = runs.get(runId);
      if (run === null) throw new StudioError('RUN_NOT_FOUND', { run: runId });
      const { path } = evaluation.checkpointOf(run, which);
      const templates = await compute.call('compute.templates', { model: { path }, offset, limit }, { signal });
      return { ...templates, classes: [...datasets.version(run.datasetId, run.datasetVersion).classes] };
    },
  } satisfies Handlers<typeof explanationContract>;
}
