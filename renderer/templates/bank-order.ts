/** In which order the units of a bank stand, and which of them. */

export type BankSort = 'stored' | 'norm' | 'vote' | 'roughness';
export type VoteSign = 'all' | 'for' | 'against';

export interface BankFigures {
  readonly norms: Float32Array;
  readonly roughness: Float32Array;
  /** (units, classes), or empty where units cast no votes. */
  readonly votes: Float32Array;
  readonly classCount: number;
}

export interface BankChoice {
  readonly sort: BankSort;
  /** The class whose votes count, for sorting and for the sign. */
  readonly label: number;
  readonly sign: VoteSign;
}

/**
 * Numbers of the units in view. By norm and by size of the vote the largest come first, by roughness the smoothest, since
 * those are the ones that can be read; equal ones stay in stored order.
 */
export function orderUnits(figures: BankFigures, { sort, label, sign }: BankChoice): Uint32Array<ArrayBuffer> {
  const { norms, roughness, votes, classCount } = figures;
  const hasVotes = votes.length > 0;
  const vote = (unit: number) => (hasVotes ? votes[unit * classCount + label]! : 0);
  const units: number[] = [];
  for (let unit = 0; unit < norms.length; unit++) {
    if (hasVotes && sign === 'for' && !(vote(unit) > 0)) continue;
    if (hasVotes && sign === 'against' && !(vote(unit) < 0)) continue;
    units.push(unit);
  }
  const keys: Readonly<Record<BankSort, (unit: number) => number>> = {
    stored: (unit) => unit,
    norm: (unit) => -norms[unit]!,
    vote: (unit) => -Math.abs(vote(unit)),
    roughness: (unit) => roughness[unit]!,
  };
  const key = keys[sort];
  return Uint32Array.from(units.toSorted((a, b) => key(a) - key(b) || a - b));
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
