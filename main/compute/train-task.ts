/** `compute.train` in its thread: pictures, model and loop put together. */
import { isDeepStrictEqual } from 'node:util';
import { cancelled, StudioError } from '../../core/errors.ts';
import { fitStandardization, type Standardization } from '../../core/features/standardize.ts';
import type { Recipe } from '../../core/recipe/recipe.ts';
import type { PictureSource } from '../../core/rpc/contract/compute.ts';
import type { Checkpoint } from '../../core/training/checkpoint.ts';
import {
  classWeightsOf,
  engineShapeOf,
  initialParameters,
  planOf,
  scalingOf,
} from '../../core/training/recipe-model.ts';
import { optimizerVectors, type EnginePictures } from '../../core/training/step-engine.ts';
import { train } from '../../core/training/train.ts';
import { minibatches } from '../../core/training/minibatches.ts';
import { readCheckpoint, requireSpace, weightsSha256, writeCheckpoint } from './checkpoint-file.ts';
import { loadForEngine } from './load-for-engine.ts';
import { startEngine } from './shared-engine.ts';
import type { TaskContext, TaskInput, TaskOutput } from './task.ts';

export function trainTask(
  { jobId, recipe, source, threads, stagingFolder, resumeFrom }: TaskInput<'compute.train'>,
  context: TaskContext<'compute.train'>,
): TaskOutput<'compute.train'> {
  const classes = source.classes.length;
  if (source.train.length === 0 || classes < 2) {
    throw new StudioError('DATASET_TOO_SMALL', { pictures: source.train.length, classes });
  }
  if (recipe.optimizer.kind === 'lbfgs') {
    throw new StudioError('INVALID_OPTION', { option: 'optimizer', value: 'lbfgs', expected: 'gd | sgd | … | adamw' });
  }
  if (recipe.backend === 'native') {
    throw new StudioError('INVALID_OPTION', { option: 'backend', value: 'native', expected: 'auto | wasm' });
  }
  const resumed = resumeFrom === null ? null : readCheckpoint(resumeFrom);
  if (resumed !== null) requireSameRun(resumed, recipe, source);

  const shape = engineShapeOf(recipe, source.width * source.height * source.channels, classes, source);
  const sets = { train: source.train, validation: source.validation, test: new Uint32Array(0) };
  const { memory, pictures } = loadForEngine(source, sets, shape, threads);
  if (context.request() === 'discard') throw cancelled();
  const standardization = resumed?.standardization ?? standardizationOf(recipe, pictures, source);
  if (context.request() === 'discard') throw cancelled();
  const parameters = resumed?.state.engine.parameters ?? initialParameters(recipe, pictures.featureCount, classes);
  requireSpace(stagingFolder, parameters.byteLength * (1 + optimizerVectors(recipe.optimizer).length));

  const scaling = scalingOf(standardization);
  const classWeights = classWeightsOf(recipe, pictures, classes);
  const engine = startEngine(memory, { ...shape, pictures, scaling, classWeights, parameters });
  const plan = planOf(recipe, source.train.length, source.validation.length);
  const { width, height, channels } = source;
  const model = { recipe, classes: source.classes, width, height, channels, standardization };
  context.progress({
    kind: 'plan',
    stepsPerEpoch: minibatches({ ...plan, sampleCount: plan.trainCount }).batchesPerEpoch,
    epochs: plan.epochs,
    parameters: engine.parameterCount,
    backend: engine.backend,
    threads: engine.threads,
  });

  try {
    const { endReason, state } = train(
      engine,
      plan,
      {
        now: () => performance.now(),
        request: () => context.request(),
        waitWhilePaused: () => context.waitWhilePaused(),
        onsteps: (records) => context.progress({ kind: 'steps', records }),
        onepoch: (record) => context.progress({ kind: 'epoch', record }),
        oncheckpoint: (checkpoint, best) =>
          context.progress({
            kind: 'checkpoint',
            file: writeCheckpoint(stagingFolder, jobId, { ...model, state: checkpoint }, best),
          }),
      },
      resumed?.state ?? null,
    );
    return {
      endReason,
      weightsSha256: weightsSha256(state.engine.parameters),
      bestEpoch: state.earlyStopping.bestEpoch,
      trainSeconds: state.elapsedMs / 1000,
    };
  } finally {
    engine.close();
  }
}

/** Fitted on the training pictures and no others. */
function standardizationOf(recipe: Recipe, pictures: EnginePictures, { channels }: PictureSource): Standardization {
  const { inputs, featureCount, sets } = pictures;
  return fitStandardization(inputs, sets.train, { kind: recipe.features[0]!.standardize, featureCount, channels });
}

/** A checkpoint of another recipe or other pictures is no place to go on from. */
function requireSameRun(checkpoint: Checkpoint, recipe: Recipe, source: PictureSource): void {
  const isSame =
    isDeepStrictEqual(checkpoint.recipe, recipe) &&
    isDeepStrictEqual(checkpoint.classes, source.classes) &&
    checkpoint.width === source.width &&
    checkpoint.height === source.height &&
    checkpoint.channels === source.channels;
  if (isSame) return;
  throw new StudioError('INVALID_OPTION', {
    option: 'resumeFrom',
    value: checkpoint.recipe.dataset.version,
    expected: 'a checkpoint of the same run',
  });
}
