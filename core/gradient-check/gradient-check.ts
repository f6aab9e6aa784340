/**
 * Is a gradient the derivative of its loss? Compared with central differences in float64, block by block.
 *
 *     second order:  n = (L(θ + h·eᵢ) − L(θ − h·eᵢ)) / 2h                                       error ~ h²·L‴/6
 *     fourth order:  n = (8·(L(θ + h·eᵢ) − L(θ − h·eᵢ)) − (L(θ + 2h·eᵢ) − L(θ − 2h·eᵢ))) / 12h     error ~ h⁴·L⁽⁵⁾/30
 *     rounding = 4·ε·max|L| / h                         what the quotient cannot know: L itself has only so many digits
 *     relative error = max(0, |a − n| − rounding) / max(|a|, |n|),  0 when both are 0
 *
 * Without the rounding an entry whose sum cancels to nothing, 1e-17 against 1e-13, would count as wholly wrong. The
 * fourth order allows a longer h and so has a smaller rounding; it is what tells errors of 1e-7 in small entries too. Where a maximum inside the loss changes its winner between the
 * outermost points (a ReLU switches, a margin passes 0) the quotient straddles a kink and says nothing: such entries are
 * counted apart. Check the data loss and the penalty separately: a large penalty hides a wrong data gradient. float32 is
 * never checked this way; at h = 1e-5 its quotients are off by parts in a thousand.
 *
 * Source: CS231n, "Neural networks 3", gradient checks; Abramowitz & Stegun 25.3.21, 25.3.22.
 * Golden: tests/golden/data/mlp.json, cases gradcheck… (PyTorch, float64).
 */
import { requireLength } from '../array/matrix.ts';
import { StudioError } from '../errors.ts';
import { requireInteger, requirePositive } from '../options.ts';
import type { RandomGenerator } from '../random/generator.ts';
import { permutation } from '../random/sampling.ts';

export interface DifferentiableFunction {
  loss(parameters: Float64Array): number;
  /** ∂loss/∂parameters, as claimed. */
  gradient(parameters: Float64Array): Float64Array;
  /** Which side of each of its kinks the function is on; left out for a smooth function. */
  sides?(parameters: Float64Array): Uint8Array;
}

