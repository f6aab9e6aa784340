/** A function of two parameters as filled level sets, drawn by d3-contour from its values on a grid. */
import { contours } from 'd3-contour';

export interface Level {
  /** Path data in the coordinates of the drawing. */
  readonly path: string;
  /** 0 for the lowest level, 1 for the highest. */
  readonly height: number;
  readonly value: number;
}

export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/**
 * @param values  (rows, columns), the first row at the top of the box; values that are not finite count as the highest.
 * Levels are quantiles, so that a steep wall does not take them all.
 */
export function contourLevels(
  values: ArrayLike<number>,
  columns: number,
  rows: number,
  box: Box,
  count = 18,
): readonly Level[] {
  const finite = Array.from(values)
    .filter((value) => Number.isFinite(value))
    .sort((a, b) => a - b);
  if (finite.length < 4) return [];
  const highest = finite.at(-1)!;
  const filled = Array.from(values, (value) => (Number.isFinite(value) ? value : highest));
  const thresholds = Array.from({ length: count }, (_, k) => {
    // Closer together near the bottom, where paths end.
    const at = ((k + 0.4) / count) ** 1.5;
    return finite[Math.min(finite.length - 1, Math.floor(at * finite.length))]!;
  }).filter((value, k, all) => k === 0 || value > all[k - 1]!);
  const toX = (u: number) => box.left + ((u - 0.5) / (columns - 1)) * (box.right - box.left);
  const toY = (w: number) => box.top + ((w - 0.5) / (rows - 1)) * (box.bottom - box.top);
  return contours()
    .size([columns, rows])
    .thresholds(thresholds)(filled)
    .map(({ coordinates, value }, k) => ({
      path: coordinates
        .flatMap((polygon) =>
          polygon.map((ring) => `M${ring.map(([u, w]) => `${toX(u!).toFixed(1)},${toY(w!).toFixed(1)}`).join('L')}Z`),
        )
        .join(''),
      height: (k + 1) / thresholds.length,
      value,
    }));
}
