import { describe, expect, it } from 'vitest';
import { mirrorLikeness } from '../../../../core/explanation/mirror-likeness.ts';

describe('likeness of a template to its mirror image', () => {
  const shape = { height: 2, width: 3, channels: 2 };

  it('is 1 where left is right, channel by channel, and -1 where it is the opposite', () => {
    // Rows of three pixels of two channels; the middle pixel mirrors to itself.
    expect(mirrorLikeness(Float32Array.of(1, 2, 9, 9, 1, 2, 3, -4, 5, 0, 3, -4), shape)).toBe(1);
    expect(mirrorLikeness(Float32Array.of(1, 2, 0, 0, -1, -2, 3, -4, 0, 0, -3, 4), shape)).toBe(-1);
  });

  it('is what a hand finds', () => {
    // One row: 3·1 + 2·2 + 1·3 = 10 over 9 + 4 + 1 = 14.
    expect(mirrorLikeness(Float32Array.of(3, 2, 1), { height: 1, width: 3, channels: 1 })).toBeCloseTo(10 / 14, 12);
    expect(mirrorLikeness(new Float32Array(12), shape)).toBe(0);
  });
});
