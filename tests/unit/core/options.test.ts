import { describe, expect, it } from 'vitest';
import {
  requireBetween,
  requireFraction,
  requireInteger,
  requireNonNegative,
  requireOneOf,
  requirePositive,
} from '../../../core/options.ts';

const refused = (option: string, value: string) =>
  expect.objectContaining({
    code: 'INVALID_OPTION',
    details: expect.objectContaining({ option, value }) as object,
  }) as Error;

describe('checks of options', () => {
  it.each([0, -1, NaN, Infinity])('refuse %d where a number above 0 is needed', (value) => {
    expect(() => requirePositive('rate', value)).toThrow(refused('rate', String(value)));
  });

  it.each([-0.1, NaN, Infinity])('refuse %d where 0 or more is needed', (value) => {
    expect(() => requireNonNegative('l2', value)).toThrow(refused('l2', String(value)));
  });

  it.each([-0.1, 1, 1.5, NaN])('refuse %d as a fraction', (value) => {
    expect(() => requireFraction('beta', value)).toThrow(refused('beta', String(value)));
  });

  it.each([0.5, -1, 11, NaN])('refuse %d as a whole number from 0 to 10', (value) => {
    expect(() => requireInteger('count', value, 0, 10)).toThrow(refused('count', String(value)));
  });

  it.each([
    [0, 10, '0, 1, 2, … 10'],
    [1, undefined, '1, 2, 3, …'],
    [0, 1, '0, 1'],
    [5, 5, '5'],
  ])('say which whole numbers are meant from %d to %s', (low, high, expected) => {
    expect(() => requireInteger('count', 0.5, low, high)).toThrow(
      expect.objectContaining({ details: { option: 'count', value: '0.5', expected } }),
    );
  });

  it('refuse a word that is not on the list', () => {
    expect(() => requireOneOf('loss', 'hinge2', ['hinge', 'softmax'])).toThrow(refused('loss', 'hinge2'));
  });

  it('let both ends of their ranges through', () => {
    requirePositive('x', Number.MIN_VALUE);
    requireNonNegative('x', 0);
    requireFraction('x', 0);
    requireBetween('x', 0, 0, 1);
    requireBetween('x', 1, 0, 1);
    requireInteger('x', 0, 0, 10);
    requireInteger('x', 10, 0, 10);
    requireOneOf('x', 'a', ['a']);
  });
});
