/**
 * A fair race of optimizers on one's own pictures.
 *
 * Fair means: the same network from the same initial weights in the same batch order, the same number of tuning trials
 * for everyone (learning rate and λ, log-uniform, the same random numbers for all, each around the optimizer's own
 * default), the best setting by validation accuracy, then k seeds with it. Beside them the untuned defaults, k seeds too.
 * λ is the penalty's, and AdamW's own decay with the penalty off: with the penalty it would be Adam once more.
 * Which optimizer wins depends on the ranges searched and on the budget; the protocol is part of the result. Where the
 * bands of seeds overlap there is no winner, nor where a seed of the first failed. Methods that need the whole training set
 * a step take it, one step an epoch; a line search evaluates as often as it needs, which is counted. The test split is looked at by the
 * final runs only, as settings are chosen by the others.
 *
 *     band = [lowest, highest] best validation accuracy over the seeds
 *
 * Source: Choi et al. 2019, arXiv:1910.05446 (the search space decides the ranking); Schmidt et al. 2021,
 * arXiv:2007.01547 (trying several with defaults does about as well as tuning one).
 */
import { StudioError } from '../errors.ts';
import { requireBetween, requireInteger, requirePositive } from '../options.ts';
import { createGenerator } from '../random/generator.ts';
import { uniform } from '../random/sampling.ts';
import { forOptimizer, needsFullBatch, type Noise } from '../recipe/for-optimizer.ts';
import { defaultOptimizers, type OptimizerName, type Recipe } from '../recipe/recipe.ts';
import { type LogRange, logBetween, withRate } from './hyperparameter-search.ts';
import { bestAccuracy, bestTrial, type Trial, type TrialEpoch, type TrialResult } from './trial.ts';

export interface RacePlan {
  readonly kind: 'race';
  /** Model, features, loss, schedule, epochs and batch size of everyone; its seed is the first of the seeds. */
  readonly base: Recipe;
  readonly optimizers: readonly OptimizerName[];
  /** Tuning trials of each, ≥ 1. */
  readonly trials: number;
  /** k. Runs with the best setting, and with the defaults, of each, ≥ 1. */
  readonly seeds: number;
  /** Of the search. */
  readonly seed: number;
  /** Learning rates are searched from default/factor to default·factor, > 1. */
  readonly rateFactor: number;
  readonly l2: LogRange;
}

/** A race where nobody says otherwise: the page and the command line begin with the same, so that their numbers are. */
export const defaultRace = {
  optimizers: ['sgd', 'momentum', 'nesterov', 'adagrad', 'rmsprop', 'adam', 'adamw', 'lbfgs'],
  trials: 6,
  seeds: 3,
  seed: 0,
  epochs: 5,
  rateFactor: 30,
  l2: [1e-5, 1e-1],
} as const satisfies Omit<RacePlan, 'kind' | 'base'> & { readonly epochs: number };

/** What all have in common, from a dataset's default recipe. The schedule is constant, so that no rate is hidden in it. */
export function raceBase(recipe: Recipe): Recipe {
  return {
    ...recipe,
    optimizer: defaultOptimizers.sgd,
    schedule: { kind: 'constant' },
    epochs: defaultRace.epochs,
  };
}

/** What a trial is for. */
export interface RaceRole {
  readonly optimizer: OptimizerName;
  readonly part: 'tuning' | 'tuned' | 'default';
  /** Trial of the tuning, or number of the seed. */
  readonly number: number;
}

export interface RaceTrial extends Trial {
  readonly role: RaceRole;
}

/** @throws StudioError INVALID_OPTION. */
export function requireRacePlan({ optimizers, trials, seeds, rateFactor, l2, base }: RacePlan): void {
  requireInteger('optimizers', new Set(optimizers).size, Math.max(1, optimizers.length));
  requireInteger('trials', trials, 1, 1000);
  requireInteger('seeds', seeds, 1, 100);
  requireBetween('rateFactor', rateFactor, 1, 1e6);
  requirePositive('l2', l2[0]);
  requireBetween('l2', l2[1], l2[0], 1e6);
  if (base.seed + seeds > 2 ** 32) {
    throw new StudioError('INVALID_OPTION', { option: 'seed', value: String(base.seed), expected: '< 2³² − seeds' });
  }
}

