/**
 * Hidden units that do the same, and what can be merged without a score noticing.
 *
 * Two units are *twins* when their weights and biases point the same way, cos((wᵢ, bᵢ), (wⱼ, bⱼ)) near 1: whatever picture
 * comes, both answer in proportion. Where the activation keeps proportions, φ(a·z) = a·φ(z) for a > 0 (ReLU, leaky ReLU,
 * identity), a unit that is exactly a times another goes into it,
 *
 *     wᵢ = a·wⱼ, bᵢ = a·bⱼ   ⇒   hᵢ = a·hⱼ   ⇒   W⁺[:, j] += a·W⁺[:, i],  drop i        W⁺: the next layer's weights
 *
 * and no score changes. With other activations that is so for a = 1 alone.
 */
import { dot, norm } from '../array/linear-algebra.ts';
import { rowOf } from '../array/matrix.ts';
import type { ActivationName } from '../models/layers/activation.ts';
import type { LayerParameters } from '../models/parameters.ts';
import type { Network } from './network.ts';
import { withoutUnits } from './pruning.ts';

const keepsProportions: ReadonlySet<ActivationName> = new Set(['relu', 'leaky-relu', 'identity']);

/** How far a proportion may be from 1 where the activation does not keep proportions. */
const equalWithin = 1e-6;

export interface Twins {
  /** (units) number of the other unit that is most alike; −1 where there is no other. */
  readonly nearest: Int32Array;
  /** (units) cosine with it. */
  readonly cosines: Float64Array;
}

export function nearestTwins(layer: LayerParameters): Twins {
  const vectors = directions(layer);
  const nearest = new Int32Array(vectors.length).fill(-1);
  const cosines = new Float64Array(vectors.length).fill(-Infinity);
  vectors.forEach((vector, i) => {
    for (let j = 0; j < i; j++) {
      const cosine = dot(vector, vectors[j]!);
      if (cosine > cosines[i]!) [nearest[i], cosines[i]] = [j, cosine];
      if (cosine > cosines[j]!) [nearest[j], cosines[j]] = [i, cosine];
    }
  });
  return { nearest, cosines };
}

/**
 * Units that are twins of the first of their group by at least `threshold`, groups of two or more, in stored order.
 *
 * Each unit joins the first group whose first unit it resembles, so that what is merged is alike and no chain of likenesses
 * leads from one unit to a quite different one.
 */
export function twinGroups(layer: LayerParameters, threshold: number): number[][] {
  const vectors = directions(layer);
  const groups: number[][] = [];
  vectors.forEach((vector, i) => {
    const group = groups.find(([first]) => dot(vectors[first!]!, vector) >= threshold);
    if (group === undefined) groups.push([i]);
    else group.push(i);
  });
  return groups.filter((group) => group.length > 1);
}

/** One unit that goes into another. */
export interface Merge {
  readonly dropped: number;
  readonly into: number;
  readonly cosine: number;
}

/**
 * Which unit goes into which, the most alike first, until one is left.
 *
 * Of two units the one with the higher number goes. A unit that others have gone into may go itself, with all it was given.
 */
export function mergeOrder(layer: LayerParameters): Merge[] {
  const vectors = directions(layer);
  const pairs: Merge[] = [];
  vectors.forEach((vector, i) => {
    for (let j = 0; j < i; j++) pairs.push({ dropped: i, into: j, cosine: dot(vector, vectors[j]!) });
  });
  pairs.sort((a, b) => b.cosine - a.cosine || a.dropped - b.dropped || a.into - b.into);
  const gone = new Set<number>();
  return pairs.filter(({ dropped, into }) => {
    if (gone.has(dropped) || gone.has(into)) return false;
    gone.add(dropped);
    return true;
  });
}

/** The merges that bring each group of twins into its first unit. */
export function mergesOf(layer: LayerParameters, groups: readonly (readonly number[])[]): Merge[] {
  const vectors = directions(layer);
  return groups.flatMap(([into, ...others]) =>
    others.map((dropped) => ({ dropped, into: into!, cosine: dot(vectors[into!]!, vectors[dropped]!) })),
  );
}

/** A unit is an exact twin from this cosine on: rounding of float32 weights leaves less. */
export const exactCosine = 1 - 1e-12;

/** Merges that change no score, in order: those of exact twins, and where the activation keeps no proportions, of equal length. */
export function exactMerges({ layers, activations }: Network, l: number): Merge[] {
  const layer = layers[l]!;
  const merges = mergesOf(layer, twinGroups(layer, exactCosine));
  if (keepsProportions.has(activations[l]!)) return merges;
  return merges.filter(
    ({ dropped, into }) => Math.abs(lengthOf(layer, dropped) / lengthOf(layer, into) - 1) <= equalWithin,
  );
}

/**
 * The network with units merged into others, in this order. For twins with cosine 1 all scores stay; for others they change by
 * what the twins differ in. Where the activation keeps no proportions a unit goes in as it is, and no score stays unless both are
 * of one length.
 *
 * @param l     hidden layer, 0 for the first.
 * @param mean  (units) mean answers: what twins differ in on average then goes into the next bias.
 */
export function mergeTwins(network: Network, l: number, merges: readonly Merge[], mean?: Float64Array): Network {
  const { layers, activations } = network;
  const layer = layers[l]!;
  const isProportional = keepsProportions.has(activations[l]!);
  const after = layers[l + 1]!;
  const next = { ...after.weights, data: after.weights.data.slice() };
  const bias = after.bias.slice();
  const dropped = new Set<number>();
  for (const { dropped: from, into } of merges) {
    const ratio = isProportional ? lengthOf(layer, from) / lengthOf(layer, into) : 1;
    const left = mean === undefined ? 0 : mean[from]! - ratio * mean[into]!;
    for (let c = 0; c < next.rows; c++) {
      const row = rowOf(next, c);
      bias[c]! += row[from]! * left;
      row[into]! += ratio * row[from]!;
    }
    dropped.add(from);
  }
  const merged = layers.map((each, i) => (i === l + 1 ? { weights: next, bias } : each));
  return withoutUnits({ layers: merged, activations }, l, dropped);
}

/** ‖(w, b)‖ of a unit. */
function lengthOf({ weights, bias }: LayerParameters, unit: number): number {
  const w = rowOf(weights, unit);
  return Math.sqrt(dot(w, w) + bias[unit]! ** 2);
}

/** (w, b) of each unit with length 1; a unit of zeros stays so and is nobody's twin. */
function directions({ weights, bias }: LayerParameters): Float64Array[] {
  return Array.from({ length: weights.rows }, (_, j) => {
    const vector = new Float64Array(weights.columns + 1);
    vector.set(rowOf(weights, j));
    vector[weights.columns] = bias[j]!;
    const length = norm(vector);
    return length === 0 ? vector : vector.map((value) => value / length);
  });
}
