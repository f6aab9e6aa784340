/** The largest stable learning rate that was measured last for a dataset: drawn where a learning rate is chosen. */
import type { Recipe } from '../../core/recipe/recipe.ts';
import type { Studio } from '../studio.svelte.ts';

export interface StableRate {
  /** Of plain descent: 2/λmax. */
  readonly rate: number;
  /** Of the model it was measured on. */
  readonly title: string;
  /** What kind of model that is; see kindOfModel. */
  readonly of: string;
}

/** What a curvature depends on: another model, other features or another loss have another one. */
export function kindOfModel({ features, model, loss }: Pick<Recipe, 'features' | 'model' | 'loss'>): string {
  const layers = model.kind === 'mlp' ? [model.hidden, model.activation] : [];
  return JSON.stringify([features, ...layers, loss]);
}

export function keepBound(studio: Pick<Studio, 'setView'>, datasetId: string, bound: StableRate): void {
  studio.setView(`landscapes.bound.${datasetId}`, bound);
}

export function boundOf(studio: Pick<Studio, 'view'>, datasetId: string): StableRate | null {
  return studio.view<StableRate | null>(`landscapes.bound.${datasetId}`, null);
}
