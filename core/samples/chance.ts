/**
 * Random choices for drawing the sample pictures.
 *
 * Everything here is made of additions, multiplications, divisions and square roots, which IEEE 754 fixes to the last
 * bit. Sines and powers are not so fixed, and the samples have to be the same pictures on every machine: recipes and
 * lessons name them by their fingerprint.
 */

/** Draws a number in [0, 1). */
export type Uniform = () => number;

/** A point or a direction in the plane; y grows downwards, as in pictures. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Uniform in [low, high). */
export function between(uniform: Uniform, low: number, high: number): number {
  return low + (high - low) * uniform();
}

/** True with the given probability. */
export function happens(uniform: Uniform, probability: number): boolean {
  return uniform() < probability;
}

export function pick<Item>(uniform: Uniform, items: readonly Item[]): Item {
  return items[Math.floor(uniform() * items.length)]!;
}

/**
 * A bell-shaped number with mean 0 and standard deviation 1, never beyond ±2√3 ≈ ±3.46.
 *
 *     √3 · (u₁ + u₂ + u₃ + u₄ − 2)        a sum of four uniforms has variance 4/12
 *
 * The bound is welcome: no picture is spoilt by one wild draw.
 */
export function bell(uniform: Uniform): number {
  return Math.sqrt(3) * (uniform() + uniform() + uniform() + uniform() - 2);
}

/** A direction, uniform on the unit circle: a point of the disc, found by rejection, made one long. */
export function anyDirection(uniform: Uniform): Point {
  for (;;) {
    const x = between(uniform, -1, 1);
    const y = between(uniform, -1, 1);
    const squared = x * x + y * y;
    if (squared > 0.01 && squared < 1) {
      const length = Math.sqrt(squared);
      return { x: x / length, y: y / length };
    }
  }
}

/**
 * The direction (cos θ, sin θ) from the tangent t of half the angle.
 *
 *     cos θ = (1 − t²) / (1 + t²),   sin θ = 2t / (1 + t²)
 */
export function directionOfHalfTangent(t: number): Point {
  const scale = 1 / (1 + t * t);
  return { x: (1 - t * t) * scale, y: 2 * t * scale };
}

/** Limits a value to [0, 1]. */
export function clamp01(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value;
}

/** A smooth step from 0 to 1 over [0, 1]: 3t² − 2t³. */
export function smoothstep(t: number): number {
  const clamped = clamp01(t);
  return clamped * clamped * (3 - 2 * clamped);
}
