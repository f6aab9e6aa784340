import { anyDirection, between, clamp01, pick, smoothstep } from './chance.ts';
import type { Uniform } from './chance.ts';

/** How much of the second of two colours is seen at a point of the picture, in [0, 1]; x and y are in pixels. */
export type Texture = (x: number, y: number) => number;

const textureKinds = ['plain', 'gradient', 'stripes', 'dots', 'checker', 'blotches'] as const;
export type TextureKind = (typeof textureKinds)[number];

/** A wave of period 1 that rises from 0 to 1 and falls again, in straight lines. */
function triangleWave(t: number): number {
  const phase = t - Math.floor(t);
  return phase < 0.5 ? 2 * phase : 2 - 2 * phase;
}

/** Sharpens a soft value around one half, so that its edge is about one pixel wide at the given period. */
function edge(value: number, period: number): number {
  return clamp01(0.5 + (value - 0.5) * period * 0.5);
}

/** Smooth random blotches: values of a 6 × 6 lattice that covers 40 pixels, joined smoothly. */
function blotches(uniform: Uniform): Texture {
  const side = 6;
  const spacing = 8;
  const lattice = Array.from({ length: side * side }, () => uniform());
  const at = (column: number, row: number): number =>
    lattice[Math.min(side - 1, Math.max(0, row)) * side + Math.min(side - 1, Math.max(0, column))]!;
  return (x, y) => {
    const column = Math.floor(x / spacing);
    const row = Math.floor(y / spacing);
    const s = smoothstep(x / spacing - column);
    const t = smoothstep(y / spacing - row);
    const upper = at(column, row) * (1 - s) + at(column + 1, row) * s;
    const lower = at(column, row + 1) * (1 - s) + at(column + 1, row + 1) * s;
    return upper * (1 - t) + lower * t;
  };
}

/** A texture of the given kind with random direction, period and phase. */
export function randomTexture(uniform: Uniform, kind: TextureKind): Texture {
  const { x: cosine, y: sine } = anyDirection(uniform);
  const period = between(uniform, 4.5, 9);
  const phaseU = uniform();
  const phaseV = uniform();
  const u = (x: number, y: number): number => (x * cosine + y * sine) / period + phaseU;
  const v = (x: number, y: number): number => (y * cosine - x * sine) / period + phaseV;
  switch (kind) {
    case 'plain':
      return () => 0;
    case 'gradient':
      return (x, y) => clamp01(0.5 + ((x - 16) * cosine + (y - 16) * sine) / 28);
    case 'stripes':
      return (x, y) => edge(triangleWave(u(x, y)), period);
    case 'dots':
      return (x, y) => {
        const across = triangleWave(u(x, y)) - 1;
        const down = triangleWave(v(x, y)) - 1;
        return clamp01((0.62 - Math.sqrt(across * across + down * down)) * period * 0.5 + 0.5);
      };
    case 'checker':
      return (x, y) => {
        const across = edge(triangleWave(u(x, y)), period);
        const down = edge(triangleWave(v(x, y)), period);
        return across * (1 - down) + down * (1 - across);
      };
    case 'blotches':
      return blotches(uniform);
  }
}

export function randomTextureKind(uniform: Uniform): TextureKind {
  return pick(uniform, textureKinds);
}
