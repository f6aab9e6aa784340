import { describe, expect, it } from 'vitest';
import { matrixOfRows, rowsOf } from '../../../core/array/matrix.ts';
import { accuracy, predictedClasses, topKAccuracy } from '../../../core/evaluation/accuracy.ts';
import { confusionMatrix } from '../../../core/evaluation/confusion-matrix.ts';
import { type AverageFigures, classificationReport } from '../../../core/evaluation/precision-recall.ts';
import {
  brierScore,
  calibration,
  logLoss,
  rocAuc,
  rocAucAverages,
} from '../../../core/evaluation/probability-metrics.ts';
import { type GoldenCase, toleranceOf } from '../../support/golden.ts';
import { casesOfKind, expectWithin, kindsOf } from '../../support/within.ts';

interface LabelsCase extends GoldenCase {
  truth: number[];
  predicted: number[];
  classes: number;
  expected: {
    confusion: number[][];
    accuracy: number;
    precision: number[];
    recall: number[];
    f1: number[];
    support: number[];
    perClassDefined: { precision: boolean[]; recall: boolean[]; f1: boolean[] };
    macro: AverageFigures;
    macroPresent: AverageFigures;
    weighted: AverageFigures;
    micro: AverageFigures;
    balancedAccuracy: number;
    kappa: number;
    mcc: number;
  };
}

interface ProbabilitiesCase extends GoldenCase {
  truth: number[];
  probabilities: number[][];
  classes: number;
  expected: {
    argmax: number[];
    topKLowestIndexFirst: Record<string, number>;
    topK: Record<string, number>;
    topKTieFree: boolean;
    rocAucOvr: (number | null)[];
    rocAucMacro: number;
    rocAucWeighted: number;
    sklearnMacro: number | string;
    logLoss: number;
    logLossUnclipped: number;
    brierMulticlass: number;
    brierBinary?: number;
    calibration: {
      ece: number;
      mce: number;
      bins: { bin: number; count: number; accuracy: number; confidence: number }[];
    };
  };
}

describe('figures of verdicts, like scikit-learn,', () => {
  it.each(casesOfKind<LabelsCase>('metrics', 'labels'))('give the values of $id', (golden) => {
    const { truth, predicted, classes, expected } = golden;
    const tolerance = toleranceOf(golden, 'other');

    const confusion = confusionMatrix(truth, predicted, classes);
    const report = classificationReport(confusion);

    expect(rowsOf(confusion)).toEqual(expected.confusion);
    expect(report.perClass.map((figures) => figures.support)).toEqual(expected.support);
    expectWithin(accuracy(truth, predicted), expected.accuracy, tolerance, 'accuracy');
    expectWithin(report.accuracy, expected.accuracy, tolerance, 'accuracy of the report');
    for (const figure of ['precision', 'recall', 'f1'] as const) {
      const values = report.perClass.map((figures) => figures[figure]);
      expect(
        values.map((value) => value !== null),
        figure,
      ).toEqual(expected.perClassDefined[figure]);
      expectWithin(
        values.map((value) => value ?? 0),
        expected[figure],
        tolerance,
        figure,
      );
    }
    for (const average of ['macro', 'macroPresent', 'weighted', 'micro'] as const) {
      const { precision, recall, f1 } = report[average];
      const wanted = expected[average];
      expectWithin([precision, recall, f1], [wanted.precision, wanted.recall, wanted.f1], tolerance, average);
    }
    expectWithin(report.balancedAccuracy, expected.balancedAccuracy, tolerance, 'balanced accuracy');
    expectWithin(report.kappa ?? NaN, expected.kappa, tolerance, 'kappa');
    expectWithin(report.matthewsCorrelation, expected.mcc, tolerance, 'MCC');
  });
});

describe('figures of probabilities, like scikit-learn,', () => {
  it.each(casesOfKind<ProbabilitiesCase>('metrics', 'probs'))('give the values of $id', (golden) => {
    const { truth, classes, expected } = golden;
    const probabilities = matrixOfRows(golden.probabilities);
    const tolerance = toleranceOf(golden, 'other');

    const judged = calibration(probabilities, truth);

    expect([...predictedClasses(probabilities)]).toEqual(expected.argmax);
    for (const [k, wanted] of Object.entries(expected.topKLowestIndexFirst)) {
      expectWithin(topKAccuracy(probabilities, truth, Number(k)), wanted, tolerance, `top ${k}`);
    }
    const areas = Array.from({ length: classes }, (_, label) => rocAuc(probabilities, truth, label));
    expect(areas.map((area) => area === null)).toEqual(expected.rocAucOvr.map((area) => area === null));
    expectWithin(
      areas.map((area) => area ?? 0),
      expected.rocAucOvr.map((area) => area ?? 0),
      tolerance,
      'ROC AUC',
    );
    const { macro, weighted } = rocAucAverages(probabilities, truth);
    expectWithin(macro!, expected.rocAucMacro, tolerance, 'ROC AUC, macro');
    expectWithin(weighted!, expected.rocAucWeighted, tolerance, 'ROC AUC, weighted');
    // scikit-learn refuses a class that is absent; we leave it out, and otherwise say the same.
    if (typeof expected.sklearnMacro === 'number') expectWithin(macro!, expected.sklearnMacro, tolerance, 'sklearn');
    // Among equal scores scikit-learn counts the higher class first, we the lower, as in every verdict.
    if (expected.topKTieFree) {
      for (const [k, wanted] of Object.entries(expected.topK)) {
        expectWithin(topKAccuracy(probabilities, truth, Number(k)), wanted, tolerance, `sklearn top ${k}`);
      }
    }
    expectWithin(logLoss(probabilities, truth, Number.EPSILON), expected.logLoss, tolerance, 'log loss');
    expectWithin(logLoss(probabilities, truth), expected.logLossUnclipped, tolerance, 'log loss, unclipped');
    expectWithin(brierScore(probabilities, truth), expected.brierMulticlass, tolerance, 'Brier');
    if (expected.brierBinary !== undefined) {
      expectWithin(brierScore(probabilities, truth) / 2, expected.brierBinary, tolerance, 'Brier of two classes');
    }
    expectWithin(judged.expectedError, expected.calibration.ece, tolerance, 'ECE');
    expectWithin(judged.largestError, expected.calibration.mce, tolerance, 'MCE');
    const bins = judged.bins.flatMap((bin, b) =>
      bin.count === 0 ? [] : [[b, bin.count, bin.accuracy!, bin.confidence!]],
    );
    const wantedBins = expected.calibration.bins.map((bin) => [bin.bin, bin.count, bin.accuracy, bin.confidence]);
    expectWithin(bins, wantedBins, tolerance, 'bins');
  });
});

it('leaves nothing out of metrics.json', () => {
  expect(kindsOf('metrics')).toEqual(['labels', 'probs']);
});
