import { describe, expect, it } from 'vitest';
import { defaultFeatures } from '../../../../core/recipe/feature-recipe.ts';
import { defaultRecipe } from '../../../../core/recipe/recipe.ts';
import {
  blockResult,
  blockTrialCount,
  type BlockPlan,
  nextBlockTrial,
  requireBlockPlan,
} from '../../../../core/training/block-study.ts';
import type { TrialResult } from '../../../../core/training/trial.ts';

const { color, hog, words } = defaultFeatures;
const base = {
  ...defaultRecipe({ id: 'd', version: '0'.repeat(64) }),
  features: [color, { ...hog, weight: 2 }, words],
};
const plan: BlockPlan = { kind: 'blocks', base, runId: null, weights: true };

/** Runs every trial with an accuracy that the test says. */
function played(of: BlockPlan, accuracyOf: (features: BlockPlan['base']['features'], index: number) => number) {
  const results: TrialResult[] = [];
  const names: string[] = [];
  for (let trial = nextBlockTrial(of, results); trial !== null; trial = nextBlockTrial(of, results)) {
    const { index, recipe } = trial;
    const validationAccuracy = accuracyOf(recipe.features, index);
    const epoch = { epoch: 1, step: 1, trainLoss: 1, validationLoss: 1, validationAccuracy };
    results.push({ index, runId: String(index), epochs: [epoch], outcome: 'finished', seconds: 1 });
    names.push(trial.name);
  }
  return { results, names };
}

const weights = (features: BlockPlan['base']['features']) => features.map(({ weight = 1 }) => weight);

describe('the study of blocks', () => {
  it('runs the whole, the unbalanced, the badly scaled, and the whole without each block', () => {
    const seen: string[] = [];
    const { names } = played({ ...plan, weights: false }, (features) => {
      seen.push(features.map(({ kind, standardize, weight = 1 }) => `${kind} ${standardize} ${weight}`).join(', '));
      return 0.5;
    });

    expect(seen).toEqual([
      'color per-feature 1, hog per-feature 2, words per-feature 1',
      'color none 1, hog none 1, words none 1',
      'color none 1000, hog none 1, words none 1',
      'hog per-feature 2, words per-feature 1',
      'color per-feature 1, words per-feature 1',
      'color per-feature 1, hog per-feature 2',
    ]);
    expect(names[3]).toBe('4: − color');
  });

  it('finds weights one block after the other, and keeps what was better on validation', () => {
    // Best where hog weighs 2 · 2 and words ½.
    const { results } = played(plan, (features, index) => {
      if (index > 0 && index < 6) return 0.1;
      const [, h, w] = weights(features) as [number, number, number];
      return 0.9 - 0.01 * Math.abs(Math.log2(h / 4)) - 0.01 * Math.abs(Math.log2(w / 0.5));
    });

    const found = blockResult(plan, results);

    expect(results.length).toBe(blockTrialCount(plan));
    expect(results.length).toBe(3 + 3 + 4 * 2);
    expect(found.weights).toEqual([1, 4, 0.5]);
    expect(found.accuracy).toBeCloseTo(0.9, 9);
    // The words' trials weigh hog as it was found before them.
    expect(
      found.rows.filter(({ what, block }) => what === 'weight' && block === 2).map((row) => row.weights[1]),
    ).toEqual([4, 4, 4, 4]);
    expect(found.rows[4]!.weights).toEqual([1, null, 1]);
  });

  it('keeps weights as they are where nothing is better, and is not misled by a trial that diverged', () => {
    const { results } = played(plan, () => 0.5);
    const diverged = results.map((one) => (one.index === 7 ? { ...one, outcome: 'failed' as const } : one));

    const found = blockResult(plan, diverged);

    expect(found.weights).toEqual([1, 2, 1]);
    expect(found.accuracy).toBe(0.5);
    expect(found.rows[7]!.accuracy).toBeNull();
  });

  it('asks for the same next trial whatever order the results are in', () => {
    const { results } = played(plan, (_features, index) => 0.5 + 0.01 * ((index * 7) % 5));
    const some = results.slice(0, 11);

    expect(nextBlockTrial(plan, some.toReversed())).toEqual(nextBlockTrial(plan, some));
  });

  it('refuses a recipe of one block', () => {
    const single = { ...plan, base: { ...base, features: [hog] } };

    expect(() => requireBlockPlan(single)).toThrow('INVALID_OPTION');
  });
});
