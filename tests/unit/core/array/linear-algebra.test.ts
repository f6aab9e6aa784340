import { describe, expect, it } from 'vitest';
import {
  addToRows,
  norm,
  product,
  productTransposedLeft,
  productTransposedRight,
  transpose,
} from '../../../../core/array/linear-algebra.ts';
import { matrixOf, matrixOfRows, rowsOf, selectRows } from '../../../../core/array/matrix.ts';
import { columnSums, indexOfLargest, largestMagnitude, quantile, variance } from '../../../../core/array/reduce.ts';

const a = matrixOfRows([
  [1, 2, 3],
  [4, 5, 6],
]);
const b = matrixOfRows([
  [7, 8],
  [9, 10],
  [11, 12],
]);

describe('products of matrices', () => {
  it('are those of the textbook', () => {
    expect(rowsOf(product(a, b))).toEqual([
      [58, 64],
      [139, 154],
    ]);
  });

  it('are the same when an operand is given transposed', () => {
    expect(productTransposedRight(a, transpose(b))).toEqual(product(a, b));
    expect(productTransposedLeft(transpose(a), b)).toEqual(product(a, b));
  });

  it('refuse operands that do not fit', () => {
    expect(() => product(a, a)).toThrow(expect.objectContaining({ code: 'SHAPE_MISMATCH' }));
    expect(() => productTransposedRight(a, b)).toThrow(expect.objectContaining({ code: 'SHAPE_MISMATCH' }));
    expect(() => productTransposedLeft(a, b)).toThrow(expect.objectContaining({ code: 'SHAPE_MISMATCH' }));
    expect(() => matrixOf(2, 2, new Float64Array(3))).toThrow(expect.objectContaining({ code: 'SHAPE_MISMATCH' }));
  });
});

it('adds a vector to every row and sums every column', () => {
  const c = selectRows(a, [1, 0, 1]);

  addToRows(c, Float64Array.of(10, 20, 30));

  expect(rowsOf(c)).toEqual([
    [14, 25, 36],
    [11, 22, 33],
    [14, 25, 36],
  ]);
  expect([...columnSums(c)]).toEqual([39, 72, 105]);
});

describe('reductions', () => {
  it('take more numbers than fit into a call', () => {
    const many = new Float64Array(300_000).fill(-2);

    expect(largestMagnitude(many)).toBe(2);
    expect(norm(new Float64Array(250_000).fill(2))).toBe(1000);
  });

  it('find the first of equal maxima, and never NaN', () => {
    expect(indexOfLargest([1, 3, 3])).toBe(1);
    expect(indexOfLargest([NaN, -5, NaN, -4])).toBe(3);
    expect(indexOfLargest([])).toBe(-1);
  });

  it('keep the digits of a variance far from 0', () => {
    expect(variance([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16])).toBe(22.5); // Σ(x²)/n − x̄² would lose them
  });

  it('interpolate quantiles as NumPy does', () => {
    expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
    expect(quantile([1, 2, 3, 4], 0.025)).toBeCloseTo(1.075, 12);
    expect(quantile([5], 0.9)).toBe(5);
  });
});
