import type { Point } from './chance.ts';

/**
 * The ten outlines of the `shapes` sample as signed distances.
 *
 * Each function takes a point in the shape's own frame, where the shape reaches about 1 from the origin and y grows
 * downwards, and gives its distance to the outline: negative inside, positive outside. One distance a pixel is enough
 * for a smooth edge, a contour line and a soft shadow.
 *
 * Source of the heart: I. Quilez, "2D distance functions", https://iquilezles.org/articles/distfunctions2d/; the
 * polygon follows the same article (distance to the nearest side, sign by counting crossings).
 */
export type Outline = (x: number, y: number) => number;

export const shapeClasses = [
  'circle',
  'square',
  'triangle',
  'star',
  'cross',
  'ring',
  'crescent',
  'heart',
  'hexagon',
  'arrow',
] as const;

export type ShapeClass = (typeof shapeClasses)[number];

function polygon(vertices: readonly Point[]): Outline {
  return (x, y) => {
    let nearest = Infinity;
    let inside = false;
    let previous = vertices.at(-1)!;
    for (const vertex of vertices) {
      const sideX = previous.x - vertex.x;
      const sideY = previous.y - vertex.y;
      const fromX = x - vertex.x;
      const fromY = y - vertex.y;
      const along = Math.min(1, Math.max(0, (fromX * sideX + fromY * sideY) / (sideX * sideX + sideY * sideY)));
      const gapX = fromX - sideX * along;
      const gapY = fromY - sideY * along;
      nearest = Math.min(nearest, gapX * gapX + gapY * gapY);
      const straddles = vertex.y > y !== previous.y > y;
      if (straddles && x < (sideX * fromY) / sideY + vertex.x) inside = !inside;
      previous = vertex;
    }
    const distance = Math.sqrt(nearest);
    return inside ? -distance : distance;
  };
}

function points(...coordinates: readonly (readonly [x: number, y: number])[]): Point[] {
  return coordinates.map(([x, y]) => ({ x, y }));
}

function length(x: number, y: number): number {
  return Math.sqrt(x * x + y * y);
}

/** The heart of the source has its tip at the origin, its lobes up to y = 1.1 and y upwards. */
function heart(x: number, y: number): number {
  const size = 1.58;
  const across = Math.abs(x) / size;
  const up = 0.58 - y / size;
  if (across + up > 1) return size * (length(across - 0.25, up - 0.75) - Math.sqrt(2) / 4);
  const half = 0.5 * Math.max(across + up, 0);
  const distance = Math.min(length(across, up - 1), length(across - half, up - half));
  return size * (across > up ? distance : -distance);
}

/** Sines and cosines of 36° and 72°, for the star. */
const [sin36, cos36, sin72, cos72] = [0.587785, 0.809017, 0.951057, 0.309017];
const inner = 0.44;

export const shapeOutlines: Readonly<Record<ShapeClass, Outline>> = {
  circle: (x, y) => length(x, y) - 0.86,
  square: (x, y) => Math.max(Math.abs(x), Math.abs(y)) - 0.76,
  triangle: polygon(points([0, -1.02], [0.95, 0.68], [-0.95, 0.68])),
  star: polygon(
    points(
      [0, -1.08],
      [inner * sin36, -inner * cos36],
      [1.08 * sin72, -1.08 * cos72],
      [inner * sin72, inner * cos72],
      [1.08 * sin36, 1.08 * cos36],
      [0, inner],
      [-1.08 * sin36, 1.08 * cos36],
      [-inner * sin72, inner * cos72],
      [-1.08 * sin72, -1.08 * cos72],
      [-inner * sin36, -inner * cos36],
    ),
  ),
  cross: (x, y) => {
    const wide = Math.max(Math.abs(x), Math.abs(y));
    const narrow = Math.min(Math.abs(x), Math.abs(y));
    return Math.max(wide - 0.94, narrow - 0.3);
  },
  ring: (x, y) => Math.abs(length(x, y) - 0.7) - 0.22,
  crescent: (x, y) => Math.max(length(x + 0.08, y) - 0.94, 0.74 - length(x - 0.38, y)),
  heart,
  hexagon: polygon(points([0.94, 0], [0.47, 0.814], [-0.47, 0.814], [-0.94, 0], [-0.47, -0.814], [0.47, -0.814])),
  arrow: polygon(points([1.04, 0], [0.2, 0.8], [0.2, 0.3], [-0.98, 0.3], [-0.98, -0.3], [0.2, -0.3], [0.2, -0.8])),
};
