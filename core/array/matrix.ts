/**
 * A matrix as plain data: rows × columns numbers, row by row. Entry (i, j) is data[i·columns + j].
 *
 * There is no class: a matrix crosses to another thread and into a checkpoint as it is.
 */
import { StudioError } from '../errors.ts';

export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

export function zeros(rows: number, columns: number): Matrix {
  return { rows, columns, data: new Float64Array(rows * columns) };
}

/** A matrix over numbers that already lie row by row; the data is not copied. Throws SHAPE_MISMATCH. */
export function matrixOf(rows: number, columns: number, data: Float64Array): Matrix {
  if (data.length !== rows * columns) {
    throw new StudioError('SHAPE_MISMATCH', {
      what: 'data',
      expected: `(${rows * columns})`,
      actual: `(${data.length})`,
    });
  }
  return { rows, columns, data };
}

/** A matrix of a list of rows. `columns` is needed only where there are no rows. Throws SHAPE_MISMATCH. */
export function matrixOfRows(rows: readonly (readonly number[])[], columns: number = rows[0]?.length ?? 0): Matrix {
  const result = zeros(rows.length, columns);
  rows.forEach((row, i) => {
    if (row.length !== columns) {
      throw new StudioError('SHAPE_MISMATCH', {
        what: `row ${i}`,
        expected: `(${columns})`,
        actual: `(${row.length})`,
      });
    }
    result.data.set(row, i * columns);
  });
  return result;
}

/** Row i, sharing memory with the matrix. */
export function rowOf(a: Matrix, i: number): Float64Array {
  return a.data.subarray(i * a.columns, (i + 1) * a.columns);
}

/** A list of rows, for JSON and for reading by eye. */
export function rowsOf(a: Matrix): number[][] {
  return Array.from({ length: a.rows }, (_, i) => [...rowOf(a, i)]);
}

/** The rows with these numbers, in this order: a batch of a data matrix. */
export function selectRows(a: Matrix, indices: ArrayLike<number>): Matrix {
  const result = zeros(indices.length, a.columns);
  for (let i = 0; i < indices.length; i++) result.data.set(rowOf(a, indices[i]!), i * a.columns);
  return result;
}

/** Throws SHAPE_MISMATCH unless the matrix is rows × columns. */
export function requireShape(what: string, a: Matrix, rows: number, columns: number): void {
  if (a.rows !== rows || a.columns !== columns) {
    throw new StudioError('SHAPE_MISMATCH', {
      what,
      expected: `(${rows}, ${columns})`,
      actual: `(${a.rows}, ${a.columns})`,
    });
  }
}

/** Throws SHAPE_MISMATCH unless the vector has this length. */
export function requireLength(what: string, a: ArrayLike<unknown>, length: number): void {
  if (a.length !== length) {
    throw new StudioError('SHAPE_MISMATCH', { what, expected: `(${length})`, actual: `(${a.length})` });
  }
}
