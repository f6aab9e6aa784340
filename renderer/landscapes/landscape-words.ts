/** What the Landscapes place calls things. */
import type { CurvatureReport, ScalingReport } from '../../core/rpc/contract/checks.ts';
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
export type DirectionName = (typeof directionNames)[number];

export const directionWords: Readonly<Record<DirectionName, () => string>> = {
  gradient: () => m.landscape_direction_gradient(),
  top: () => m.landscape_direction_top(),
  bottom: () => m.landscape_direction_bottom(),
  start: () => m.landscape_direction_start(),
  'random:0': () => m.landscape_direction_random({ seed: 0 }),
  'random:1': () => m.landscape_direction_random({ seed: 1 }),
};

/** As the contract takes it. */
export function directionOf(name: DirectionName) {
  const [kind, seed] = name.split(':');
  return kind === 'random'
    ? { kind: 'random' as const, seed: Number(seed) }
    : { kind: kind as 'gradient' | 'top' | 'bottom' | 'start' };
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
