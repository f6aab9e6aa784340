/**
 * Toy losses of two parameters, on which one sees what an optimizer does.
 *
 *     quadratic      ½·(x² + κ·y²)                                          κ: the condition number
 *     rosenbrock     (1 − x)² + 100·(y − x²)²                               a bent valley; minimum (1, 1)
 *     beale          (1.5 − x + xy)² + (2.25 − x + xy²)² + (2.625 − x + xy³)²   minimum (3, ½)
 *     saddle         x² − y²                                                no minimum; from (1, 0) plain descent stays on it
 *     double-well    ¼x⁴ − ½x² + x/10 + ½y²                                 a better and a worse minimum
 *     rastrigin      20 + x² + y² − 10·cos 2πx − 10·cos 2πy                 minima everywhere; the best at 0
 *     plateau        1 − exp(−(x² + y²)/2)                                  nearly no gradient away from the minimum
 *
 * Source: Rosenbrock 1960; Beale 1958; Rastrigin 1974; the quadratic as in Goh 2017, "Why momentum really works".
 * Golden: tests/golden/data/optimizers.json.
 */
import { requireOneOf, requirePositive } from '../options.ts';
import type { Evaluate, Minimizer } from '../optimizers/minimizer.ts';
import type { Optimizer, OptimizerState } from '../optimizers/optimizer.ts';
import { parseFormula } from './formula.ts';

export interface Surface {
  readonly kind: SurfaceKind | 'formula';
  /** As text, in x and y: what `parseFormula` reads. */
  readonly formula: string;
  value(x: number, y: number): number;
  gradient(x: number, y: number): readonly [number, number];
  /** A good place to start from, and what to look at: [low, high] of each axis. */
  readonly start: readonly [number, number];
  readonly view: { readonly x: readonly [number, number]; readonly y: readonly [number, number] };
  /** Known minima, the best first; empty where there are none or they are not known. */
  readonly minima: readonly (readonly [number, number])[];
}

export const surfaceKinds = [
  'quadratic',
  'rosenbrock',
  'beale',
  'saddle',
  'double-well',
  'rastrigin',
  'plateau',
] as const;
export type SurfaceKind = (typeof surfaceKinds)[number];

export interface SurfaceOptions {
  /** κ > 0 of the quadratic; defaults to 100. */
  conditionNumber?: number;
}

/** @throws StudioError INVALID_OPTION. */
export function surfaceNamed(kind: SurfaceKind, { conditionNumber: k = 100 }: SurfaceOptions = {}): Surface {
  requireOneOf('surface', kind, surfaceKinds);
  requirePositive('conditionNumber', k);
  const square = (half: number) => ({ x: [-half, half], y: [-half, half] }) as const;
  switch (kind) {
    case 'quadratic':
      return {
        kind,
        formula: `0.5*(x^2 + ${k}*y^2)`,
        value: (x, y) => 0.5 * (x * x + k * y * y),
        gradient: (x, y) => [x, k * y],
        start: [10, 1],
        view: { x: [-12, 12], y: [-2.5, 2.5] },
        minima: [[0, 0]],
      };
    case 'rosenbrock':
      return {
        kind,
        formula: '(1 - x)^2 + 100*(y - x^2)^2',
        value: (x, y) => (1 - x) ** 2 + 100 * (y - x * x) ** 2,
        gradient: (x, y) => [-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)],
        start: [-1.2, 1],
        view: { x: [-2, 2], y: [-1, 3] },
        minima: [[1, 1]],
      };
    case 'beale':
      return {
        kind,
        formula: '(1.5 - x + x*y)^2 + (2.25 - x + x*y^2)^2 + (2.625 - x + x*y^3)^2',
        value: (x, y) => (1.5 - x + x * y) ** 2 + (2.25 - x + x * y * y) ** 2 + (2.625 - x + x * y ** 3) ** 2,
        gradient(x, y) {
          const [a, b, c] = [1.5 - x + x * y, 2.25 - x + x * y * y, 2.625 - x + x * y ** 3];
          return [
            2 * a * (y - 1) + 2 * b * (y * y - 1) + 2 * c * (y ** 3 - 1),
            2 * a * x + 4 * b * x * y + 6 * c * x * y * y,
          ];
        },
        start: [1, 1.5],
        view: { x: [-4.5, 4.5], y: [-4.5, 4.5] },
        minima: [[3, 0.5]],
      };
    case 'saddle':
      return {
        kind,
        formula: 'x^2 - y^2',
        value: (x, y) => x * x - y * y,
        gradient: (x, y) => [2 * x, -2 * y],
        start: [1, 0.001],
        view: square(1.5),
        minima: [],
      };
    case 'double-well':
      return {
        kind,
        formula: '0.25*x^4 - 0.5*x^2 + 0.1*x + 0.5*y^2',
        value: (x, y) => 0.25 * x ** 4 - 0.5 * x * x + 0.1 * x + 0.5 * y * y,
        gradient: (x, y) => [x ** 3 - x + 0.1, y],
        start: [1.6, 1],
        view: square(2),
        minima: [
          [-1.0466805318046024, 0],
          [0.9456492738232246, 0],
        ],
      };
    case 'rastrigin':
      return {
        kind,
        formula: '20 + x^2 + y^2 - 10*cos(2*pi*x) - 10*cos(2*pi*y)',
        value: (x, y) => 20 + x * x + y * y - 10 * Math.cos(2 * Math.PI * x) - 10 * Math.cos(2 * Math.PI * y),
        gradient: (x, y) => [
          2 * x + 20 * Math.PI * Math.sin(2 * Math.PI * x),
          2 * y + 20 * Math.PI * Math.sin(2 * Math.PI * y),
        ],
        start: [3.2, 1.8],
        view: square(4),
        minima: [[0, 0]],
      };
    case 'plateau':
      return {
        kind,
        formula: '1 - exp(-(x^2 + y^2)/2)',
        value: (x, y) => 1 - Math.exp(-(x * x + y * y) / 2),
        gradient(x, y) {
          const e = Math.exp(-(x * x + y * y) / 2);
          return [x * e, y * e];
        },
        start: [2.5, 2],
        view: square(4),
        minima: [[0, 0]],
      };
  }
}

