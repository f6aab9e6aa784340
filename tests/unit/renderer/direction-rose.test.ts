import { describe, expect, it } from 'vitest';
import { opponentColor, petalPath, petals, roseOf, roseRadius } from '../../../renderer/templates/direction-rose.ts';

describe('a rose of directions', () => {
  it('sums weights by direction, whichever end it is counted from', () => {
    const sums = roseOf([0.01, Math.PI - 0.01, -Math.PI, Math.PI / 2, (3 * Math.PI) / 2], [1, 2, 4, 8, 16]);

    expect(sums[0]).toBe(7);
    expect(sums[petals / 2]).toBe(24);
    expect(sums.reduce((a, b) => a + b, 0)).toBe(31);
  });

  it('has petals whose area is their share', () => {
    const lengthOf = (share: number) => Number(/A([\d.]+) /.exec(petalPath(0, share))![1]);

    expect(lengthOf(1)).toBe(roseRadius);
    expect(lengthOf(0.25)).toBe(roseRadius / 2);
  });

  it('shows red, yellow, green and blue where they oppose each other', () => {
    const [red, yellow, green, blue] = [0, 1, 2, 3].map((quarter) =>
      opponentColor((quarter * Math.PI) / 2)
        .match(/\d+/g)!
        .map(Number),
    ) as [number[], number[], number[], number[]];

    expect([red[0]! > red[1]!, green[1]! > green[0]!, blue[2]! > blue[0]!]).toEqual([true, true, true]);
    expect(yellow[0]).toBe(yellow[1]);
    expect(yellow[2]).toBeLessThan(yellow[0]!);
  });
});
