import { expect, it } from 'vitest';
import { rowsOf } from '../../../../core/array/matrix.ts';
import { commonPictures, confusionDifference } from '../../../../core/evaluation/paired-verdicts.ts';

it('counts what came into each cell, less what went out of it', () => {
  const truth = [0, 0, 0, 1, 1];
  const before = [0, 1, 1, 1, 0];
  const after = [0, 0, 1, 0, 0];

  const { difference, agreement } = confusionDifference({ truth, before, after }, 2);

  // One picture of class 0 went from the wrong verdict to the right one, one of class 1 the other way.
  expect(rowsOf(difference)).toEqual([
    [1, -1],
    [1, -1],
  ]);
  expect(agreement).toMatchObject({ bothRight: 1, onlyFirst: 1, onlySecond: 1, bothWrong: 2 });
});

it('looks only at pictures that both have judged', () => {
  expect(commonPictures([4, 7, 9], [9, 5, 4])).toEqual([
    [2, 0],
    [0, 2],
  ]);
});
