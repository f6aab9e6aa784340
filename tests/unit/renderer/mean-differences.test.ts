import { expect, it } from 'vitest';
import { meanDifferences } from '../../../renderer/templates/mean-differences.ts';

it('what sets the mean of a class apart is mid grey where all agree, and opposite for two classes', () => {
  // Three pixels of two classes: alike, then 40 apart either way: ±20 from their mean, the largest there is.
  const [first, second] = meanDifferences(Uint8Array.of(100, 140, 60, 100, 100, 100), 2);

  expect([...first!]).toEqual([128, 255, 0]);
  expect([...second!]).toEqual([128, 0, 255]);
});
