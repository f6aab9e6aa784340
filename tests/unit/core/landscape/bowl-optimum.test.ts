import { describe, expect, it } from 'vitest';
import { bowlOptimum } from '../../../../core/landscape/bowl-optimum.ts';
import { surfaceNamed, walk } from '../../../../core/landscape/surfaces.ts';
import { createOptimizer } from '../../../../core/optimizers/index.ts';
import { defaultOptimizers } from '../../../../core/recipe/recipe.ts';

const conditionNumber = 100;
const surface = surfaceNamed('quadratic', { conditionNumber });

/** Mean factor a step by which the distance to the minimum shrinks, once the beginning is forgotten. */
function factor(kind: 'sgd' | 'momentum' | 'nesterov', change: { rate?: number; rho?: number } = {}): number {
  const { learningRate, momentum } = bowlOptimum(kind, conditionNumber);
  const recipe = { ...defaultOptimizers[kind], learningRate: learningRate * (change.rate ?? 1) };
  const settings = kind === 'sgd' ? recipe : { ...recipe, momentum: momentum + (change.rho ?? 0) };
  const [from, to] = [60, 160];
  const path = walk(surface, createOptimizer(settings), [1, 1], to);
  const distance = (k: number) => Math.hypot(path[k]!.x, path[k]!.y);
  return (distance(to) / distance(from)) ** (1 / (to - from));
}

describe('the best settings on a bowl', () => {
  it('shrink the error as published: 99/101, 9/11 and 1 − 2/√301 for κ = 100', () => {
    expect(factor('sgd')).toBeCloseTo(99 / 101, 6);
    expect(factor('momentum')).toBeCloseTo(9 / 11, 1); // both roots are one there, so that a factor of k stands before it
    expect(factor('nesterov')).toBeCloseTo(1 - 2 / Math.sqrt(301), 1);
    for (const kind of ['sgd', 'momentum', 'nesterov'] as const)
      expect(factor(kind)).toBeLessThan(bowlOptimum(kind, conditionNumber).rate * 1.02);
  });

  it('are best: a little more or less of the rate or of ρ is slower', () => {
    for (const rate of [0.9, 1.02]) expect(factor('sgd', { rate })).toBeGreaterThan(factor('sgd'));
    for (const kind of ['momentum', 'nesterov'] as const) {
      for (const change of [{ rate: 0.8 }, { rate: 1.2 }, { rho: 0.08 }, { rho: -0.08 }]) {
        expect(factor(kind, change), JSON.stringify({ kind, ...change })).toBeGreaterThan(factor(kind));
      }
    }
  });

  it('are those of one curvature where all are alike: one step does it', () => {
    expect(bowlOptimum('sgd', 1)).toEqual({ learningRate: 1, momentum: 0, rate: 0 });
    expect(bowlOptimum('momentum', 1)).toEqual({ learningRate: 1, momentum: 0, rate: 0 });
    expect(bowlOptimum('nesterov', 1)).toEqual({ learningRate: 1, momentum: 0, rate: 0 });
  });
});
