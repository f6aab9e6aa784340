/** What the optimization lecture says of each optimizer, in numbers that a hand calculation gives. */
import { describe, expect, it } from 'vitest';
import { adagrad } from '../../../../core/optimizers/adagrad.ts';
import { adam } from '../../../../core/optimizers/adam.ts';
import { lbfgs } from '../../../../core/optimizers/lbfgs.ts';
import type { Optimizer } from '../../../../core/optimizers/optimizer.ts';
import { rmsprop } from '../../../../core/optimizers/rmsprop.ts';
import { sgd } from '../../../../core/optimizers/sgd.ts';
import { smallNetwork } from '../../../support/small-network.ts';

/** Lengths of the steps under a gradient that is always the same. */
function stepsUnder(optimizer: Optimizer, gradient: number, count: number): number[] {
  const theta = Float64Array.of(0);
  const state = optimizer.createState(1);
  return Array.from({ length: count }, () => {
    const before = theta[0]!;
    optimizer.step(theta, Float64Array.of(gradient), state);
    return Math.abs(theta[0]! - before);
  });
}

describe('under a constant gradient', () => {
  it('AdaGrad’s step is lr/√t: 1, 0.1 and 0.01 at steps 1, 100 and 10⁴', () => {
    const steps = stepsUnder(adagrad({ learningRate: 1 }), 3, 10_000);

    expect([steps[0], steps[99], steps[9999]]).toEqual([1, 0.1, 0.01].map((x) => expect.closeTo(x, 6) as number));
  });

  it('RMSProp’s first step is lr/√(1 − ρ), 3.16 and 10 times too long, and it never falls to 0', () => {
    const fast = stepsUnder(rmsprop({ learningRate: 1, decay: 0.9 }), 2, 2000);
    const slow = stepsUnder(rmsprop({ learningRate: 1, decay: 0.99 }), 2, 2000);

    expect(fast[0]).toBeCloseTo(Math.sqrt(10), 5);
    expect(slow[0]).toBeCloseTo(10, 5);
    expect(fast.at(-1)).toBeCloseTo(1, 5);
    expect(slow.at(-1)).toBeCloseTo(1, 5);
  });

  it('Adam’s first step is lr·sign(g) with bias correction, whatever the gradient', () => {
    for (const gradient of [1e-3, -5, 300]) {
      expect(stepsUnder(adam({ learningRate: 1 }), gradient, 1)[0]).toBeCloseTo(1, 4);
    }
  });

  it('Adam without bias correction steps 3.162·lr at first, 6.57·lr at worst at t = 12, and still 1.26·lr at t = 1000', () => {
    const steps = stepsUnder(adam({ learningRate: 1, biasCorrection: false }), 2, 1000);

    expect(steps[0]).toBeCloseTo(3.162, 3);
    expect(steps.indexOf(Math.max(...steps)) + 1).toBe(12);
    expect(Math.max(...steps)).toBeCloseTo(6.57, 2);
    expect(steps[999]).toBeCloseTo(1.26, 2);
  });
});

describe('momentum’s two forms', () => {
  /** f = x² from 5; the rate falls to a tenth at step `drop`. */
  function path(rate: 'inside' | 'outside', steps: number, drop = Infinity): number[] {
    const optimizer = sgd({ momentum: 0.9, rate });
    const theta = Float64Array.of(5);
    const state = optimizer.createState(1);
    return Array.from({ length: steps }, (_, k) => {
      optimizer.step(theta, Float64Array.of(2 * theta[0]!), state, k < drop ? 0.01 : 0.001);
      return theta[0]!;
    });
  }
  const apart = (a: number[], b: number[]) => Math.max(...a.map((value, k) => Math.abs(value - b[k]!)));

  it('take the same path for 1,000 steps at a constant rate, to 1e-12', () => {
    expect(apart(path('inside', 1000), path('outside', 1000))).toBeLessThan(1e-12);
  });

  it('part when the rate drops: the one that keeps steps in its velocity goes on fast', () => {
    expect(apart(path('inside', 60, 25), path('outside', 60, 25))).toBeGreaterThan(0.1);
  });
});

it('L-BFGS reaches a lower training loss than descent in as many evaluations, on linear softmax', () => {
  const network = smallNetwork({ sizes: [20, 5], samples: 200, l2: 0.001 });
  const evaluate = (theta: Float64Array) => ({ loss: network.loss(theta), gradient: network.gradient(theta) });
  const minimizer = lbfgs();
  const parameters = network.parameters.slice();
  const state = minimizer.createState(parameters.length);
  while (state.evaluations < 60 && minimizer.iterate(evaluate, parameters, state).stop === null);

  const bestDescent = Math.min(
    ...[0.01, 0.03, 0.1, 0.3, 1, 3, 10].map((learningRate) => {
      const optimizer = sgd({ learningRate });
      const theta = network.parameters.slice();
      const own = optimizer.createState(theta.length);
      for (let k = 0; k < state.evaluations; k++) optimizer.step(theta, network.gradient(theta), own);
      return network.loss(theta);
    }),
  );

  expect(network.loss(parameters)).toBeLessThan(bestDescent);
});
