import { describe, expect, it } from 'vitest';
import { adam } from '../../../../core/optimizers/adam.ts';
import { learningRateAt, requireSchedule } from '../../../../core/optimizers/learning-rate-schedule.ts';
import { sgd } from '../../../../core/optimizers/sgd.ts';

describe('Adam', () => {
  it('moves every parameter by the learning rate in the first step, whatever the gradient', () => {
    const optimizer = adam({ learningRate: 0.01 });
    const parameters = new Float64Array([1, 1, 1]);

    optimizer.step(parameters, new Float64Array([0.5, -300, 1e-4]), optimizer.createState(3));

    expect([...parameters]).toEqual([0.99, 1.01, 0.99].map((x) => expect.closeTo(x, 5) as number));
  });

  it('steps 3.16 times too far at first without the bias correction: (1 − β₁) / √(1 − β₂)', () => {
    const optimizer = adam({ learningRate: 0.01, biasCorrection: false });
    const parameters = new Float64Array([1]);

    optimizer.step(parameters, new Float64Array([2]), optimizer.createState(1));

    expect(1 - parameters[0]!).toBeCloseTo(0.01 * Math.sqrt(10), 6);
  });

  it('decays by lr·λ before the step, apart from the gradient', () => {
    const optimizer = adam({ learningRate: 0.1, weightDecay: 0.5 });
    const parameters = new Float64Array([2]);

    optimizer.step(parameters, new Float64Array([0]), optimizer.createState(1));

    expect(parameters[0]).toBeCloseTo(1.9, 14); // 2·(1 − 0.05)
  });
});

describe('momentum', () => {
  it('differs between its two forms as soon as the rate changes', () => {
    const rates = [0.1, 0.01];
    const position = (rate: 'inside' | 'outside') => {
      const optimizer = sgd({ momentum: 0.5, rate });
      const parameters = new Float64Array([0]);
      const state = optimizer.createState(1);
      for (const learningRate of rates) optimizer.step(parameters, new Float64Array([1]), state, learningRate);
      return parameters[0];
    };

    // outside: v = 1, 1.5; θ = −0.1 − 0.015.   inside: v = −0.1, −0.05 − 0.01; θ = −0.1 − 0.06.
    expect(position('outside')).toBeCloseTo(-0.115, 14);
    expect(position('inside')).toBeCloseTo(-0.16, 14);
  });

  it('reaches the rate of the heavy ball on a bowl, (√κ − 1)/(√κ + 1) a step, and beats plain descent', () => {
    const [low, high] = [1, 100];
    const momentum = ((Math.sqrt(high) - Math.sqrt(low)) / (Math.sqrt(high) + Math.sqrt(low))) ** 2;
    const heavy = sgd({ momentum, learningRate: (2 / (Math.sqrt(low) + Math.sqrt(high))) ** 2 });
    const plain = sgd({ learningRate: 2 / (low + high) });
    const distance = (optimizer: ReturnType<typeof sgd>) => {
      const theta = Float64Array.of(1, 1);
      const state = optimizer.createState(2);
      for (let k = 0; k < 200; k++) optimizer.step(theta, Float64Array.of(low * theta[0]!, high * theta[1]!), state);
      return Math.sqrt(theta[0]! ** 2 + theta[1]! ** 2);
    };

    // 200 steps at 9/11 would shrink to 4e-18, with a factor of the order of the steps for the double root.
    expect(distance(heavy)).toBeLessThan(1e-14);
    expect(distance(plain)).toBeCloseTo(Math.SQRT2 * (99 / 101) ** 200, 10);
  });

  it('is needed for a look-ahead', () => {
    expect(() => sgd({ nesterov: true })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});

describe('a learning-rate schedule', () => {
  const at = (schedule: Parameters<typeof learningRateAt>[0], step: number) =>
    learningRateAt(schedule, 0.8, { step, stepsPerEpoch: 10, epochs: 10 });

  it('stays, falls in steps, or follows half a cosine', () => {
    const step = { kind: 'step', everyEpochs: 3, factor: 0.5 } as const;
    const cosine = { kind: 'cosine', floor: 0.1 } as const;

    expect(at({ kind: 'constant' }, 99)).toBe(0.8);
    expect([0, 29, 30, 59, 60].map((k) => at(step, k))).toEqual([0.8, 0.8, 0.4, 0.4, 0.2]);
    expect(at(cosine, 0)).toBe(0.8);
    expect(at(cosine, 50)).toBeCloseTo(0.44, 14); // midway between 0.8 and 0.08
    expect(at(cosine, 100)).toBeCloseTo(0.08, 14);
    expect(at(cosine, 101)).toBeCloseTo(0.08, 14);
  });

  it('rises in a straight line while warming up, and reaches the base rate in its last step', () => {
    const schedule = { kind: 'warm-up', epochs: 2, after: { kind: 'constant' } } as const;

    expect([0, 9, 19, 20].map((k) => at(schedule, k))).toEqual([0.04, 0.4, 0.8, 0.8]);
  });

  it.each([
    { kind: 'step', everyEpochs: 0, factor: 0.5 },
    { kind: 'step', everyEpochs: 1, factor: 0 },
    { kind: 'cosine', floor: 1.5 },
    { kind: 'warm-up', epochs: 1, after: { kind: 'cosine', floor: -1 } },
  ] as const)('is refused when it makes no sense: %j', (schedule) => {
    expect(() => requireSchedule(schedule)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});
