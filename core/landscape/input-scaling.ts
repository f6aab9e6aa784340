/**
 * The same inputs as they are, standardised and whitened: what that does to the bowl that a linear softmax classifier walks in.
 *
 *     z = (x, 1)                                        inputs with the constant of the bias
 *     M = (1/N) Σ z zᵀ,   λᵢ its eigenvalues above cutOff·λ_max,   κ = λ_max/λ⁺_min
 *     H ≼ ½·M ⊗ (I − 11ᵀ/C)                             wherever the weights are; at 0, H = (1/C)·M ⊗ (I − 11ᵀ/C)
 *     α = 2/λ_max                                       so no step of plain descent ever raises the loss
 *     steps to ε of the way on the quadratic            ln ε / ln((κ − 1)/(κ + 1)),  with momentum √κ for κ
 *
 * The eigenvalues come from the N×N matrix of inner products, which has the same ones, so that thousands of inputs cost no more than
 * a few. Whitened inputs are the coordinates along the eigenvectors of the standardised ones, each divided by √(λ + ε):
 * ZCA up to a rotation, which plain descent does not see. All three start at zero weights, where the loss is ln C.
 *
 * Source: LeCun et al. 1998, "Efficient BackProp", section 5; Böhning 1992 for the bound; Goh 2017 for the steps.
 */
import { Matrix as LibraryMatrix } from 'ml-matrix';
import { dot } from '../array/linear-algebra.ts';
import { type Matrix, rowOf, zeros } from '../array/matrix.ts';
import { softmaxLoss } from '../losses/softmax-cross-entropy.ts';
import { multilayerPerceptron } from '../models/multilayer-perceptron.ts';
import { requireInteger } from '../options.ts';
import { symmetricEigen } from './lanczos.ts';

export const inputScalings = ['raw', 'standardized', 'whitened'] as const;
export type InputScalingName = (typeof inputScalings)[number];

export interface ScaledDescent {
  readonly name: InputScalingName;
  readonly largest: number;
  readonly smallest: number;
  readonly conditionNumber: number;
  /** Eigenvalues at or below the cut-off, of the N. */
  readonly flat: number;
  readonly learningRate: number;
  /** Predicted by κ, to 1 % of the way along the flattest direction. */
  readonly descentSteps: number;
  readonly momentumSteps: number;
  /** Of the training loss on these samples, from step 0. */
  readonly losses: readonly number[];
  /** First step whose loss is at most half of ln C; null where it is not reached. */
  readonly stepsToHalf: number | null;
}

export interface InputScalingOptions {
  readonly classes: number;
  readonly steps: number;
  /** Defaults to 1e-8. */
  readonly cutOff?: number;
  /** ε of the whitening, of standardised inputs; defaults to 1e-3. */
  readonly epsilon?: number;
  readonly shouldStop?: () => boolean;
}

/** @param x  (n, d) inputs as extracted, n ≥ 2. */
export function compareInputScalings(
  x: Matrix,
  labels: ArrayLike<number>,
  { classes, steps, cutOff = 1e-8, epsilon = 1e-3, shouldStop = () => false }: InputScalingOptions,
): ScaledDescent[] {
  requireInteger('samples', x.rows, 2);
  const standardized = standardizedRows(x);
  const whitened = whitenedRows(standardized, epsilon, cutOff);
  return inputScalings.map((name) => {
    const inputs = { raw: x, standardized, whitened }[name];
    const values = symmetricEigen(innerProducts(inputs, 1)).values.reverse();
    const largest = values[0]!;
    const counted = values.filter((value) => value > cutOff * largest);
    const smallest = counted.at(-1)!;
    const conditionNumber = largest / smallest;
    const learningRate = 2 / largest;
    const losses = descend(inputs, labels, classes, learningRate, steps, shouldStop);
    const at = losses.findIndex((loss) => loss <= Math.log(classes) / 2);
    return {
      name,
      largest,
      smallest,
      conditionNumber,
      flat: values.length - counted.length,
      learningRate,
      descentSteps: stepsTo(conditionNumber),
      momentumSteps: stepsTo(Math.sqrt(conditionNumber)),
      losses,
      stepsToHalf: at < 0 ? null : at,
    };
  });
}

/** Steps that shrink an error to 1 % where each leaves (κ − 1)/(κ + 1) of it; 1 at least. */
export function stepsTo(conditionNumber: number, part = 0.01): number {
  const left = (conditionNumber - 1) / (conditionNumber + 1);
  return left <= part ? 1 : Math.ceil(Math.log(part) / Math.log(left));
}

function descend(
  x: Matrix,
  labels: ArrayLike<number>,
  classes: number,
  rate: number,
  steps: number,
  shouldStop: () => boolean,
): number[] {
  const model = multilayerPerceptron({ inputSize: x.columns, hidden: [], classes });
  const objective = { loss: softmaxLoss, l2: 0, l2Convention: 'half' } as const;
  const theta = new Float64Array(model.parameterCount);
  const losses: number[] = [];
  for (let k = 0; k <= steps && !shouldStop(); k++) {
    const { loss, gradient } = model.lossAndGradient(theta, x, labels, objective);
    losses.push(loss);
    for (let i = 0; i < theta.length; i++) theta[i]! -= rate * gradient[i]!;
  }
  return losses;
}

/** Mean 0 and deviation 1 in every column; a column that never varies becomes 0. */
function standardizedRows(x: Matrix): Matrix {
  const result = zeros(x.rows, x.columns);
  for (let j = 0; j < x.columns; j++) {
    let mean = 0;
    for (let i = 0; i < x.rows; i++) mean += x.data[i * x.columns + j]! / x.rows;
    let variance = 0;
    for (let i = 0; i < x.rows; i++) variance += (x.data[i * x.columns + j]! - mean) ** 2 / x.rows;
    const deviation = Math.sqrt(variance);
    if (!(deviation > 1e-12 * Math.max(1, Math.abs(mean)))) continue;
    for (let i = 0; i < x.rows; i++) {
      result.data[i * x.columns + j] = (x.data[i * x.columns + j]! - mean) / deviation;
    }
  }
  return result;
}

/** (n, r) coordinates of centred rows along their own eigenvectors, each of variance λ/(λ + ε). */
function whitenedRows(x: Matrix, epsilon: number, cutOff: number): Matrix {
  const { values, vectors } = symmetricEigen(innerProducts(x, 0));
  const kept = values.filter((value) => value > cutOff * values.at(-1)!).length;
  const result = zeros(x.rows, kept);
  for (let j = 0; j < kept; j++) {
    const column = x.rows - 1 - j; // they rise; the largest comes first here
    const length = Math.sqrt((x.rows * values[column]!) / (values[column]! + epsilon));
    for (let i = 0; i < x.rows; i++) result.data[i * kept + j] = length * vectors.get(i, column);
  }
  return result;
}

/** (n, n): (1/n)(xᵢ·x_k + constant), with the eigenvalues of M. */
function innerProducts(x: Matrix, constant: number): LibraryMatrix {
  const n = x.rows;
  const result = LibraryMatrix.zeros(n, n);
  for (let i = 0; i < n; i++) {
    for (let k = i; k < n; k++) {
      const value = (dot(rowOf(x, i), rowOf(x, k)) + constant) / n;
      result.set(i, k, value);
      result.set(k, i, value);
    }
  }
  return result;
}
