/** Judged pictures as a strip shows them: each with the probability of its verdict. */
import type { Verdicts } from '../../core/rpc/contract/explanation.ts';
import { count, fixed } from '../format.ts';
import { m } from '../messages.ts';

export interface JudgedStrip {
  readonly pictures: readonly number[];
  readonly describe: (i: number) => string;
  readonly caption: (i: number) => string;
}

/** @param positions  in the verdicts, in the order of the strip. */
export function judgedStrip(
  { indices, probabilities }: Pick<Verdicts, 'indices' | 'probabilities'>,
  positions: readonly number[],
): JudgedStrip {
  const probability = (i: number) => fixed(probabilities[positions[i]!]!, 2);
  return {
    pictures: positions.map((position) => indices[position]!),
    describe: (i) =>
      m.evaluate_picture_of({ number: count(i + 1), total: count(positions.length), probability: probability(i) }),
    caption: probability,
  };
}
