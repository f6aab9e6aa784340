import { StudioError } from '../../../core/errors.ts';
import type { ComputeContract } from '../../../core/rpc/contract/compute.ts';
import type { explanationContract } from '../../../core/rpc/contract/explanation.ts';
import type { Handlers } from '../../../core/rpc/define.ts';
import type { DatasetVersions } from '../../store/dataset-version.ts';
import type { RunRepository } from '../../store/run-repository.ts';
import type { Evaluation } from '../evaluation.ts';
import type { HelperProcess } from '../helper-process.ts';
import { pictureSource } from '../picture-source.ts';

export interface ExplanationParts {
  readonly runs: RunRepository;
  readonly datasets: DatasetVersions;
  readonly evaluation: Evaluation;
  readonly compute: Pick<HelperProcess<ComputeContract>, 'call'>;
  readonly threads: () => number;
}

/** Units are studied over so many pictures at most. */
const studiedPictures = 5000;

export function explanationHandlers({ runs, datasets, evaluation, compute, threads }: ExplanationParts) {
  function modelOf(runId: string, which: 'best' | 'last') {
    const run = runs.get(runId);
    if (run === null) throw new StudioError('RUN_NOT_FOUND', { run: runId });
    return { run, model: { path: evaluation.checkpointOf(run, which).path } };
  }

  /** A model and the pictures to study it on: those of the first split that has any. */
  function studied(runId: string, which: 'best' | 'last', most: number) {
    const { run, model } = modelOf(runId, which);
    const source = pictureSource(datasets.version(run.datasetId, run.datasetVersion), run.recipe.split);
    const on = (['test', 'validation', 'train'] as const).find((split) => source[split].length > 0) ?? 'train';
    return { model, source, on, indices: spread(source[on], most), threads: threads() };
  }

  return {
    'explanation.templates': async ({ runId, which, offset, limit }, { signal }) => {
      const { run, model } = modelOf(runId, which);
      const templates = await compute.call('compute.templates', { model, offset, limit }, { signal });
      return { ...templates, classes: [...datasets.version(run.datasetId, run.datasetVersion).classes] };
    },

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

    'explanation.units': ({ runId, which }, { signal, progress }) =>
      compute.call('compute.units', studied(runId, which, studiedPictures), { signal, onprogress: progress }),

    'explanation.collapse': ({ runId, which }, { signal, progress }) =>
      compute.call('compute.collapse', studied(runId, which, Infinity), { signal, onprogress: progress }),
  } satisfies Handlers<typeof explanationContract>;
}

/** At most so many of these numbers, evenly spread. */
function spread(numbers: Uint32Array<ArrayBuffer>, most: number): Uint32Array<ArrayBuffer> {
  if (numbers.length <= most) return numbers;
  return Uint32Array.from({ length: most }, (_, i) => numbers[Math.floor((i * numbers.length) / most)]!);
}
