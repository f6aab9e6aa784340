/** What is asked of a trained model: scores and templates, from a checkpoint file. */
import { cancelled, StudioError } from '../../core/errors.ts';
import { templatesOf } from '../../core/explanation/templates.ts';
import { seesPixels } from '../../core/recipe/feature-recipe.ts';
import type { Checkpoint } from '../../core/training/checkpoint.ts';
import { classifierOf, engineShapeOf, scalingOf } from '../../core/training/recipe-model.ts';
import {
  type EnginePictures,
  type EngineSetup,
  type EngineShape,
  parameterCountOf,
  type ShouldStop,
} from '../../core/training/step-engine.ts';
import { readCheckpoint } from './checkpoint-file.ts';
import { describerOf } from './describer.ts';
import { describeForEngine, loadFeaturesForEngine, loadForEngine } from './load-for-engine.ts';
import { requirePixels } from './stored-network.ts';
import { allocateEngine, type EngineMemory, startEngine } from './shared-engine.ts';
import type { TaskContext, TaskInput, TaskOutput } from './task.ts';

const none = new Uint32Array(0);

/** Progress of scores is told this often at most. */
const progressIntervalMs = 50;

export function scores(
  { model, source, indices, threads, features: files }: TaskInput<'compute.scores'>,
  context: TaskContext<'compute.scores'>,
): TaskOutput<'compute.scores'> {
  const checkpoint = readCheckpoint(model.path);
  requireSize(checkpoint, source);
  let toldMs = performance.now();
  const shouldStop = (done: number) => {
    if (performance.now() - toldMs >= progressIntervalMs) {
      toldMs = performance.now();
      context.progress({ done, total: indices.length });
    }
    return context.request() === 'discard';
  };
  const { memory, pictures } = inputsOf(checkpoint, source, indices, files, threads, shouldStop);
  const all = scoresOf(checkpoint, memory, pictures, shouldStop);
  context.progress({ done: indices.length, total: indices.length });
  return { scores: all };
}

/** Pictures as the model sees them: pixels, features from their caches, or described here and now. */
function inputsOf(
  checkpoint: Checkpoint,
  source: TaskInput<'compute.scores'>['source'],
  indices: Uint32Array,
  files: readonly string[] | null,
  threads: number,
  shouldStop: ShouldStop,
): { memory: EngineMemory; pictures: EnginePictures } {
  const shape = scoringShape(checkpoint);
  const unlabelled = { ...source, labels: new Uint16Array(source.count) }; // scores know nothing of the truth
  const sets = { train: none, validation: none, test: indices };
  if (seesPixels(checkpoint.recipe.features)) return loadForEngine(unlabelled, sets, shape, threads);
  if (files !== null) return loadFeaturesForEngine(unlabelled, sets, files, shape, threads);
  return describeForEngine(source, indices, checkpoint.features, shape, threads, shouldStop);
}

export function predict({ model, pixels, count }: TaskInput<'compute.predict'>): TaskOutput<'compute.predict'> {
  return { scores: engineScores(readCheckpoint(model.path), pixels, count) };
}

/** Scores of pictures given as pixels, one after another. Throws SHAPE_MISMATCH. */
export function engineScores(checkpoint: Checkpoint, pixels: Uint8Array, count: number): Float32Array<ArrayBuffer> {
  const pictureBytes = checkpoint.width * checkpoint.height * checkpoint.channels;
  if (pixels.length !== count * pictureBytes) {
    const expected = `(${count}, ${checkpoint.height}, ${checkpoint.width}, ${checkpoint.channels})`;
    throw new StudioError('SHAPE_MISMATCH', { what: 'pixels', expected, actual: `(${pixels.length})` });
  }
  const shape = scoringShape(checkpoint);
  const { features, recipe } = checkpoint;
  const isPixels = seesPixels(recipe.features);
  const featureCount = shape.sizes[0]!;
  const inputBytes = (isPixels ? 1 : 4) * count * featureCount;
  const memory = allocateEngine({ ...shape, inputType: isPixels ? 'bytes' : 'floats', inputBytes, threads: 1 });
  if (isPixels) memory.inputs.set(pixels);
  else {
    const describers = features.map((block) => describerOf(block));
    for (let i = 0, at = 0; i < count; i++) {
      const picture = pixels.subarray(i * pictureBytes, (i + 1) * pictureBytes);
      features.forEach(({ dimension }, b) => {
        describers[b]!(picture, (memory.inputs as Float32Array).subarray(at, at + dimension));
        at += dimension;
      });
    }
  }
  const sets = { train: none, validation: none, test: Uint32Array.from({ length: count }, (_, i) => i) };
  const pictures = { inputs: memory.inputs, featureCount, labels: new Uint16Array(count), sets };
  return scoresOf(checkpoint, memory, pictures, () => false);
}