/** A stretch of the parameters that is reported by itself; see ParameterBlock. */
export interface CheckedBlock {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

export interface GradientCheckOptions {
  /** h > 0; defaults to 1e-5 for the second order, 1e-3 for the fourth. */
  step?: number;
  /** Defaults to 2. */
  order?: 2 | 4;
  /** Stretches to report; defaults to one of everything. */
  blocks?: readonly CheckedBlock[];
  /** At most this many entries of each block, drawn at random, ≥ 1; all by default. Needs `random`. */
  entriesPerBlock?: number;
  random?: RandomGenerator;
  /** Asked before every entry; true ends the check with what is there. */
  shouldStop?: () => boolean;
}

export interface EntryCheck {
  /** In the parameter vector. */
  readonly index: number;
  readonly analytic: number;
  readonly numeric: number;
  readonly relativeError: number;
  /** A kink lies between the points of the quotient. */
  readonly atKink: boolean;
}

export interface BlockCheck {
  readonly name: string;
  readonly size: number;
  readonly entries: readonly EntryCheck[];
  /** Entries at a kink; not in the figures below. */
  readonly kinks: number;
  /** 0 when every entry is at a kink. */
  readonly largestRelativeError: number;
  /** The entry it belongs to. */
  readonly worst: EntryCheck | null;
  /** Entries with |analytic| < 1e-10: many of them are worrying, since nothing is learnt there. */
  readonly vanishing: number;
  readonly verdict: GradientVerdict;
}

/** The largest relative error that still counts as this; above `doubtful` the gradient is wrong. */
export const gradientThresholds = { fine: 1e-7, plausible: 1e-4, doubtful: 1e-2 } as const;

/** Plausible is all right for a loss with kinks; without them it deserves a look. */
export type GradientVerdict = keyof typeof gradientThresholds | 'wrong';

export interface GradientCheck {
  readonly blocks: readonly BlockCheck[];
  readonly largestRelativeError: number;
  readonly kinks: number;
  readonly checked: number;
  /** Of the loss: two an entry for the second order, four for the fourth. */
  readonly evaluations: number;
  readonly verdict: GradientVerdict;
}

/**
 * @param parameters  point at which to check; a fresh initialization hides mistakes that a few steps of training reveal.
 *                    Restored before returning.
 * @throws StudioError INVALID_OPTION; SHAPE_MISMATCH when the gradient is not as long as the parameters.
 */
export function checkGradient(
  f: DifferentiableFunction,
  parameters: Float64Array,
  options: GradientCheckOptions = {},
): GradientCheck {
  const { order = 2, step: h = order === 2 ? 1e-5 : 1e-3, shouldStop = () => false, random } = options;
  const { blocks = [{ name: 'all', offset: 0, size: parameters.length }], entriesPerBlock } = options;
  requirePositive('step', h);
  if (entriesPerBlock !== undefined) requireInteger('entriesPerBlock', entriesPerBlock, 1);
  const analytic = f.gradient(parameters);
  requireLength('gradient', analytic, parameters.length);
  const theta = parameters.slice();

  const at = <Result>(i: number, shift: number, evaluate: (theta: Float64Array) => Result): Result => {
    theta[i] = parameters[i]! + shift;
    const result = evaluate(theta);
    theta[i] = parameters[i]!;
    return result;
  };
  const { sides } = f;
  const reach = order === 2 ? h : 2 * h;
  let evaluations = 0;

  function checkEntry(index: number): EntryCheck {
    let largestLoss = 0;
    const loss = (shift: number) => {
      const value = at(index, shift, (point) => f.loss(point));
      evaluations++;
      largestLoss = Math.max(largestLoss, Math.abs(value));
      return value;
    };
    const near = loss(h) - loss(-h);
    const numeric = order === 2 ? near / (2 * h) : (8 * near - (loss(2 * h) - loss(-2 * h))) / (12 * h);
    const rounding = (4 * Number.EPSILON * largestLoss) / h;
    const atKink =
      sides !== undefined &&
      !equal(
        at(index, reach, (point) => sides.call(f, point)),
        at(index, -reach, (point) => sides.call(f, point)),
      );
    const a = analytic[index]!;
    return { index, analytic: a, numeric, relativeError: relativeError(a, numeric, rounding), atKink };
  }

  const checks: BlockCheck[] = [];
  for (const { name, offset, size } of blocks) {
    const entries: EntryCheck[] = [];
    for (const index of chosenEntries(size, entriesPerBlock, random)) {
      if (shouldStop()) break;
      entries.push(checkEntry(offset + index));
    }
    const smooth = entries.filter((entry) => !entry.atKink);
    const worst = smooth.reduce<EntryCheck | null>((a, b) => (a && !(b.relativeError > a.relativeError) ? a : b), null);
    const largestRelativeError = worst?.relativeError ?? 0;
    checks.push({
      name,
      size,
      entries,
      kinks: entries.length - smooth.length,
      largestRelativeError,
      worst,
      vanishing: smooth.filter((entry) => Math.abs(entry.analytic) < 1e-10).length,
      verdict: verdictOf(largestRelativeError),
    });
  }
  const largestRelativeError = checks.reduce((worst, check) => Math.max(worst, check.largestRelativeError), 0);
  return {
    blocks: checks,
    largestRelativeError,
    kinks: checks.reduce((count, check) => count + check.kinks, 0),
    checked: checks.reduce((count, check) => count + check.entries.length, 0),
    evaluations,
    verdict: verdictOf(largestRelativeError),
  };
}

/** (|a − n| − rounding) / max(|a|, |n|), not below 0; 0 when both are 0, and ∞ when one is not a finite number. */
export function relativeError(analytic: number, numeric: number, rounding = 0): number {
  const scale = Math.max(Math.abs(analytic), Math.abs(numeric));
  if (!Number.isFinite(scale)) return Infinity;
  return scale === 0 ? 0 : Math.max(0, Math.abs(analytic - numeric) - rounding) / scale;
}

function verdictOf(error: number): GradientVerdict {
  const { fine, plausible, doubtful } = gradientThresholds;
  return error <= fine ? 'fine' : error <= plausible ? 'plausible' : error <= doubtful ? 'doubtful' : 'wrong';
}

/** At most `count` of the entries 0 … size − 1, in rising order. Throws INVALID_OPTION where a choice needs a generator. */
export function chosenEntries(
  size: number,
  count: number | undefined,
  random: RandomGenerator | undefined,
): ArrayLike<number> & Iterable<number> {
  if (count === undefined || count >= size) return Uint32Array.from({ length: size }, (_, i) => i);
  if (!random) throw new StudioError('INVALID_OPTION', { option: 'random', value: 'none', expected: 'a generator' });
  return permutation(random, size).slice(0, count).sort();
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
