import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../scripts/project.ts';
import { excess, goldenCase, goldenCases, toleranceOf } from '../support/golden.ts';
import { sharedFile } from '../support/shared.ts';

const folder = join(root, 'tests/golden/data');

describe('the golden data', () => {
  it.each(readdirSync(folder).filter((name) => name.endsWith('.json')))(
    '%s is byte for byte what the reference scripts printed',
    (name) => {
      const original = sharedFile(join('oracles', name), `golden data ${name} against its original`);
      if (original === null) return;

      expect(readFileSync(join(folder, name)).equals(readFileSync(original))).toBe(true);
    },
  );

  it('gives not-a-number and infinities back as numbers', () => {
    const numbers = goldenCases('losses').flatMap((c) => [...numbersIn(c)]);

    expect(numbers.length).toBeGreaterThan(100);
    expect(JSON.stringify(goldenCases('optimizers'))).not.toMatch(/"-?Infinity"|"NaN"/);
  });

  it('refuses a case that does not exist', () => {
    expect(() => goldenCase('losses', 'softmax/no_such_case')).toThrow('softmax/no_such_case');
  });

  it('has a tolerance for every case', () => {
    for (const c of goldenCases('losses')) {
      const quantities = Object.keys((c as unknown as { expected: object }).expected);
      expect(quantities.length).toBeGreaterThan(0);
      expect(() => toleranceOf(c, quantities[0])).not.toThrow();
    }
  });
});

describe('the comparison with golden data', () => {
  const tolerance = { abs: 0.1, rel: 0.01 };

  it('accepts numbers within the absolute and relative tolerance together', () => {
    expect(excess(10.19, 10, tolerance)).toBeLessThanOrEqual(0);
    expect(excess(10.21, 10, tolerance)).toBeCloseTo(0.01);
  });

  it('finds the worst number in nested lists and typed arrays', () => {
    expect(excess([new Float64Array([1, 2]), [3]], [[1, 2], [4]], tolerance)).toBeCloseTo(0.86);
  });

  it('takes equal infinities and NaN as equal, and nothing else', () => {
    expect(excess([Infinity, NaN], [Infinity, NaN], tolerance)).toBe(-Infinity);
    expect(excess(-Infinity, Infinity, tolerance)).toBe(Infinity);
    expect(excess(1, NaN, tolerance)).toBe(Infinity);
  });

  it('never accepts another shape', () => {
    expect(excess([1, 2], [1, 2, 3], tolerance)).toBe(Infinity);
    expect(excess(undefined, 1, tolerance)).toBe(Infinity);
  });
});

function* numbersIn(value: unknown): Generator<number> {
  if (typeof value === 'number') yield value;
  else if (value !== null && typeof value === 'object') for (const item of Object.values(value)) yield* numbersIn(item);
}
