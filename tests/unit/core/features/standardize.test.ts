import { describe, expect, it } from 'vitest';
import { fitStandardization, standardize } from '../../../../core/features/standardize.ts';

// Three training pictures of two RGB pixels, and one that must not be learnt from.
const pixels = Uint8Array.of(
  ...[0, 10, 7, 20, 10, 7],
  ...[255, 255, 255, 255, 255, 255],
  ...[10, 10, 7, 30, 40, 7],
  ...[20, 10, 7, 40, 70, 7],
);
const training = [0, 2, 3];

describe('standardisation', () => {
  it('per feature has the mean image, and the deviation of each pixel', () => {
    const { mean, deviation } = fitStandardization(pixels, training, { featureCount: 6, channels: 3 });

    expect([...mean]).toEqual([10, 10, 7, 30, 40, 7]);
    // (100 + 0 + 100)/3 for the reds, (900 + 0 + 900)/3 for the second green
    expect(deviation[0]).toBeCloseTo(Math.sqrt(200 / 3), 12);
    expect(deviation[4]).toBeCloseTo(Math.sqrt(600), 12);
  });

  it('per channel has one mean and one deviation for each colour', () => {
    const { mean, deviation } = fitStandardization(pixels, training, {
      kind: 'per-channel',
      featureCount: 6,
      channels: 3,
    });

    expect([...mean]).toEqual([20, 25, 7, 20, 25, 7]); // reds 0 10 20 20 30 40, greens 10 10 10 10 40 70
    expect(deviation[0]).toBeCloseTo(Math.sqrt((400 + 100 + 0 + 0 + 100 + 400) / 6), 12);
    expect(deviation[3]).toBe(deviation[0]);
  });

  it('of kind none brings pixels to [0, 1]', () => {
    const learnt = fitStandardization(pixels, [], { kind: 'none', featureCount: 6, channels: 3 });

    expect([...standardize([0, 51, 255, 0, 0, 0], learnt)]).toEqual([0, 0.2, 1, 0, 0, 0]);
  });

  it('gives a pixel that never varied the spread all pixels share', () => {
    const { deviation } = fitStandardization(pixels, training, { featureCount: 6, channels: 3 });

    // mean variance (200/3 + 0 + 0 + 200/3 + 600 + 0) / 6
    expect(deviation[1]).toBeCloseTo(Math.sqrt((400 / 3 + 600) / 6), 12);
  });

  it('keeps pictures of one colour finite', () => {
    const flat = new Uint8Array(12).fill(9);

    const learnt = fitStandardization(flat, [0, 1], { featureCount: 6, channels: 3 });

    expect([...learnt.deviation]).toEqual([1, 1, 1, 1, 1, 1]);
    expect([...standardize(flat.subarray(0, 6), learnt)]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('refuses to learn from nothing', () => {
    expect(() => fitStandardization(pixels, [], { featureCount: 6 })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
    expect(() => fitStandardization(pixels, training, { featureCount: 6, channels: 4 })).toThrow(
      expect.objectContaining({ code: 'SHAPE_MISMATCH' }),
    );
  });
});
