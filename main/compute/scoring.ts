/** Scores of many pictures, and what units answer on the way to them: what every question about a trained model begins with. */
import { cancelled, StudioError } from '../../core/errors.ts';
import type { Network } from '../../core/explanation/network.ts';
import { parametersOf } from '../../core/explanation/pruning.ts';
import { activations } from '../../core/models/layers/activation.ts';
import { seesPixels } from '../../core/recipe/feature-recipe.ts';
import type { PictureSource } from '../../core/rpc/contract/compute.ts';
import type { Checkpoint } from '../../core/training/checkpoint.ts';
import { engineShapeOf, scalingOf } from '../../core/training/recipe-model.ts';
import type { EnginePictures, EngineSetup, EngineShape, ShouldStop } from '../../core/training/step-engine.ts';
import { describerOf } from './describer.ts';
import { describeForEngine, loadFeaturesForEngine, loadForEngine } from './load-for-engine.ts';
import { allocateEngine, type EngineMemory, startEngine } from './shared-engine.ts';

/** Pictures to be judged, as a task is given them. */
export interface JudgedPictures {
  readonly source: PictureSource;
  readonly indices: Uint32Array;
  /** A cache of each block of features, or null: the model describes by what it has learnt. */
  readonly features: readonly string[] | null;
  readonly threads: number;
}

/** A model, its training left out. */
export type ScoredModel = Omit<Checkpoint, 'state'>;

const none = new Uint32Array(0);

/** (pictures, classes) by the engine. Throws SHAPE_MISMATCH for pictures of another size, CANCELLED when told to stop. */
export function scoresOver(
  checkpoint: Checkpoint,
  judged: JudgedPictures,
  shouldStop: ShouldStop,
): Float32Array<ArrayBuffer> {
  const shape = scoringShape(checkpoint);
  const { memory, pictures } = inputsOf(checkpoint, shape, judged, shouldStop);
  return scoresOf(checkpoint, memory, pictures, shouldStop);
}

/**
 * (pictures, units) what the units of hidden layer l answer, hⱼ = φ(aⱼ): the scores of the network that ends there, by the engine,
 * through the activation.
 *
 * @throws StudioError CANCELLED when told to stop.
 */
export function answersOver(
  model: ScoredModel,
  network: Network,
  l: number,
  judged: JudgedPictures,
  shouldStop: ShouldStop,
): Float32Array<ArrayBuffer> {
  const layers = network.layers.slice(0, l + 1);
  const shape = {
    ...scoringShape(model),
    sizes: [layers[0]!.weights.columns, ...layers.map(({ bias }) => bias.length)],
    activations: network.activations.slice(0, l),
    dropout: network.activations.slice(0, l).map(() => 0),
  };
  const parameters = Float32Array.from(parametersOf({ layers, activations: [] }));
  const { memory, pictures } = inputsOf(model, shape, judged, shouldStop);
  const scaling = scalingOf(model.standardization);
  const answers = scoresBy({ ...shape, pictures, scaling, classWeights: null, parameters }, memory, shouldStop);
  const { value } = activations[network.activations[l]!];
  return answers.map(value);
}

/** Pictures as the model sees them: pixels, features from their caches, or described here and now. */
export function inputsOf(
  checkpoint: ScoredModel,
  shape: EngineShape,
  { source, indices, features: files, threads }: JudgedPictures,
  shouldStop: ShouldStop,
): { memory: EngineMemory; pictures: EnginePictures } {
  requireSize(checkpoint, source);
  const unlabelled = { ...source, labels: new Uint16Array(source.count) }; // scores know nothing of the truth
  const sets = { train: none, validation: none, test: indices };
  if (seesPixels(checkpoint.recipe.features)) return loadForEngine(unlabelled, sets, shape, threads);
  if (files !== null) return loadFeaturesForEngine(unlabelled, sets, files, shape, threads);
  return describeForEngine(source, indices, checkpoint.features, shape, threads, shouldStop);
}

/** Scores of pictures given as pixels, one after another. Throws SHAPE_MISMATCH. */
export function engineScores(checkpoint: Checkpoint, pixels: Uint8Array, count: number): Float32Array<ArrayBuffer> {
  const scorer = pixelScorer(checkpoint, count);
  try {
    return scorer.scores(pixels);
  } finally {
    scorer.close();
  }
}

export interface PixelScorer {
  /** Throws SHAPE_MISMATCH. */
  scores(pixels: Uint8Array): Float32Array<ArrayBuffer>;
  close(): void;
}

/** The same for one set of pictures after another, `count` at a time, with an engine that stays. */
export function pixelScorer(checkpoint: Checkpoint, count: number): PixelScorer {
  const pictureBytes = checkpoint.width * checkpoint.height * checkpoint.channels;
  const shape = scoringShape(checkpoint);
  const { features, recipe } = checkpoint;
  const isPixels = seesPixels(recipe.features);
  const featureCount = shape.sizes[0]!;
  const inputBytes = (isPixels ? 1 : 4) * count * featureCount;
  const memory = allocateEngine({ ...shape, inputType: isPixels ? 'bytes' : 'floats', inputBytes, threads: 1 });
  const describers = isPixels ? [] : features.map((block) => describerOf(block));
  const sets = { train: none, validation: none, test: Uint32Array.from({ length: count }, (_, i) => i) };
  const pictures = { inputs: memory.inputs, featureCount, labels: new Uint16Array(count), sets };
  const engine = startEngine(memory, setupOf(checkpoint, pictures));
  return {
    scores(pixels) {
      if (pixels.length !== count * pictureBytes) {
        const expected = `(${count}, ${checkpoint.height}, ${checkpoint.width}, ${checkpoint.channels})`;
        throw new StudioError('SHAPE_MISMATCH', { what: 'pixels', expected, actual: `(${pixels.length})` });
      }
      if (isPixels) memory.inputs.set(pixels);
      else {
        for (let i = 0, at = 0; i < count; i++) {
          const picture = pixels.subarray(i * pictureBytes, (i + 1) * pictureBytes);
          features.forEach(({ dimension }, b) => {
            describers[b]!(picture, (memory.inputs as Float32Array).subarray(at, at + dimension));
            at += dimension;
          });
        }
      }
      return engine.scores('test', () => false)!;
    },
    close: () => engine.close(),
  };
}

/** The model without what only training needs: no optimizer with moments. */
export function scoringShape({ recipe, classes, standardization }: ScoredModel): EngineShape {
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
  return scoresBy(setupOf(checkpoint, pictures), memory, shouldStop);
}

export function setupOf(checkpoint: Checkpoint, pictures: EnginePictures): EngineSetup {
  const scaling = scalingOf(checkpoint.standardization);
  const { parameters } = checkpoint.state.engine;
  return { ...scoringShape(checkpoint), pictures, scaling, classWeights: null, parameters };
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

function requireSize(checkpoint: ScoredModel, source: PictureSource): void {
  const sizeOf = (s: { height: number; width: number; channels: number }) => `(${s.height}, ${s.width}, ${s.channels})`;
  if (sizeOf(checkpoint) === sizeOf(source)) return;
  throw new StudioError('SHAPE_MISMATCH', { what: 'pictures', expected: sizeOf(checkpoint), actual: sizeOf(source) });
}
