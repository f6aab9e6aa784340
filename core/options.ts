/**
 * Checks shared by all options. Each returns nothing and throws StudioError INVALID_OPTION, so that a routine lists
 * what it needs in its first lines and trusts it afterwards.
 */
import { StudioError } from './errors.ts';

/** x is a finite number above 0. */
export function requirePositive(option: string, x: number): void {
  if (!(Number.isFinite(x) && x > 0)) refuse(option, x, '> 0');
}

/** x is a finite number, 0 or more. */
export function requireNonNegative(option: string, x: number): void {
  if (!(Number.isFinite(x) && x >= 0)) refuse(option, x, '≥ 0');
}

/** x ∈ [0, 1). Momentum and decay rates: at 1 they would never forget. */
export function requireFraction(option: string, x: number): void {
  if (!(x >= 0 && x < 1)) refuse(option, x, '0 ≤ x < 1');
}

/** x ∈ [low, high]. */
export function requireBetween(option: string, x: number, low: number, high: number): void {
  if (!(x >= low && x <= high)) refuse(option, x, `${low} ≤ x ≤ ${high}`);
}

/** x is a whole number in [low, high]. */
export function requireInteger(option: string, x: number, low: number, high: number = Number.MAX_SAFE_INTEGER): void {
  if (!(Number.isSafeInteger(x) && x >= low && x <= high)) {
    refuse(option, x, inFigures(low, high));
  }
}

/** A range of whole numbers as figures, which are read in every language: 1, 2, 3, … or 0, 1, 2, … 10. */
function inFigures(low: number, high: number): string {
  const first = [low, low + 1, low + 2].filter((k) => k <= high).join(', ');
  if (high <= low + 2) return first;
  return high === Number.MAX_SAFE_INTEGER ? `${first}, …` : `${first}, … ${high}`;
}

/** x is one of the listed values. */
export function requireOneOf<Value extends string>(
  option: string,
  x: string,
  values: readonly Value[],
): asserts x is Value {
  if (!values.some((value) => value === x)) refuse(option, x, values.join(' | '));
}

function refuse(option: string, x: number | string, expected: string): never {
  throw new StudioError('INVALID_OPTION', { option, value: String(x), expected });
}
