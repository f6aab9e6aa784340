/** What a search and a race are made of: trials, each a whole recipe that becomes a run, and what came of it. */
import type { Recipe } from '../recipe/recipe.ts';

export interface Trial {
  /** 0, 1, 2 … in order of planning: with the plan it decides the recipe. */
  readonly index: number;
  readonly recipe: Recipe;
  /** As people find the run in a list. */
  readonly name: string;
}

export interface TrialEpoch {
  readonly epoch: number;
  readonly step: number;
  readonly trainLoss: number | null;
  readonly validationLoss: number | null;
  readonly validationAccuracy: number | null;
  /** Since the beginning; for people, never for a decision. */
  readonly seconds?: number;
}

export interface TrialResult {
  readonly index: number;
  readonly runId: string;
  readonly epochs: readonly TrialEpoch[];
  /** `rejected`: ended early as hopeless. `failed`: diverged, or ended by anything but its recipe. */
  readonly outcome: 'finished' | 'rejected' | 'failed';
  /** Of training; for people, never for a decision. */
  readonly seconds: number;
}

/** Highest validation accuracy of any epoch; −∞ for a trial that failed or was never judged. */
export function bestAccuracy({ outcome, epochs }: Pick<TrialResult, 'outcome' | 'epochs'>): number {
  if (outcome === 'failed') return -Infinity;
  return epochs.reduce((best, { validationAccuracy }) => Math.max(best, validationAccuracy ?? -Infinity), -Infinity);
}

/** The best by validation accuracy, then by the lowest validation loss, then the first; null where all failed. */
export function bestTrial<Result extends TrialResult>(results: readonly Result[]): Result | null {
  const lossOf = ({ epochs }: TrialResult) =>
    epochs.reduce((least, { validationLoss }) => Math.min(least, validationLoss ?? Infinity), Infinity);
  let best: Result | null = null;
  for (const result of results) {
    if (!(bestAccuracy(result) > -Infinity)) continue;
    if (best === null) best = result;
    else {
      const [a, b] = [bestAccuracy(result), bestAccuracy(best)];
      if (a > b || (a === b && lossOf(result) < lossOf(best))) best = result;
    }
  }
  return best;
}
