/** Which pictures of two models belong to a question. All are positions in the pair. */
import type { PairedRuns } from '../../core/rpc/contract/explanation.ts';

export type AgreementCell = 'bothRight' | 'onlyBefore' | 'onlyAfter' | 'bothWrong';
type Paired = Pick<PairedRuns, 'truth' | 'before' | 'after' | 'probabilities'>;

/** Those on which the two are right or wrong in this way, the surest verdict first. */
export function agreeingPictures({ truth, before, after, probabilities }: Paired, cell: AgreementCell): number[] {
  const isRight = { bothRight: [1, 1], onlyBefore: [1, 0], onlyAfter: [0, 1], bothWrong: [0, 0] }[cell];
  return Array.from(truth.keys())
    .filter((i) => Number(before[i] === truth[i]) === isRight[0] && Number(after[i] === truth[i]) === isRight[1])
    .toSorted((a, b) => probabilities[b]! - probabilities[a]!);
}

/** Of one cell of the confusion matrix: those that the later model put there and the earlier one did not, and the other way round. */
export function movedPictures(
  { truth, before, after }: Paired,
  cell: { readonly truth: number; readonly verdict: number },
): { readonly came: number[]; readonly went: number[] } {
  const own = Array.from(truth.keys()).filter((i) => truth[i] === cell.truth && before[i] !== after[i]);
  return {
    came: own.filter((i) => after[i] === cell.verdict),
    went: own.filter((i) => before[i] === cell.verdict),
  };
}

/** The cell that changed most; null where none did. */
export function largestChange(
  difference: readonly (readonly number[])[],
): { readonly truth: number; readonly verdict: number } | null {
  let best: { truth: number; verdict: number } | null = null;
  let most = 0;
  difference.forEach((row, truth) =>
    row.forEach((change, verdict) => {
      if (Math.abs(change) <= most) return;
      most = Math.abs(change);
      best = { truth, verdict };
    }),
  );
  return best;
}
