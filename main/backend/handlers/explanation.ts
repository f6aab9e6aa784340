import { StudioError } from '../../../core/errors.ts';
import { requireInteger } from '../../../core/options.ts';
import { seesPixels } from '../../../core/recipe/feature-recipe.ts';
import type { Recipe } from '../../../core/recipe/recipe.ts';
import type { SplitName } from '../../../core/rpc/contract/common.ts';
import type { ComputeContract } from '../../../core/rpc/contract/compute.ts';
import type { explanationContract, UnitStudy } from '../../../core/rpc/contract/explanation.ts';
import type { Handlers } from '../../../core/rpc/define.ts';
import type { DatasetVersions } from '../../store/dataset-version.ts';
import type { CheckpointFiles } from '../../store/checkpoint-files.ts';
import type { RunRepository } from '../../store/run-repository.ts';
import type { Evaluation } from '../evaluation.ts';
import type { FeatureCaches } from '../feature-caches.ts';
import type { HelperProcess } from '../helper-process.ts';
import { LastAnswers } from '../last-answers.ts';
import { pictureSource } from '../picture-source.ts';
import type { RunRegistry } from '../run-registry.ts';

export interface ExplanationParts {
  readonly registry: RunRegistry;
  readonly runs: RunRepository;
  readonly checkpoints: CheckpointFiles;
  readonly datasets: DatasetVersions;
  readonly evaluation: Evaluation;
  readonly features: FeatureCaches;
  readonly compute: Pick<HelperProcess<ComputeContract>, 'call'>;
  readonly threads: () => number;
}

/** A network that has learnt is trained on with this much of its learning rate. */
const fineTuningRate = 0.3;

/** Units are studied over so many pictures at most. */
const studiedPictures = 5000;

