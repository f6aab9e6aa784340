import { expect, it } from 'vitest';
import { LastAnswers } from '../../../../main/backend/last-answers.ts';

it('keeps the last answers, and lets the one go that was kept first', () => {
  const answers = new LastAnswers<number>(2);
  expect(answers.get('a')).toBeUndefined();

  for (const [question, answer] of [['a', 1], ['b', 2], ['c', 3]] as const) expect(answers.keep(question, answer)).toBe(answer); // prettier-ignore

  expect(['a', 'b', 'c'].map((question) => answers.get(question))).toEqual([undefined, 2, 3]);
});
