/** Checks of gradients and curvature: who is meant, which checkpoint, which pictures. Compute does the rest. */
import { StudioError } from '../../core/errors.ts';
import type { Recipe } from '../../core/recipe/recipe.ts';
import type { CheckSubject, LossDirection } from '../../core/rpc/contract/checks.ts';
import type { ComputeContract, PictureSource } from '../../core/rpc/contract/compute.ts';
import type { DatasetVersions } from '../store/dataset-version.ts';
import type { RunRepository } from '../store/run-repository.ts';
import type { Evaluation } from './evaluation.ts';
import type { HelperProcess } from './helper-process.ts';
import { checkRecipe, pictureSource } from './picture-source.ts';

export interface ChecksOptions {
  readonly runs: RunRepository;
  readonly datasets: DatasetVersions;
  readonly evaluation: Evaluation;
  readonly compute: Pick<HelperProcess<ComputeContract>, 'call'>;
}

export interface CheckedModelFile {
  readonly recipe: Recipe;
  readonly model: { readonly path: string } | null;
  readonly source: PictureSource;
}

export class Checks {
  readonly #options: ChecksOptions;

  constructor(options: ChecksOptions) {
    this.#options = options;
  }

  get compute(): ChecksOptions['compute'] {
    return this.#options.compute;
  }

  /** @throws StudioError RUN_NOT_FOUND, RUN_NOT_TRAINED, DATASET_NOT_FOUND, INVALID_OPTION, DATASET_TOO_SMALL. */
  modelOf(subject: CheckSubject): CheckedModelFile {
    const { runs, datasets, evaluation } = this.#options;
    if (subject.kind === 'recipe') {
      const { recipe } = subject;
      const source = pictureSource(datasets.version(recipe.dataset.id, recipe.dataset.version), recipe.split);
      checkRecipe(recipe, source);
      return { recipe, model: null, source };
    }
    const run = runs.get(subject.runId);
    if (run === null) throw new StudioError('RUN_NOT_FOUND', { run: subject.runId });
    const source = pictureSource(datasets.version(run.datasetId, run.datasetVersion), run.recipe.split);
    const model = subject.kind === 'run' ? { path: evaluation.checkpointOf(run, subject.which).path } : null;
    return { recipe: run.recipe, model, source };
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
