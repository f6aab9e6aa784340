/** A network with pictures, in float64, as checks need it: always the same function, no dropout, no augmentation. */
import { matrixOf, type Matrix } from '../../core/array/matrix.ts';
import { StudioError } from '../../core/errors.ts';
import { fitStandardization, type Standardization } from '../../core/features/standardize.ts';
import { classWeighted } from '../../core/losses/class-weighted.ts';
import { lossNamed } from '../../core/losses/index.ts';
import type { Objective } from '../../core/models/classifier.ts';
import { type MultilayerPerceptron, multilayerPerceptron } from '../../core/models/multilayer-perceptron.ts';
import { createGenerator } from '../../core/random/generator.ts';
import { permutation } from '../../core/random/sampling.ts';
import { isAugmented, perLayer, type Recipe } from '../../core/recipe/recipe.ts';
import type { PictureSource } from '../../core/rpc/contract/compute.ts';
import { classWeightsOf, initialParameters, scalingOf } from '../../core/training/recipe-model.ts';
import { readCheckpoint } from './checkpoint-file.ts';
import { loadPictures } from './picture-memory.ts';

export interface CheckedModel {
  readonly recipe: Recipe;
  readonly model: MultilayerPerceptron;
  readonly parameters: Float64Array;
  /** What the recipe starts from, with the same layout. */
  readonly start: Float64Array;
  readonly x: Matrix;
  readonly labels: Uint16Array;
  readonly objective: Objective;
  /** Of training, but not of checks. */
  readonly turnedOff: ('dropout' | 'augmentation')[];
}

export interface CheckedModelInput {
  readonly recipe: Recipe;
  readonly model: { readonly path: string } | null;
  readonly source: PictureSource;
  readonly samples: number;
  readonly seed: number;
}

const none = new Uint32Array(0);

/** @throws StudioError DATASET_TOO_SMALL, CHECKPOINT_DAMAGED, BAD_DATASET_FILE, INVALID_OPTION, SHAPE_MISMATCH. */
export function checkedModel({ recipe, model: file, source, samples, seed }: CheckedModelInput): CheckedModel {
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
  const standardization = checkpoint?.standardization ?? fitted(recipe, source);
  const { x, labels } = rowsOf(source, chosen, standardization);

  const model = networkOf(recipe, x.columns, classes);
  const start = Float64Array.from(initialParameters(recipe, x.columns, classes));
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
  return { recipe, model, parameters, start, x, labels, objective, turnedOff: turnedOffIn(recipe) };
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

/** Fitted on all training pictures, as in training. */
function fitted(recipe: Recipe, source: PictureSource): Standardization {
  const { train, channels } = source;
  const { inputs, featureCount, sets } = loadPictures(
    source,
    { train, validation: none, test: none },
    (bytes) => new Uint8Array(bytes),
  );
  return fitStandardization(inputs, sets.train, { kind: recipe.features[0]!.standardize, featureCount, channels });
}

/** x = (pixel − mean)·(1/σ) with the engines' own float32 numbers. */
function rowsOf(
  source: PictureSource,
  chosen: Uint32Array,
  standardization: Standardization,
): { x: Matrix; labels: Uint16Array } {
  const { inputs, featureCount, labels, sets } = loadPictures(
    source,
    { train: chosen, validation: none, test: none },
    (bytes) => new Uint8Array(bytes),
  );
  const { mean, inverseDeviation } = scalingOf(standardization);
  const rows = sets.train;
  const data = new Float64Array(rows.length * featureCount);
  rows.forEach((row, i) => {
    for (let j = 0; j < featureCount; j++) {
      data[i * featureCount + j] = (inputs[row * featureCount + j]! - mean[j]!) * inverseDeviation[j]!;
    }
  });
  return { x: matrixOf(rows.length, featureCount, data), labels: Uint16Array.from(rows, (row) => labels[row]!) };
}
