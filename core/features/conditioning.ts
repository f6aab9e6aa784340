/**
 * How hard features make it for an optimizer: the condition number of their second moments.
 *
 *     κ = λ_max / λ_min⁺      of C = (1/n) Σ xᵢxᵢᵀ, over eigenvalues above the cut-off λ_max·10⁻⁸
 *
 * The loss of a linear model bends along the eigenvectors of C, so plain gradient descent needs about κ steps to come a fixed
 * part nearer, with momentum about √κ. Three times the same features: as they are, standardised, and whitened with ε.
 * Directions in which nothing varies have λ = 0; they are left out and counted, since no step moves along them either.
 *
 * Source: Goh 2017, "Why momentum really works", Distill; LeCun et al. 1998, "Efficient BackProp", section 5.
 */
import { type Matrix, zeros } from '../array/matrix.ts';
import { requireInteger } from '../options.ts';
import { covariance, meanOfRows } from './covariance.ts';
import { symmetricEigen } from './symmetric-eigen.ts';

export interface Condition {
  /** κ. */
  readonly number: number;
  readonly largest: number;
  readonly smallest: number;
  /** Eigenvalues below the cut-off. */
  readonly flat: number;
}

export interface Conditioning {
  readonly raw: Condition;
  readonly standardized: Condition;
  readonly whitened: Condition;
}

const cutOff = 1e-8;
/** ε of the whitening, of features that are standardised. */
const whiteningEpsilon = 1e-3;

/** @param x  (n, d), n ≥ 2: features as extracted. */
export function conditioningOf(x: Matrix): Conditioning {
  requireInteger('pictures', x.rows, 2);
  const mean = meanOfRows(x);
  const centred = covariance(x, mean, 0);
  const deviations = Float64Array.from(mean, (_, j) => Math.sqrt(centred.data[j * x.columns + j]!));
  const standardized = scaled(centred, deviations);
  const standardizedValues = symmetricEigen(standardized).values;
  return {
    raw: conditionOf(symmetricEigen(covariance(x, new Float64Array(x.columns), 0)).values),
    standardized: conditionOf(standardizedValues),
    whitened: conditionOf(
      standardizedValues.map((value) => Math.max(0, value) / (Math.max(0, value) + whiteningEpsilon)),
    ),
  };
}

function conditionOf(values: Float64Array): Condition {
  const largest = values.reduce((most, value) => Math.max(most, value), 0);
  const counted = values.filter((value) => value > cutOff * largest);
  const smallest = counted.reduce((least, value) => Math.min(least, value), Infinity);
  return { number: largest / smallest, largest, smallest, flat: values.length - counted.length };
}

/** C with rows and columns divided by the deviations; features that never vary stay 0. */
function scaled(c: Matrix, deviations: Float64Array): Matrix {
  const result = zeros(c.rows, c.columns);
  for (let i = 0; i < c.rows; i++) {
    for (let j = 0; j < c.columns; j++) {
      const factor = deviations[i]! * deviations[j]!;
      if (factor > 1e-12) result.data[i * c.columns + j] = c.data[i * c.columns + j]! / factor;
    }
  }
  return result;
}
