import { bell, between, clamp01, directionOfHalfTangent, pick, smoothstep } from './chance.ts';
import type { Point, Uniform } from './chance.ts';
import { digitStyles } from './digit-strokes.ts';
import type { Stroke } from './digit-strokes.ts';

/**
 * The `handwriting` sample: digits as a pen writes them, 28 × 28 × 1, light ink on black.
 *
 * Each picture takes a style of its digit, shakes the points the pen passes, bends the sheet, slants, turns, scales and
 * moves the writing, and draws it with a pen of its own width and pressure.
 */

const side = 28;
/** Steps the pen takes between two points of a stroke. */
const stepsPerSpan = 6;
/** Width in pixels over which ink fades into paper. */
const softness = 1.3;

/**
 * The pen's path through the points of a stroke: a uniform Catmull–Rom spline, its ends extended by repeating them.
 *
 *     p(t) = ½ (2p₁ + (p₂ − p₀)t + (2p₀ − 5p₁ + 4p₂ − p₃)t² + (3p₁ − p₀ − 3p₂ + p₃)t³)
 *
 * Source: Catmull & Rom 1974, "A class of local interpolating splines".
 */
export function penPath(stroke: Stroke): Point[] {
  const path: Point[] = [stroke[0]!];
  for (let i = 0; i + 1 < stroke.length; i++) {
    const p0 = stroke[Math.max(0, i - 1)]!;
    const p1 = stroke[i]!;
    const p2 = stroke[i + 1]!;
    const p3 = stroke[Math.min(stroke.length - 1, i + 2)]!;
    for (let step = 1; step <= stepsPerSpan; step++) {
      const t = step / stepsPerSpan;
      const along = (a: number, b: number, c: number, d: number): number =>
        0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t * t * t);
      path.push({ x: along(p0.x, p1.x, p2.x, p3.x), y: along(p0.y, p1.y, p2.y, p3.y) });
    }
  }
  return path;
}

/** Bends the sheet: the corners and middles of the box move a little, and everything between goes with them smoothly. */
function randomBend(uniform: Uniform, strength: number): (point: Point) => Point {
  const lattice = Array.from({ length: 9 }, () => ({ x: strength * bell(uniform), y: strength * bell(uniform) }));
  const blend = (a: number, b: number, amount: number): number => a + (b - a) * amount;
  return ({ x, y }) => {
    const column = x < 0.5 ? 0 : 1;
    const row = y < 0.5 ? 0 : 1;
    const s = smoothstep(2 * x - column);
    const t = smoothstep(2 * y - row);
    const corner = row * 3 + column;
    const [a, b, c, d] = [lattice[corner]!, lattice[corner + 1]!, lattice[corner + 3]!, lattice[corner + 4]!];
    return {
      x: x + blend(blend(a.x, b.x, s), blend(c.x, d.x, s), t),
      y: y + blend(blend(a.y, b.y, s), blend(c.y, d.y, s), t),
    };
  };
}

/** From the unit box to pixels: width and height of the writing, slant, turn and place. */
function randomPlacement(uniform: Uniform): (point: Point) => Point {
  const height = between(uniform, 15, 21);
  const width = height * between(uniform, 0.55, 0.85);
  const slant = -0.08 + 0.17 * bell(uniform);
  const turn = directionOfHalfTangent(0.05 * bell(uniform));
  const centre = { x: (side - 1) / 2 + 1.3 * bell(uniform), y: (side - 1) / 2 + 1.1 * bell(uniform) };
  return (point) => {
    const v = height * (point.y - 0.5);
    const u = width * (point.x - 0.5) + slant * -v;
    return { x: centre.x + u * turn.x - v * turn.y, y: centre.y + v * turn.x + u * turn.y };
  };
}

/** Inks the straight line between two pen positions; where lines meet or cross, the darker one stays. */
function inkLine(ink: Float64Array, from: Point, to: Point, fromRadius: number, toRadius: number): void {
  const reach = Math.max(fromRadius, toRadius) + softness;
  const left = Math.max(0, Math.ceil(Math.min(from.x, to.x) - reach));
  const right = Math.min(side - 1, Math.floor(Math.max(from.x, to.x) + reach));
  const top = Math.max(0, Math.ceil(Math.min(from.y, to.y) - reach));
  const bottom = Math.min(side - 1, Math.floor(Math.max(from.y, to.y) + reach));
  const lineX = to.x - from.x;
  const lineY = to.y - from.y;
  const squared = lineX * lineX + lineY * lineY;
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const along = squared > 0 ? clamp01(((x - from.x) * lineX + (y - from.y) * lineY) / squared) : 0;
      const gapX = x - from.x - along * lineX;
      const gapY = y - from.y - along * lineY;
      const radius = fromRadius + (toRadius - fromRadius) * along;
      const amount = smoothstep(0.5 + (radius - Math.sqrt(gapX * gapX + gapY * gapY)) / softness / 1.5);
      const at = y * side + x;
      if (amount > ink[at]!) ink[at] = amount;
    }
  }
}

/** Draws one picture of a digit into `target` (28·28 bytes, row-major). */
export function drawDigit(uniform: Uniform, label: number, target: Uint8Array): void {
  const strokes = pick(uniform, digitStyles[label]!);
  const shake = between(uniform, 0.01, 0.04);
  const bend = randomBend(uniform, 0.05);
  const place = randomPlacement(uniform);
  const penRadius = between(uniform, 0.75, 1.75);
  const pressure = between(uniform, 0, 0.3);
  const brightness = between(uniform, 0.82, 1.08);

  const ink = new Float64Array(side * side);
  for (const stroke of strokes) {
    const shaken = stroke.map(({ x, y }) => bend({ x: x + shake * bell(uniform), y: y + shake * bell(uniform) }));
    const path = penPath(shaken).map(place);
    // The pen lands and lifts lightly and presses in the middle.
    const radiusAt = (i: number): number => {
      const t = i / (path.length - 1);
      return penRadius * (1 - pressure * (1 - 4 * t * (1 - t)));
    };
    for (let i = 0; i + 1 < path.length; i++) inkLine(ink, path[i]!, path[i + 1]!, radiusAt(i), radiusAt(i + 1));
  }
  for (let at = 0; at < ink.length; at++) target[at] = Math.round(255 * clamp01(brightness * ink[at]!));
}
