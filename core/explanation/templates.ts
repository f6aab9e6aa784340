/**
 * What a model looks for, as pictures: the weights of its first layer in pixel space.
 *
 * The model sees x′ = (x − μ)/σ. Its unit W·x′ + b is, of the pixels themselves,
 *
 *     template  T = W / σ                         weight for each pixel value
 *     bias      b − Σ (W / σ)·μ
 *
 * so that T·x + bias is the unit's score exactly. For a linear model there is one template a class; for an MLP one a
 * hidden unit of the first layer, the bank. A template is drawn with 0 at mid grey and ±scale at the ends; the scale is
 * that of drawn-scale.ts, of the template alone or shared by all, and is stated beside the picture.
 */
import { norm, transpose } from '../array/linear-algebra.ts';
import { type Matrix, requireLength, rowOf, zeros } from '../array/matrix.ts';
import { largestMagnitude } from '../array/reduce.ts';
import type { FittedFeatures } from '../features/feature-extractor.ts';
import type { Standardization } from '../features/standardize.ts';
import type { Classifier } from '../models/classifier.ts';
import { type LayerParameters, layersOf } from '../models/parameters.ts';
import { drawnScale } from './drawn-scale.ts';
import { drawn } from './drawn-space.ts';

export interface PictureShape {
  readonly height: number;
  readonly width: number;
  /** The channel runs fastest, then the column, then the row. */
  readonly channels: number;
}

/** A template is drawn no stronger than this share of the shared scale allows: what rounding left of it is no picture. */
const faintest = 1e-3;

export interface Templates {
  /** Units are classes for a model without hidden layers. */
  readonly layer: 'class' | 'hidden';
  /** (units, D′) weight for each pixel value, or for each number of features; see drawn-space.ts. */
  readonly templates: Matrix;
  /** (units) bias in pixel space. */
  readonly biases: Float64Array;
  /** (units) ‖T‖₂. */
  readonly norms: Float64Array;
  /** (units) the scale of a template drawn alone; see drawn-scale.ts. One that has faded stays as grey as it is. */
  readonly scales: Float64Array;
  /** The largest scale of any unit. */
  readonly sharedScale: number;
  /** (units) see `roughness`; null for templates that are no pictures. */
  readonly roughness: Float64Array | null;
  /** (units, classes) what each unit adds to each class where one hidden layer leads to the scores; else null. */
  readonly votes: Matrix | null;
}

/** @throws StudioError SHAPE_MISMATCH unless model, standardisation and picture have the same number of features. */
export function templatesOf(
  model: Pick<Classifier, 'blocks'>,
  parameters: Float64Array,
  standardization: Standardization,
  shape: PictureShape,
  blocks: readonly FittedFeatures[] = [],
): Templates {
  const layers = layersOf(parameters, model.blocks);
  const { templates, biases } = drawn(inPixelSpace(layers[0]!, standardization), blocks);
  const isPicture = templates.columns === shape.height * shape.width * shape.channels;
  const units = Array.from({ length: templates.rows }, (_, unit) => rowOf(templates, unit));
  const own = Float64Array.from(units, (template) => drawnScale(template));
  const sharedScale = largestMagnitude(own);
  const scales = own.map((scale) => Math.max(scale, faintest * sharedScale));
  return {
    layer: layers.length === 1 ? 'class' : 'hidden',
    templates,
    biases,
    norms: Float64Array.from(units, norm),
    scales,
    sharedScale,
    roughness: isPicture ? Float64Array.from(units, (template) => roughness(template, shape)) : null,
    votes: layers.length === 2 ? transpose(layers[1]!.weights) : null,
  };
}

/**
 * Weights and biases with the standardisation undone.
 *
 * @throws StudioError SHAPE_MISMATCH unless there is a mean and a deviation for every column of the weights.
 */
export function inPixelSpace(
  { weights, bias }: LayerParameters,
  { mean, deviation }: Standardization,
): { templates: Matrix; biases: Float64Array } {
  requireLength('standardization', mean, weights.columns);
  const templates = zeros(weights.rows, weights.columns);
  const biases = bias.slice();
  for (let unit = 0; unit < weights.rows; unit++) {
    const w = rowOf(weights, unit);
    const template = rowOf(templates, unit);
    for (let j = 0; j < w.length; j++) {
      template[j] = w[j]! / deviation[j]!;
      biases[unit]! -= template[j]! * mean[j]!;
    }
  }
  return { templates, biases };
}

/**
 * Σ |T(y, x+1, ch) − T(y, x, ch)| + |T(y+1, x, ch) − T(y, x, ch)|, the total variation of a template.
 *
 * @throws StudioError SHAPE_MISMATCH when the shape has another number of features.
 */
export function totalVariation(template: Float64Array, { height, width, channels }: PictureShape): number {
  requireLength('template', template, height * width * channels);
  let variation = 0;
  const rowLength = width * channels;
  for (let i = 0; i < template.length; i++) {
    const value = template[i]!;
    if (i % rowLength < rowLength - channels) variation += Math.abs(template[i + channels]! - value);
    if (i + rowLength < template.length) variation += Math.abs(template[i + rowLength]! - value);
  }
  return variation;
}

/**
 * How noisy a template looks: its total variation for each unit of weight, over Σ |T|.
 *
 * 0 for a flat template (and for one of zeros), about 2.8 for independent normal noise, near 4 for a chessboard. The
 * scale of the weights does not matter.
 *
 * @throws StudioError SHAPE_MISMATCH when the shape has another number of features.
 */
export function roughness(template: Float64Array, shape: PictureShape): number {
  const variation = totalVariation(template, shape);
  let weight = 0;
  for (const value of template) weight += Math.abs(value);
  return weight === 0 ? 0 : variation / weight;
}
