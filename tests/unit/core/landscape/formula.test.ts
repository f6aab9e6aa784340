import { describe, expect, it } from 'vitest';
import { parseFormula } from '../../../../core/landscape/formula.ts';
import { numericGradient } from '../../../../core/gradient-check/numeric-gradient.ts';

describe('a formula', () => {
  it.each([
    ['1 + 2*3', 7],
    ['(1 + 2)*3', 9],
    ['2^3^2', 512],
    ['-x^2', -9],
    ['(-x)^2', 9],
    ['2*-x', -6],
    ['2^-y', 0.25],
    ['-2^2*x', -12],
    ['x - -y', 5],
    ['x/y/2', 0.75],
    ['10 - 3 - 2', 5],
    ['min(x, y) + max(x, y)', 5],
    ['log(e) + ln(e) + cos(pi)', 1],
    ['abs(-4) + sqrt(16) + exp(0)', 9],
    ['1e-3*x', 0.003],
    ['+x', 3],
  ])('%s is %d at (3, 2)', (text, value) => {
    expect(parseFormula(text)(3, 2)[0]).toBeCloseTo(value, 12);
  });

  it.each([
    '(1 - x)^2 + 100*(y - x^2)^2',
    'sin(x*y) + cos(x)/y - tan(x/3)',
    'x^y + y^x',
    'exp(-x^2/2)*tanh(y) + sinh(x/2) - cosh(y/2)',
    'atan(x/y) + ln(x + y) + sqrt(x*y)',
    'abs(x - 4)*min(x, 2*y) + max(y, x^3)',
    '2^x / 3^y',
  ])('has the gradient of %s exactly', (text) => {
    const formula = parseFormula(text);
    const at = Float64Array.of(1.3, 0.7);

    const numeric = numericGradient((p) => formula(p[0]!, p[1]!)[0], at, { scheme: 'central', step: 1e-6 });

    const [, dx, dy] = formula(1.3, 0.7);
    expect(dx).toBeCloseTo(numeric.values[0]!, 7);
    expect(dy).toBeCloseTo(numeric.values[1]!, 7);
  });

  it('reads the signs that printed formulas have', () => {
    expect(parseFormula('x² − 2·π × y³ ÷ 4')(3, 2)[0]).toBeCloseTo(9 - 4 * Math.PI, 12);
  });

  it('has derivatives where only the outer function’s is infinite', () => {
    expect(parseFormula('sqrt(y) + x^2')(3, 0)).toEqual([9, 6, Infinity]);
    expect(parseFormula('sqrt(0) + x')(3, 1)).toEqual([3, 1, 0]);
    expect(parseFormula('x^2')(0, 0)).toEqual([0, 0, 0]);
    expect(parseFormula('(-2)^3 + 0*x')(1, 1)[0]).toBe(-8);
  });

  it.each([
    ['', ''],
    ['x +', ''],
    ['z', 'z'],
    ['x.y', 'x.y'],
    ['alert(1)', 'alert'],
    ['constructor', 'constructor'],
    ['toString(x)', 'toString'],
    ['sin(x, y)', 'sin'],
    ['max(x)', 'max'],
    ['x ? y : 1', ''],
    ['"x"', '"x"'],
    ['[x]', ''],
    ['this', 'this'],
    ['x y', ''],
    ['2x', ''],
    ['x == y', '=='],
    ['x && y', '&&'],
    ['!x', '!'],
    ['-', ''],
    ['x^', ''],
    ['(x', ''],
    [`${'('.repeat(300)}x${')'.repeat(300)}`, ''],
  ])('%s is refused with the part that is not understood', (text, part) => {
    const details: unknown = part === '' ? expect.anything() : expect.objectContaining({ part });

    expect(() => parseFormula(text)).toThrow(expect.objectContaining({ code: 'BAD_FORMULA', details }));
  });
});
