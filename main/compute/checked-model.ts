/** A network with pictures, in float64, as checks need it: always the same function, no dropout, no augmentation. */
import { type Matrix, rowOf, zeros } from '../../core/array/matrix.ts';
import { StudioError } from '../../core/errors.ts';
import type { FittedFeatures } from '../../core/features/feature-extractor.ts';
import { describeImage } from '../../core/features/index.ts';
import { fitMixture } from '../../core/features/mixture.ts';
import type { Standardization } from '../../core/features/standardize.ts';
import { pixelCount } from '../../core/image/pixel-image.ts';
import { classWeighted } from '../../core/losses/class-weighted.ts';
import { lossNamed } from '../../core/losses/index.ts';
import type { Objective } from '../../core/models/classifier.ts';
import { type MultilayerPerceptron, multilayerPerceptron } from '../../core/models/multilayer-perceptron.ts';
import { requireInteger } from '../../core/options.ts';
import { createGenerator } from '../../core/random/generator.ts';
import { permutation } from '../../core/random/sampling.ts';
import { seesPixels } from '../../core/recipe/feature-recipe.ts';
import { isAugmented, perLayer, type Recipe } from '../../core/recipe/recipe.ts';
import type { PictureSource } from '../../core/rpc/contract/compute.ts';
import { classWeightsOf, initialParameters, scalingOf } from '../../core/training/recipe-model.ts';
import { readCheckpoint } from './checkpoint-file.ts';
import { FeatureFile } from './feature-file.ts';
import { loadPictures, PictureReader } from './picture-memory.ts';

export interface CheckedModel {
  readonly recipe: Recipe;
  readonly model: MultilayerPerceptron;
  readonly parameters: Float64Array;
  /** What the recipe starts from, with the same layout. */
  readonly start: Float64Array;
  readonly x: Matrix;
  /** The same pictures as the extractors describe them, before any scaling. */
  unscaled(): Matrix;
  readonly labels: Uint16Array;
  readonly objective: Objective;
  /** Of training, but not of checks. */
  readonly turnedOff: ('dropout' | 'augmentation')[];
}

export interface CheckedModelInput {
  readonly recipe: Recipe;
  readonly model: { readonly path: string } | null;
  readonly source: PictureSource;
  readonly features: readonly string[] | null;
  readonly isZero: boolean;
  readonly samples: number;
  readonly seed: number;
}

const none = new Uint32Array(0);

/** @throws StudioError DATASET_TOO_SMALL, CHECKPOINT_DAMAGED, BAD_DATASET_FILE, INVALID_OPTION, SHAPE_MISMATCH. */
export function checkedModel({
  recipe,
  model: file,
  source,
  features: files,
  isZero,
  samples,
  seed,
}: CheckedModelInput): CheckedModel {
  const classes = source.classes.length;
  const { train } = source;
  if (train.length === 0 || classes < 2) {
    throw new StudioError('DATASET_TOO_SMALL', { pictures: train.length, classes });
  }
  const checkpoint = file === null ? null : readCheckpoint(file.path);
  const random = createGenerator(seed, 'checked pictures');
  const chosen = permutation(random, train.length)
    .slice(0, Math.min(samples, train.length))
    .sort()
    .map((i) => train[i]!);
  const { features, standardization } = checkpoint ?? freshInputs(recipe, source, files);
  const x = rowsOf(source, chosen, features, standardization);
  const labels = Uint16Array.from(chosen, (picture) => source.labels[picture]!);

  const model = networkOf(recipe, x.columns, classes);
  const start = isZero
    ? new Float64Array(model.parameterCount)
    : Float64Array.from(initialParameters(recipe, x.columns, classes));
  const parameters = checkpoint === null ? start.slice() : Float64Array.from(checkpoint.state.engine.parameters);
  const weights = classWeightsOf(
    recipe,
    { labels: source.labels, sets: { train, validation: none, test: none } },
    classes,
  );
  const loss = lossNamed(recipe.loss);
  const objective: Objective = {
    loss: weights === null ? loss : classWeighted(loss, weights),
    l2: recipe.l2,
    l2Convention: recipe.l2Convention,
  };
  const unscaled = () => rowsOf(source, chosen, features, identityOf(x.columns));
  return { recipe, model, parameters, start, x, unscaled, labels, objective, turnedOff: turnedOffIn(recipe) };
}

/** A linear model is a network without hidden layers: the same parameters in the same places. */
function networkOf({ model }: Recipe, inputSize: number, classes: number): MultilayerPerceptron {
  if (model.kind === 'linear') return multilayerPerceptron({ inputSize, hidden: [], classes });
  const { hidden, activation } = model;
  return multilayerPerceptron({ inputSize, hidden, classes, activation });
}

function turnedOffIn({ model, augmentation }: Recipe): CheckedModel['turnedOff'] {
  const hasDropout = model.kind === 'mlp' && perLayer(model.dropout, model.hidden.length).some((rate) => rate > 0);
  return [
    ...(hasDropout ? (['dropout'] as const) : []),
    ...(isAugmented(augmentation) ? (['augmentation'] as const) : []),
  ];
}

/** What a run of the recipe would learn of its inputs before its first step, from all training pictures. */
function freshInputs(
  recipe: Recipe,
  source: PictureSource,
  files: readonly string[] | null,
): { features: readonly FittedFeatures[]; standardization: Standardization } {
  const { train, width, height, channels } = source;
  const sets = { train, validation: none, test: none };
  if (seesPixels(recipe.features)) {
    const { inputs, sets: packed } = loadPictures(source, sets, (bytes) => new Uint8Array(bytes));
    const shape = { width, height, channels };
    const features = [{ options: recipe.features[0], shape, dimension: pixelCount(shape), arrays: {} }];
    return { features, standardization: fitMixture(inputs, packed.train, features, channels) };
  }
  requireInteger('features', files?.length ?? 0, recipe.features.length, recipe.features.length);
  const opened = files!.map((path) => new FeatureFile(path));
  try {
    const features = opened.map(({ fitted }) => fitted);
    const rowLength = features.reduce((sum, { dimension }) => sum + dimension, 0);
    const values = new Float32Array(train.length * rowLength);
    let offset = 0;
    for (const file of opened) {
      file.readRows(train, values, rowLength, offset);
      offset += file.fitted.dimension;
    }
    const blocks = features.map(({ dimension }, b) => ({ options: recipe.features[b]!, dimension }));
    const rows = Uint32Array.from(train.keys());
    return { features, standardization: fitMixture(values, rows, blocks, channels) };
  } finally {
    for (const file of opened) file.close();
  }
}

function identityOf(size: number): Standardization {
  return { kind: 'per-feature', mean: new Float64Array(size), deviation: new Float64Array(size).fill(1) };
}

/** x = (number − mean)·(1/σ) with the engines' own float32 numbers. */
function rowsOf(
  source: PictureSource,
  chosen: Uint32Array,
  features: readonly FittedFeatures[],
  standardization: Standardization,
): Matrix {
  const { mean, inverseDeviation } = scalingOf(standardization);
  const x = zeros(chosen.length, mean.length);
  const { width, height, channels } = source;
  const reader = new PictureReader(source);
  try {
    chosen.forEach((picture, i) => {
      const numbers = describeImage({ width, height, channels, data: reader.read(picture) }, features);
      const row = rowOf(x, i);
      for (let j = 0; j < row.length; j++) row[j] = (Math.fround(numbers[j]!) - mean[j]!) * inverseDeviation[j]!;
    });
  } finally {
    reader.close();
  }
  return x;
}
