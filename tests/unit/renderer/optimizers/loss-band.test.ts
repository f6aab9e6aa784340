import { expect, it } from 'vitest';
import { lossBand } from '../../../../renderer/optimizers/noise/loss-band.ts';

it('gathers the losses of each part of an epoch: mean, 10th and 90th percentile', () => {
  const steps = Array.from({ length: 22 }, (_, k) => k + 1);
  const losses = steps.map((step) => (step <= 11 ? step - 1 : 5));

  const band = lossBand(steps, losses, 11, 1);

  expect(band).toEqual({ x: [0.5, 1.5], mean: [5, 5], low: [1, 5], high: [9, 5] });
});
