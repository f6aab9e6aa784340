/**
 * A loss of thousands of parameters, seen along a line or over a plane through one point.
 *
 *     L(θ + t·a)        L(θ + t·a + u·b)
 *
 * What one sees depends on a and b as much as on the loss: a direction is therefore always named, and a random one is
 * scaled to the weights it changes (every row of a layer's weights has the length of θ's row, biases stay), so that
 * layers of different size are comparable. It says something about this plane and nothing about the others.
 *
 * Source: Li et al. 2018, "Visualizing the loss landscape of neural nets", arXiv:1712.09913, filter normalisation.
 */
import { dot, norm } from '../array/linear-algebra.ts';
import { requireLength } from '../array/matrix.ts';
import type { ParameterBlock } from '../models/classifier.ts';
import type { RandomGenerator } from '../random/generator.ts';
import { normal } from '../random/sampling.ts';

/** θ + t·a + u·b. */
export function pointOnPlane(
  origin: Float64Array,
  a: Float64Array,
  t: number,
  b: Float64Array | null = null,
  u = 0,
): Float64Array {
  requireLength('direction', a, origin.length);
  if (b !== null) requireLength('direction', b, origin.length);
  return origin.map((theta, i) => theta + t * a[i]! + (b === null ? 0 : u * b[i]!));
}

export interface LossGrid {
  readonly ts: readonly number[];
  /** [0] for a line. */
  readonly us: readonly number[];
  /** (us, ts) row by row; NaN where it was stopped before. */
  readonly losses: Float64Array;
}

/** @param shouldStop  asked before every evaluation with how many are done; true leaves the rest NaN. */
export function lossGrid(
  loss: (parameters: Float64Array) => number,
  origin: Float64Array,
  a: Float64Array,
  b: Float64Array | null,
  ts: readonly number[],
  us: readonly number[] = [0],
  shouldStop: (done: number) => boolean = () => false,
): LossGrid {
  const losses = new Float64Array(ts.length * us.length).fill(NaN);
  let done = 0;
  for (const u of us) {
    for (const t of ts) {
      if (shouldStop(done)) return { ts, us, losses };
      losses[done++] = loss(pointOnPlane(origin, a, t, b, u));
    }
  }
  return { ts, us, losses };
}

/** A random direction, each row of weights as long as θ's row; biases stay where they are. */
export function scaledRandomDirection(
  parameters: Float64Array,
  blocks: readonly ParameterBlock[],
  random: RandomGenerator,
): Float64Array {
  const direction = new Float64Array(parameters.length);
  for (const { kind, offset, rows, columns } of blocks) {
    if (kind !== 'weights') continue;
    for (let j = 0; j < rows; j++) {
      const from = offset + j * columns;
      const row = direction.subarray(from, from + columns);
      for (let i = 0; i < columns; i++) row[i] = normal(random);
      const factor = norm(parameters.subarray(from, from + columns)) / (norm(row) || 1);
      for (let i = 0; i < columns; i++) row[i]! *= factor;
    }
  }
  return direction;
}

/** Length 1; a direction of length 0 stays as it is. */
export function unitDirection(direction: Float64Array): Float64Array {
  const length = norm(direction);
  return length === 0 ? direction : direction.map((value) => value / length);
}

/** cos of the angle between two directions: 0 makes the plane's axes perpendicular. */
export function cosine(a: Float64Array, b: Float64Array): number {
  return dot(a, b) / (norm(a) * norm(b) || 1);
}
