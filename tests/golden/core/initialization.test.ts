import { describe, it } from 'vitest';
import {
  gainOf,
  initialDeviation,
  initializeWeights,
  type InitializationScheme,
  uniformBound,
} from '../../../core/models/initialization.ts';
import { mean, variance } from '../../../core/array/reduce.ts';
import { createGenerator } from '../../../core/random/generator.ts';
import { type GoldenCase, goldenCases, toleranceOf } from '../../support/golden.ts';
import { expectWithin } from '../../support/within.ts';

interface InitCase extends GoldenCase {
  scheme: InitializationScheme;
  fanIn: number;
  fanOut: number;
  nonlinearity: string;
  alpha: number;
  expected: { gain: number; std: number; uniformBound: number };
}

const cases = goldenCases<InitCase>('init');
const activationOf = (nonlinearity: string) =>
  nonlinearity === 'linear' ? 'identity' : nonlinearity.replace('_', '-');

describe('initial weights, like PyTorch,', () => {
  it.each(cases)('have the gain, deviation and bound of $id', (golden) => {
    const { scheme, fanIn, fanOut, nonlinearity, alpha, expected } = golden;

    const gain = gainOf(activationOf(nonlinearity), alpha);
    const deviation = initialDeviation(scheme, fanIn, fanOut, gain);

    expectWithin(gain, expected.gain, toleranceOf(golden, 'gain'), 'gain');
    expectWithin(deviation, expected.std, toleranceOf(golden, 'std'), 'std');
    expectWithin(uniformBound(deviation), expected.uniformBound, toleranceOf(golden, 'bound'), 'bound');
  });

  // The file's own rule: within 4 standard errors, a false alarm of about 6e-5 each, never at this fixed seed.
  it.each(cases)(
    'are drawn with the mean and deviation of $id',
    ({ scheme, fanIn, fanOut, nonlinearity, expected }) => {
      for (const shape of ['normal', 'uniform'] as const) {
        const weights = new Float64Array(fanIn * fanOut);
        const n = weights.length;

        initializeWeights(
          weights,
          `${scheme}-${shape}`,
          fanIn,
          fanOut,
          activationOf(nonlinearity),
          createGenerator(7, 'test', shape),
        );

        expectWithin(mean(weights), 0, { abs: (4 * expected.std) / Math.sqrt(n), rel: 0 }, `mean of ${shape}`);
        const error = (4 * expected.std) / Math.sqrt(2 * n);
        expectWithin(Math.sqrt(variance(weights)), expected.std, { abs: error, rel: 0 }, `deviation of ${shape}`);
      }
    },
  );
});
