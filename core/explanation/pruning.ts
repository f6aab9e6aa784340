/**
 * Hidden units taken out of a network, the least useful first.
 *
 *     magnitude      ‖wⱼ‖ · ‖W⁺[:, j]‖            how much the unit could say
 *     contribution   mean |hⱼ| · ‖W⁺[:, j]‖       how much it does say on the training pictures
 *     redundancy     the unit whose twin is most alike goes first, into its twin
 *
 * with W⁺ the weights that lead on from the unit. A unit that never fires has contribution 0 and goes without a trace. What a
 * unit says on average stays: its mean answer goes into the next layer's bias, b⁺ += W⁺[:, j]·mean hⱼ, where it is known.
 *
 * Source: Molchanov et al. 2017, arXiv:1611.06440 (criteria); Srinivas & Babu 2015, arXiv:1507.06149 (redundancy).
 */
import { norm } from '../array/linear-algebra.ts';
import { type Matrix, rowOf, selectRows, zeros } from '../array/matrix.ts';
import type { LayerParameters } from '../models/parameters.ts';
import type { Network } from './network.ts';

export type UsefulnessCriterion = 'magnitude' | 'contribution';

/** Mean answers of the units of one hidden layer over the training pictures. */
export interface MeanAnswers {
  /** (units) mean hⱼ. */
  readonly mean: Float64Array;
  /** (units) mean |hⱼ|. */
  readonly magnitude: Float64Array;
}

/** (units) how useful each unit of hidden layer `l` is; 0 is not at all. */
export function usefulness(
  { layers }: Network,
  l: number,
  criterion: UsefulnessCriterion,
  answers: MeanAnswers,
): Float64Array {
  const { weights } = layers[l]!;
  const say = columnNorms(layers[l + 1]!.weights);
  return say.map((value, j) => value * (criterion === 'magnitude' ? norm(rowOf(weights, j)) : answers.magnitude[j]!));
}

/** Unit numbers, the least useful first; equal ones in stored order. */
export function pruningOrder(useful: Float64Array): Uint32Array<ArrayBuffer> {
  return Uint32Array.from(useful.keys()).sort((a, b) => useful[a]! - useful[b]! || a - b);
}

/** The network without these units of hidden layer `l`; their mean answers, where given, go into the next bias. */
export function withoutUnits(network: Network, l: number, dropped: ReadonlySet<number>, mean?: Float64Array): Network {
  const { layers, activations } = network;
  const { weights, bias } = layers[l]!;
  const kept = Uint32Array.from(bias.keys()).filter((j) => !dropped.has(j));
  const next = layers[l + 1]!;
  const nextBias = next.bias.map((b, c) => {
    const row = rowOf(next.weights, c);
    let total = b;
    if (mean !== undefined) for (const j of dropped) total += row[j]! * mean[j]!;
    return total;
  });
  const smaller: LayerParameters[] = layers.slice();
  smaller[l] = { weights: selectRows(weights, kept), bias: Float64Array.from(kept, (j) => bias[j]!) };
  smaller[l + 1] = { weights: selectColumns(next.weights, kept), bias: nextBias };
  return { layers: smaller, activations };
}

/** Weights and biases of all layers in one vector, laid out as a classifier's parameters. */
export function parametersOf({ layers }: Network): Float64Array {
  const parts = layers.flatMap(({ weights, bias }) => [weights.data, bias]);
  const parameters = new Float64Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    parameters.set(part, offset);
    offset += part.length;
  }
  return parameters;
}

/** (columns) ‖a[:, j]‖₂. */
export function columnNorms(a: Matrix): Float64Array {
  const squares = new Float64Array(a.columns);
  for (let i = 0; i < a.rows; i++) rowOf(a, i).forEach((value, j) => (squares[j]! += value * value));
  return squares.map(Math.sqrt);
}

function selectColumns(a: Matrix, columns: Uint32Array): Matrix {
  const result = zeros(a.rows, columns.length);
  for (let i = 0; i < a.rows; i++) {
    const row = rowOf(a, i);
    columns.forEach((column, j) => (result.data[i * columns.length + j] = row[column]!));
  }
  return result;
}
