/** To which other runs a straight line through the loss leads, and how a direction is said to the contract and the command line. */
import { describe, expect, it } from 'vitest';
import { defaultFeatures } from '../../../../core/recipe/feature-recipe.ts';
import { defaultRecipe, type Recipe } from '../../../../core/recipe/recipe.ts';
import type { RunSummary } from '../../../../core/rpc/contract/runs.ts';
import { directionArgument, directionOf, runsAlike } from '../../../../renderer/landscapes/landscape-words.ts';

const linear = defaultRecipe({ id: 'd', version: '1' }, 'linear');
const network = defaultRecipe({ id: 'd', version: '1' }, 'mlp');
const withUnits = (...hidden: number[]): Recipe => ({
  ...network,
  model: { ...network.model, hidden } as Recipe['model'],
});

let number = 0;
function run(recipe: Recipe, epochs = 1): RunSummary {
  number++;
  return { id: `r${number}`, number, epochs, recipe } as RunSummary;
}

describe('runs that a straight line leads to', () => {
  const here = run(linear);
  const numbersOf = (runs: readonly RunSummary[], recipe: Recipe, but: string | null = here.id) =>
    runsAlike(runs, recipe, but).map(({ id }) => id);

  it('have weights of the same number and meaning, however they were trained, the newest first', () => {
    const slower = run({ ...linear, seed: 9, l2: 0.1, loss: 'hinge', epochs: 3 });
    const relabelled = run({ ...linear, dataset: { id: 'd', version: '2' } });

    expect(numbersOf([here, slower, relabelled], linear)).toEqual([relabelled.id, slower.id]);
    expect(numbersOf([here, slower], linear, null)).toEqual([slower.id, here.id]);
  });

  it('are none with other units, other inputs, other pictures, or without any epoch', () => {
    const others = [
      run(withUnits(32)),
      run({ ...linear, features: [defaultFeatures.hog] }),
      run({ ...linear, dataset: { id: 'e', version: '1' } }),
      run(linear, 0),
    ];
    const [wide, narrow] = [run(withUnits(64, 32)), run(withUnits(64))];

    expect(numbersOf([here, ...others], linear)).toEqual([]);
    expect(numbersOf([wide, narrow], withUnits(64))).toEqual([narrow.id]);
  });

  it('are named to the contract by their id and to the command line by their number', () => {
    const other = run(linear);

    expect(directionOf(`run:${other.id}`)).toEqual({ kind: 'run', runId: other.id });
    expect(directionArgument(`run:${other.id}`, [here, other])).toBe(String(other.number));
    expect(directionOf('random:1')).toEqual({ kind: 'random', seed: 1 });
    expect(directionArgument('random:1', [])).toBe('random:1');
  });
});
