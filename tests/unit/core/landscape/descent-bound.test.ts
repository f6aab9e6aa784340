import { describe, expect, it } from 'vitest';
import { conditioning } from '../../../../core/landscape/conditioning.ts';
import { descentAroundBound } from '../../../../core/landscape/descent-bound.ts';
import { settle } from '../../../../core/landscape/settle.ts';
import { hessianAt } from '../../../../core/models/hessian.ts';
import { createGenerator } from '../../../../core/random/generator.ts';
import { smallNetwork } from '../../../support/small-network.ts';

/** ½(x² + 25y²), whose iterates are known: each coordinate times 1 − α·λ a step. */
const bowl = {
  loss: ([x, y]: Float64Array) => 0.5 * (x! * x! + 25 * y! * y!),
  gradient: ([x, y]: Float64Array) => Float64Array.of(x!, 25 * y!),
};
const bend = ([x, y]: Float64Array) => Float64Array.of(x!, 25 * y!);
const top = { value: 25, vector: Float64Array.of(0, 1) };

describe('descent around the bound, on a quadratic,', () => {
  const [below, above] = descentAroundBound(bowl, bend, Float64Array.of(1, 0), top, {
    multiples: [1.9, 2.1],
    steps: 30,
    rise: 0.1,
  });

  it('falls at every step below it', () => {
    expect(below!.firstRise).toBeNull();
    expect(below!.firstModelRise).toBeNull();
    expect(below!.losses).toHaveLength(31);
  });

  it('grows along the top eigenvector above it, by |1 − 2.1| a step, until the loss rises', () => {
    above!.alongTop.forEach((c, k) => expect(c / (above!.alongTop[0]! * 1.1 ** k)).toBeCloseTo(1, 10));
    expect(above!.firstRise).not.toBeNull();
  });

  it('is the same on the loss and on its model, which is the loss itself', () => {
    for (const { losses, modelLosses } of [below!, above!]) {
      losses.forEach((loss, k) => expect(modelLosses[k]! / loss).toBeCloseTo(1, 9));
    }
  });
});

describe('descent around the bound, for softmax near its minimum,', () => {
  const network = smallNetwork({ sizes: [6, 4], samples: 40, l2: 0.01 });
  const { parameters, stop } = settle(
    (theta) => ({ loss: network.loss(theta), gradient: network.gradient(theta) }),
    network.parameters,
    2000,
  );
  const { model, x, labels, objective } = network;
  const { largest, largestVector, point } = conditioning(model, parameters, x, labels, objective, {
    random: createGenerator(1, 'lanczos'),
  });
  const [below, above] = descentAroundBound(
    network,
    hessianAt(model, parameters, x, labels, objective),
    parameters,
    { value: largest.value, vector: largestVector },
    { multiples: [1.9, 2.1], steps: 20 },
  );

  it('starts at a minimum', () => {
    expect(stop).not.toBeNull();
    expect(['minimum', 'flat-minimum']).toContain(point);
  });

  it('never rises below the bound, and rises within 20 steps above it', () => {
    expect(below!.firstRise).toBeNull();
    expect(above!.firstRise).toBeLessThanOrEqual(20);
    expect(above!.losses.at(-1)!).toBeGreaterThan(above!.losses[0]!);
  });
});
