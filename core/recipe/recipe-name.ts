/** What a run is called until a person names it: `linear · adam`, `mlp 256,128 · momentum`. */
import type { Recipe } from './recipe.ts';

export function recipeName({ model, optimizer }: Recipe): string {
  const network = model.kind === 'linear' ? 'linear' : `mlp ${model.hidden.join(',')}`;
  return `${network.slice(0, 80)} · ${optimizer.kind}`;
}
