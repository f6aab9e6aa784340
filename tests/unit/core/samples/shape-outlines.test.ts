import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shapeClasses, shapeOutlines } from '../../../../core/samples/shape-outlines.ts';
import type { ShapeClass } from '../../../../core/samples/shape-outlines.ts';

/** The area inside an outline, by counting the cells of a fine grid. */
function area(shape: ShapeClass): number {
  const cell = 0.01;
  let inside = 0;
  for (let y = -1.5 + cell / 2; y < 1.5; y += cell) {
    for (let x = -1.5 + cell / 2; x < 1.5; x += cell) if (shapeOutlines[shape](x, y) < 0) inside++;
  }
  return inside * cell * cell;
}

/** Of the part of one circle that lies inside another (r, R, distance d of the centres). */
function lensArea(r: number, R: number, d: number): number {
  const part = (a: number, b: number): number => {
    const cosine = (d * d + a * a - b * b) / (2 * d * a);
    return a * a * (Math.acos(cosine) - cosine * Math.sqrt(1 - cosine * cosine));
  };
  return part(r, R) + part(R, r);
}

describe('the outlines', () => {
  // By hand: base times height, πr², the star as ten triangles with the angle 36° at the centre, and so on.
  it.each<[ShapeClass, number]>([
    ['circle', Math.PI * 0.86 ** 2],
    ['square', 1.52 ** 2],
    ['triangle', (1.9 * 1.7) / 2],
    ['star', 5 * 1.08 * 0.44 * Math.sin(Math.PI / 5)],
    ['cross', 2 * 1.88 * 0.6 - 0.6 ** 2],
    ['ring', Math.PI * (0.92 ** 2 - 0.48 ** 2)],
    ['crescent', Math.PI * 0.94 ** 2 - lensArea(0.94, 0.74, 0.46)],
    ['hexagon', 3 * 0.94 * 0.814],
    ['arrow', 1.18 * 0.6 + (0.84 * 1.6) / 2],
    // A square with the side 1/√2 on its tip, and two half discs on its upper sides, whose diameter is that side.
    ['heart', 1.58 ** 2 * (0.5 + Math.PI / 8)],
  ])('of the %s encloses the area it has by hand', (shape, expected) => {
    expect(area(shape)).toBeCloseTo(expected, 1);
    expect(Math.abs(area(shape) / expected - 1)).toBeLessThan(0.01); // the grid counts to a few thousandths
  });

  it.each(shapeClasses)('of the %s never changes faster than the point moves', (shape) => {
    const coordinate = fc.double({ min: -2, max: 2, noNaN: true });
    fc.assert(
      fc.property(coordinate, coordinate, coordinate, coordinate, (x1, y1, x2, y2) => {
        const change = Math.abs(shapeOutlines[shape](x1, y1) - shapeOutlines[shape](x2, y2));
        expect(change).toBeLessThanOrEqual(Math.hypot(x1 - x2, y1 - y2) + 1e-9);
      }),
    );
  });

  it.each(shapeClasses)('of the %s stays within the frame', (shape) => {
    for (let turn = 0; turn < 360; turn++) {
      const angle = (turn * Math.PI) / 180;
      expect(shapeOutlines[shape](1.25 * Math.cos(angle), 1.25 * Math.sin(angle))).toBeGreaterThan(0);
    }
  });
});
