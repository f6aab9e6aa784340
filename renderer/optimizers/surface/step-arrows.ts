/** What is drawn of one step: the gradient, what the optimizer remembers, where it goes, and what each coordinate gives. */
import type { Surface, SurfacePoint } from '../../../core/landscape/surfaces.ts';
import { withoutLookAhead } from '../../../core/optimizers/sgd.ts';
import type { OptimizerRecipe } from '../../../core/recipe/recipe.ts';
import { m } from '../../messages.ts';
import type { MapArrow } from '../map-marks.ts';
import { pointAt, type Runner } from './surface-scene.svelte.ts';

type Pair = readonly [number, number];

export function arrowsOf(runner: Runner, at: number, surface: Surface): MapArrow[] {
  const { path, recipe } = runner;
  if (at >= path.length) return [];
  const here = pointAt(runner, at);
  const from: Pair = [here.x, here.y];
  const plus = ([dx, dy]: Pair): Pair => [from[0] + dx, from[1] + dy];
  const { x, y } = surface.view;
  const [gx, gy] = here.gradient;
  // Only its direction: an eighth of the view, whatever the surface is steep.
  const reach = Math.max(Math.abs(gx) / (x[1] - x[0]), Math.abs(gy) / (y[1] - y[0]));
  const found: MapArrow[] = [];
  if (reach > 0) {
    const scale = 0.125 / reach;
    found.push({ id: 'gradient', label: '−∇f', kind: 'gradient', from, to: plus([-gx * scale, -gy * scale]) });
  }
  const velocity = velocityOf(recipe, here);
  if (velocity !== null) found.push({ id: 'velocity', label: 'v', kind: 'velocity', from, to: plus(velocity) });
  const { firstMoment } = here.state;
  if (firstMoment instanceof Float64Array) {
    const [mx, my] = [firstMoment[0]!, firstMoment[1]!];
    const size = Math.max(Math.abs(mx) / (x[1] - x[0]), Math.abs(my) / (y[1] - y[0]));
    if (size > 0) {
      const scale = 0.1 / size;
      found.push({ id: 'average', label: 'm', kind: 'average', from, to: plus([-mx * scale, -my * scale]) });
    }
  }
  const next = path[at + 1];
  if (next !== undefined) {
    const to: Pair = [next.x, next.y];
    found.push({ id: 'step', label: 'Δθ', kind: 'step', from, to });
    found.push({ id: 'along-x', label: 'Δx', kind: 'along-x', from, to: [to[0], from[1]] });
    found.push({ id: 'along-y', label: 'Δy', kind: 'along-y', from: [to[0], from[1]], to });
  }
  return found;
}

/** The step that the velocity alone would take, in either form. */
function velocityOf(recipe: OptimizerRecipe, { state }: SurfacePoint): Pair | null {
  const { velocity } = state;
  if (!(velocity instanceof Float64Array) || velocity.length === 0) return null;
  if (recipe.kind !== 'momentum' && recipe.kind !== 'nesterov') return null;
  const isOutside = recipe.kind === 'momentum' && recipe.rate === 'outside';
  const factor = recipe.momentum * (isOutside ? -recipe.learningRate : 1);
  return [factor * velocity[0]!, factor * velocity[1]!];
}

/** The point beside the path that a look-ahead has. */
export function ringsOf(runner: Runner, at: number): { at: Pair; label: string }[] {
  const { recipe } = runner;
  if (recipe.kind !== 'nesterov') return [];
  const { x, y, state } = pointAt(runner, at);
  const velocity = state['velocity'] as Float64Array;
  if (recipe.form === 'look-ahead') {
    return [
      {
        at: [x + recipe.momentum * velocity[0]!, y + recipe.momentum * velocity[1]!],
        label: m.surface_ring_ahead(),
      },
    ];
  }
  const w = withoutLookAhead(Float64Array.of(x, y), { velocity }, { ...recipe, rate: 'inside' });
  return [{ at: [w[0]!, w[1]!], label: m.surface_ring_behind() }];
}
