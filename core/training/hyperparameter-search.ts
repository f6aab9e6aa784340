/**
 * A search for good settings: trials within ranges, hopeless ones ended early.
 *
 *     random:  learning rate and λ log-uniform, lists uniform; trial k depends on the seed and on k alone
 *     grid:    every combination, in order, of `levels` values a range
 *
 * Random trials cover each single setting better than a grid of as many, since usually few settings matter. After
 * epochs r, r·η, r·η², … (rungs) a trial goes on only if it is among the best 1/η of those that have been there, by
 * validation accuracy: successive halving as trials come one after another. The first trials cannot be judged yet and go
 * on. A decision looks at epochs only, never at a clock, so that the same search ends in the same settings.
 *
 * Source: Bergstra & Bengio 2012, JMLR 13; Jamieson & Talwalkar 2016; Li et al. 2020, arXiv:1810.05934 (ASHA).
 */
import { StudioError } from '../errors.ts';
import { requireBetween, requireInteger, requireOneOf, requirePositive } from '../options.ts';
import { createGenerator } from '../random/generator.ts';
import { uniform, uniformInteger } from '../random/sampling.ts';
import type { ActivationName, Recipe } from '../recipe/recipe.ts';
import type { Trial, TrialResult } from './trial.ts';

/** [low, high], searched on a logarithmic scale. */
export type LogRange = readonly [low: number, high: number];

export interface SearchSpace {
  readonly learningRate?: LogRange | undefined;
  readonly l2?: LogRange | undefined;
  /** Layers of an MLP, each list one choice. */
  readonly hidden?: readonly (readonly number[])[] | undefined;
  readonly activation?: readonly ActivationName[] | undefined;
  readonly batchSize?: readonly Recipe['batchSize'][] | undefined;
}

export interface SearchPlan {
  readonly kind: 'search';
  readonly method: 'random' | 'grid';
  /** What trials share; the space replaces fields of it. */
  readonly base: Recipe;
  readonly space: SearchSpace;
  /** Trials at most; a grid has no more than its combinations. */
  readonly trials: number;
  readonly seed: number;
  /** Values a range in a grid, ≥ 2. */
  readonly levels: number;
  /** null lets every trial finish. */
  readonly halving: { readonly firstRung: number; readonly eta: number } | null;
}

/** @throws StudioError INVALID_OPTION for a plan that makes no sense. */
export function requireSearchPlan({ method, space, trials, levels, halving, base }: SearchPlan): void {
  requireOneOf('method', method, ['random', 'grid']);
  requireInteger('trials', trials, 1, 10_000);
  requireInteger('levels', levels, 2, 100);
  for (const name of ['learningRate', 'l2'] as const) {
    const range = space[name];
    if (range === undefined) continue;
    requirePositive(name, range[0]);
    requireBetween(name, range[1], range[0], 1e6);
  }
  const lists = [space.hidden, space.activation, space.batchSize].filter((list) => list !== undefined);
  for (const list of lists) requireInteger('choices', list.length, 1);
  if (lists.length === 0 && space.learningRate === undefined && space.l2 === undefined) {
    throw new StudioError('INVALID_OPTION', {
      option: 'space',
      value: 'nothing',
      expected: 'something to search over',
    });
  }
  if ((space.hidden !== undefined || space.activation !== undefined) && base.model.kind !== 'mlp') {
    throw new StudioError('INVALID_OPTION', { option: 'hidden', value: base.model.kind, expected: 'mlp' });
  }
  if (halving !== null) {
    requireInteger('firstRung', halving.firstRung, 1);
    requireInteger('eta', halving.eta, 2, 100);
  }
}

/** Trials of the plan: its budget, or the combinations of a grid where those are fewer. */
export function trialCount(plan: SearchPlan): number {
  if (plan.method === 'random') return plan.trials;
  return Math.min(
    plan.trials,
    axesOf(plan).reduce((product, axis) => product * axis.length, 1),
  );
}

