/** Labels judged by models that have not seen the picture: folds of all pictures, a training each, kept when done. */
import { stratifiedFolds } from '../../core/dataset/split.ts';
import { StudioError } from '../../core/errors.ts';
import { createGenerator } from '../../core/random/generator.ts';
import type { Recipe } from '../../core/recipe/recipe.ts';
import type { ComputeContract } from '../../core/rpc/contract/compute.ts';
import type { LabelStudy } from '../../core/rpc/contract/explanation.ts';
import type { DatasetVersions } from '../store/dataset-version.ts';
import type { LabelStudyRepository } from '../store/label-study-repository.ts';
import type { RunRepository } from '../store/run-repository.ts';
import type { FeatureCaches } from './feature-caches.ts';
import type { HelperProcess } from './helper-process.ts';
import { pictureSource } from './picture-source.ts';

export interface LabelStudiesOptions {
  readonly runs: RunRepository;
  readonly datasets: DatasetVersions;
  readonly studies: LabelStudyRepository;
  readonly features: FeatureCaches;
  readonly compute: Pick<HelperProcess<ComputeContract>, 'call'>;
  readonly threads: () => number;
  readonly isReadOnly: boolean;
}

export interface LabelQuestion {
  readonly runId: string;
  readonly folds: number;
  readonly seed: number;
  readonly epochs: number | null;
  readonly known: boolean;
}

export class LabelStudies {
  readonly #options: LabelStudiesOptions;

  constructor(options: LabelStudiesOptions) {
    this.#options = options;
  }

  /**
   * Copies of a picture stay in one fold, and labels decide nothing about features, whose caches are the run's own.
   *
   * @returns null where nothing is known and nothing is to be trained.
   * @throws StudioError RUN_NOT_FOUND, INVALID_OPTION, DATASET_TOO_SMALL, TRAINING_DIVERGED, CANCELLED.
   */
  async study(
    { runId, folds, seed, epochs: wanted, known }: LabelQuestion,
    { signal, onprogress }: { signal: AbortSignal; onprogress: (value: { done: number; total: number }) => void },
  ): Promise<LabelStudy | null> {
    const { runs, datasets, studies, features, compute, threads, isReadOnly } = this.#options;
    const run = runs.get(runId);
    if (run === null) throw new StudioError('RUN_NOT_FOUND', { run: runId });
    const epochs = wanted ?? Math.max(1, run.bestEpoch ?? run.epochs);
    const kept = studies.get(runId, { folds, seed, epochs });
    if (kept !== null || known) return kept;

    const { datasetId, datasetVersion } = run;
    const dataset = datasets.version(datasetId, datasetVersion);
    const source = pictureSource(dataset, run.recipe.split);
    const indices = Uint32Array.from([...source.train, ...source.validation, ...source.test]).sort();
    const labels = Uint16Array.from(indices, (picture) => source.labels[picture]!);
    const groups = Array.from(indices, (picture) => (dataset.groups[picture]! < 0 ? null : dataset.groups[picture]!));
    const fold = stratifiedFolds(labels, groups, folds, createGenerator(seed, 'folds'));
    const recipe = refitted(run.recipe, epochs);
    const caches = await features.ensure(
      {
        datasetId,
        datasetVersion,
        features: recipe.features,
        source,
        threads: threads(),
        backend: recipe.backend,
        title: run.name,
        runId,
      },
      { signal, report: () => undefined },
    );
    const judged = await compute.call(
      'compute.folds',
      { recipe, source, threads: threads(), features: caches, indices, folds: fold },
      { signal, onprogress },
    );
    const study = { folds, seed, epochs, indices, labels, ...judged };
    if (!isReadOnly) studies.put(runId, study);
    return study;
  }
}

/** The recipe for so many epochs from fresh weights: those it may have started from have seen every picture. */
function refitted({ start: _start, ...recipe }: Recipe, epochs: number): Recipe {
  return { ...recipe, epochs };
}
