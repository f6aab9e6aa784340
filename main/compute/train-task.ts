/** `compute.train` in its thread: pictures, model and loop put together. */
import { isDeepStrictEqual } from 'node:util';
import { cancelled, StudioError } from '../../core/errors.ts';
import type { FittedFeatures } from '../../core/features/feature-extractor.ts';
import { mixtureDimension } from '../../core/features/index.ts';
import { fitMixture } from '../../core/features/mixture.ts';
import type { Standardization } from '../../core/features/standardize.ts';
import { pixelCount } from '../../core/image/pixel-image.ts';
import { seesPixels } from '../../core/recipe/feature-recipe.ts';
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
import {
  type EnginePictures,
  parameterCountOf,
  sizesOf,
  stateBytes,
  type StepEngine,
} from '../../core/training/step-engine.ts';
import { train, type TrainingPlan } from '../../core/training/train.ts';
import { minibatches } from '../../core/training/minibatches.ts';
import { readCheckpoint, requireSpace, weightsSha256, writeCheckpoint } from './checkpoint-file.ts';
import { loadFeaturesForEngine, loadForEngine } from './load-for-engine.ts';
import { startEngine } from './shared-engine.ts';
import { startingWeights, type StartingWeights } from './smaller-model.ts';
import type { TaskContext, TaskInput, TaskOutput } from './task.ts';

export function trainTask(
  { jobId, recipe, source, threads, features: files, stagingFolder, resumeFrom, startFrom }: TaskInput<'compute.train'>,
  context: TaskContext<'compute.train'>,
): TaskOutput<'compute.train'> {
  const classes = source.classes.length;
  if (source.train.length === 0 || classes < 2) {
    throw new StudioError('DATASET_TOO_SMALL', { pictures: source.train.length, classes });
  }
  const resumed = resumeFrom === null ? null : readCheckpoint(resumeFrom);
  if (resumed !== null) requireSameRun(resumed, recipe, source);

  const parameterCount = parameterCountOf(sizesOf(recipe, mixtureDimension(recipe.features, source), classes));
  requireSpace(stagingFolder, stateBytes(recipe.optimizer, parameterCount));
  const given = resumed === null ? startOf() : { ...resumed, parameters: resumed.state.engine.parameters };
  const { engine, plan, model } = openEngine({ recipe, source, threads, features: files }, given, context);
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

  function startOf(): StartingWeights | null {
    const { start } = recipe;
    if (start === undefined) return null;
    if (startFrom === null) throw new StudioError('START_NOT_FOUND', { run: start.run });
    const judged = { source, threads, features: files };
    return startingWeights({ ...recipe, start }, startFrom, judged, () => context.request() === 'discard');
  }
}

/** A run that names no backend is of a time when there was one. */
function backendOf({ backend }: Recipe): 'wasm' | 'native' {
  return backend === 'native' ? 'native' : 'wasm';
}

/** What training of a recipe needs of these pictures, with an engine that has its initial parameters, or those that are given. */
export function openEngine(
  {
    recipe,
    source,
    threads,
    features: files,
  }: Pick<TaskInput<'compute.train'>, 'recipe' | 'source' | 'threads' | 'features'>,
  given: StartingWeights | null,
  context: Pick<TaskContext<'compute.train'>, 'request'>,
): { engine: StepEngine; plan: TrainingPlan; model: Omit<Checkpoint, 'state'> } {
  const classes = source.classes.length;
  const featureCount = mixtureDimension(recipe.features, source);
  const shape = engineShapeOf(recipe, featureCount, classes, files === null ? source : null);
  const sets = { train: source.train, validation: source.validation, test: new Uint32Array(0) };
  const backend = backendOf(recipe);
  const { memory, pictures, features } =
    files === null
      ? { ...loadForEngine(source, sets, shape, threads, backend), features: [pixelsOf(recipe, source)] }
      : loadFeaturesForEngine(source, sets, files, shape, threads, backend);
  if (context.request() === 'discard') throw cancelled();
  const standardization = given?.standardization ?? standardizationOf(recipe, pictures, features, source);
  if (context.request() === 'discard') throw cancelled();
  const parameters = given?.parameters ?? initialParameters(recipe, pictures.featureCount, classes);

  const scaling = scalingOf(standardization);
  const classWeights = classWeightsOf(recipe, pictures, classes);
  const engine = startEngine(memory, { ...shape, pictures, scaling, classWeights, parameters });
  const plan = planOf(recipe, source.train.length, source.validation.length);
  const { width, height, channels } = source;
  const model = { recipe, classes: source.classes, width, height, channels, features, standardization };
  return { engine, plan, model };
}

/** Fitted on the training pictures and no others. */
function standardizationOf(
  recipe: Recipe,
  { inputs, sets }: EnginePictures,
  features: readonly FittedFeatures[],
  { channels }: PictureSource,
): Standardization {
  // A cache may have been made by the same block of another recipe: weight and scaling are this recipe's.
  const blocks = features.map(({ dimension }, b) => ({ options: recipe.features[b]!, dimension }));
  return fitMixture(inputs, sets.train, blocks, channels);
}

/** Pixels as they are: nothing is learnt of them but their scale. */
function pixelsOf(recipe: Recipe, { width, height, channels }: PictureSource): FittedFeatures {
  if (!seesPixels(recipe.features)) {
    throw new StudioError('INVALID_OPTION', { option: 'features', value: 'null', expected: 'a cache for each block' });
  }
  const shape = { width, height, channels };
  return { options: recipe.features[0], shape, dimension: pixelCount(shape), arrays: {} };
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
