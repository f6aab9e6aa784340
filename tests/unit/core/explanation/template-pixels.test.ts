import { describe, expect, it } from 'vitest';
import { templatePixels } from '../../../../core/explanation/template-pixels.ts';

describe('a template as a picture', () => {
  it('puts zero at mid grey and the scale at black and white', () => {
    expect([...templatePixels([-2, -1, 0, 1, 2], 2)]).toEqual([0, 64, 128, 191, 255]);
  });

  it('clips what is beyond a shared scale', () => {
    expect([...templatePixels([-9, 9], 2)]).toEqual([0, 255]);
  });

  it('is grey where there is nothing to show', () => {
    expect([...templatePixels([0, 0], 0)]).toEqual([128, 128]);
  });
});
