/**
 * The gradient by looking: change one parameter a little, evaluate the loss, see how much it changes.
 *
 *     forward:  nᵢ = (L(θ + h·eᵢ) − L(θ)) / h              D + 1 evaluations for D parameters,  error ~ h·L″/2 + ε·|L|/h
 *     central:  nᵢ = (L(θ + h·eᵢ) − L(θ − h·eᵢ)) / 2h      2·D evaluations,                     error ~ h²·L‴/6 + ε·|L|/h
 *
 * It needs no mathematics and is hard to get wrong, but one gradient costs as much as D evaluations, and no h is right: a
 * large one measures the curve, a small one the rounding. ε is 1.1e-16 for float64, where the best h is near 1e-8 forward
 * and 1e-5 central, and 6e-8 for float32, where it is near 1e-3 and the error never falls much below 1e-4. `float32` here
 * rounds what a float32 program could not keep: each parameter, and each value of the loss. The sums inside stay float64,
 * so a real float32 program is no better than this.
 *
 * Source: CS231n, "Optimization 1", computing the gradient numerically; Nocedal & Wright 2006, section 8.1.
 * Golden: tests/golden/data/mlp.json, cases gradcheck… (PyTorch, float64).
 */
import { requireOneOf, requirePositive } from '../options.ts';

export const differenceSchemes = ['forward', 'central'] as const;
export type DifferenceScheme = (typeof differenceSchemes)[number];
export const differencePrecisions = ['float64', 'float32'] as const;
export type DifferencePrecision = (typeof differencePrecisions)[number];

export interface NumericGradientOptions {
  scheme: DifferenceScheme;
  /** h > 0. */
  step: number;
  /** Defaults to float64. */
  precision?: DifferencePrecision;
  /** Which parameters; all by default. */
  entries?: ArrayLike<number>;
  /** Asked before every entry with how many are done; true ends with what is there. */
  shouldStop?: (done: number) => boolean;
}

export interface NumericGradient {
  /** One a wanted entry, in their order; fewer when stopped. */
  readonly values: Float64Array;
  /** Of the loss. */
  readonly evaluations: number;
}

/** @throws StudioError INVALID_OPTION. The parameters are left as they are. */
export function numericGradient(
  loss: (parameters: Float64Array) => number,
  parameters: Float64Array,
  { scheme, step: h, precision = 'float64', entries, shouldStop = () => false }: NumericGradientOptions,
): NumericGradient {
  requireOneOf('scheme', scheme, differenceSchemes);
  requireOneOf('precision', precision, differencePrecisions);
  requirePositive('step', h);
  const round = precision === 'float32' ? Math.fround : (value: number) => value;
  const theta = parameters.map(round);
  const wanted = entries ?? Uint32Array.from(parameters.keys());
  const values = new Float64Array(wanted.length);
  let evaluations = 0;
  const at = (i: number, shift: number): number => {
    const kept = theta[i]!;
    theta[i] = round(kept + shift);
    evaluations++;
    const value = round(loss(theta));
    theta[i] = kept;
    return value;
  };

  const here = scheme === 'forward' && wanted.length > 0 ? at(0, 0) : 0;
  for (let k = 0; k < wanted.length; k++) {
    if (shouldStop(k)) return { values: values.slice(0, k), evaluations };
    const i = wanted[k]!;
    const difference = scheme === 'forward' ? at(i, h) - here : at(i, h) - at(i, -h);
    values[k] = difference / (scheme === 'forward' ? h : 2 * h);
  }
  return { values, evaluations };
}

export interface StepSizeError {
  readonly step: number;
  /** ‖n − a‖ / ‖a‖ over the chosen entries. */
  readonly relativeError: number;
}

/**
 * How wrong the quotients are for each h: the V of truncation on one side and rounding on the other.
 *
 * @param gradient  the analytic one of `entries`, in their order: what is compared with.
 */
export function errorByStepSize(
  loss: (parameters: Float64Array) => number,
  parameters: Float64Array,
  gradient: ArrayLike<number>,
  options: Omit<NumericGradientOptions, 'step' | 'shouldStop'> & {
    steps: readonly number[];
    shouldStop?: (done: number) => boolean;
  },
): { readonly errors: readonly StepSizeError[]; readonly evaluations: number } {
  const { steps, shouldStop = () => false, ...rest } = options;
  const errors: StepSizeError[] = [];
  let evaluations = 0;
  for (const step of steps) {
    if (shouldStop(errors.length)) break;
    const numeric = numericGradient(loss, parameters, { ...rest, step });
    evaluations += numeric.evaluations;
    let difference = 0;
    let size = 0;
    for (let k = 0; k < gradient.length; k++) {
      difference += (numeric.values[k]! - gradient[k]!) ** 2;
      size += gradient[k]! ** 2;
    }
    errors.push({ step, relativeError: size === 0 ? Math.sqrt(difference) : Math.sqrt(difference / size) });
  }
  return { errors, evaluations };
}
