/**
 * A formula in x and y that a person wrote, with its exact gradient.
 *
 * The text is parsed into a tree (core/expressions), and the tree is walked with dual numbers u + u_x·dx + u_y·dy, which carry both derivatives along:
 *
 *     (u·v)_x = u_x·v + u·v_x        f(u)_x = f′(u)·u_x        (uʷ)_x = w·uʷ⁻¹·u_x + uʷ·ln u·w_x
 *
 * Names: x, y, pi, e. Signs that are no ASCII, as printed and copied formulas have them, are read too: x² − 2·π.
 *
 * Source: Griewank & Walther 2008, "Evaluating Derivatives", forward mode.
 */
import { StudioError } from '../errors.ts';
import { type Expression, parseExpression } from '../expressions/parse-expression.ts';

/** A value with its derivatives by x and y. */
export type Dual = readonly [value: number, dx: number, dy: number];
export type Formula = (x: number, y: number) => Dual;

/** f and f′. At a corner the derivative is that of the right side. */
const functions: Readonly<Record<string, { f(u: number): number; slope(u: number): number }>> = {
  sin: { f: Math.sin, slope: Math.cos },
  cos: { f: Math.cos, slope: (u) => -Math.sin(u) },
  tan: { f: Math.tan, slope: (u) => 1 / Math.cos(u) ** 2 },
  exp: { f: Math.exp, slope: Math.exp },
  ln: { f: Math.log, slope: (u) => 1 / u },
  log: { f: Math.log, slope: (u) => 1 / u },
  sqrt: { f: Math.sqrt, slope: (u) => 0.5 / Math.sqrt(u) },
  abs: { f: Math.abs, slope: (u) => (u < 0 ? -1 : 1) },
  tanh: { f: Math.tanh, slope: (u) => 1 - Math.tanh(u) ** 2 },
  sinh: { f: Math.sinh, slope: Math.cosh },
  cosh: { f: Math.cosh, slope: Math.sinh },
  atan: { f: Math.atan, slope: (u) => 1 / (1 + u * u) },
};
const pairs: Readonly<Record<string, (u: number, v: number) => boolean>> = {
  /** Whether the first of both is taken. */
  min: (u, v) => u <= v,
  max: (u, v) => u >= v,
};
const constants: Readonly<Record<string, number>> = { pi: Math.PI, e: Math.E };
/** How a sign is written that a keyboard may lack. */
const written: Readonly<Record<string, string>> = {
  '²': '^2',
  '³': '^3',
  '·': '*',
  '×': '*',
  '−': '-',
  '÷': '/',
  π: 'pi',
};
/** Longer formulas are no toy surfaces, and a tree this deep could end the stack. */
const longest = 500;

export const formulaFunctions: readonly string[] = [...Object.keys(functions), ...Object.keys(pairs)];

/** @throws StudioError BAD_FORMULA naming the part that is not understood. */
export function parseFormula(text: string): Formula {
  const refuse = (part: string): never => {
    throw new StudioError('BAD_FORMULA', { formula: text, part: part || text, functions: formulaFunctions.join(', ') });
  };
  if (text.length > longest) refuse(`${text.slice(0, 40)}…`);
  const ascii = text.replaceAll(/[²³·×−÷π]/g, (sign) => written[sign]!);
  let tree: Expression;
  try {
    tree = parseExpression(ascii);
  } catch (cause) {
    const { index = 0 } = cause as { index?: number };
    return refuse(ascii.slice(Math.max(0, index - 1)));
  }
  return compiled(tree, refuse);
}

function compiled(part: Expression, refuse: (part: string) => never): Formula {
  switch (part.type) {
    case 'Literal': {
      const { value, raw } = part;
      if (typeof value !== 'number') return refuse(raw);
      return () => [value, 0, 0];
    }
    case 'Identifier': {
      const { name } = part;
      if (name === 'x') return (x) => [x, 1, 0];
      if (name === 'y') return (_x, y) => [y, 0, 1];
      const constant = Object.hasOwn(constants, name) ? constants[name]! : refuse(name);
      return () => [constant, 0, 0];
    }
    case 'UnaryExpression': {
      const argument = compiled(part.argument as Expression, refuse);
      if (part.operator === '+') return argument;
      if (part.operator !== '-') return refuse(part.operator);
      return (x, y) => {
        const [u, ux, uy] = argument(x, y);
        return [-u, -ux, -uy];
      };
    }
    case 'BinaryExpression': {
      const operation = operations[part.operator] ?? refuse(part.operator);
      const [left, right] = [compiled(part.left as Expression, refuse), compiled(part.right as Expression, refuse)];
      return (x, y) => operation(left(x, y), right(x, y));
    }
    case 'CallExpression': {
      const callee = part.callee as Expression;
      const name = callee.type === 'Identifier' ? callee.name : refuse('');
      const given = part.arguments.map((argument) => compiled(argument as Expression, refuse));
      if (Object.hasOwn(functions, name) && given.length === 1) {
        const { f, slope } = functions[name]!;
        const [argument] = given as [Formula];
        return (x, y) => {
          const [u, ux, uy] = argument(x, y);
          const s = slope(u);
          return [f(u), times(s, ux), times(s, uy)];
        };
      }
      if (Object.hasOwn(pairs, name) && given.length === 2) {
        const takesFirst = pairs[name]!;
        const [first, second] = given as [Formula, Formula];
        return (x, y) => {
          const [u, v] = [first(x, y), second(x, y)];
          return takesFirst(u[0], v[0]) ? u : v;
        };
      }
      return refuse(name);
    }
    default:
      return refuse('');
  }
}

const operations: Readonly<Record<string, (a: Dual, b: Dual) => Dual>> = {
  '+': ([u, ux, uy], [v, vx, vy]) => [u + v, ux + vx, uy + vy],
  '-': ([u, ux, uy], [v, vx, vy]) => [u - v, ux - vx, uy - vy],
  '*': ([u, ux, uy], [v, vx, vy]) => [u * v, ux * v + u * vx, uy * v + u * vy],
  '/': ([u, ux, uy], [v, vx, vy]) => [u / v, (ux * v - u * vx) / (v * v), (uy * v - u * vy) / (v * v)],
  '^': ([u, ux, uy], [w, wx, wy]) => {
    const value = u ** w;
    const byBase = w === 0 ? 0 : w * u ** (w - 1);
    const byExponent = wx === 0 && wy === 0 ? 0 : value * Math.log(u); // a constant exponent takes any base
    return [value, times(byBase, ux) + times(byExponent, wx), times(byBase, uy) + times(byExponent, wy)];
  },
};

/** 0 where the inner derivative is 0, even where the outer one is infinite: √(y) does not change with x. */
function times(outer: number, inner: number): number {
  return inner === 0 ? 0 : outer * inner;
}
