/** What a run is called until a person names it: `linear · adam`, `mlp 256,128 · momentum`, `hog + color · linear · adam`. */
import { seesPixels } from './feature-recipe.ts';
import type { Recipe } from './recipe.ts';

export function recipeName({ features, model, optimizer }: Recipe): string {
  const seen = seesPixels(features) ? '' : `${features.map(({ kind }) => kind).join(' + ')} · `;
  const network = model.kind === 'linear' ? 'linear' : `mlp ${model.hidden.join(',')}`;
  return `${seen}${network.slice(0, 80)} · ${optimizer.kind}`;
}
