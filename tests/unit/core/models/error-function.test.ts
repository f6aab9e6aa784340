import { describe, expect, it } from 'vitest';
import { erf, erfc } from '../../../../core/models/layers/error-function.ts';

// math.erf and math.erfc of Python 3.11 (the C library's).
const reference: [x: number, erf: number, erfc: number][] = [
  [0, 0, 1],
  [1e-10, 1.1283791670955126e-10, 0.999999999887162],
  [0.3, 0.3286267594591274, 0.6713732405408726],
  [0.84, 0.7651427114549946, 0.23485728854500548],
  [0.9, 0.7969082124228322, 0.20309178757716786],
  [1.2, 0.9103139782296353, 0.08968602177036465],
  [2, 0.9953222650189527, 0.004677734981047265],
  [3, 0.9999779095030014, 2.2090496998585438e-5],
  [5, 0.9999999999984626, 1.5374597944280351e-12],
  [10, 1, 2.088487583762545e-45],
  [-0.5, -0.5204998778130465, 1.5204998778130465],
  [-2, -0.9953222650189527, 1.9953222650189528],
  [-7, -1, 2],
];

describe('the error function and its complement', () => {
  it.each(reference)('are those of the C library at %d, to a few units in the last place', (x, wantErf, wantErfc) => {
    expect(Math.abs(erf(x) - wantErf)).toBeLessThanOrEqual(4 * Number.EPSILON * Math.abs(wantErf));
    expect(Math.abs(erfc(x) - wantErfc)).toBeLessThanOrEqual(4 * Number.EPSILON * wantErfc);
  });

  it('have their limits at infinity and pass NaN on', () => {
    expect([erf(Infinity), erf(-Infinity), erfc(Infinity), erfc(-Infinity)]).toEqual([1, -1, 0, 2]);
    expect([erf(NaN), erfc(NaN)]).toEqual([NaN, NaN]);
  });
});
