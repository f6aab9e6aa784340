import { describe, expect, it } from 'vitest';
import { defaultRecipe, type Recipe } from '../../../../core/recipe/recipe.ts';
import {
  goesOn,
  nextSearchTrial,
  requireSearchPlan,
  type SearchPlan,
  searchTrial,
  trialCount,
} from '../../../../core/training/hyperparameter-search.ts';
import {
  nextRaceTrial,
  type RacePlan,
  raceProtocol,
  raceResult,
  raceRole,
  raceTrial,
  raceTrialCount,
} from '../../../../core/training/optimizer-race.ts';
import type { TrialResult } from '../../../../core/training/trial.ts';

const base: Recipe = { ...defaultRecipe({ id: 'd', version: 'v' }, 'mlp'), epochs: 9, seed: 5 };
const search: SearchPlan = {
  kind: 'search',
  method: 'random',
  base,
  space: { learningRate: [1e-4, 1e-1], l2: [1e-5, 1e-2], hidden: [[32], [64, 32]], batchSize: [32, 64] },
  trials: 40,
  seed: 3,
  levels: 3,
  halving: null,
};

function resultOf(index: number, accuracies: number[], outcome: TrialResult['outcome'] = 'finished'): TrialResult {
  const epochs = accuracies.map((validationAccuracy, i) => ({
    epoch: i + 1,
    step: 10 * (i + 1),
    trainLoss: 1 / (i + 1),
    validationLoss: 1 - validationAccuracy,
    validationAccuracy,
  }));
  return { index, runId: `r${index}`, epochs, outcome, seconds: epochs.length };
}