/** Trials of the whole race. */
export function raceTrialCount({ optimizers, trials, seeds }: RacePlan): number {
  return optimizers.length * (trials + 2 * seeds);
}

/** In which order: all tuning, then tuned and default runs, seed by seed, so that a race cut short is fair too. */
export function raceRole({ optimizers, trials, seeds }: RacePlan, index: number): RaceRole {
  const n = optimizers.length;
  const optimizer = optimizers[index % n]!;
  const round = Math.floor(index / n);
  if (round < trials) return { optimizer, part: 'tuning', number: round };
  const part = (round - trials) % 2 === 0 ? 'tuned' : 'default';
  return { optimizer, part, number: Math.min(seeds - 1, Math.floor((round - trials) / 2)) };
}

/** The next trial after these, null at the end. An optimizer whose every tuning trial failed has no tuned runs. */
export function nextRaceTrial(plan: RacePlan, results: readonly TrialResult[]): RaceTrial | null {
  const done = new Set(results.map(({ index }) => index));
  for (let index = 0; index < raceTrialCount(plan); index++) {
    if (done.has(index)) continue;
    const trial = raceTrial(plan, index, results);
    if (trial !== null) return trial;
  }
  return null;
}

/** @returns null for a tuned run of an optimizer that has no setting that works. */
export function raceTrial(plan: RacePlan, index: number, results: readonly TrialResult[]): RaceTrial | null {
  const role = raceRole(plan, index);
  const recipe = recipeOf(plan, role, results);
  if (recipe === null) return null;
  return { index, role, recipe, name: nameOf(plan, role, recipe) };
}

/** In signs instead of words, as people of any language find it: α*, λ* is the best setting, α₀, λ₀ the default one. */
function nameOf({ trials }: RacePlan, { optimizer, part, number }: RaceRole, recipe: Recipe) {
  const mark = { tuning: '', tuned: '*', default: '₀' }[part];
  const { learningRate, l2 } = settingOf(recipe);
  const setting = `${optimizer} · α${mark} ${learningRate} · λ${mark} ${l2}`;
  return `${setting} · ${part === 'tuning' ? `${number + 1}/${trials}` : `seed ${recipe.seed}`}`;
}

/** What a race searches over: α and λ, which is AdamW's decay and everybody else's penalty. */
export function settingOf({ optimizer, l2 }: Recipe): { readonly learningRate: number; readonly l2: number } {
  const { learningRate } = optimizer;
  return { learningRate, l2: optimizer.kind === 'adamw' ? optimizer.weightDecay : l2 };
}

function withStrength(recipe: Recipe, l2: number): Recipe {
  const { optimizer } = recipe;
  if (optimizer.kind !== 'adamw') return { ...recipe, l2 };
  return { ...recipe, optimizer: { ...optimizer, weightDecay: l2 } };
}

function recipeOf(plan: RacePlan, role: RaceRole, results: readonly TrialResult[]): Recipe | null {
  const { base } = plan;
  const optimizer = defaultOptimizers[role.optimizer];
  const own: Recipe = {
    ...forOptimizer(base, optimizer).recipe,
    l2: optimizer.kind === 'adamw' ? 0 : base.l2,
    epochs: base.epochs,
  };
  switch (role.part) {
    case 'tuning':
      return tuned(plan, own, role.number);
    case 'default':
      return { ...own, seed: base.seed + role.number };
    case 'tuned': {
      const best = bestTrial(tuningOf(plan, role.optimizer, results));
      if (best === null) return null;
      return { ...tuned(plan, own, raceRole(plan, best.index).number), seed: base.seed + role.number };
    }
  }
}

/** Tuning trial k: the same two random numbers for every optimizer. The first one keeps the default rate and λ. */
function tuned({ seed, rateFactor, l2 }: RacePlan, own: Recipe, k: number): Recipe {
  if (k === 0) return own;
  const random = createGenerator(seed, 'race', k);
  const [u, w] = [uniform(random), uniform(random)];
  const { learningRate } = own.optimizer;
  // A line search scales its own steps; beyond 1 there is nothing to find.
  const highest = own.optimizer.kind === 'lbfgs' ? learningRate : learningRate * rateFactor;
  return withStrength(withRate(own, logBetween([learningRate / rateFactor, highest], u)), logBetween(l2, w));
}

function tuningOf(plan: RacePlan, optimizer: OptimizerName, results: readonly TrialResult[]): TrialResult[] {
  return partOf(plan, optimizer, 'tuning', results);
}

