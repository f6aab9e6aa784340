import { perLayer } from '../../core/recipe/recipe.ts';
import type { RunSummary } from '../../core/rpc/contract/runs.ts';

/** `classes`: a linear model's templates; `collapsed`: an MLP without activation as one; `weights`: the bank of an MLP; `units`: whom its units serve; `smaller`: what becomes of it with fewer; `recombined` and `picture`: one picture looked into. */
export type TemplatesViewName = 'classes' | 'collapsed' | 'weights' | 'units' | 'smaller' | 'recombined' | 'picture';

export interface NamedView {
  readonly name: TemplatesViewName;
  /** The run it belongs to. */
  readonly run: RunSummary;
}

/** The views there are of a run and its companion of the other kind, simple things first. */
export function viewsOf(run: RunSummary, companion: RunSummary | null): NamedView[] {
  const isLinear = run.recipe.model.kind === 'linear';
  const linear = isLinear ? run : companion;
  const mlp = isLinear ? companion : run;
  const views: NamedView[] = [];
  if (linear !== null) views.push({ name: 'classes', run: linear });
  if (mlp !== null && isWithoutActivation(mlp)) views.push({ name: 'collapsed', run: mlp });
  if (mlp !== null)
    views.push(
      { name: 'weights', run: mlp },
      { name: 'units', run: mlp },
      { name: 'smaller', run: mlp },
      { name: 'recombined', run: mlp },
    );
  views.push({ name: 'picture', run });
  return views;
}

/** A network that never bends is a linear classifier in many layers. */
function isWithoutActivation({ recipe: { model } }: RunSummary): boolean {
  return model.kind === 'mlp' && perLayer(model.activation, model.hidden.length).every((name) => name === 'identity');
}
