/** Checks of gradients and curvature: who is meant, which checkpoint, which pictures. Compute does the rest. */
import { StudioError } from '../../core/errors.ts';
import type { Recipe } from '../../core/recipe/recipe.ts';
import type { CheckSubject, LossDirection } from '../../core/rpc/contract/checks.ts';
import type { ComputeContract, PictureSource } from '../../core/rpc/contract/compute.ts';
import type { DatasetVersions } from '../store/dataset-version.ts';
import type { RunRepository } from '../store/run-repository.ts';
import type { Evaluation } from './evaluation.ts';
import type { FeatureCaches } from './feature-caches.ts';
import type { HelperProcess } from './helper-process.ts';
import { checkRecipe, pictureSource } from './picture-source.ts';

export interface ChecksOptions {
  readonly runs: RunRepository;
  readonly datasets: DatasetVersions;
  readonly evaluation: Evaluation;
  readonly features: FeatureCaches;
  readonly threads: () => number;
  readonly compute: Pick<HelperProcess<ComputeContract>, 'call'>;
}

export interface CheckedModelFile {
  readonly recipe: Recipe;
  readonly model: { readonly path: string } | null;
  readonly source: PictureSource;
  readonly features: string[] | null;
  /** Every weight 0. */
  readonly isZero: boolean;
}

export class Checks {
  readonly #options: ChecksOptions;

  constructor(options: ChecksOptions) {
    this.#options = options;
  }

  get threads(): number {
    return this.#options.threads();
  }

  get compute(): ChecksOptions['compute'] {
    return this.#options.compute;
  }

  /** @throws StudioError RUN_NOT_FOUND, RUN_NOT_TRAINED, DATASET_NOT_FOUND, INVALID_OPTION, DATASET_TOO_SMALL, CANCELLED. */
  async modelOf(subject: CheckSubject, signal: AbortSignal): Promise<CheckedModelFile> {
    const { runs, datasets, evaluation, features, threads } = this.#options;
    const run = 'recipe' in subject ? null : runs.get(subject.runId);
    if (!('recipe' in subject) && run === null) throw new StudioError('RUN_NOT_FOUND', { run: subject.runId });
    const recipe = 'recipe' in subject ? subject.recipe : run!.recipe;
    const isZero = subject.kind === 'zero';
    const dataset = datasets.version(recipe.dataset.id, recipe.dataset.version);
    const source = pictureSource(dataset, recipe.split);
    if (subject.kind === 'run') {
      return {
        recipe,
        model: { path: evaluation.checkpointOf(run!, subject.which).path },
        source,
        features: null,
        isZero,
      };
    }
    checkRecipe(recipe, source);
    const files = await features.ensure(
      {
        datasetVersion: dataset.version,
        datasetId: dataset.datasetId,
        features: recipe.features,
        source,
        threads: threads(),
        backend: recipe.backend,
        title: dataset.name,
        runId: null,
      },
      { signal, report: () => undefined },
    );
    return { recipe, model: null, source, features: files, isZero };
  }

  /** A direction as compute takes it: another run is its newest checkpoint. Throws RUN_NOT_FOUND, RUN_NOT_TRAINED. */
  directionOf(direction: LossDirection) {
    if (direction.kind !== 'run') return direction;
    if (this.#options.runs.get(direction.runId) === null) {
      throw new StudioError('RUN_NOT_FOUND', { run: direction.runId });
    }
    const { path } = this.#options.evaluation.checkpointOf({ id: direction.runId }, 'best');
    return { kind: 'model' as const, path };
  }
}
