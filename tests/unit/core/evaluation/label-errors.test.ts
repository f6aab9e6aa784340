import { expect, it } from 'vitest';
import { matrixOfRows } from '../../../../core/array/matrix.ts';
import { judgeLabels, likelyLabelErrors } from '../../../../core/evaluation/label-errors.ts';

it('suspects a label when another class is as likely as it usually is for its own pictures', () => {
  // t₀ = (0.9 + 0.8)/2 = 0.85, t₁ = (0.9 + 0.7 + 0.15)/3 = 0.5833…; the last picture reaches t₀ and bears label 1.
  const probabilities = matrixOfRows([
    [0.9, 0.1],
    [0.8, 0.2],
    [0.1, 0.9],
    [0.3, 0.7],
    [0.85, 0.15],
  ]);

  const { thresholds, suggested, given, other, suspected } = judgeLabels(probabilities, [0, 0, 1, 1, 1]);

  expect([...thresholds]).toEqual([expect.closeTo(0.85, 12), expect.closeTo(1.75 / 3, 12)]);
  expect([...suspected]).toEqual([0, 0, 0, 0, 1]);
  expect([...suggested]).toEqual([1, 1, 0, 0, 0]);
  expect([given[4], other[4]]).toEqual([expect.closeTo(0.15, 6), expect.closeTo(0.85, 6)]);
});

it('does not suspect a mere mistake: the model is usually far surer of that class', () => {
  // t₀ = 0.98, so 0.6 for class 0 is no sign that the picture belongs to it.
  const probabilities = matrixOfRows([
    [0.98, 0.02],
    [0.98, 0.02],
    [0.6, 0.4],
    [0.2, 0.8],
  ]);

  expect([...judgeLabels(probabilities, [0, 0, 1, 1]).suspected]).toEqual([0, 0, 0, 0]);
});

it('does not suspect a label that the verdict agrees with, although another class reaches its threshold', () => {
  // t₁ = (0.3 + 0.1)/2 = 0.2 is low, so the first picture reaches it with 0.4; its own threshold, 0.8, it does not reach.
  const probabilities = matrixOfRows([
    [0.6, 0.4],
    [1, 0],
    [0.7, 0.3],
    [0.9, 0.1],
  ]);

  expect([...judgeLabels(probabilities, [0, 0, 1, 1]).suspected]).toEqual([0, 0, 0, 1]);
});

it('puts the label with the lowest margin first', () => {
  const judged = {
    given: Float32Array.of(0.25, 0.125, 0.875, 0.125),
    other: Float32Array.of(0.5, 0.875, 0, 0.375),
    suspected: Uint8Array.of(1, 1, 0, 1),
  };

  // Margins −0.25, −0.75, −0.25: equal ones stay in the order of the pictures.
  expect(likelyLabelErrors(judged)).toEqual([1, 0, 3]);
});
