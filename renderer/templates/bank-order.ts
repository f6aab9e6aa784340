/** In which order the units of a bank stand, and which of them. */
import type { UnitStudy } from '../../core/rpc/contract/explanation.ts';

export type BankSort = 'stored' | 'norm' | 'vote' | 'roughness' | 'activity' | 'tag';
export type BankTag = UnitStudy['tags'][number][number]['tag'] | 'all' | 'none';
export type VoteSign = 'all' | 'for' | 'against';

export interface BankFigures {
  readonly norms: Float32Array;
  /** Empty for templates that are no pictures. */
  readonly roughness: Float32Array;
  /** (units, classes), or empty where units cast no votes. */
  readonly votes: Float32Array;
  readonly classCount: number;
  /** What the units do and look like; null until they have been studied, or where that is of another layer. */
  readonly study: Pick<UnitStudy, 'tags' | 'activeShare'> | null;
}

export interface BankChoice {
  readonly sort: BankSort;
  /** The class whose votes count, for sorting and for the sign. */
  readonly label: number;
  readonly sign: VoteSign;
  /** Units that look like this; `none`: like nothing that has a name. */
  readonly tag: BankTag;
}

/**
 * Numbers of the units in view. By norm and by size of the vote the largest come first, by roughness the smoothest, since
 * those are the ones that can be read, by activity those that answer most pictures, by tag the surest; equal ones stay in stored order.
 */
export function orderUnits(figures: BankFigures, { sort, label, sign, tag }: BankChoice): Uint32Array<ArrayBuffer> {
  const { norms, roughness, votes, classCount, study } = figures;
  const hasVotes = votes.length > 0;
  const vote = (unit: number) => (hasVotes ? votes[unit * classCount + label]! : 0);
  const units: number[] = [];
  for (let unit = 0; unit < norms.length; unit++) {
    if (hasVotes && sign === 'for' && !(vote(unit) > 0)) continue;
    if (hasVotes && sign === 'against' && !(vote(unit) < 0)) continue;
    if (!looksLikeIt(unit)) continue;
    units.push(unit);
  }
  const keys: Readonly<Record<BankSort, (unit: number) => number>> = {
    stored: (unit) => unit,
    norm: (unit) => -norms[unit]!,
    vote: (unit) => -Math.abs(vote(unit)),
    roughness: (unit) => roughness[unit] ?? 0,
    activity: (unit) => -(study?.activeShare[unit] ?? 0),
    tag: (unit) => -confidenceOf(unit),
  };
  const key = keys[sort];
  return Uint32Array.from(units.toSorted((a, b) => key(a) - key(b) || a - b));

  function looksLikeIt(unit: number): boolean {
    if (study === null || tag === 'all') return true;
    const tags = study.tags[unit] ?? [];
    return tag === 'none' ? tags.length === 0 : tags.some((each) => each.tag === tag);
  }

  /** Of the tag that is chosen, else of the surest one that says what is seen. */
  function confidenceOf(unit: number): number {
    const tags = study?.tags[unit] ?? [];
    const wanted = tags.find((each) =>
      tag === 'all' || tag === 'none' ? each.tag !== 'noise' && each.tag !== 'faded' : each.tag === tag,
    );
    return wanted?.confidence ?? 0;
  }
}

/**
 * A template looks like noise from here on. Independent normal weights have about 2.8; what a person can read lies well
 * below.
 */
export const noisyRoughness = 1.8;

export function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return values.length === 0 ? 0 : sum / values.length;
}
