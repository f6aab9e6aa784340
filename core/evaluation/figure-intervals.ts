/**
 * Every figure of a classifier on one set of pictures, each with its 95 % bootstrap interval.
 *
 * One resample of pictures serves all figures, so that they vary together as they would on other pictures. A figure that
 * a resample leaves undefined, such as the area of a class that was not drawn, is left out of its interval.
 *
 * Source: bootstrap-interval.ts; the figures in precision-recall.ts, probability-metrics.ts and accuracy.ts.
 */
import { type Matrix, requireLength, selectRows } from '../array/matrix.ts';
import { accuracy, predictedClasses, topKAccuracy } from './accuracy.ts';
import { type BootstrapOptions, bootstrapIntervals } from './bootstrap-interval.ts';
import { confusionMatrix } from './confusion-matrix.ts';
import { classificationReport } from './precision-recall.ts';
import { brierScore, calibration, logLoss, rocAucAverages } from './probability-metrics.ts';
import type { Interval } from './wilson-interval.ts';

export const figureNames = [
  'accuracy',
  'top2Accuracy',
  'balancedAccuracy',
  'macroPrecision',
  'macroRecall',
  'macroF1',
  'weightedF1',
  'kappa',
  'matthewsCorrelation',
  'rocAucMacro',
  'rocAucWeighted',
  'logLoss',
  'brierScore',
  'expectedCalibrationError',
] as const;
export type FigureName = (typeof figureNames)[number];

export interface Figure {
  /** null where it is undefined. */
  readonly value: number | null;
  readonly interval: Interval | null;
}

/**
 * @param probabilities  (n, c), each row adding up to 1.
 * @param labels         (n) class indices in [0, c).
 * @throws StudioError SHAPE_MISMATCH, INVALID_OPTION.
 */
export function figureIntervals(
  probabilities: Matrix,
  labels: ArrayLike<number>,
  options: BootstrapOptions,
): Readonly<Record<FigureName, Figure>> {
  requireLength('labels', labels, probabilities.rows);
  const values = figuresOf(probabilities, labels);
  const intervals = bootstrapIntervals(
    probabilities.rows,
    figureNames.length,
    (samples) =>
      figuresOf(
        selectRows(probabilities, samples),
        Uint16Array.from(samples, (i) => labels[i]!),
      ),
    options,
  );
  const entries = figureNames.map((name, k): [FigureName, Figure] => [
    name,
    { value: values[k]!, interval: intervals[k]! },
  ]);
  return Object.fromEntries(entries) as Record<FigureName, Figure>;
}

/** In the order of the names. */
function figuresOf(probabilities: Matrix, labels: ArrayLike<number>): (number | null)[] {
  const { rows, columns } = probabilities;
  if (rows === 0) return figureNames.map(() => null);
  const predicted = predictedClasses(probabilities);
  const report = classificationReport(confusionMatrix(labels, predicted, columns));
  const area = rocAucAverages(probabilities, labels);
  const figures: Record<FigureName, number | null> = {
    accuracy: accuracy(labels, predicted),
    top2Accuracy: topKAccuracy(probabilities, labels, Math.min(2, columns)),
    balancedAccuracy: report.balancedAccuracy,
    macroPrecision: report.macro.precision,
    macroRecall: report.macro.recall,
    macroF1: report.macro.f1,
    weightedF1: report.weighted.f1,
    kappa: report.kappa,
    matthewsCorrelation: report.matthewsCorrelation,
    rocAucMacro: area.macro,
    rocAucWeighted: area.weighted,
    logLoss: logLoss(probabilities, labels, Number.EPSILON),
    brierScore: brierScore(probabilities, labels),
    expectedCalibrationError: calibration(probabilities, labels).expectedError,
  };
  return figureNames.map((name) => figures[name]);
}