export function explanationHandlers(parts: ExplanationParts) {
  const { registry, runs, checkpoints, datasets, evaluation, features, compute, threads } = parts;

  /** Three views of a network ask for the same study. */
  const unitStudies = new LastAnswers<UnitStudy>(8);

  function modelOf(runId: string, which: 'best' | 'last') {
    const run = runs.get(runId);
    if (run === null) throw new StudioError('RUN_NOT_FOUND', { run: runId });
    const checkpoint = evaluation.checkpointOf(run, which);
    return { run, checkpoint, model: { path: checkpoint.path } };
  }

  /** A model and the pictures to study it on: those of the first of these splits that has any. */
  function studied(
    runId: string,
    which: 'best' | 'last',
    most: number,
    splits: readonly SplitName[] = ['test', 'validation', 'train'],
  ) {
    const { run, model } = modelOf(runId, which);
    const { datasetVersion, recipe } = run;
    const source = pictureSource(datasets.version(run.datasetId, datasetVersion), recipe.split);
    const on = splits.find((split) => source[split].length > 0) ?? 'train';
    const files = features.existing({ datasetVersion, features: recipe.features, backend: recipe.backend, source });
    return { model, source, on, indices: spread(source[on], most), threads: threads(), features: files };
  }

  return {
    'explanation.templates': async ({ runId, which, offset, limit }, { signal }) => {
      const { run, model } = modelOf(runId, which);
      const templates = await compute.call('compute.templates', { model, offset, limit }, { signal });
      return { ...templates, classes: [...datasets.version(run.datasetId, run.datasetVersion).classes] };
    },

    'explanation.exactness': ({ runId, which }, { signal, progress }) =>
      compute.call('compute.exactness', studied(runId, which, Infinity), { signal, onprogress: progress }),

    'explanation.look': ({ runId, which }, { signal }) =>
      compute.call('compute.look', { model: modelOf(runId, which).model }, { signal }),

    'explanation.picture': async ({ runId, which, ...question }, { signal }) => {
      const { run, model } = modelOf(runId, which);
      const { pixelsPath, headerBytes, count, width, height, channels, classes } = datasets.version(
        run.datasetId,
        run.datasetVersion,
      );
      if (question.label !== null && question.label >= classes.length) {
        const expected = `a number below ${classes.length}`;
        throw new StudioError('INVALID_OPTION', { option: 'label', value: String(question.label), expected });
      }
      const source = { pixelsPath, headerBytes, count, width, height, channels };
      return compute.call('compute.explain', { model, source, ...question }, { signal });
    },

    'explanation.units': async ({ runId, which }, { signal, progress }) => {
      const { run, checkpoint } = modelOf(runId, which);
      const question = `${checkpoint.sha256} ${run.datasetVersion}`;
      const input = () => studied(runId, which, studiedPictures);
      return (
        unitStudies.get(question) ??
        unitStudies.keep(question, await compute.call('compute.units', input(), { signal, onprogress: progress }))
      );
    },

    // Sizes are chosen by it, so the test pictures stay out where there are others.
    'explanation.pruning': ({ runId, which, layer }, { signal, progress }) =>
      compute.call(
        'compute.pruning',
        { ...studied(runId, which, Infinity, ['validation', 'test', 'train']), layer },
        { signal, onprogress: progress },
      ),

    'explanation.prune': async ({ runId, which, by, hidden, epochs, name }) => {
      const { run, checkpoint } = modelOf(runId, which);
      const { model, optimizer } = run.recipe;
      if (model.kind === 'linear') {
        throw new StudioError('INVALID_OPTION', { option: 'model', value: 'linear', expected: 'mlp' });
      }
      requireInteger('hidden layers', hidden.length, model.hidden.length, model.hidden.length);
      hidden.forEach((units, l) => requireInteger(`hidden layer ${l + 1}`, units, 1, model.hidden[l]));
      const recipe: Recipe = {
        ...run.recipe,
        model: { ...model, hidden },
        optimizer: { ...optimizer, learningRate: optimizer.learningRate * fineTuningRate },
        warmUpEpochs: 0,
        epochs,
        start: { run: runId, weightsSha256: checkpoint.weightsSha256, pruneBy: by },
      };
      return { runId: registry.start({ recipe, name: name ?? prunedName(recipe, model.hidden) }) };
    },

    'explanation.smaller': async ({ runId }, { signal, progress }) => {
      const { run, checkpoint } = modelOf(runId, 'best');
      const { start } = run.recipe;
      const all = start === undefined ? [] : checkpoints.list(start.run);
      const origin = all.find(({ weightsSha256 }) => weightsSha256 === start?.weightsSha256);
      if (origin === undefined) throw new StudioError('START_NOT_FOUND', { run: start?.run ?? runId });
      const { model, on, ...judged } = studied(runId, 'best', Infinity);
      const models = [{ path: origin.path }, model];
      const comparison = await compute.call('compute.compare', { models, ...judged }, { signal, onprogress: progress });
      return { ...comparison, on, sizesBytes: [origin.sizeBytes, checkpoint.sizeBytes] as [number, number] };
    },

    'explanation.collapse': ({ runId, which }, { signal, progress }) =>
      compute.call('compute.collapse', studied(runId, which, Infinity), { signal, onprogress: progress }),
  } satisfies Handlers<typeof explanationContract>;
}

/** `mlp 512 → 128`: what a pruned run is called until a person names it. */
function prunedName({ features, model }: Recipe, before: readonly number[]): string {
  const seen = seesPixels(features) ? '' : `${features.map(({ kind }) => kind).join(' + ')} · `;
  const after = model.kind === 'mlp' ? model.hidden : [];
  return `${seen}mlp ${before.join(',')} → ${after.join(',')}`.slice(0, 100);
}

/** At most so many of these numbers, evenly spread. */
function spread(numbers: Uint32Array<ArrayBuffer>, most: number): Uint32Array<ArrayBuffer> {
  if (numbers.length <= most) return numbers;
  return Uint32Array.from({ length: most }, (_, i) => numbers[Math.floor((i * numbers.length) / most)]!);
}
