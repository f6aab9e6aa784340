/**
 * What each block of a mixture is worth, and how heavy it should be: runs of one recipe with one thing changed.
 *
 *     all          the recipe as it is: every block standardised and balanced by dimension
 *     naive        every block as it was extracted: nothing standardised, nothing balanced
 *     scaled       the same with the first block times 1,000, as if it were measured in another unit
 *     without b    the recipe less block b
 *     weight b     block b times ¼, ½, 2 and 4, for b = 1, 2, … in turn; the best on validation stays for the blocks after it
 *
 * Standardising divides any scale out again, so that `all` also is what becomes of `scaled` by it. The first block keeps its
 * weight: only what the others weigh beside it matters. All trials are judged on the same validation pictures;
 * the test split is not touched.
 *
 * Which trial comes next, and with which weights, follows from the plan and from the accuracies of trials before it.
 */
import { StudioError } from '../errors.ts';
import type { FeatureRecipe } from '../recipe/feature-recipe.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { bestAccuracy, type Trial, type TrialResult } from './trial.ts';

export interface BlockPlan {
  readonly kind: 'blocks';
  /** At least two blocks. */
  readonly base: Recipe;
  /** The run that the question is about, where there is one: its table is found by it. */
  readonly runId: string | null;
  /** Whether weights are searched too. */
  readonly weights: boolean;
}

/** Trials before those of single blocks. */
const plain = 3;
const factors = [0.25, 0.5, 2, 4] as const;
/** Thousands of grams for kilograms. */
const unit = 1000;

export interface BlockTrial {
  readonly what: 'all' | 'naive' | 'scaled' | 'without' | 'weight';
  /** The block in question. */
  readonly block: number | null;
  readonly features: readonly FeatureRecipe[];
}

export interface BlockRow extends Omit<BlockTrial, 'features'> {
  readonly index: number;
  /** One a block of the recipe; null for a block that was left out. */
  readonly weights: readonly (number | null)[];
  /** Best on validation; null while unknown. */
  readonly accuracy: number | null;
}

export interface BlockResult {
  readonly rows: readonly BlockRow[];
  /** Of the best weights found so far, one a block. */
  readonly weights: readonly number[];
  /** With those. */
  readonly accuracy: number | null;
}

/** @throws StudioError INVALID_OPTION for a single block. */
export function requireBlockPlan({ base }: BlockPlan): void {
  if (base.features.length >= 2) return;
  const expected = 'a mixture of at least two blocks';
  throw new StudioError('INVALID_OPTION', { option: 'features', value: base.features[0]?.kind ?? '', expected });
}

export function blockTrialCount({ base, weights }: BlockPlan): number {
  const blocks = base.features.length;
  return plain + blocks + (weights ? factors.length * (blocks - 1) : 0);
}

/** The next trial after these, null at the end. */
export function nextBlockTrial(plan: BlockPlan, results: readonly TrialResult[]): Trial | null {
  const done = new Set(results.map(({ index }) => index));
  for (let index = 0; index < blockTrialCount(plan); index++) {
    if (done.has(index)) continue;
    const trial = blockTrial(plan, results, index);
    return { index, name: nameOf(plan, trial, index), recipe: { ...plan.base, features: trial.features } };
  }
  return null;
}

/** The trial with this number; all that weigh blocks before its own have to be among the results. */
export function blockTrial(plan: BlockPlan, results: readonly TrialResult[], index: number): BlockTrial {
  const blocks = plan.base.features;
  if (index === 0) return { what: 'all', block: null, features: blocks };
  if (index === 1) return { what: 'naive', block: null, features: blocks.map(asExtracted) };
  if (index === 2) {
    const scaled = { ...asExtracted(blocks[0]!), weight: unit };
    return { what: 'scaled', block: 0, features: [scaled, ...blocks.slice(1).map(asExtracted)] };
  }
  if (index < plain + blocks.length) {
    const block = index - plain;
    return { what: 'without', block, features: blocks.filter((_, b) => b !== block) };
  }
  const at = index - plain - blocks.length;
  const block = 1 + Math.floor(at / factors.length);
  const weights = weightsBefore(plan, results, block);
  const factor = factors[at % factors.length]!;
  return {
    what: 'weight',
    block,
    features: blocks.map((one, b) => ({ ...one, weight: weightOf(one) * (b === block ? factor : weights[b]!) })),
  };
}

/** What is known so far, in the order of the trials. */
export function blockResult(plan: BlockPlan, results: readonly TrialResult[]): BlockResult {
  const blocks = plan.base.features.length;
  const sorted = results.toSorted((a, b) => a.index - b.index);
  const rows = sorted.map((result): BlockRow => {
    const { what, block, features } = blockTrial(plan, results, result.index);
    const accuracy = bestAccuracy(result);
    const weights: (number | null)[] = features.map(weightOf);
    if (what === 'without') weights.splice(block!, 0, null);
    return { index: result.index, what, block, weights, accuracy: Number.isFinite(accuracy) ? accuracy : null };
  });
  const multiples = weightsBefore(plan, results, blocks);
  const weights = plan.base.features.map((block, b) => weightOf(block) * multiples[b]!);
  const isBest = (row: BlockRow) =>
    (row.what === 'all' || row.what === 'weight') && row.weights.every((weight, b) => weight === weights[b]);
  return { rows, weights, accuracy: rows.find(isBest)?.accuracy ?? null };
}

/** What multiplies the weights of blocks before `end`, 1 for the others: of equals the one nearest to 1, the lower first. */
function weightsBefore(plan: BlockPlan, results: readonly TrialResult[], end: number): number[] {
  const accuracyOf = (index: number) => {
    const result = results.find((one) => one.index === index);
    return result === undefined ? -Infinity : bestAccuracy(result);
  };
  const blocks = plan.base.features.length;
  const weights = plan.base.features.map(() => 1);
  let best = accuracyOf(0);
  for (let block = 1; block < end; block++) {
    const tried = factors.map((factor, k) => ({
      factor,
      accuracy: accuracyOf(plain + blocks + (block - 1) * factors.length + k),
    }));
    for (const { factor, accuracy } of tried.toSorted(
      (a, b) => Math.abs(Math.log(a.factor)) - Math.abs(Math.log(b.factor)),
    )) {
      if (!(accuracy > best)) continue;
      best = accuracy;
      weights[block] = factor;
    }
  }
  return weights;
}

function asExtracted(block: FeatureRecipe): FeatureRecipe {
  return { ...block, standardize: 'none', weight: 1 };
}

function weightOf({ weight = 1 }: FeatureRecipe): number {
  return weight;
}

/** As people find the run in a list: `3: − hog`, `7: color × 2`. */
function nameOf({ base }: BlockPlan, { what, block, features }: BlockTrial, index: number): string {
  const kinds = base.features.map(({ kind }) => kind);
  switch (what) {
    case 'all':
      return `${index + 1}: ${kinds.join(' + ')}`;
    case 'naive':
      return `${index + 1}: ${kinds.join(' + ')}, σ –`;
    case 'scaled':
      return `${index + 1}: ${kinds[0]!} × ${unit} + ${kinds.slice(1).join(' + ')}, σ –`;
    case 'without':
      return `${index + 1}: − ${kinds[block!]!}`;
    case 'weight':
      return `${index + 1}: ${kinds[block!]!} × ${weightOf(features[block!]!)}`;
  }
}
