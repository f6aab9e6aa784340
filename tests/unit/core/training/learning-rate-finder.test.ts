import { describe, expect, it } from 'vitest';
import { defaultOptimizers } from '../../../../core/recipe/recipe.ts';
import { findLearningRate } from '../../../../core/training/learning-rate-finder.ts';
import type { StepEngine } from '../../../../core/training/step-engine.ts';
import { engines, randomSetup, shapeOf } from '../../../support/engines.ts';

const shape = shapeOf({ sizes: [12, 6, 3], activation: 'tanh', penaltyFactor: 0, optimizer: defaultOptimizers.sgd });
const options = { trainCount: 48, batchSize: 'full', seed: 3 } as const;

/** ½·θ² from 1, by plain descent: θ ← (1 − α)·θ. */
function bowl(): StepEngine {
  let theta = 1;
  return {
    step(_pictures: Uint32Array, rate: number) {
      const loss = 0.5 * theta * theta;
      theta -= rate * theta;
      return { loss, correct: 0 };
    },
    save: () => ({ parameters: Float32Array.of(theta), optimizer: {} }),
    restore: ({ parameters }: { parameters: Float32Array }) => (theta = parameters[0]!),
  } as unknown as StepEngine;
}

describe('the learning-rate finder', () => {
  it('goes through the rates evenly over decades, and ends where the loss blows up', () => {
    const engine = bowl();

    const { rates, smoothed, steepest, largest } = findLearningRate(engine, { ...options, low: 1e-4, high: 100 });

    expect(rates[1]! / rates[0]!).toBeCloseTo(rates[20]! / rates[19]!, 10);
    expect(rates.at(-1)!).toBeLessThan(100); // beyond 2 a bowl of curvature 1 throws everything out
    expect(rates.at(-1)!).toBeGreaterThan(2);
    expect(smoothed.at(-1)!).toBeGreaterThan(smoothed.at(-2)!);
    expect(steepest!).toBeGreaterThan(1e-2);
    expect(steepest!).toBeLessThan(1);
    expect(largest!).toBeGreaterThan(steepest!);
    expect(engine.save().parameters[0]).toBe(1); // as before
  });

  it('suggests nothing where the loss does not fall, and stops when asked', () => {
    const flat = { ...bowl(), step: () => ({ loss: 1, correct: 0 }) } as unknown as StepEngine;

    expect(findLearningRate(flat, options)).toMatchObject({ steepest: null, largest: null });
    expect(findLearningRate(flat, { ...options, shouldStop: (done) => done === 7 }).rates).toHaveLength(7);
    expect(() => findLearningRate(flat, { ...options, high: 1e-7 })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
  });

  it.each(engines)('leaves the $name as it was and gives the same rates twice', ({ make }) => {
    const engine = make(randomSetup(shape, 60));
    const before = engine.save();
    try {
      const [first, second] = [findLearningRate(engine, options), findLearningRate(engine, options)];

      expect(first).toEqual(second);
      expect(engine.save()).toEqual(before);
    } finally {
      engine.close();
    }
  });
});