describe('a search', () => {
  it('draws each trial from the seed and its number alone, within the ranges, evenly over decades', () => {
    const trials = Array.from({ length: 200 }, (_, k) => searchTrial({ ...search, trials: 200 }, k).recipe);

    const rates = trials.map(({ optimizer }) => Math.log10(optimizer.learningRate));
    expect(searchTrial(search, 7)).toEqual(searchTrial({ ...search, trials: 8 }, 7));
    expect(searchTrial(search, 7)).not.toEqual(searchTrial({ ...search, seed: 4 }, 7));
    expect(Math.min(...rates)).toBeGreaterThanOrEqual(-4);
    expect(Math.max(...rates)).toBeLessThanOrEqual(-1);
    for (const decade of [-4, -3, -2]) {
      const share = rates.filter((rate) => rate >= decade && rate < decade + 1).length / 200;
      expect(share).toBeGreaterThan(0.22); // a third is expected
    }
    expect(new Set(trials.map(({ batchSize }) => batchSize))).toEqual(new Set([32, 64]));
    expect(trials.every(({ epochs, seed }) => epochs === 9 && seed === 5)).toBe(true);
  });

  it('leaves the other settings as they were when one is no longer searched', () => {
    const less = searchTrial({ ...search, space: { l2: search.space.l2 } }, 4).recipe;

    expect(less.l2).toBe(searchTrial(search, 4).recipe.l2);
    expect(less.optimizer).toEqual(base.optimizer);
  });

  it('goes through every combination of a grid once, both ends among them', () => {
    const grid: SearchPlan = {
      ...search,
      method: 'grid',
      space: { learningRate: [1e-4, 1e-2], batchSize: [32, 64] },
      trials: 100,
    };
    const all = Array.from({ length: trialCount(grid) }, (_, k) => searchTrial(grid, k).recipe);

    expect(all.map(({ optimizer, batchSize }) => [optimizer.learningRate, batchSize])).toEqual([
      [1e-4, 32],
      [1e-3, 32],
      [1e-2, 32],
      [1e-4, 64],
      [1e-3, 64],
      [1e-2, 64],
    ]);
    expect(trialCount({ ...grid, trials: 4 })).toBe(4);
  });

  it('asks for what is missing, also after an interruption, and ends with its budget', () => {
    const some = [0, 1, 3].map((index) => resultOf(index, [0.5]));

    expect(nextSearchTrial(search, some)!.index).toBe(2);
    expect(
      nextSearchTrial(
        search,
        Array.from({ length: 40 }, (_, k) => resultOf(k, [0.5])),
      ),
    ).toBeNull();
  });

  it('ends a trial at a rung unless it is among the best third of those that were there', () => {
    const plan: SearchPlan = { ...search, halving: { firstRung: 2, eta: 3 } };
    const others = [0.5, 0.6, 0.7, 0.4, 0.3].map((accuracy, k) => resultOf(k, [0.1, accuracy]));

    expect(goesOn(plan, 2, 0.65, others)).toBe(true); // one of six is better, two may go on
    expect(goesOn(plan, 2, 0.55, others)).toBe(false);
    expect(goesOn(plan, 2, null, others)).toBe(false);
    expect(goesOn(plan, 1, 0, others)).toBe(true); // no rung
    expect(goesOn(plan, 6, 0, others)).toBe(true); // nobody has been there
    expect(goesOn(plan, 2, 0, others.slice(0, 1))).toBe(true); // too few to tell
    expect(goesOn({ ...plan, halving: null }, 2, 0, others)).toBe(true);
  });

  it.each([
    { trials: 0 },
    { space: {} },
    { space: { learningRate: [0, 1] as const } },
    { space: { learningRate: [1, 0.1] as const } },
    { space: { hidden: [] } },
    { base: { ...base, model: { kind: 'linear' as const } } },
    { halving: { firstRung: 0, eta: 3 } },
  ])('refuses %o', (change) => {
    expect(() => requireSearchPlan({ ...search, ...change })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
    expect(() => requireSearchPlan(search)).not.toThrow();
  });
});

describe('a race', () => {
  const race: RacePlan = {
    kind: 'race',
    base,
    optimizers: ['sgd', 'adam', 'lbfgs'],
    trials: 4,
    seeds: 2,
    seed: 1,
    rateFactor: 10,
    l2: [1e-4, 1e-2],
  };
  /** Runs the whole race, with made-up accuracies. */
  function run(plan: RacePlan, accuracyOf: (recipe: Recipe, optimizer: string, part: string) => number) {
    const results: TrialResult[] = [];
    const recipes: Recipe[] = [];
    for (let trial = nextRaceTrial(plan, results); trial !== null; trial = nextRaceTrial(plan, results)) {
      const { optimizer, part } = trial.role;
      recipes[trial.index] = trial.recipe;
      const accuracy = accuracyOf(trial.recipe, optimizer, part);
      results.push(
        accuracy < 0 ? resultOf(trial.index, [], 'failed') : resultOf(trial.index, [accuracy / 2, accuracy]),
      );
    }
    return { results, recipes, result: raceResult(plan, results) };
  }

  it('gives everyone the same number of trials, the same start and the same random numbers', () => {
    const { recipes } = run(race, () => 0.5);
    const tuning = (name: string) =>
      recipes.filter((_, k) => raceRole(race, k).optimizer === name && raceRole(race, k).part === 'tuning');

    expect(recipes.length).toBe(raceTrialCount(race));
    for (const name of race.optimizers) expect(tuning(name)).toHaveLength(4);
    expect(new Set(recipes.filter((_, k) => raceRole(race, k).part === 'tuning').map(({ seed }) => seed)).size).toBe(1);
    const relative = (name: string) =>
      tuning(name).map(({ optimizer }) => optimizer.learningRate / tuning(name)[0]!.optimizer.learningRate);
    relative('sgd').forEach((value, k) => expect(value).toBeCloseTo(relative('adam')[k]!, 4));
    expect(tuning('sgd').map(({ l2 }) => l2)).toEqual(tuning('adam').map(({ l2 }) => l2));
    expect(tuning('lbfgs').every(({ batchSize }) => batchSize === 'full')).toBe(true);
    expect(tuning('lbfgs').every(({ optimizer }) => optimizer.learningRate <= 1)).toBe(true);
  });

  it('runs the best setting and the defaults with the same seeds', () => {
    const { recipes, result } = run(race, ({ l2 }) => (l2 > 1e-3 ? 0.3 : 0.6));
    const seedsOf = (part: string) =>
      recipes.filter((_, k) => raceRole(race, k).part === part && raceRole(race, k).optimizer === 'adam');

    expect(seedsOf('tuned').map(({ seed }) => seed)).toEqual([5, 6]);
    expect(seedsOf('default').map(({ seed }) => seed)).toEqual([5, 6]);
    expect(seedsOf('tuned').every(({ l2 }) => l2 === result.rows[1]!.best!.l2)).toBe(true);
    expect(result.rows[1]!.best!.l2).toBeLessThanOrEqual(1e-3);
  });

  it('calls its runs by signs, so that a list reads well in every language', () => {
    const plan = { ...race, base: { ...base, l2: 0.002 }, trials: 2 };
    const { results } = run(plan, () => 0.5); // the first of equals is the default setting
    const [tuning, , tuned, ofDefaults] = [0, 3, 6, 9].map((index) => raceTrial(plan, index, results)!.name);

    expect(tuning).toMatch(/^sgd · α \S+ · λ 0.002 · 1\/2$/);
    expect(tuned).toMatch(/^sgd · α\* \S+ · λ\* 0.002 · seed 5$/);
    expect(ofDefaults).toMatch(/^sgd · α₀ \S+ · λ₀ 0.002 · seed 5$/);
  });

  it('names a winner only where its band lies above every other', () => {
    const apart = run(race, ({ seed }, name) => (name === 'adam' ? 0.8 : 0.5) + 0.01 * seed);
    const close = run(race, ({ seed }, name) => (name === 'adam' ? 0.505 : 0.5) + 0.01 * seed);
    const single = run({ ...race, seeds: 1 }, (_, name) => (name === 'adam' ? 0.8 : 0.5));

    expect(apart.result).toMatchObject({ winner: 'adam', noWinner: null });
    expect(close.result).toMatchObject({ winner: null, noWinner: 'overlap' });
    expect(single.result).toMatchObject({ winner: null, noWinner: 'one-seed' });
    expect(raceResult(race, apart.results.slice(0, -1))).toMatchObject({ winner: null, noWinner: 'incomplete' });
  });

  it('counts steps to what more than half of them reached with every seed', () => {
    const { result } = run({ ...race, optimizers: ['sgd', 'adam', 'momentum'] }, ({ seed }, name) =>
      name === 'sgd' ? 0.2 : (name === 'adam' ? 0.8 : 0.5) + 0.01 * seed,
    );

    const [sgd, adam, momentum] = result.rows;
    expect(result.target).toBe(momentum!.tuned!.lowest);
    expect(momentum!.stepsToTarget).toBe(20);
    expect(adam!.stepsToTarget).toBe(20);
    expect([momentum!.epochsToTarget, sgd!.epochsToTarget]).toEqual([2, null]);
    expect(sgd!.stepsToTarget).toBeNull();
  });

  it('counts steps to what both reached, and how much the setting matters', () => {
    const { result } = run(race, ({ optimizer, l2 }, name, part) =>
      part === 'tuning' && l2 < 1e-3 ? 0.1 : name === 'adam' && optimizer.kind === 'adam' ? 0.8 : 0.5,
    );

    const [sgd, adam] = result.rows;
    expect(result.target).toBe(0.5);
    expect(sgd!.stepsToTarget).toBe(20);
    expect(adam!.stepsToTarget).toBe(20); // 0.4 after its first epoch
    expect(adam!.tuned).toEqual({ mean: 0.8, lowest: 0.8, highest: 0.8, seeds: 2, failed: 0 });
    expect(sgd!.tuning).toHaveLength(4);
    expect(sgd!.tolerance).toBeLessThan(1);
  });

  it('searches AdamW’s own decay and leaves its penalty off: with the penalty it would be Adam once more', () => {
    const { recipes, result } = run({ ...race, optimizers: ['adam', 'adamw'], trials: 3 }, () => 0.5);
    const of = (name: string) => recipes.filter(({ optimizer }) => optimizer.kind === name);
    const decay = ({ optimizer }: Recipe) => (optimizer.kind === 'adamw' ? optimizer.weightDecay : NaN);

    expect(of('adamw').map(({ l2 }) => l2)).toEqual(of('adam').map(() => 0));
    expect(of('adamw').slice(1, 3).map(decay)).toEqual(of('adam').slice(1, 3).map(({ l2 }) => l2)); // prettier-ignore
    expect(decay(of('adamw')[0]!)).toBe(0.01); // Loshchilov & Hutter’s decay as PyTorch has it by default
    expect(result.rows[1]!.tuning.map(({ l2 }) => l2).slice(1)).toEqual(result.rows[0]!.tuning.map(({ l2 }) => l2).slice(1)); // prettier-ignore
  });

  it('lets L-BFGS do without what it cannot have, and says so', () => {
    const noisy: RacePlan = {
      ...race,
      base: {
        ...base,
        model: { kind: 'mlp', hidden: [8], activation: 'relu', dropout: 0.5, initialization: 'he-normal' },
        augmentation: { flip: true, shift: 0, crop: 0 },
      },
    };
    const { recipes } = run(noisy, () => 0.5);
    const [sgd, , lbfgs] = recipes;

    expect(sgd).toMatchObject({ model: { dropout: 0.5 }, augmentation: { flip: true }, epochs: base.epochs });
    expect(lbfgs).toMatchObject({ model: { dropout: 0 }, augmentation: { flip: false }, epochs: base.epochs });
    expect(raceProtocol(noisy).turnedOff).toEqual(['dropout', 'augmentation']);
    expect(raceProtocol({ ...noisy, optimizers: ['sgd'] }).turnedOff).toEqual([]);
  });

  it('times epochs after the first, which also starts threads', () => {
    const { results } = run({ ...race, optimizers: ['sgd'], trials: 1 }, () => 0.5);
    const timed = results.map((result) => ({
      ...result,
      seconds: 9,
      epochs: [8, 8.25, 8.5].map((seconds, e) => ({ ...result.epochs[0]!, epoch: e + 1, seconds })),
    }));

    expect(raceResult({ ...race, optimizers: ['sgd'], trials: 1 }, timed).rows[0]!.secondsPerEpoch).toBe(0.25);
    expect(raceResult({ ...race, optimizers: ['sgd'], trials: 1 }, results).rows[0]!.secondsPerEpoch).toBe(
      results[0]!.seconds / 2,
    );
  });

  it('crowns nobody of whom a seed failed', () => {
    const { result } = run(race, ({ seed }, name, part) =>
      name === 'adam' ? (part === 'tuned' && seed === 6 ? -1 : 0.9) : 0.5,
    );

    expect(result.rows[1]!.tuned).toMatchObject({ mean: 0.9, seeds: 1, failed: 1 });
    expect(result).toMatchObject({ winner: null, noWinner: 'failed-seed' });
  });

  it('goes on without an optimizer for which nothing works', () => {
    const { result, results } = run(race, (_, name) => (name === 'sgd' ? -1 : 0.5));

    expect(results.length).toBe(raceTrialCount(race) - 2); // no tuned runs of SGD
    expect(result.rows[0]).toMatchObject({ best: null, tuned: null, defaults: null, tolerance: null });
  });

  it('comes out the same twice, and prints its protocol', () => {
    const accuracy = ({ optimizer, seed }: Recipe) => Math.abs(Math.sin(1e3 * optimizer.learningRate + seed));

    expect(run(race, accuracy)).toEqual(run(race, accuracy));
    expect(raceProtocol(race)).toMatchObject({ trials: 4, seeds: [5, 6], searchSeed: 1, fullBatch: ['lbfgs'] });
  });
});
