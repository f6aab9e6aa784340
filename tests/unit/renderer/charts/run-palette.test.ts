import { expect, it } from 'vitest';
import { runHueCount, runLook } from '../../../../renderer/charts/run-palette.ts';

// Deuteranopia and protanopia as published by Machado, Oliveira & Fernandes 2009 (severity 1), on linear RGB.
const sights = {
  full: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
};
/** Surfaces that runs are drawn on. */
const surfaces = { light: '#ffffff', dark: '#1b1e23' };

function linear(hex: string): number[] {
  return [1, 3, 5].map((i) => {
    const c = parseInt(hex.slice(i, i + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
}

const times = (m: readonly number[], v: readonly number[]) =>
  [0, 3, 6].map((row) => m[row]! * v[0]! + m[row + 1]! * v[1]! + m[row + 2]! * v[2]!);

function lab(rgb: readonly number[]): number[] {
  const xyz = times(
    [0.4124564, 0.3575761, 0.1804375, 0.2126729, 0.7151522, 0.072175, 0.0193339, 0.119192, 0.9503041],
    rgb.map((c) => Math.min(1, Math.max(0, c))),
  );
  const [x, y, z] = [xyz[0]! / 0.95047, xyz[1]!, xyz[2]! / 1.08883].map((t) =>
    t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116,
  );
  return [116 * y! - 16, 500 * (x! - y!), 200 * (y! - z!)];
}

const distance = (a: readonly number[], b: readonly number[]) =>
  Math.sqrt(a.reduce((sum, v, i) => sum + (v - b[i]!) ** 2, 0));
const luminance = (hex: string) => times([0, 0, 0, 0.2126729, 0.7151522, 0.072175, 0, 0, 0], linear(hex))[1]!;

for (const theme of ['light', 'dark'] as const) {
  for (const [sight, matrix] of Object.entries(sights)) {
    it(`tells neighbouring runs apart with ${sight} sight in the ${theme} theme`, () => {
      const seen = Array.from({ length: runHueCount }, (_, i) => lab(times(matrix, linear(runLook(i)[theme]))));

      const distances = seen.map((color, i) => distance(color, seen[(i + 1) % runHueCount]!));

      expect(Math.min(...distances)).toBeGreaterThan(30); // 2.3 is just noticeable; lines are thin and far apart
    });
  }

  it(`keeps 3:1 against the surface in the ${theme} theme`, () => {
    for (let i = 0; i < runHueCount; i++) {
      const [low, high] = [luminance(runLook(i)[theme]), luminance(surfaces[theme])].sort((a, b) => a - b);
      expect((high! + 0.05) / (low! + 0.05)).toBeGreaterThan(3);
    }
  });
}

it('gives neighbours another dash as well as another hue', () => {
  for (let i = 0; i < 3 * runHueCount; i++) {
    expect(runLook(i).dash).not.toEqual(runLook(i + 1).dash);
    expect(runLook(i).color).not.toBe(runLook(i + 1).color);
  }
});

it('gives no two runs the same look before both hues and dashes are used up', () => {
  const looks = Array.from({ length: 40 }, (_, i) => JSON.stringify(runLook(i)));

  expect(new Set(looks).size).toBe(40);
});
