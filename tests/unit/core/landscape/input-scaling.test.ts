import { EigenvalueDecomposition, Matrix as LibraryMatrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { zeros } from '../../../../core/array/matrix.ts';
import { compareInputScalings, stepsTo } from '../../../../core/landscape/input-scaling.ts';
import { createGenerator } from '../../../../core/random/generator.ts';
import { normal } from '../../../../core/random/sampling.ts';

/** Columns of scales 1, 10 and 100 around 5: as features of different kinds are. */
function unequal(rows = 60) {
  const random = createGenerator(3, 'unequal');
  const x = zeros(rows, 3);
  const labels = new Uint16Array(rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < 3; j++) x.data[i * 3 + j] = 10 ** j * (5 + normal(random));
    labels[i] = x.data[i * 3]! + 0.1 * normal(random) > 5 ? 1 : 0;
  }
  return { x, labels };
}

/** λ of (1/N)·Σ z zᵀ with z = (x, 1), written down as it is defined. */
function momentEigenvalues(x: ReturnType<typeof zeros>): number[] {
  const d = x.columns + 1;
  const at = (i: number, j: number) => (j === x.columns ? 1 : x.data[i * x.columns + j]!);
  const moments = LibraryMatrix.zeros(d, d);
  for (let i = 0; i < x.rows; i++) {
    for (let j = 0; j < d; j++)
      for (let k = 0; k < d; k++) moments.set(j, k, moments.get(j, k) + (at(i, j) * at(i, k)) / x.rows);
  }
  return new EigenvalueDecomposition(moments, { assumeSymmetric: true }).realEigenvalues.sort((a, b) => b - a);
}

describe('the scaling of inputs', () => {
  const { x, labels } = unequal();
  const [raw, standardized, whitened] = compareInputScalings(x, labels, { classes: 2, steps: 40 });

  it('finds the curvature that the second moments of the inputs have', () => {
    const values = momentEigenvalues(x);

    expect(raw!.largest / values[0]!).toBeCloseTo(1, 9);
    expect(raw!.smallest / values.at(-1)!).toBeCloseTo(1, 5);
  });

  it('makes the bowl rounder: standardised, and rounder still whitened', () => {
    expect(raw!.conditionNumber).toBeGreaterThan(1e4);
    expect(standardized!.conditionNumber).toBeLessThan(10);
    expect(whitened!.conditionNumber).toBeCloseTo(1, 2);
  });

  it('never raises the loss at its rate 2/λmax, and gets down faster the rounder the bowl', () => {
    for (const { losses } of [raw!, standardized!, whitened!]) {
      losses.slice(1).forEach((loss, k) => expect(loss).toBeLessThanOrEqual(losses[k]! + 1e-12));
    }
    expect(standardized!.losses.at(-1)!).toBeLessThan(raw!.losses.at(-1)!);
    expect(standardized!.stepsToHalf).not.toBeNull();
  });

  it('counts the steps of Goh’s formula', () => {
    // κ = 3 leaves half a step: 0.5^7 = 0.0078 is the first below 1 %.
    expect(stepsTo(3)).toBe(7);
    expect(stepsTo(1)).toBe(1);
  });
});
