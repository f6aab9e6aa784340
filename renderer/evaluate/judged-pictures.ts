/** Which pictures of a set of verdicts belong to a question. All are positions in the verdicts. */
import type { Verdicts } from '../../core/rpc/contract/explanation.ts';

type Judged = Pick<Verdicts, 'truth' | 'predicted' | 'probabilities'>;

/** 1 where the verdict is right. */
export function hitsOf({ truth, predicted }: Pick<Verdicts, 'truth' | 'predicted'>): Uint8Array {
  return Uint8Array.from(truth, (label, i) => (predicted[i] === label ? 1 : 0));
}

/** Mistakes, the surest first: wrong labels and strange pictures are found here. */
export function surestMistakes({ truth, predicted, probabilities }: Judged): number[] {
  return positions(truth, (i) => truth[i] !== predicted[i]).toSorted((a, b) => probabilities[b]! - probabilities[a]!);
}

/** All pictures, those the model was least sure of first. */
export function leastCertain({ truth, probabilities }: Judged): number[] {
  return positions(truth, () => true).toSorted((a, b) => probabilities[a]! - probabilities[b]!);
}

function positions(of: ArrayLike<number>, isWanted: (i: number) => boolean): number[] {
  return Array.from({ length: of.length }, (_, i) => i).filter(isWanted);
}
