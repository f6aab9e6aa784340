import { describe, expect, it } from 'vitest';
import { orderClasses } from '../../../renderer/evaluate/class-order.ts';
import { headlineOf, picturesOf, sharesOf } from '../../../renderer/evaluate/headline.ts';

describe('the headline of a confusion matrix', () => {
  it('names the largest mistake by truth and verdict, not the largest number', () => {
    const confusion = [
      [90, 3, 0],
      [2, 50, 9],
      [0, 4, 70],
    ];
    expect(headlineOf(confusion)).toEqual({ kind: 'largest', truth: 1, verdict: 2, count: 9 });
  });
  it('claims no largest mistake where several are as frequent', () => {
    const confusion = [
      [9, 4],
      [4, 9],
    ];
    expect(headlineOf(confusion)).toEqual({ kind: 'tied', truth: 0, verdict: 1, count: 4, others: 1 });
  });
  it('forgets a tie that a larger mistake exceeds', () => {
    const confusion = [
      [0, 2, 2],
      [0, 0, 3],
      [0, 0, 0],
    ];
    expect(headlineOf(confusion)).toEqual({ kind: 'largest', truth: 1, verdict: 2, count: 3 });
  });
  it('says so where nothing is mistaken, and where nothing was judged', () => {
    const none = [
      [0, 0],
      [0, 0],
    ];
    const right = [
      [5, 0],
      [0, 7],
    ];
    expect(headlineOf(right).kind).toBe('flawless');
    expect(headlineOf(none).kind).toBe('empty');
    expect(headlineOf([]).kind).toBe('empty');
  });
});

describe('a cell', () => {
  it('has exactly its pictures, the most confident first, equal ones in order', () => {
    const judged = {
      truth: Uint16Array.of(0, 0, 1, 0, 0),
      predicted: Uint16Array.of(1, 1, 1, 0, 1),
      probabilities: Float32Array.of(0.5, 0.75, 0.99, 0.9, 0.5),
    };
    expect(picturesOf(judged, { truth: 0, verdict: 1 })).toEqual([1, 0, 4]);
  });
});

describe('shares', () => {
  const confusion = [
    [3, 1, 0],
    [0, 0, 0],
    [1, 0, 4],
  ];
  it('of the truth sum to one along rows', () => {
    expect(sharesOf(confusion, 'truth')).toEqual([
      [0.75, 0.25, 0],
      [null, null, null],
      [0.2, 0, 0.8],
    ]);
  });
  it('of the verdict sum to one along columns', () => {
    expect(sharesOf(confusion, 'verdict')).toEqual([
      [0.75, 1, 0],
      [0, 0, 0],
      [0.25, 0, 1],
    ]);
  });
});

describe('the order of classes', () => {
  const figures = (precision: number | null, support: number) => ({
    ...{ precision, recall: null, f1: null, support },
    ...{ precision95: null, recall95: null, f1_95: null },
  });
  it('is worst first, with those that have no figure at the end', () => {
    const perClass = [figures(0.9, 5), figures(null, 9), figures(0.1, 7), figures(0.9, 7)];
    expect(orderClasses(perClass, 'precision')).toEqual([2, 0, 3, 1]);
    expect(orderClasses(perClass, 'support')).toEqual([1, 2, 3, 0]);
    expect(orderClasses(perClass, 'class')).toEqual([0, 1, 2, 3]);
  });
});
