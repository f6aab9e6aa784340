/** What a confusion matrix says in one sentence, and the pictures of one of its cells. No words here, only what they stand on. */

export interface Confusion {
  readonly truth: number;
  readonly verdict: number;
  readonly count: number;
}

export type Headline =
  /** No picture was judged. */
  | { readonly kind: 'empty' }
  | { readonly kind: 'flawless' }
  /** The largest mistake happens more often than every other. */
  | ({ readonly kind: 'largest' } & Confusion)
  /** Several mistakes happen equally often, and none more often. */
  | ({ readonly kind: 'tied'; readonly others: number } & Confusion);

/** @param confusion counts, confusion[truth][verdict]. */
export function headlineOf(confusion: readonly (readonly number[])[]): Headline {
  let largest: Confusion | null = null;
  let others = 0;
  let total = 0;
  for (const [truth, row] of confusion.entries()) {
    for (const [verdict, count] of row.entries()) {
      total += count;
      if (verdict === truth || count === 0) continue;
      if (largest === null || count > largest.count) {
        largest = { truth, verdict, count };
        others = 0;
      } else if (count === largest.count) others++;
    }
  }
  if (total === 0) return { kind: 'empty' };
  if (largest === null) return { kind: 'flawless' };
  return others === 0 ? { kind: 'largest', ...largest } : { kind: 'tied', others, ...largest };
}

export interface Judged {
  readonly truth: Uint16Array;
  readonly predicted: Uint16Array;
  readonly probabilities: Float32Array;
}

/** Positions of the pictures of one cell, the most confident verdict first. */
export function picturesOf({ truth, predicted, probabilities }: Judged, cell: Omit<Confusion, 'count'>): number[] {
  const positions: number[] = [];
  for (let i = 0; i < truth.length; i++) {
    if (truth[i] === cell.truth && predicted[i] === cell.verdict) positions.push(i);
  }
  return positions.sort((a, b) => probabilities[b]! - probabilities[a]! || a - b);
}

export type Share = 'counts' | 'truth' | 'verdict';

/** Each count as a share of its row (`truth`) or its column (`verdict`); an empty row or column has none. */
export function sharesOf(confusion: readonly (readonly number[])[], by: Exclude<Share, 'counts'>): (number | null)[][] {
  const sums = confusion.map((row, i) =>
    by === 'truth' ? row.reduce((a, b) => a + b, 0) : confusion.reduce((sum, other) => sum + other[i]!, 0),
  );
  return confusion.map((row, truth) =>
    row.map((count, verdict) => {
      const sum = sums[by === 'truth' ? truth : verdict]!;
      return sum === 0 ? null : count / sum;
    }),
  );
}
