/**
 * A network with fewer units in its hidden layers, made by one of the criteria of pruning.ts and redundancy.ts.
 *
 * Layers are pruned from the first to the last, each judged by what it does in the network as it is by then. What a dropped
 * unit says on average goes into the next bias, so that a unit which always says the same can go without a trace.
 */
import { rowOf } from '../array/matrix.ts';
import type { LayerParameters } from '../models/parameters.ts';
import { requireInteger } from '../options.ts';
import type { PruningCriterion } from '../recipe/recipe.ts';
import type { Network } from './network.ts';
import { type MeanAnswers, pruningOrder, usefulness, withoutUnits } from './pruning.ts';
import { exactMerges, mergeOrder, mergeTwins } from './redundancy.ts';

/** One hidden layer that can be made smaller, its judgement made once. */
export interface LayerPruning {
  /** Units in the order in which they go: all but one, or for `twins` those that have an exact twin. */
  readonly order: Uint32Array<ArrayBuffer>;
  /** The network without the first `count` of them. */
  without(count: number): Network;
}

/** @param answers  of the layer's units over the training pictures; `twins` needs none. */
export function layerPruning(
  network: Network,
  l: number,
  by: PruningCriterion,
  answers: MeanAnswers | null,
): LayerPruning {
  const layer = network.layers[l]!;
  const units = layer.bias.length;
  const mean = answers?.mean;
  if (by === 'redundancy' || by === 'twins') {
    const merges = by === 'twins' ? exactMerges(network, l) : mergeOrder(layer);
    return {
      order: Uint32Array.from(merges, ({ dropped }) => dropped),
      without: (count) => mergeTwins(network, l, merges.slice(0, count), by === 'twins' ? undefined : mean),
    };
  }
  const nothing = new Float64Array(units);
  const order = pruningOrder(usefulness(network, l, by, answers ?? { mean: nothing, magnitude: nothing }));
  return {
    order: order.slice(0, units - 1),
    without: (count) => withoutUnits(network, l, new Set(order.subarray(0, count)), mean),
  };
}

/** Numbers of the units that are left without the first `count` of an order, rising. */
export function unitsLeft(units: number, order: Uint32Array, count: number): Uint32Array<ArrayBuffer> {
  const gone = new Set(order.subarray(0, count));
  return Uint32Array.from({ length: units }, (_, unit) => unit).filter((unit) => !gone.has(unit));
}

/**
 * @param hidden     units that each hidden layer is to have.
 * @param answersOf  what the units of hidden layer l of this network do over the training pictures.
 * @throws StudioError INVALID_OPTION where a layer is to grow, or `twins` would have to take out more than twins.
 */
export function smallerNetwork(
  network: Network,
  hidden: readonly number[],
  by: PruningCriterion,
  answersOf: (network: Network, l: number) => MeanAnswers,
): Network {
  requireInteger('hidden layers', hidden.length, network.layers.length - 1, network.layers.length - 1);
  return hidden.reduce((smaller, wanted, l) => {
    const units = smaller.layers[l]!.bias.length;
    if (wanted === units) return smaller;
    requireInteger(`hidden layer ${l + 1}`, wanted, 1, units);
    const pruning = layerPruning(smaller, l, by, by === 'twins' ? null : answersOf(smaller, l));
    requireInteger(`hidden layer ${l + 1}`, wanted, units - pruning.order.length, units);
    return pruning.without(units - wanted);
  }, network);
}

/** (units) means of hⱼ and |hⱼ| over the rows of (pictures, units). */
export function meanAnswersOf(answers: Float32Array, units: number): MeanAnswers {
  const mean = new Float64Array(units);
  const magnitude = new Float64Array(units);
  const rows = answers.length / units;
  for (let i = 0, k = 0; i < rows; i++) {
    for (let j = 0; j < units; j++, k++) {
      mean[j]! += answers[k]! / rows;
      magnitude[j]! += Math.abs(answers[k]!) / rows;
    }
  }
  return { mean, magnitude };
}

/** A layer's weights for all `units` below it, those that are not `left` with weight 0: the same scores from all answers. */
export function overAllUnits({ weights, bias }: LayerParameters, left: Uint32Array, units: number): LayerParameters {
  const data = new Float64Array(weights.rows * units);
  for (let c = 0; c < weights.rows; c++) {
    rowOf(weights, c).forEach((weight, k) => (data[c * units + left[k]!] = weight));
  }
  return { weights: { rows: weights.rows, columns: units, data }, bias };
}
