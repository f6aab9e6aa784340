/**
 * Why one picture has the scores it has: which units of the last hidden layer fire, what each adds to each class, the template
 * that the network is for this picture, and how exactly all of it adds up.
 */
import { rowOf, selectRows } from '../array/matrix.ts';
import { dot } from '../array/linear-algebra.ts';
import { indexOfLargest } from '../array/reduce.ts';
import { activations } from '../models/layers/activation.ts';
import { standardize, type Standardization } from '../features/standardize.ts';
import type { FittedFeatures } from '../features/feature-extractor.ts';
import { drawn } from './drawn-space.ts';
import { effectiveTemplate } from './effective-template.ts';
import { type Network, passThrough } from './network.ts';
import { bySay, recombine, sumTolerance } from './recombination.ts';
import { inPixelSpace } from './templates.ts';

export interface PictureQuestion {
  /** (D) what the model is shown before it is standardised: pixel values in [0, 255], or features. */
  readonly numbers: Float64Array;
  /** (D′) what drawn templates are multiplied with; see drawn-space.ts. */
  readonly inputs: Float64Array;
  /** Blocks of the features; none: pixels. */
  readonly blocks: readonly FittedFeatures[];
  /** The class whose score is explained; null: the verdict. */
  readonly label: number | null;
  /** How many units of the last hidden layer to show as templates, those with the most say first. */
  readonly shownUnits: number;
  /** Units whose templates are known already and left out; none by default. */
  readonly knownUnits?: ReadonlySet<number>;
  /** False leaves out the network's templates for the picture, which are most of the work; a linear model always has them. */
  readonly withTemplates: boolean;
}

export interface PictureExplanation {
  /** (classes). */
  readonly scores: Float64Array;
  readonly verdict: number;
  /** The class that is explained. */
  readonly label: number;
  /** For each hidden layer, how many units are on (a > 0). */
  readonly unitsOn: readonly number[];
  /** (units) hⱼ of the last hidden layer; empty for a linear model. */
  readonly answers: Float64Array;
  /** (classes, units) W[c, j]·hⱼ, row by row; empty for a linear model, whose contributions are its template times the picture. */
  readonly contributions: Float64Array;
  /** (classes) of the last layer; in pixel space for a linear model. */
  readonly bias: Float64Array;
  /** Numbers of the units shown, those with the most say in the explained class first. */
  readonly shown: Uint32Array<ArrayBuffer>;
  /** Those of the shown that were not known, in the same order. */
  readonly sent: Uint32Array<ArrayBuffer>;
  /** (sent, D′) the template of each as it is drawn: what the unit is for this picture. */
  readonly shownTemplates: Float64Array;
  /**
   * (shown) W[label, j]·φ′(aⱼ): how much of each shown template is in the network's template for the explained class. With all
   * units shown, Σ weight·template is that template.
   */
  readonly shownWeights: Float64Array;
  /** (classes, D′) the network's templates for this picture, as they are drawn, and their biases; empty where left out. */
  readonly templates: Float64Array;
  readonly templateBias: Float64Array;
  /** max_c |Σ contributions + bias − score|, and the same of template·inputs + bias; null where templates are left out. */
  readonly sumDifference: number;
  readonly templateDifference: number | null;
  /** What both may be at most to count as equal. */
  readonly tolerance: number;
}

/** @throws StudioError SHAPE_MISMATCH for a picture of another size. */
export function explainPicture(
  network: Network,
  standardization: Standardization,
  { numbers, inputs, blocks, label, shownUnits, knownUnits, withTemplates }: PictureQuestion,
): PictureExplanation {
  const passage = passThrough(network, standardize(numbers, standardization));
  const { scores } = passage;
  const verdict = indexOfLargest(scores);
  const explained = label ?? verdict;
  const isLinear = network.layers.length === 1;

  const none = new Float64Array(0);
  const whole = withTemplates || isLinear ? wholeTemplates() : null;
  const templateBias = whole?.templateBias ?? none;
  const templateDifference = whole?.templateDifference ?? null;
  const tolerance = whole?.tolerance ?? Infinity;
  const common = {
    scores,
    verdict,
    label: explained,
    templates: whole?.templates ?? none,
    templateBias,
    templateDifference,
  };
  if (isLinear) {
    return {
      ...common,
      unitsOn: [],
      answers: none,
      contributions: none,
      bias: templateBias,
      shown: new Uint32Array(0),
      sent: new Uint32Array(0),
      shownTemplates: none,
      shownWeights: none,
      sumDifference: templateDifference ?? 0,
      tolerance,
    };
  }

  const { contributions, bias, difference, tolerance: ofUnits } = recombine(network, passage);
  const shown = bySay(rowOf(contributions, explained)).slice(0, shownUnits);
  const sent = shown.filter((unit) => !knownUnits?.has(unit));
  const { derivative } = activations[network.activations.at(-1)!];
  const toLabel = rowOf(network.layers.at(-1)!.weights, explained);
  const lastPreActivations = passage.preActivations.at(-1)!;
  return {
    ...common,
    unitsOn: passage.preActivations.map((a) => a.reduce((on, aj) => on + (aj > 0 ? 1 : 0), 0)),
    answers: passage.inputs.at(-1)!,
    contributions: contributions.data,
    bias,
    shown,
    sent,
    shownTemplates: drawnTemplate(upTo(network, sent)).weights.data,
    shownWeights: Float64Array.from(shown, (j) => toLabel[j]! * derivative(lastPreActivations[j]!)),
    sumDifference: difference,
    tolerance: Math.min(tolerance, ofUnits),
  };

  function wholeTemplates() {
    const { weights, bias } = drawnTemplate(network);
    let difference = 0;
    let least = Infinity;
    for (let c = 0; c < weights.rows; c++) {
      const template = rowOf(weights, c);
      difference = Math.max(difference, Math.abs(dot(template, inputs) + bias[c]! - scores[c]!));
      least = Math.min(least, sumTolerance(template.map((weight, i) => weight * inputs[i]!)));
    }
    return { templates: weights.data, templateBias: bias, templateDifference: difference, tolerance: least };
  }

  function drawnTemplate(of: Network) {
    const { templates, biases } = drawn(inPixelSpace(effectiveTemplate(of, passage), standardization), blocks);
    return { weights: templates, bias: biases };
  }
}

/** The network that ends in these units of the last hidden layer, before their activation. */
function upTo({ layers, activations }: Network, units: Uint32Array): Network {
  const { weights, bias } = layers.at(-2)!;
  const last = { weights: selectRows(weights, units), bias: Float64Array.from(units, (j) => bias[j]!) };
  return { layers: [...layers.slice(0, -2), last], activations: activations.slice(0, -1) };
}
