/** Where the optimizers of a race went: which runs, from which pictures. Compute does the rest; the store keeps what it found. */
import * as v from 'valibot';
import { StudioError } from '../../core/errors.ts';
import type { ComputeContract } from '../../core/rpc/contract/compute.ts';
import { PathsReport } from '../../core/rpc/contract/searches.ts';
import type { HandlerInput } from '../../core/rpc/define.ts';
import type { DatasetVersions } from '../store/dataset-version.ts';
import type { SearchRepository } from '../store/search-repository.ts';
import type { FeatureCaches } from './feature-caches.ts';
import type { HelperProcess } from './helper-process.ts';
import { pictureSource } from './picture-source.ts';
import type { RunRepository } from '../store/run-repository.ts';
import type { SearchRegistry } from './search-registry.ts';

type Options = Pick<HandlerInput<ComputeContract, 'compute.paths'>, 'points' | 'samples' | 'side'>;

export interface RacePathsOptions {
  readonly searches: SearchRepository;
  readonly registry: SearchRegistry;
  readonly runs: RunRepository;
  readonly datasets: DatasetVersions;
  readonly features: FeatureCaches;
  readonly threads: () => number;
  readonly compute: Pick<HelperProcess<ComputeContract>, 'call'>;
}

export class RacePaths {
  readonly #options: RacePathsOptions;

  constructor(options: RacePathsOptions) {
    this.#options = options;
  }

  /** @throws StudioError JOB_NOT_FOUND. */
  kept(searchId: string): PathsReport | null {
    this.#options.registry.racePlan(searchId);
    const parsed = v.safeParse(PathsReport, this.#options.searches.paths(searchId));
    return parsed.success ? parsed.output : null;
  }

  /** @throws StudioError JOB_NOT_FOUND, RUN_NOT_TRAINED, CANCELLED, DATASET_NOT_FOUND. */
  async of(
    searchId: string,
    options: Options,
    signal: AbortSignal,
    progress: (value: { done: number; total: number }) => void,
  ): Promise<PathsReport> {
    const known = this.kept(searchId);
    if (known !== null) return known;
    const { searches, registry, runs, datasets, features, threads, compute } = this.#options;
    const { base } = registry.racePlan(searchId);
    const finished = registry
      .curves(searchId)
      .runs.filter(({ part, seed, status }) => part === 'tuned' && seed === base.seed && status === 'finished');
    if (finished.length === 0) throw new StudioError('RUN_NOT_TRAINED', { run: searchId });
    const entries = finished.map(({ runId, epochs }) => ({
      recipe: runs.get(runId)!.recipe,
      steps: epochs.at(-1)?.step ?? 0,
    }));
    // What the runs were trained with: `auto` has been decided by then.
    const finishedBackend = entries[0]!.recipe.backend;
    const dataset = datasets.version(base.dataset.id, base.dataset.version);
    const source = pictureSource(dataset, base.split);
    const files = await features.ensure(
      {
        datasetVersion: dataset.version,
        datasetId: dataset.datasetId,
        features: base.features,
        source,
        threads: threads(),
        backend: finishedBackend,
        title: dataset.name,
        runId: null,
      },
      { signal, report: () => undefined },
    );
    const report = await compute.call(
      'compute.paths',
      { entries, source, threads: threads(), features: files, ...options },
      { signal, onprogress: progress },
    );
    searches.putPaths(searchId, report);
    return report;
  }
}
