import { describe, expect, it } from 'vitest';
import { agreementOf, mcNemar } from '../../../../core/evaluation/mcnemar.ts';
import { calibrationOf } from '../../../../core/evaluation/probability-metrics.ts';

describe("McNemar's test", () => {
  it('is the two-sided tail of a fair coin', () => {
    // 1 of 6: 2·(C(6,0) + C(6,1))/2⁶; 0 of 10: 2/2¹⁰; 3 of 6 is no difference at all.
    expect(mcNemar(1, 5)).toBeCloseTo(14 / 64, 14);
    expect(mcNemar(10, 0)).toBeCloseTo(2 / 1024, 14);
    expect(mcNemar(3, 3)).toBe(1);
    expect(mcNemar(0, 0)).toBe(1);
  });

  it('comes near the normal distribution for many pictures', () => {
    // z = (5100 − 5000 − ½)/√2500 = 1.99; 2·(1 − Φ(1.99)) = 0.04659 (tables).
    expect(mcNemar(5100, 4900)).toBeCloseTo(0.0466, 3);
  });

  it('does not mind which model is named first', () => {
    expect(mcNemar(40, 23)).toBe(mcNemar(23, 40));
  });

  it('looks at the pictures that only one of the two gets right', () => {
    const agreement = agreementOf([1, 1, 0, 0, 1], [1, 0, 1, 0, 0]);

    expect(agreement).toEqual({ bothRight: 1, onlyFirst: 2, onlySecond: 1, bothWrong: 1, pValue: 1 });
  });
});

describe('calibration of verdicts', () => {
  it('is perfect where a confidence of three quarters is right in three of four', () => {
    const { bins, expectedError } = calibrationOf([0.75, 0.75, 0.75, 0.75], [1, 1, 0, 1], 4);

    expect(expectedError).toBe(0);
    expect(bins[2]).toMatchObject({ count: 4, accuracy: 0.75, confidence: 0.75 });
  });
});
