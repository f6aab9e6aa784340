import { describe, expect, it } from 'vitest';
import { createOptimizer, optimizers } from '../../../core/optimizers/index.ts';
import { createGenerator } from '../../../core/random/generator.ts';
import { normal } from '../../../core/random/sampling.ts';

const size = 7;
const gradients = Array.from({ length: 20 }, (_, k) => {
  const random = createGenerator(k, 'gradient');
  return Float64Array.from({ length: size }, () => normal(random));
});
const start = () => Float64Array.from({ length: size }, (_, i) => i - 3);

describe.each(optimizers)('$kind, like every optimizer,', ({ kind, options, stateVectors }) => {
  it('continues from a saved state exactly as if it had not stopped', () => {
    const optimizer = createOptimizer({ kind });
    const parameters = start();
    const state = optimizer.createState(size);
    for (const gradient of gradients.slice(0, 9)) optimizer.step(parameters, gradient, state);
    const savedParameters = parameters.slice();
    const savedState = structuredClone(state);

    for (const gradient of gradients.slice(9)) optimizer.step(parameters, gradient, state);
    const resumed = createOptimizer({ kind });
    for (const gradient of gradients.slice(9)) resumed.step(savedParameters, gradient, savedState);

    expect(savedParameters).toEqual(parameters);
    expect(savedState).toEqual(state);
  });

  it('finds the minimum of a bowl', () => {
    const optimizer = createOptimizer({ kind, learningRate: 0.1 });
    const parameters = start();
    const state = optimizer.createState(size);

    for (let k = 0; k < 3000; k++) {
      const rate = 0.1 * 0.99 ** Math.max(0, k - 2000); // sign-like steps need a falling rate to come to rest
      optimizer.step(parameters, parameters.slice(), state, rate);
    }

    expect(Math.max(...parameters.map(Math.abs))).toBeLessThan(0.01); // from 3 away; f = ½‖θ‖²
  });

  it('moves against the gradient in its first step, in every coordinate', () => {
    const optimizer = createOptimizer({ kind });
    const parameters = new Float64Array(size);
    const gradient = gradients[0]!;

    optimizer.step(parameters, gradient, optimizer.createState(size));

    parameters.forEach((value, i) => expect(Math.sign(value)).toBe(-Math.sign(gradient[i]!)));
  });

  it('takes the learning rate of a step where one is given, and its own otherwise', () => {
    const own = createOptimizer({ kind, learningRate: 0.03 });
    const given = createOptimizer({ kind, learningRate: 5 });
    const [a, b] = [start(), start()];
    const [stateA, stateB] = [own.createState(size), given.createState(size)];

    for (const gradient of gradients) {
      own.step(a, gradient, stateA);
      given.step(b, gradient, stateB, 0.03);
    }

    expect(b).toEqual(a);
  });

  it('leaves the gradient as it is and moves nothing at learning rate 0', () => {
    const optimizer = createOptimizer({ kind });
    const parameters = start();
    const gradient = gradients[1]!.slice();

    optimizer.step(parameters, gradient, optimizer.createState(size), 0);

    expect(gradient).toEqual(gradients[1]);
    expect(parameters).toEqual(start());
  });

  it('stays finite where the gradient is 0', () => {
    const optimizer = createOptimizer({ kind });
    const parameters = start();
    const state = optimizer.createState(size);

    for (let k = 0; k < 10; k++) optimizer.step(parameters, new Float64Array(size), state);

    expect(parameters.every(Number.isFinite)).toBe(true);
  });

  it('keeps plain numbers and as many vectors as it says', () => {
    const state = createOptimizer({ kind }).createState(size);

    const vectors = Object.values(state).filter((value) => value instanceof Float64Array && value.length === size);
    expect(vectors.length).toBe(stateVectors);
    expect(Object.values(state).every((value) => typeof value === 'number' || value instanceof Float64Array)).toBe(
      true,
    );
  });

  it.each(options)('refuses $name outside its range', ({ name, low, includesLow, high }) => {
    const invalid = expect.objectContaining({ code: 'INVALID_OPTION' });

    for (const value of ['fast', NaN, low - 1, ...(includesLow ? [] : [low]), high]) {
      expect(() => createOptimizer({ kind, [name]: value }), String(value)).toThrow(invalid);
    }
  });

  it('refuses an option it does not have', () => {
    expect(() => createOptimizer({ kind, speed: 1 })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});

it('refuses an optimizer that is not there', () => {
  expect(() => createOptimizer({ kind: 'newton' })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
});
