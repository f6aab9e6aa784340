/**
 * What a classifier of toy points is shown instead of x and y.
 *
 *     plain      (x, y)
 *     polar      (r, θ)            r = √(x² + y²), θ = atan2(y, x) in (−π, π]
 *     squares    (x², y²)
 *     products   (x·y, x² − y²)    the second-degree terms that squares alone cannot make
 *     formula    whatever a person wrote: one to four expressions in x and y, read by the formula parser, never run as code
 *
 * A formula may be no number at some points, such as ln x for x ≤ 0: there it counts as 0, and the points are counted.
 */
import { type Matrix, zeros } from '../array/matrix.ts';
import { StudioError } from '../errors.ts';
import { parseFormula } from '../landscape/formula.ts';
import { requireOneOf } from '../options.ts';

export const toyTransformNames = ['plain', 'polar', 'squares', 'products', 'formula'] as const;
export type ToyTransformName = (typeof toyTransformNames)[number];

export interface ToyTransform {
  /** What each number is, in symbols. */
  readonly names: readonly string[];
  of(x: number, y: number): readonly number[];
}

const fixed = {
  plain: { names: ['x', 'y'], of: (x: number, y: number) => [x, y] },
  polar: { names: ['r', 'θ'], of: (x: number, y: number) => [Math.sqrt(x * x + y * y), Math.atan2(y, x)] },
  squares: { names: ['x²', 'y²'], of: (x: number, y: number) => [x * x, y * y] },
  products: { names: ['x·y', 'x² − y²'], of: (x: number, y: number) => [x * y, x * x - y * y] },
} as const satisfies Record<string, ToyTransform>;

const mostExpressions = 4;

/**
 * @param formula  for `formula`: expressions with semicolons between.
 * @throws StudioError INVALID_OPTION; FORMULA_COUNT; BAD_FORMULA naming the part that is not understood.
 */
export function toyTransform(name: ToyTransformName, formula = ''): ToyTransform {
  requireOneOf('transform', name, toyTransformNames);
  if (name !== 'formula') return fixed[name];
  const names = formula
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (names.length < 1 || names.length > mostExpressions) {
    throw new StudioError('FORMULA_COUNT', { count: names.length, most: mostExpressions });
  }
  const parts = names.map(parseFormula);
  return { names, of: (x, y) => parts.map((part) => part(x, y)[0]) };
}

export interface TransformedPoints {
  /** (n, d). */
  readonly features: Matrix;
  /** Points at which some feature was no finite number. */
  readonly undefinedPoints: number;
}

export function transformPoints(points: Matrix, transform: ToyTransform): TransformedPoints {
  const d = transform.names.length;
  const features = zeros(points.rows, d);
  let undefinedPoints = 0;
  for (let i = 0; i < points.rows; i++) {
    const values = transform.of(points.data[2 * i]!, points.data[2 * i + 1]!);
    if (values.some((value) => !Number.isFinite(value))) undefinedPoints++;
    for (let j = 0; j < d; j++) features.data[i * d + j] = Number.isFinite(values[j]!) ? values[j]! : 0;
  }
  return { features, undefinedPoints };
}
