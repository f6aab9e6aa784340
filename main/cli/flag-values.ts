/** What stands behind a flag, as a value; anything else is wrong usage with a sentence that names the flag. */
import { StudioError } from '../../core/errors.ts';

/** @throws StudioError INVALID_OPTION, as the others here. */
export function choice<const T extends string>(option: string, value: string, names: readonly T[]): T {
  const found = names.find((name) => name === value);
  if (found === undefined) throw new StudioError('INVALID_OPTION', { option, value, expected: names.join(' | ') });
  return found;
}

/** A number, or the fallback where the flag was not given. */
export function number<T>(option: string, text: string | undefined, fallback: T): T | number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) {
    throw new StudioError('INVALID_OPTION', { option, value: text, expected: '0, 1, 0.5, 1e-3 …' });
  }
  return value;
}

/** A whole number in [low, high], or undefined where the flag was not given. */
export function integer(option: string, text: string | undefined, low: number, high: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= low && value <= high) return value;
  throw new StudioError('INVALID_OPTION', { option, value: text, expected: `${low} … ${high}` });
}