/** The surface of a formula in x and y. Throws BAD_FORMULA. */
export function surfaceOfFormula(text: string): Surface {
  const formula = parseFormula(text);
  return {
    kind: 'formula',
    formula: text,
    value: (x, y) => formula(x, y)[0],
    gradient(x, y) {
      const [, dx, dy] = formula(x, y);
      return [dx, dy];
    },
    start: [1, 1],
    view: { x: [-3, 3], y: [-3, 3] },
    minima: [],
  };
}

/** Where an optimizer is after so many steps, and what it knows. */
export interface SurfacePoint {
  readonly x: number;
  readonly y: number;
  readonly loss: number;
  readonly gradient: readonly [number, number];
  /** Evaluations of loss or gradient so far. */
  readonly evaluations: number;
  /** The optimizer's state, a copy: velocity, moments and what else it keeps. */
  readonly state: OptimizerState;
}

/**
 * The path of an optimizer from a start: `steps` + 1 points, fewer where it leaves the finite numbers or a minimizer ends.
 *
 * @param rateAt  learning rate of step k = 0, 1, …; the optimizer's own when left out.
 */
export function walk(
  surface: Surface,
  optimizer: Optimizer | Minimizer,
  start: readonly [number, number],
  steps: number,
  rateAt?: (k: number) => number,
): SurfacePoint[] {
  const parameters = Float64Array.from(start);
  const state = optimizer.createState(2);
  const path: SurfacePoint[] = [];
  let evaluations = 0;
  const keep = () => {
    const [x, y] = [parameters[0]!, parameters[1]!];
    const point = { x, y, loss: surface.value(x, y), gradient: surface.gradient(x, y), evaluations };
    path.push({ ...point, state: copied(state) });
    return Number.isFinite(point.loss);
  };
  const evaluate: Evaluate = (theta) => {
    evaluations++;
    const [x, y] = [theta[0]!, theta[1]!];
    return { loss: surface.value(x, y), gradient: Float64Array.from(surface.gradient(x, y)) };
  };

  keep();
  for (let k = 0; k < steps; k++) {
    if ('iterate' in optimizer) {
      const { stepLength } = optimizer.iterate(evaluate, parameters, state);
      if (stepLength === 0) break;
    } else {
      const { gradient } = evaluate(optimizer.gradientPoint?.(parameters, state) ?? parameters);
      optimizer.step(parameters, gradient, state, rateAt?.(k));
    }
    if (!keep()) break;
  }
  return path;
}

function copied(state: OptimizerState): OptimizerState {
  return Object.fromEntries(
    Object.entries(state).map(([name, value]) => [name, typeof value === 'number' ? value : value.slice()]),
  );
}
