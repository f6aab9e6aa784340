/**
 * Dividing pictures into those to learn from and those held out.
 *
 * Stratified: each class gives its share. By duplicate group: pictures that are copies of each other stay on one side, or
 * the held-out score would measure memory. Seeded: the same generator state gives the same split.
 */
import { requireLength } from '../array/matrix.ts';
import { sum } from '../array/reduce.ts';
import { StudioError } from '../errors.ts';
import { requireBetween, requireInteger } from '../options.ts';
import type { RandomGenerator } from '../random/generator.ts';
import { shuffle, uniform } from '../random/sampling.ts';

export interface SplitRequest {
  /** (n) class index of each picture. */
  labels: ArrayLike<number>;
  /** (n) number of the duplicate group, null for a picture that stands alone; left out when all do. */
  groups?: ArrayLike<number | null>;
  /** A fraction in [0, 0.9] of all pictures, or a whole number of them. */
  heldOut: { fraction: number } | { count: number };
  random: RandomGenerator;
}

export interface Split {
  /** Numbers of the pictures, rising. */
  readonly training: Uint32Array<ArrayBuffer>;
  readonly heldOut: Uint32Array<ArrayBuffer>;
  readonly warnings: readonly SplitWarning[];
}

export type SplitWarning =
  /** All pictures of the class are one (a single one, or copies of each other): it can only be learnt from. */
  | { readonly kind: 'single-picture'; readonly label: number }
  /** The class has several pictures, yet its share rounded to none held out: it will not be measured. */
  | { readonly kind: 'not-held-out'; readonly label: number };

/**
 * Splits once.
 *
 * With f = wanted / n, class c of n_c pictures holds out ⌊f·n_c⌋ or ⌈f·n_c⌉; those with the largest remainders are rounded
 * up until the wanted number is reached, equal remainders in random order. Every class keeps at least one group to learn
 * from. A group counts for the class most of its pictures have, and is never broken, so with groups the number is only
 * met as nearly as they allow. Neither side is ever empty, unless nothing is to be held out.
 *
 * Both lists rise: the order in which pictures are learnt from is drawn anew for each epoch (training/minibatches.ts).
 *
 * @throws StudioError INVALID_OPTION; SHAPE_MISMATCH; NOTHING_TO_HOLD_OUT when two non-empty sides are impossible.
 */
export function stratifiedSplit({ labels, groups, heldOut: request, random }: SplitRequest): Split {
  const n = labels.length;
  const wanted = wantedCount(request, n);
  const strata = strataOf(labels, groups, random);
  const quotas = quotasOf(strata, wanted, n, random);

  const held: number[] = [];
  const left = strata.map((stratum, k) => {
    const kept: (readonly number[])[] = [];
    let room = quotas[k]!;
    for (const group of stratum.groups) {
      if (group.length > room) {
        kept.push(group);
        continue;
      }
      held.push(...group);
      room -= group.length;
    }
    return { kept, room };
  });
  // A group too large for what was left of its class is held out where that brings the number nearer to the wanted one.
  for (const { kept } of left.filter(({ room }) => room > 0).sort((a, b) => b.room - a.room)) {
    const smallest = kept.reduce((a, b) => (b.length < a.length ? b : a));
    if (kept.length > 1 && smallest.length <= 2 * (wanted - held.length)) held.push(...smallest);
  }
  if (wanted > 0 && held.length === 0) held.push(...smallestSpareGroup(strata, labels));

  const isHeld = new Uint8Array(n);
  for (const i of held) isHeld[i] = 1;
  const numbers = Array.from({ length: n }, (_, i) => i);
  const heldLabels = new Set(held.map((i) => labels[i]!));
  const warnings = strata.flatMap(({ label, groups: own }): SplitWarning[] => {
    if (wanted === 0 || heldLabels.has(label)) return [];
    return [{ kind: own.length === 1 ? 'single-picture' : 'not-held-out', label }];
  });
  return {
    training: Uint32Array.from(numbers.filter((i) => !isHeld[i])),
    heldOut: Uint32Array.from(numbers.filter((i) => isHeld[i])),
    warnings,
  };
}

/**
 * k stratified folds: disjoint, covering everything; without groups the counts of a class in two folds differ by at
 * most 1, and so do the sizes of two folds.
 *
 * @param k  2 … n.
 * @returns the fold of each picture, (n) numbers in [0, k).
 * @throws StudioError INVALID_OPTION, SHAPE_MISMATCH.
 */
