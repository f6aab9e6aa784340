import { describe, expect, it } from 'vitest';
import { transpose } from '../../../core/array/linear-algebra.ts';
import { matrixOfRows } from '../../../core/array/matrix.ts';
import { lossNamed } from '../../../core/losses/index.ts';
import type { L2Convention } from '../../../core/losses/l2-penalty.ts';
import { logSoftmax, softmax } from '../../../core/losses/softmax-cross-entropy.ts';
import { linearClassifier } from '../../../core/models/linear-classifier.ts';
import { blockOf } from '../../../core/models/parameters.ts';
import { type GoldenCase, toleranceOf } from '../../support/golden.ts';
import { casesOfKind, expectWithin, kindsOf } from '../../support/within.ts';

interface ScoresCase extends GoldenCase {
  loss: string;
  scores: number[][];
  labels: number[];
  expected: { loss: number; dScores: number[][]; probabilities?: number[][]; logProbabilities?: number[][] };
}

interface LinearCase extends GoldenCase {
  loss: string;
  x: number[][];
  /** (in, out), unlike ours. */
  W: number[][];
  b: number[];
  labels: number[];
  reg: number;
  l2: L2Convention;
  expected: {
    scores: number[][];
    dataLoss: number;
    penalty: number;
    loss: number;
    dW: number[][];
    db: number[];
    accuracy: number;
  };
}

describe('losses of scores, like PyTorch,', () => {
  it.each(casesOfKind<ScoresCase>('losses', 'scores'))('give the values of $id', (golden) => {
    const scores = matrixOfRows(golden.scores);

    const { loss, gradient } = lossNamed(golden.loss).evaluate(scores, golden.labels);

    expectWithin(loss, golden.expected.loss, toleranceOf(golden, 'loss'), 'loss');
    expectWithin(gradient.data, golden.expected.dScores, toleranceOf(golden, 'dScores'), 'dScores');
    const { probabilities, logProbabilities } = golden.expected;
    if (probabilities) {
      expectWithin(softmax(scores).data, probabilities, toleranceOf(golden, 'probabilities'), 'probabilities');
    }
    if (logProbabilities) {
      expectWithin(logSoftmax(scores).data, logProbabilities, toleranceOf(golden, 'logProbabilities'), 'log p');
    }
  });
});

describe('the linear classifier, like PyTorch,', () => {
  it.each(casesOfKind<LinearCase>('losses', 'linear'))('gives the values of $id', (golden) => {
    const { x, W, b, labels, reg, l2, expected } = golden;
    const classes = b.length;
    const model = linearClassifier({ inputSize: W.length, classes });
    const parameters = Float64Array.from([...transpose(matrixOfRows(W)).data, ...b]);

    const objective = { loss: lossNamed(golden.loss), l2: reg, l2Convention: l2 };
    const result = model.lossAndGradient(parameters, matrixOfRows(x), labels, objective);

    const tolerance = toleranceOf(golden, 'loss');
    expectWithin(model.scores(parameters, matrixOfRows(x)).data, expected.scores, tolerance, 'scores');
    expectWithin(result.dataLoss, expected.dataLoss, tolerance, 'dataLoss');
    expectWithin(result.penalty, expected.penalty, tolerance, 'penalty');
    expectWithin(result.loss, expected.loss, tolerance, 'loss');
    const [dWeights, dBias] = model.blocks.map((block) => blockOf(result.gradient, block));
    expectWithin(dWeights!, transpose(matrixOfRows(expected.dW)).data, tolerance, 'dW');
    expectWithin(dBias!, expected.db, tolerance, 'db');
    expect(result.correct / labels.length).toBe(expected.accuracy);
  });
});

it('covers every case of losses.json', () => {
  const kinds = kindsOf('losses');

  expect(kinds).toEqual(['linear', 'scores']);
});
