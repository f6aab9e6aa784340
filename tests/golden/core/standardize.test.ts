import { expect, it } from 'vitest';
import { fitStandardization, standardize } from '../../../core/features/standardize.ts';
import { type GoldenCase, toleranceOf } from '../../support/golden.ts';
import { casesOfKind, expectWithin } from '../../support/within.ts';

interface ScalerCase extends GoldenCase {
  x: number[][];
  other: number[][];
  expected: { mean: number[]; scale: number[]; transformed: number[][]; other: number[][] };
}

it.each(casesOfKind<ScalerCase>('features', 'scaler'))('standardises like scikit-learn in $id', (golden) => {
  const { x, other, expected } = golden;
  const featureCount = x[0]!.length;

  const learnt = fitStandardization(x.flat(), [...x.keys()], { featureCount, constantFeatures: 'one' });

  const tolerance = toleranceOf(golden);
  expect(x.length).toBeGreaterThan(0);
  expectWithin(learnt.mean, expected.mean, tolerance, 'mean');
  expectWithin(learnt.deviation, expected.scale, tolerance, 'scale');
  expectWithin(
    x.map((row) => standardize(row, learnt)),
    expected.transformed,
    tolerance,
    'transformed',
  );
  expectWithin(
    other.map((row) => standardize(row, learnt)),
    expected.other,
    tolerance,
    'other',
  );
});
