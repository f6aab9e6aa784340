import { describe, expect, it } from 'vitest';
import { anyDirection, bell, directionOfHalfTangent, smoothstep } from '../../../../core/samples/chance.ts';
import { penPath } from '../../../../core/samples/handwriting.ts';

/** A plain sequence of numbers in (0, 1), so that nothing here hangs on the generator of the studio. */
function sequence(): () => number {
  let state = 1;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647; // Park and Miller 1988
}

describe('the random choices of the samples', () => {
  it('are bell-shaped around 0 with standard deviation 1, within ±2√3', () => {
    const uniform = sequence();
    const values = Array.from({ length: 20_000 }, () => bell(uniform));
    const mean = values.reduce((sum, value) => sum + value) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;

    expect(Math.abs(mean)).toBeLessThan(0.03); // four standard errors of 1/√20,000
    expect(Math.abs(variance - 1)).toBeLessThan(0.04);
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(2 * Math.sqrt(3));
  });

  it('point in all directions alike, one long', () => {
    const uniform = sequence();
    const octants = new Array<number>(8).fill(0);
    for (let i = 0; i < 8000; i++) {
      const { x, y } = anyDirection(uniform);
      octants[Math.floor(((Math.atan2(y, x) + Math.PI) / (2 * Math.PI)) * 8) % 8]!++;
      expect(Math.hypot(x, y)).toBeCloseTo(1, 12);
    }

    for (const octant of octants) expect(Math.abs(octant - 1000)).toBeLessThan(4 * Math.sqrt(875));
  });

  it('turn by twice the angle of the tangent', () => {
    for (const angle of [-2, -0.3, 0, 0.5, 1.4]) {
      const { x, y } = directionOfHalfTangent(Math.tan(angle / 2));
      expect([x, y]).toEqual([expect.closeTo(Math.cos(angle), 12), expect.closeTo(Math.sin(angle), 12)]);
    }
  });

  it('step smoothly from 0 to 1', () => {
    expect([-1, 0, 0.25, 0.5, 1, 2].map(smoothstep)).toEqual([0, 0, 0.15625, 0.5, 1, 1]);
  });
});

describe('the path of a pen', () => {
  const stroke = [
    { x: 0, y: 0 },
    { x: 1, y: 0.5 },
    { x: 0.25, y: 1 },
  ];

  it('passes every point of its stroke, in order', () => {
    const path = penPath(stroke);
    const visits = stroke.map((point) => path.findIndex(({ x, y }) => Math.hypot(x - point.x, y - point.y) < 1e-12));

    expect(visits[0]).toBe(0);
    expect(visits[1]).toBe((path.length - 1) / 2);
    expect(visits[2]).toBe(path.length - 1);
  });

  it('stays straight where the points are evenly spaced on a line', () => {
    for (const { x, y } of penPath([0, 1, 2, 3].map((x) => ({ x, y: 2 * x })))) expect(y).toBeCloseTo(2 * x, 12);
  });
});
