/**
 * How the learning rate changes over a run. With base rate α₀, epoch e = 0, 1, …, progress p = step / all steps ∈ [0, 1):
 *
 *     constant:   α₀
 *     step:       α₀·factor^⌊e / everyEpochs⌋
 *     cosine:     α₀·(floor + (1 − floor)·½·(1 + cos πp))
 *     warm-up:    α₀·(step + 1) / w during the first w steps, then the schedule that follows, which still sees all steps
 *
 * The cosine moves with every step, the step schedule at epoch ends.
 *
 * Sources: Loshchilov & Hutter 2017, arXiv:1608.03983, equation 5 without restarts (cosine); Goyal et al. 2017,
 * arXiv:1706.02677, section 2.2 (warm-up).
 */
import { requireBetween, requireInteger, requirePositive } from '../options.ts';

export type LearningRateSchedule =
  | { readonly kind: 'constant' }
  | { readonly kind: 'step'; readonly everyEpochs: number; readonly factor: number }
  | { readonly kind: 'cosine'; readonly floor: number }
  | { readonly kind: 'warm-up'; readonly epochs: number; readonly after: LearningRateSchedule };

/** Where a run is. */
export interface SchedulePosition {
  /** Steps taken so far: 0 before the first one. */
  readonly step: number;
  readonly stepsPerEpoch: number;
  /** Epochs of the whole run. */
  readonly epochs: number;
}

/** The learning rate of the step that is about to be taken. */
export function learningRateAt(schedule: LearningRateSchedule, base: number, position: SchedulePosition): number {
  const { step, stepsPerEpoch, epochs } = position;
  switch (schedule.kind) {
    case 'constant':
      return base;
    case 'step':
      return base * schedule.factor ** Math.floor(Math.floor(step / stepsPerEpoch) / schedule.everyEpochs);
    case 'cosine': {
      const progress = Math.min(1, step / (stepsPerEpoch * epochs));
      return base * (schedule.floor + (1 - schedule.floor) * 0.5 * (1 + Math.cos(Math.PI * progress)));
    }
    case 'warm-up': {
      const warmUpSteps = schedule.epochs * stepsPerEpoch;
      return step < warmUpSteps ? (base * (step + 1)) / warmUpSteps : learningRateAt(schedule.after, base, position);
    }
  }
}

/** Throws StudioError INVALID_OPTION unless every part of the schedule makes sense. */
export function requireSchedule(schedule: LearningRateSchedule): void {
  switch (schedule.kind) {
    case 'constant':
      return;
    case 'step':
      requireInteger('everyEpochs', schedule.everyEpochs, 1);
      requirePositive('factor', schedule.factor);
      return;
    case 'cosine':
      requireBetween('floor', schedule.floor, 0, 1);
      return;
    case 'warm-up':
      requirePositive('epochs', schedule.epochs);
      requireSchedule(schedule.after);
      return;
  }
}
