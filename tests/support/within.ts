/** Comparing many numbers with golden ones, saying which one is off. */
import { expect } from 'vitest';
import { type GoldenCase, type GoldenFamily, goldenCases } from './golden.ts';

/** All cases of one kind. */
export function casesOfKind<Case extends GoldenCase>(family: GoldenFamily, kind: string): readonly Case[] {
  return goldenCases<Case & { kind: string }>(family, (one) => one.kind === kind);
}

/** The kinds of cases a family has, sorted. */
export function kindsOf(family: GoldenFamily): string[] {
  return [...new Set(goldenCases<GoldenCase & { kind: string }>(family).map((one) => one.kind))].sort();
}

/** Numbers, or nested lists of them. */
export type Numbers = number | ArrayLike<number> | readonly Numbers[];

/**
 * Fails unless |got − want| ≤ abs + rel·|want| for every number. NaN and infinities have to be the same.
 *
 * Nested lists are read in order, so a matrix can be given as rows or flat.
 */
export function expectWithin(
  got: Numbers,
  want: Numbers,
  { abs, rel }: { abs: number; rel: number },
  what: string,
): void {
  const gotFlat = flat(got);
  const wantFlat = flat(want);
  expect(gotFlat.length, `${what}: how many numbers`).toBe(wantFlat.length);
  gotFlat.forEach((value, i) => {
    const wanted = wantFlat[i]!;
    const isRight = Object.is(value, wanted) || Math.abs(value - wanted) <= abs + rel * Math.abs(wanted);
    expect(isRight, `${what}[${i}]: got ${value}, want ${wanted}`).toBe(true);
  });
}

export function flat(numbers: Numbers): number[] {
  if (typeof numbers === 'number') return [numbers];
  return Array.from(numbers as ArrayLike<Numbers>).flatMap(flat);
}
