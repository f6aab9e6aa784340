import { describe, expect, it } from 'vitest';
import { stableRateFactor } from '../../../../core/landscape/stable-rate.ts';
import { createOptimizer } from '../../../../core/optimizers/index.ts';
import { defaultOptimizers } from '../../../../core/recipe/recipe.ts';

const lambda = 3;

/** How far from the minimum of ½λx² a method is after so many steps, started at 1. */
function after(kind: 'sgd' | 'momentum' | 'nesterov', rho: number, learningRate: number, steps = 3000): number {
  const recipe = kind === 'sgd' ? defaultOptimizers.sgd : { ...defaultOptimizers[kind], momentum: rho };
  const optimizer = createOptimizer({ ...recipe, learningRate });
  const x = Float64Array.of(1);
  const state = optimizer.createState(1);
  let farthest = 0;
  for (let k = 0; k < steps; k++) {
    optimizer.step(x, Float64Array.of(lambda * x[0]!), state);
    if (k > steps - 100) farthest = Math.max(farthest, Math.abs(x[0]!));
  }
  return farthest;
}

describe('the largest stable learning rate', () => {
  it.each([
    ['sgd', 0],
    ['momentum', 0.5],
    ['momentum', 0.9],
    ['nesterov', 0.5],
    ['nesterov', 0.9],
  ] as const)('of %s with ρ = %f tells falling from diverging', (kind, rho) => {
    const bound = (2 / lambda) * stableRateFactor({ kind, momentum: rho })!;

    expect(after(kind, rho, 0.98 * bound)).toBeLessThan(1e-3);
    expect(after(kind, rho, 1.02 * bound)).toBeGreaterThan(1e3);
  });

  it('is longer with momentum, shorter with a look ahead, and none for rules that scale their steps', () => {
    expect(stableRateFactor({ kind: 'momentum', momentum: 0.9 })).toBe(1.9);
    expect(stableRateFactor({ kind: 'nesterov', momentum: 0.9 })).toBeCloseTo(1.9 / 2.8, 14);
    expect(stableRateFactor({ kind: 'adam' })).toBeNull();
  });
});