function partOf(
  plan: RacePlan,
  optimizer: OptimizerName,
  part: RaceRole['part'],
  results: readonly TrialResult[],
): TrialResult[] {
  return results.filter(({ index }) => {
    const role = raceRole(plan, index);
    return role.optimizer === optimizer && role.part === part;
  });
}

export interface SeedBand {
  /** Best validation accuracy over the seeds that finished. */
  readonly mean: number;
  readonly lowest: number;
  readonly highest: number;
  readonly seeds: number;
  /** Seeds that diverged or failed. */
  readonly failed: number;
}

export interface RaceRow {
  readonly optimizer: OptimizerName;
  readonly best: { readonly learningRate: number; readonly l2: number } | null;
  readonly tuned: SeedBand | null;
  readonly defaults: SeedBand | null;
  /** Mean of the lowest validation loss of the tuned runs: measured after an epoch's last step, for everyone alike. */
  readonly validationLoss: number | null;
  /** Mean of their lowest training loss: of an epoch's steps, each before its update, so a method of one step an epoch is a step behind. */
  readonly trainLoss: number | null;
  /** Mean steps, and epochs, of the tuned runs to the race's target accuracy; null where a seed never got there. */
  readonly stepsToTarget: number | null;
  readonly epochsToTarget: number | null;
  /** Mean over the tuned runs of their epochs after the first. */
  readonly secondsPerEpoch: number | null;
  /** Every tuning trial, for the chart of sensitivity. */
  readonly tuning: readonly { readonly learningRate: number; readonly l2: number; readonly accuracy: number | null }[];
  /** Share of tuning trials within a tenth of the best accuracy: how much the setting matters. null before all are done, and of one. */
  readonly tolerance: number | null;
}

export interface RaceResult {
  readonly rows: readonly RaceRow[];
  /** Named only when its band lies above every other's. */
  readonly winner: OptimizerName | null;
  /** `overlap`: the bands of the first two do. `one-seed`: a band needs two. `failed-seed`: one of the first's failed. `incomplete`: runs are missing. */
  readonly noWinner: 'overlap' | 'one-seed' | 'failed-seed' | 'incomplete' | null;
  /** Validation accuracy that more than half of the optimizers, tuned, reached with every seed: what steps are counted to. */
  readonly target: number | null;
}

export function raceResult(plan: RacePlan, results: readonly TrialResult[]): RaceResult {
  const bands = plan.optimizers.map((optimizer) => bandOf(partOf(plan, optimizer, 'tuned', results)));
  const reached = bands.flatMap((band) => (band === null ? [] : [band.lowest])).sort((a, b) => b - a);
  const target = reached[Math.floor(reached.length / 2)] ?? null;
  const rows = plan.optimizers.map((optimizer, o): RaceRow => {
    const tuningResults = tuningOf(plan, optimizer, results);
    const settings = (result: TrialResult) => settingOf(raceTrial(plan, result.index, results)!.recipe);
    const best = bestTrial(tuningResults);
    const finished = partOf(plan, optimizer, 'tuned', results).filter(({ outcome }) => outcome === 'finished');
    const accuracies = tuningResults.map(bestAccuracy);
    const top = Math.max(...accuracies);
    return {
      optimizer,
      best: best === null ? null : settings(best),
      tuned: bands[o]!,
      defaults: bandOf(partOf(plan, optimizer, 'default', results)),
      validationLoss: meanOf(finished.map(({ epochs }) => lowest(epochs.map(({ validationLoss }) => validationLoss)))),
      trainLoss: meanOf(finished.map(({ epochs }) => lowest(epochs.map(({ trainLoss }) => trainLoss)))),
      stepsToTarget: meanOf(finished.map((result) => reaching(result, target)?.step ?? null)),
      epochsToTarget: meanOf(finished.map((result) => reaching(result, target)?.epoch ?? null)),
      secondsPerEpoch: meanOf(finished.map(secondsPerEpoch)),
      tuning: tuningResults.map((result, i) => ({
        ...settings(result),
        accuracy: Number.isFinite(accuracies[i]) ? accuracies[i]! : null,
      })),
      tolerance:
        Number.isFinite(top) && accuracies.length === plan.trials && plan.trials > 1
          ? accuracies.filter((accuracy) => accuracy >= 0.9 * top).length / accuracies.length
          : null,
    };
  });
  return { rows, target, ...crowned(plan, rows, results) };
}

