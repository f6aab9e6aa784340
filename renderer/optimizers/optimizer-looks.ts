/** The colour and the dash of an optimizer: the same in every view of the place. */
import { type OptimizerName, optimizerNames } from '../../core/recipe/recipe.ts';
import { runLook } from '../charts/run-palette.ts';

export interface OptimizerLook {
  /** A CSS colour for both themes. */
  readonly color: string;
  readonly dash: readonly number[];
}

/** Eight hues tell eight optimizers apart; the ninth is drawn in ink. */
export function optimizerLook(name: OptimizerName): OptimizerLook {
  if (name === 'lbfgs') return { color: 'var(--ink)', dash: [7, 3, 2, 3] };
  const { color, dash } = runLook(optimizerNames.indexOf(name));
  return { color, dash };
}
