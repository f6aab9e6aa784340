/**
 * Two classes of points in the plane that a straight line cannot part, and one pair that it can.
 *
 *     rings    class 0: r ∈ [0, 1], class 1: r ∈ [1.4, 2], each point with one opposite       a circle parts them
 *     xor      x, y ∈ [−2, 2], a gap of 0.2 at the axes; class by the sign of x·y            the product parts them
 *     spiral   r from 0.2 to 2 while the angle makes 1¾ turns; class 1 half a turn on        neither does polar
 *     blobs    normal around (−1, −1) and (1, 1), deviation 0.45                             a line does
 *
 * Every coordinate gets a normal shift of deviation `noise` on top. The same seed gives the same points.
 *
 * Source: the sets of TensorFlow Playground, Smilkov & Carter 2016; the spiral as in CS231n, "Putting it together".
 */
import { type Matrix, zeros } from '../array/matrix.ts';
import { requireInteger, requireNonNegative, requireOneOf } from '../options.ts';
import { createGenerator } from '../random/generator.ts';
import { normal, uniform, uniformBetween } from '../random/sampling.ts';

export const toyKinds = ['rings', 'xor', 'spiral', 'blobs'] as const;
export type ToyKind = (typeof toyKinds)[number];

export interface ToyPoints {
  /** (n, 2). */
  readonly points: Matrix;
  /** 0 or 1. */
  readonly labels: Uint16Array;
}

export interface ToyOptions {
  /** Of both classes together, ≥ 2; every other one is of class 1. */
  readonly count: number;
  /** ≥ 0; defaults to 0.05. */
  readonly noise?: number;
  readonly seed: number;
}

/** @throws StudioError INVALID_OPTION. */
export function toyPoints(kind: ToyKind, { count, noise = 0.05, seed }: ToyOptions): ToyPoints {
  requireOneOf('points', kind, toyKinds);
  requireInteger('count', count, 2);
  requireNonNegative('noise', noise);
  const random = createGenerator(seed, 'toy points', kind);
  const points = zeros(count, 2);
  const labels = Uint16Array.from({ length: count }, (_, i) => i % 2);
  const before: (readonly [number, number])[] = [];
  for (let i = 0; i < count; i++) {
    const [x, y] = place(labels[i]!, i);
    before.push([x, y]);
    points.data[2 * i] = x + noise * normal(random);
    points.data[2 * i + 1] = y + noise * normal(random);
  }
  return { points, labels };

  function place(label: number, i: number): readonly [number, number] {
    switch (kind) {
      case 'rings': {
        // Opposite pairs put the middle of both rings at 0: no line is better than another by chance.
        if (i % 4 > 1) return [-before[i - 2]![0], -before[i - 2]![1]];
        const r = label === 0 ? uniformBetween(random, 0, 1) : uniformBetween(random, 1.4, 2);
        return onCircle(r, 2 * Math.PI * uniform(random));
      }
      case 'xor': {
        const x = uniformBetween(random, 0.1, 2) * (uniform(random) < 0.5 ? -1 : 1);
        return [x, uniformBetween(random, 0.1, 2) * Math.sign(x) * (label === 1 ? 1 : -1)];
      }
      case 'spiral': {
        const t = uniform(random);
        return onCircle(0.2 + 1.8 * t, 3.5 * Math.PI * t + label * Math.PI);
      }
      case 'blobs': {
        const centre = label === 0 ? -1 : 1;
        return [centre + 0.45 * normal(random), centre + 0.45 * normal(random)];
      }
    }
  }
}

function onCircle(r: number, angle: number): readonly [number, number] {
  return [r * Math.cos(angle), r * Math.sin(angle)];
}