function crowned(
  plan: RacePlan,
  rows: readonly RaceRow[],
  results: readonly TrialResult[],
): Pick<RaceResult, 'winner' | 'noWinner'> {
  if (nextRaceTrial(plan, results) !== null) return { winner: null, noWinner: 'incomplete' };
  const [first, ...others] = rows.filter((row) => row.tuned !== null).sort((a, b) => b.tuned!.mean - a.tuned!.mean);
  if (first === undefined) return { winner: null, noWinner: 'incomplete' };
  if (plan.seeds < 2) return { winner: null, noWinner: 'one-seed' };
  if (first.tuned!.failed > 0) return { winner: null, noWinner: 'failed-seed' };
  const overlaps = others.some(({ tuned }) => tuned!.highest >= first.tuned!.lowest);
  return overlaps ? { winner: null, noWinner: 'overlap' } : { winner: first.optimizer, noWinner: null };
}

function bandOf(results: readonly TrialResult[]): SeedBand | null {
  const accuracies = results.map(bestAccuracy).filter(Number.isFinite);
  if (accuracies.length === 0) return null;
  return {
    mean: accuracies.reduce((sum, value) => sum + value, 0) / accuracies.length,
    lowest: Math.min(...accuracies),
    highest: Math.max(...accuracies),
    seeds: accuracies.length,
    failed: results.length - accuracies.length,
  };
}

/** Of the epochs after the first, which starts threads and compiles; of all where there is only one. */
function secondsPerEpoch({ seconds, epochs }: TrialResult): number {
  const [first, last] = [epochs[0]?.seconds, epochs.at(-1)?.seconds];
  if (epochs.length < 2 || first === undefined || last === undefined) return seconds / epochs.length;
  return (last - first) / (epochs.length - 1);
}

/** The first epoch of the target accuracy. */
function reaching({ epochs }: TrialResult, target: number | null): TrialEpoch | undefined {
  if (target === null) return undefined;
  return epochs.find(({ validationAccuracy }) => (validationAccuracy ?? -Infinity) >= target);
}

function lowest(values: readonly (number | null)[]): number | null {
  const numbers = values.filter((value) => value !== null);
  return numbers.length === 0 ? null : Math.min(...numbers);
}

/** null of nothing, or where one is missing. */
function meanOf(values: readonly (number | null)[]): number | null {
  if (values.length === 0 || values.includes(null)) return null;
  return (values as number[]).reduce((sum, value) => sum + value, 0) / values.length;
}

/** The protocol as a value to print: everything that the result depends on. */
export interface RaceProtocol {
  readonly model: Recipe['model'];
  readonly features: Recipe['features'];
  readonly epochs: number;
  readonly batchSize: Recipe['batchSize'];
  readonly schedule: Recipe['schedule'];
  readonly trials: number;
  readonly seeds: readonly number[];
  readonly searchSeed: number;
  readonly l2: LogRange;
  readonly ranges: readonly { readonly optimizer: OptimizerName; readonly learningRate: LogRange }[];
  /** Optimizers that take the whole training split a step. */
  readonly fullBatch: readonly OptimizerName[];
  /** What the others have and L-BFGS cannot, beside minibatches. */
  readonly turnedOff: readonly Noise[];
}

export function raceProtocol({ base, optimizers, trials, seeds, seed, rateFactor, l2 }: RacePlan): RaceProtocol {
  const { model, features, epochs, batchSize, schedule } = base;
  return {
    model,
    features,
    epochs,
    batchSize,
    schedule,
    trials,
    seeds: Array.from({ length: seeds }, (_, k) => base.seed + k),
    searchSeed: seed,
    l2,
    ranges: optimizers.map((optimizer) => {
      const { learningRate } = defaultOptimizers[optimizer];
      const highest = optimizer === 'lbfgs' ? learningRate : learningRate * rateFactor;
      return { optimizer, learningRate: [learningRate / rateFactor, highest] };
    }),
    fullBatch: optimizers.filter((kind) => needsFullBatch({ kind })),
    turnedOff: optimizers.includes('lbfgs')
      ? forOptimizer(base, defaultOptimizers.lbfgs).turnedOff.filter((noise) => noise !== 'minibatches')
      : [],
  };
}