export function stratifiedFolds(
  labels: ArrayLike<number>,
  groups: ArrayLike<number | null> | undefined,
  k: number,
  random: RandomGenerator,
): Uint16Array<ArrayBuffer> {
  requireInteger('folds', k, 2, labels.length);
  const fold = new Uint16Array(labels.length);
  const totals = new Float64Array(k);
  for (const stratum of strataOf(labels, groups, random)) {
    const counts = new Float64Array(k);
    const largestFirst = stratum.groups.toSorted((a, b) => b.length - a.length); // stable: equals stay in random order
    for (const group of largestFirst) {
      let best = 0;
      for (let f = 1; f < k; f++) {
        if (counts[f]! < counts[best]! || (counts[f] === counts[best] && totals[f]! < totals[best]!)) best = f;
      }
      for (const i of group) fold[i] = best;
      counts[best]! += group.length;
      totals[best]! += group.length;
    }
  }
  return fold;
}

/** One class with its groups, in random order. */
interface Stratum {
  readonly label: number;
  readonly groups: readonly (readonly number[])[];
  readonly size: number;
}

function wantedCount(request: SplitRequest['heldOut'], n: number): number {
  if ('count' in request) {
    requireInteger('heldOut', request.count, 0, Math.max(0, n - 1));
    return request.count;
  }
  requireBetween('heldOut', request.fraction, 0, 0.9);
  if (request.fraction === 0 || n === 0) return 0;
  return Math.min(n - 1, Math.max(1, Math.round(request.fraction * n)));
}

function strataOf(
  labels: ArrayLike<number>,
  groups: ArrayLike<number | null> | undefined,
  random: RandomGenerator,
): Stratum[] {
  if (groups) requireLength('groups', groups, labels.length);
  const members = new Map<number, number[]>(); // by group
  const units: number[][] = [];
  for (let i = 0; i < labels.length; i++) {
    const group = groups?.[i] ?? null;
    const known = group === null ? undefined : members.get(group);
    if (known) {
      known.push(i);
      continue;
    }
    const unit = [i];
    units.push(unit);
    if (group !== null) members.set(group, unit);
  }
  const byLabel = new Map<number, number[][]>();
  for (const unit of units) {
    const label = mostFrequentLabel(unit, labels);
    const known = byLabel.get(label);
    if (known) known.push(unit);
    else byLabel.set(label, [unit]);
  }
  return [...byLabel]
    .sort(([a], [b]) => a - b)
    .map(([label, own]) => ({
      label,
      groups: shuffle(random, own),
      size: own.reduce((size, unit) => size + unit.length, 0),
    }));
}

/** The lowest label among the most frequent ones. */
function mostFrequentLabel(unit: readonly number[], labels: ArrayLike<number>): number {
  if (unit.length === 1) return labels[unit[0]!]!; // nearly all of them
  const counts = new Map<number, number>();
  for (const i of unit) counts.set(labels[i]!, (counts.get(labels[i]!) ?? 0) + 1);
  return [...counts].reduce((best, entry) =>
    entry[1] > best[1] || (entry[1] === best[1] && entry[0] < best[0]) ? entry : best,
  )[0];
}

/**
 * Pictures to hold out of each stratum: floors of the exact shares, the largest remainders rounded up. Always fewer than
 * the stratum has, and none of a single group, so that something stays to be learnt from.
 */
function quotasOf(strata: readonly Stratum[], wanted: number, n: number, random: RandomGenerator): number[] {
  const limit = (stratum: Stratum) => (stratum.groups.length > 1 ? stratum.size - 1 : 0);
  const quotas = strata.map((stratum) => Math.min(limit(stratum), Math.floor((wanted * stratum.size) / n)));
  const order = strata
    .map((stratum, k) => ({ k, remainder: (wanted * stratum.size) % n, tie: uniform(random) }))
    .sort((a, b) => b.remainder - a.remainder || a.tie - b.tie);
  let missing = wanted - sum(quotas);
  for (const { k, remainder } of order) {
    if (missing === 0) break;
    if (remainder === 0 || quotas[k]! >= limit(strata[k]!)) continue;
    quotas[k]!++;
    missing--;
  }
  return quotas;
}

function smallestSpareGroup(strata: readonly Stratum[], labels: ArrayLike<number>): readonly number[] {
  // A class with several groups can spare one. Where every class is a single group no split can measure anything.
  const spare = strata.filter((stratum) => stratum.groups.length > 1).flatMap((stratum) => stratum.groups);
  if (spare.length === 0) {
    throw new StudioError('NOTHING_TO_HOLD_OUT', { pictures: labels.length });
  }
  return spare.reduce((smallest, group) => (group.length < smallest.length ? group : smallest));
}