/** The trial with this number: the same one whenever it is asked for. */
export function searchTrial(plan: SearchPlan, index: number): Trial {
  const { base, method, seed } = plan;
  let recipe = base;
  if (method === 'grid') {
    let rest = index;
    for (const axis of axesOf(plan)) {
      recipe = axis[rest % axis.length]!(recipe);
      rest = Math.floor(rest / axis.length);
    }
  } else {
    const random = createGenerator(seed, 'search', index);
    const { learningRate, l2, hidden, activation, batchSize } = plan.space;
    // Every setting draws, searched or not: leaving one out leaves the others as they were.
    const [rate, strength] = [uniform(random), uniform(random)];
    const pick = <Item>(items: readonly Item[] | undefined) => {
      const k = uniformInteger(random, items?.length ?? 1);
      return items?.[k];
    };
    const [layers, phi, batch] = [pick(hidden), pick(activation), pick(batchSize)];
    if (learningRate) recipe = withRate(recipe, logBetween(learningRate, rate));
    if (l2) recipe = { ...recipe, l2: logBetween(l2, strength) };
    if (layers) recipe = withModel(recipe, { hidden: [...layers] });
    if (phi) recipe = withModel(recipe, { activation: phi });
    if (batch !== undefined) recipe = { ...recipe, batchSize: batch };
  }
  return { index, recipe, name: nameOf(plan, recipe, index) };
}

/** The next trial after these, null at the end. */
export function nextSearchTrial(plan: SearchPlan, results: readonly Pick<TrialResult, 'index'>[]): Trial | null {
  const done = new Set(results.map(({ index }) => index));
  for (let index = 0; index < trialCount(plan); index++) if (!done.has(index)) return searchTrial(plan, index);
  return null;
}

/**
 * Whether a trial that has come this far is to go on.
 *
 * @param epoch     the one that has just ended, with its validation accuracy; null counts as the worst.
 * @param others    trials before it.
 */
export function goesOn(
  { halving, base }: SearchPlan,
  epoch: number,
  accuracy: number | null,
  others: readonly TrialResult[],
): boolean {
  if (halving === null || epoch >= base.epochs || !isRung(epoch, halving)) return true;
  const there = others
    .map(({ epochs }) => epochs.find((other) => other.epoch === epoch)?.validationAccuracy ?? null)
    .filter((value) => value !== null);
  const rivals = there.length + 1;
  if (rivals < halving.eta) return true;
  const better = there.filter((value) => value > (accuracy ?? -Infinity)).length;
  return better < Math.max(1, Math.floor(rivals / halving.eta));
}

/** r, r·η, r·η², … */
function isRung(epoch: number, { firstRung, eta }: { firstRung: number; eta: number }): boolean {
  let rung = firstRung;
  while (rung < epoch) rung *= eta;
  return rung === epoch;
}

type Change = (recipe: Recipe) => Recipe;

/** The values of each searched setting, as changes of a recipe. */
function axesOf({ space, levels }: SearchPlan): Change[][] {
  const { learningRate, l2, hidden, activation, batchSize } = space;
  const values = (range: LogRange) => Array.from({ length: levels }, (_, k) => logBetween(range, k / (levels - 1)));
  const axes: Change[][] = [];
  if (learningRate) axes.push(values(learningRate).map((rate) => (recipe) => withRate(recipe, rate)));
  if (l2) axes.push(values(l2).map((strength) => (recipe) => ({ ...recipe, l2: strength })));
  if (hidden) axes.push(hidden.map((layers) => (recipe) => withModel(recipe, { hidden: [...layers] })));
  if (activation) axes.push(activation.map((phi) => (recipe) => withModel(recipe, { activation: phi })));
  if (batchSize) axes.push(batchSize.map((size) => (recipe) => ({ ...recipe, batchSize: size })));
  return axes;
}

/** Between both ends on a logarithmic scale, to six digits: a number that a person can type again. */
export function logBetween([low, high]: LogRange, fraction: number): number {
  return Number((low * (high / low) ** fraction).toPrecision(6));
}

export function withRate(recipe: Recipe, learningRate: number): Recipe {
  return { ...recipe, optimizer: { ...recipe.optimizer, learningRate } };
}

function withModel(recipe: Recipe, change: { hidden?: readonly number[]; activation?: ActivationName }): Recipe {
  return recipe.model.kind === 'mlp' ? { ...recipe, model: { ...recipe.model, ...change } } : recipe;
}

function nameOf({ space }: SearchPlan, recipe: Recipe, index: number): string {
  const { optimizer, l2, model, batchSize } = recipe;
  const parts = [
    space.learningRate && `α ${optimizer.learningRate}`,
    space.l2 && `λ ${l2}`,
    space.hidden && model.kind === 'mlp' && model.hidden.join('-'),
    space.activation && model.kind === 'mlp' && String(model.activation),
    space.batchSize && `B ${batchSize}`,
  ];
  return `${index + 1}: ${parts.filter((part) => part).join(', ')}`;
}
