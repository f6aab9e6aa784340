/** When a path has arrived: the number that makes optimizers on a surface comparable. */
import type { Surface, SurfacePoint } from '../../../core/landscape/surfaces.ts';
import { m } from '../../messages.ts';

export interface Tolerance {
  /** The lowest value there is, as far as it is known; 0 otherwise. */
  readonly floor: number;
  readonly label: () => string;
  /** Steps until it is reached for the first time; null where it never is. */
  stepsOf(path: readonly SurfacePoint[]): number | null;
}

/** Within a thousandth of the height of the start; on a saddle, which has no bottom, one below the start. */
export function toleranceOf(surface: Surface, [x, y]: readonly [number, number]): Tolerance {
  const start = surface.value(x, y);
  const lowest = surface.minima.length === 0 ? null : Math.min(...surface.minima.map(([a, b]) => surface.value(a, b)));
  const target = lowest === null ? start - 1 : lowest + 1e-3 * (start - lowest);
  return {
    floor: lowest ?? 0,
    label: lowest === null ? m.surface_steps_below : m.surface_steps_to,
    stepsOf(path) {
      const k = path.findIndex(({ loss }) => loss <= target);
      return k < 0 ? null : k;
    },
  };
}
