/** What the Landscapes place calls things. */
import type { Recipe } from '../../core/recipe/recipe.ts';
import type { CurvatureReport, LossDirection, ScalingReport } from '../../core/rpc/contract/checks.ts';
import type { RunSummary } from '../../core/rpc/contract/runs.ts';
import { m } from '../messages.ts';

export const landscapeViews = ['loss', 'curvature', 'noise', 'rate', 'toy'] as const;
export type LandscapeViewName = (typeof landscapeViews)[number];

export const viewTitles: Readonly<Record<LandscapeViewName, () => string>> = {
  loss: () => m.landscape_view_loss(),
  curvature: () => m.landscape_view_curvature(),
  noise: () => m.landscape_view_noise(),
  rate: () => m.landscape_view_rate(),
  toy: () => m.landscape_view_toy(),
};

export const viewLessons: Readonly<Record<LandscapeViewName, () => string>> = {
  loss: () => m.landscape_lesson_loss(),
  curvature: () => m.landscape_lesson_curvature(),
  noise: () => m.landscape_lesson_noise(),
  rate: () => m.landscape_lesson_rate(),
  toy: () => m.landscape_lesson_toy(),
};

export const directionNames = ['gradient', 'top', 'bottom', 'start', 'random:0', 'random:1'] as const;
/** A direction as a choice in the page; `run:ID` leads to the best weights of another run. */
export type DirectionName = (typeof directionNames)[number] | `run:${string}`;

const directionWords = {
  gradient: () => m.landscape_direction_gradient(),
  top: () => m.landscape_direction_top(),
  bottom: () => m.landscape_direction_bottom(),
  start: () => m.landscape_direction_start(),
  'random:0': () => m.landscape_direction_random({ seed: 0 }),
  'random:1': () => m.landscape_direction_random({ seed: 1 }),
} as const;

export function directionWord(name: DirectionName, runs: readonly RunSummary[]): string {
  if (isNamed(name)) return directionWords[name]();
  const run = runs.find(({ id }) => `run:${id}` === name);
  return m.landscape_direction_run({
    run: run === undefined ? '–' : m.frame_run({ number: run.number, name: run.name }),
  });
}

/** As the contract takes it. */
export function directionOf(name: DirectionName): LossDirection {
  if (!isNamed(name)) return { kind: 'run', runId: name.slice('run:'.length) };
  const [kind, seed] = name.split(':');
  return kind === 'random'
    ? { kind: 'random', seed: Number(seed) }
    : { kind: kind as 'gradient' | 'top' | 'bottom' | 'start' };
}

/** As the command line takes it: a run by its number. */
export function directionArgument(name: DirectionName, runs: readonly RunSummary[]): string {
  if (isNamed(name)) return name;
  return String(runs.find(({ id }) => `run:${id}` === name)?.number ?? name);
}

function isNamed(name: DirectionName): name is (typeof directionNames)[number] {
  return name in directionWords;
}

/** Other trained runs whose weights are as many and mean the same: a straight line leads to each. */
export function runsAlike(runs: readonly RunSummary[], recipe: Recipe, but: string | null): RunSummary[] {
  const shape = ({ dataset, features, model }: Recipe) =>
    JSON.stringify([dataset.id, features, model.kind === 'mlp' ? model.hidden : []]);
  return runs
    .filter((run) => run.id !== but && run.epochs > 0 && shape(run.recipe) === shape(recipe))
    .toSorted((a, b) => b.number - a.number);
}

export const pointWords: Readonly<Record<CurvatureReport['point'], () => string>> = {
  minimum: () => m.critical_point_minimum(),
  'flat-minimum': () => m.critical_point_flat_minimum(),
  saddle: () => m.critical_point_saddle(),
  maximum: () => m.critical_point_maximum(),
  flat: () => m.critical_point_flat(),
  slope: () => m.critical_point_slope(),
};

export const nullWords: Readonly<Record<CurvatureReport['nullDirections'][number]['kind'], () => string>> = {
  'class-shift': () => m.null_direction_class_shift(),
  'constant-input': () => m.null_direction_constant_input(),
  'silent-unit': () => m.null_direction_silent_unit(),
};

export const scalingWords: Readonly<Record<ScalingReport['scalings'][number]['name'], () => string>> = {
  raw: () => m.landscape_scaling_raw(),
  standardized: () => m.landscape_scaling_standardized(),
  whitened: () => m.landscape_scaling_whitened(),
};

/** Colours of curves that are told apart by word and dash too. */
export const curveLooks = [
  { color: 'light-dark(#051382, #8f8bff)', dash: [] },
  { color: 'light-dark(#197da5, #80cedf)', dash: [7, 4] },
  { color: 'light-dark(#a33417, #ff8a66)', dash: [] },
  { color: 'light-dark(#b06a00, #e3b341)', dash: [7, 4] },
] as const;
