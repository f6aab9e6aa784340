import { StudioError } from '../../../core/errors.ts';
import type { ComputeContract } from '../../../core/rpc/contract/compute.ts';
import type { featuresContract } from '../../../core/rpc/contract/features.ts';
import type { Handlers } from '../../../core/rpc/define.ts';
import type { DatasetVersions } from '../../store/dataset-version.ts';
import type { RunRepository } from '../../store/run-repository.ts';
import type { Evaluation } from '../evaluation.ts';
import type { FeatureCaches } from '../feature-caches.ts';
import type { HelperProcess } from '../helper-process.ts';
import type { JobRegistry } from '../job-registry.ts';
import { pictureSource, possibleSplit } from '../picture-source.ts';

export interface FeaturesParts {
  readonly runs: RunRepository;
  readonly datasets: DatasetVersions;
  readonly evaluation: Evaluation;
  readonly features: FeatureCaches;
  readonly compute: Pick<HelperProcess<ComputeContract>, 'call'>;
  readonly jobs: JobRegistry;
  readonly threads: () => number;
  /** Who multiplies where nobody says. */
  readonly backend: () => 'wasm' | 'native';
}

/** Held out as in a run of the default recipe, so that words that are looked at are the words such a run learns. */
const split = { validation: 0.1, seed: 0 };

export function featuresHandlers(parts: FeaturesParts) {
  const { runs, datasets, evaluation, features, compute, jobs, threads, backend } = parts;

  function sourceOf(datasetId: string) {
    const dataset = datasets.version(datasetId, null);
    return {
      datasetVersion: dataset.version,
      name: dataset.name,
      source: pictureSource(dataset, possibleSplit(dataset, split)),
    };
  }

  return {
    'features.learn': async ({ datasetId, features: block }, { signal }) => {
      const { datasetVersion, name, source } = sourceOf(datasetId);
      const by = backend();
      const known = features.existing({ datasetVersion, features: [block], source, backend: by })?.[0] ?? null;
      const job = jobs.start({ kind: 'learn', title: name, unit: 'steps', datasetId });
      try {
        const learnt = await compute.call(
          'compute.learn',
          { source, features: block, threads: threads(), backend: by, known },
          {
            signal: AbortSignal.any([signal, job.signal]),
            onprogress: ({ done, total }) => job.report(done, total),
          },
        );
        job.finish();
        return learnt;
      } catch (cause) {
        job.fail(cause);
        throw cause;
      }
    },

    'features.conditioning': async ({ datasetId, features: blocks }, { signal }) => {
      const { source } = sourceOf(datasetId);
      return compute.call('compute.conditioning', { source, features: blocks, threads: threads() }, { signal });
    },

    'features.shares': async ({ runId, picture }, { signal }) => {
      const run = runs.get(runId);
      if (run === null) throw new StudioError('RUN_NOT_FOUND', { run: runId });
      const model = { path: evaluation.checkpointOf(run, 'best').path };
      const { pixelsPath, headerBytes, count, width, height, channels } = datasets.version(
        run.datasetId,
        run.datasetVersion,
      );
      const source = { pixelsPath, headerBytes, count, width, height, channels };
      return compute.call('compute.shares', { model, source, picture }, { signal });
    },
  } satisfies Handlers<typeof featuresContract>;
}
