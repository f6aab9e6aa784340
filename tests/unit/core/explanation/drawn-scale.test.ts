import { expect, it } from 'vitest';
import { drawnScale } from '../../../../core/explanation/drawn-scale.ts';
import { createGenerator } from '../../../../core/random/generator.ts';
import { normal, uniformInteger } from '../../../../core/random/sampling.ts';

it('is the 0.995 quantile of the sizes, as sorting them finds it', () => {
  const random = createGenerator(1, 'scale');
  for (let trial = 0; trial < 300; trial++) {
    const template = Float32Array.from({ length: 1 + uniformInteger(random, 900) }, () =>
      uniformInteger(random, 10) === 0 ? 0 : normal(random) * (uniformInteger(random, 20) === 0 ? 50 : 1),
    );

    const sorted = [...template.map(Math.abs)].sort((a, b) => a - b);
    expect(drawnScale(template)).toBe(sorted[Math.ceil(0.995 * template.length) - 1]);
  }
});

it('is the largest weight where nearly all are 0, and the largest of several templates', () => {
  expect(drawnScale(Float32Array.from({ length: 1000 }, (_, i) => (i === 7 ? -3 : 0)))).toBe(3);
  expect(drawnScale(new Float32Array([1]), new Float32Array([-4]), new Float32Array([2]))).toBe(4);
  expect(drawnScale(new Float32Array(0))).toBe(0);
});
