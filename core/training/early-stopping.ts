/**
 * Which epoch of a run is its best, and when it has learnt enough.
 *
 *     best:      the highest validation accuracy, the lower loss among equals; or the lowest validation loss
 *     patience:  p epochs have passed since the best one
 *     target:    the validation accuracy has reached a wanted value
 *
 * Without a validation set there is nothing to stop by, and the run goes to its last epoch. The state is plain data, for
 * a checkpoint. Time is another matter: core has no clock.
 *
 * Source: Prechelt 1998, "Early stopping – but when?", the UP criterion's simplest form.
 */
import { requireBetween, requireInteger, requireNonNegative } from '../options.ts';
import type { StoppingRecipe } from '../recipe/recipe.ts';

export interface EarlyStoppingOptions {
  /** What makes an epoch the best; defaults to the loss. Where there is no accuracy the loss decides in any case. */
  best?: StoppingRecipe['best'];
  /** p ≥ 1: epochs without a better one; null never stops for it. */
  patience?: number | null;
  /** Validation accuracy in (0, 1]; null never stops for it. */
  targetAccuracy?: number | null;
  /** How much lower a loss has to be to count, ≥ 0; defaults to 0. */
  minimumImprovement?: number;
}

export interface EarlyStoppingState {
  /** null until a finite validation loss has been seen. */
  readonly bestEpoch: number | null;
  readonly bestLoss: number | null;
  /** Validation accuracy of that epoch; left out where none was known, as in a state of before. */
  readonly bestAccuracy?: number;
  /** Epochs observed since the best one. */
  readonly epochsSinceBest: number;
}

export interface EpochOutcome {
  readonly epoch: number;
  /** null without a validation set. */
  readonly validationLoss: number | null;
  readonly validationAccuracy: number | null;
}

export interface EarlyStopping {
  createState(): EarlyStoppingState;
  /** The state after one more epoch, whether that epoch is the new best, and why to stop, if so. */
  observe(
    state: EarlyStoppingState,
    outcome: EpochOutcome,
  ): { state: EarlyStoppingState; isBest: boolean; stop: 'patience' | 'target' | null };
}

/** @throws StudioError INVALID_OPTION. */
export function earlyStopping(options: EarlyStoppingOptions = {}): EarlyStopping {
  const { best = 'loss', patience = null, targetAccuracy = null, minimumImprovement = 0 } = options;
  if (patience !== null) requireInteger('patience', patience, 1);
  if (targetAccuracy !== null) requireBetween('targetAccuracy', targetAccuracy, Number.MIN_VALUE, 1);
  requireNonNegative('minimumImprovement', minimumImprovement);

  return {
    createState: () => ({ bestEpoch: null, bestLoss: null, epochsSinceBest: 0 }),

    observe(before, { epoch, validationLoss, validationAccuracy }) {
      const isLower = (loss: number) => before.bestLoss === null || loss < before.bestLoss - minimumImprovement;
      const gain =
        best === 'accuracy' && validationAccuracy !== null && before.bestAccuracy !== undefined
          ? validationAccuracy - before.bestAccuracy
          : 0;
      const isBest =
        validationLoss !== null &&
        Number.isFinite(validationLoss) &&
        (gain > 0 || (gain === 0 && isLower(validationLoss)));
      const state: EarlyStoppingState = isBest
        ? {
            bestEpoch: epoch,
            bestLoss: validationLoss,
            ...(validationAccuracy !== null && { bestAccuracy: validationAccuracy }),
            epochsSinceBest: 0,
          }
        : { ...before, epochsSinceBest: before.epochsSinceBest + 1 };
      const reached = targetAccuracy !== null && validationAccuracy !== null && validationAccuracy >= targetAccuracy;
      const exhausted = patience !== null && validationLoss !== null && state.epochsSinceBest >= patience;
      return { state, isBest, stop: reached ? 'target' : exhausted ? 'patience' : null };
    },
  };
}

/** The best of epochs whose numbers are known, as a run chooses it; null where none was validated. */
export function bestEpochOf(epochs: readonly EpochOutcome[], best: StoppingRecipe['best']): number | null {
  const stopping = earlyStopping({ best });
  return epochs.reduce((state, outcome) => stopping.observe(state, outcome).state, stopping.createState()).bestEpoch;
}
