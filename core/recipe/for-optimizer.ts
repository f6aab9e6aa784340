/** A recipe with another optimizer: what that one cannot have goes, and is named. */
import { isAugmented, type OptimizerRecipe, perLayer, type Recipe } from './recipe.ts';

/** What is a source of noise between two evaluations of a loss. Shuffling ends with minibatches. */
export type Noise = 'minibatches' | 'dropout' | 'augmentation';

/** An epoch of a full batch is one step, so that few of them teach nothing. */
const fewestFullBatchEpochs = 100;

/** True where a step has to look at the whole training split. */
export function needsFullBatch({ kind }: Pick<OptimizerRecipe, 'kind'>): boolean {
  return kind === 'gd' || kind === 'lbfgs';
}

/**
 * GD takes the whole training split a step. L-BFGS also has to find the same loss at the same point, always: nothing may be left to
 * chance. `turnedOff` says what the recipe had and has no longer.
 */
export function forOptimizer(
  recipe: Recipe,
  optimizer: OptimizerRecipe,
): { readonly recipe: Recipe; readonly turnedOff: readonly Noise[] } {
  if (!needsFullBatch(optimizer)) return { recipe: { ...recipe, optimizer }, turnedOff: [] };
  const turnedOff: Noise[] = recipe.batchSize === 'full' ? [] : ['minibatches'];
  const epochs = Math.max(recipe.epochs, fewestFullBatchEpochs);
  const full: Recipe = { ...recipe, optimizer, batchSize: 'full', epochs };
  if (optimizer.kind === 'gd') return { recipe: full, turnedOff };
  if (recipe.model.kind === 'mlp' && perLayer(recipe.model.dropout, 1).some((p) => p > 0)) turnedOff.push('dropout');
  if (isAugmented(recipe.augmentation)) turnedOff.push('augmentation');
  return {
    recipe: {
      ...full,
      model: recipe.model.kind === 'mlp' ? { ...recipe.model, dropout: 0 } : recipe.model,
      augmentation: { flip: false, shift: 0, crop: 0 },
    },
    turnedOff,
  };
}
