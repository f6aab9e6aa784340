import { expect, it } from 'vitest';
import { agreeingPictures, largestChange, movedPictures } from '../../../renderer/evaluate/paired-pictures.ts';

const pair = {
  truth: Uint16Array.of(0, 0, 0, 1, 1),
  before: Uint16Array.of(1, 0, 1, 1, 0),
  after: Uint16Array.of(0, 1, 1, 0, 0),
  probabilities: Float32Array.of(0.6, 0.9, 0.8, 0.7, 0.5),
};

it('tells apart the pictures that came into a cell, those that went out of it, and those that stayed', () => {
  // Of class 0 called 1: the first went, the second came, the third stayed.
  expect(movedPictures(pair, { truth: 0, verdict: 1 })).toEqual({ came: [1], went: [0] });
});

it('finds the pictures that only one of the two gets right, the surest first', () => {
  expect(agreeingPictures(pair, 'onlyBefore')).toEqual([1, 3]);
  expect(agreeingPictures(pair, 'onlyAfter')).toEqual([0]);
  expect(agreeingPictures(pair, 'bothWrong')).toEqual([2, 4]);
});

it('begins with the cell that changed most, whichever way, and with none where nothing did', () => {
  const difference = [
    [2, -2],
    [-3, 3],
  ];
  expect(largestChange(difference)).toEqual({ truth: 1, verdict: 0 });
  expect(largestChange([[0, 0], [0, 0]])).toBeNull(); // prettier-ignore
});
