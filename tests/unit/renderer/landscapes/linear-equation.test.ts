import { expect, it } from 'vitest';
import { linearEquation } from '../../../../renderer/landscapes/linear-equation.ts';

it('puts brackets around a feature that is a sum, and only around such', () => {
  const names = ['x·y', 'x² − y²', 'sqrt(x^2 + y^2)', '(x + 1)*(y - 1)', '-x'];
  const weights = Float64Array.of(0.5, 0.25, -2, 1, 0);

  expect(linearEquation(names, { weights, constant: -0.75 })).toBe(
    '+0.50·x·y +0.25·(x² − y²) −2.00·sqrt(x^2 + y^2) +1.00·(x + 1)*(y - 1) +0.00·(-x) −0.75 = 0',
  );
});