export function templates({ model, offset, limit }: TaskInput<'compute.templates'>): TaskOutput<'compute.templates'> {
  const checkpoint = readCheckpoint(model.path);
  requirePixels(checkpoint);
  const { recipe, classes, width, height, channels, standardization, state } = checkpoint;
  const featureCount = width * height * channels;
  const classifier = classifierOf(recipe, featureCount, classes.length);
  const parameters = Float64Array.from(state.engine.parameters);
  const all = templatesOf(classifier, parameters, standardization, { width, height, channels });
  const part = (values: Float64Array) => Float32Array.from(values.subarray(offset, offset + limit));
  return {
    step: state.step,
    layer: all.layer,
    total: all.templates.rows,
    width,
    height,
    channels,
    templates: Float32Array.from(all.templates.data.subarray(offset * featureCount, (offset + limit) * featureCount)),
    biases: part(all.biases),
    norms: part(all.norms),
    scales: part(all.scales),
    sharedScale: all.sharedScale,
    votes: Float32Array.from(all.votes?.data ?? []),
    roughness: part(all.roughness),
  };
}

/**
 * (pictures, units) what the units of the last hidden layer are given, before their activation: the scores of the network that
 * ends there.
 *
 * @throws StudioError CANCELLED when told to stop.
 */
export function hiddenPreActivations(
  checkpoint: Checkpoint,
  source: TaskInput<'compute.scores'>['source'],
  indices: Uint32Array,
  threads: number,
  shouldStop: ShouldStop,
): Float32Array<ArrayBuffer> {
  const whole = scoringShape(checkpoint);
  const shape = {
    ...whole,
    sizes: whole.sizes.slice(0, -1),
    activations: whole.activations.slice(0, -1),
    dropout: whole.dropout.slice(0, -1),
  };
  const parameters = checkpoint.state.engine.parameters.subarray(0, parameterCountOf(shape.sizes));
  const { memory, pictures } = loadForEngine(
    { ...source, labels: new Uint16Array(source.count) },
    { train: none, validation: none, test: indices },
    shape,
    threads,
  );
  return scoresBy(
    { ...shape, pictures, scaling: scalingOf(checkpoint.standardization), classWeights: null, parameters },
    memory,
    shouldStop,
  );
}

/** The model without what only training needs: no optimizer with moments. */
function scoringShape({ recipe, classes, standardization }: Checkpoint): EngineShape {
  const shape = engineShapeOf(recipe, standardization.mean.length, classes.length, null);
  return { ...shape, optimizer: { kind: 'sgd', learningRate: 1 } };
}

/** Scores of the pictures in `test`. Throws CANCELLED when told to stop. */
function scoresOf(
  checkpoint: Checkpoint,
  memory: EngineMemory,
  pictures: EnginePictures,
  shouldStop: ShouldStop,
): Float32Array<ArrayBuffer> {
  const scaling = scalingOf(checkpoint.standardization);
  const { parameters } = checkpoint.state.engine;
  return scoresBy(
    { ...scoringShape(checkpoint), pictures, scaling, classWeights: null, parameters },
    memory,
    shouldStop,
  );
}

function scoresBy(setup: EngineSetup, memory: EngineMemory, shouldStop: ShouldStop): Float32Array<ArrayBuffer> {
  const engine = startEngine(memory, setup);
  try {
    const scores = engine.scores('test', shouldStop);
    if (scores === null) throw cancelled();
    return scores;
  } finally {
    engine.close();
  }
}

function requireSize(checkpoint: Checkpoint, source: TaskInput<'compute.scores'>['source']): void {
  const sizeOf = (s: { height: number; width: number; channels: number }) => `(${s.height}, ${s.width}, ${s.channels})`;
  if (sizeOf(checkpoint) === sizeOf(source)) return;
  throw new StudioError('SHAPE_MISMATCH', { what: 'pictures', expected: sizeOf(checkpoint), actual: sizeOf(source) });
}
