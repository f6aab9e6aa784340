/**
 * Pseudo-code that is code: read, run line by line with the numbers of a real step, and set as a formula.
 *
 * A line is `name = expression`, `name[i] = expression`, a call, or opens a block of lines indented beneath it:
 *
 *     m = beta1*m + (1 - beta1)*g
 *     for i from newest to oldest:
 *       a[i] = dot(s[i], q) / dot(y[i], s[i])
 *     if dot(y_new, s_new) > 1e-10:
 *       keep(s_new, y_new)
 *
 * Values are numbers, vectors, and lists of vectors. + − * / ^ and sqrt work entry by entry, with a number for every entry where
 * the other side is a vector. `dot` is the inner product. Other functions, such as `grad`, are given by whoever runs it.
 */
import { type Expression, parseExpression } from '../expressions/parse-expression.ts';

export type Value = number | readonly number[];
/** A list is indexed from the oldest entry, 0. */
type Stored = Value | Value[][] | readonly (readonly number[])[];
export type Names = Record<string, Stored | undefined>;
export type Functions = Readonly<Record<string, (...values: Value[]) => Value>>;

export type Line =
  | { readonly kind: 'assign'; readonly text: string; readonly target: Expression; readonly value: Expression }
  | { readonly kind: 'call'; readonly text: string; readonly value: Expression }
  | {
      readonly kind: 'for';
      readonly text: string;
      readonly index: string;
      readonly isDown: boolean;
      readonly body: Line[];
    }
  | { readonly kind: 'if'; readonly text: string; readonly condition: Expression; readonly body: Line[] };

/** A line that was run, with what every name meant just before it. */
export interface Ran {
  readonly line: Extract<Line, { kind: 'assign' }>;
  readonly names: Names;
  readonly value: Value;
}

/** @throws Error for a text that is no pseudo-code: a mistake of the program, never of a person. */
export function parsePseudoCode(text: string): Line[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const read = (from: number, indent: number): { body: Line[]; next: number } => {
    const body: Line[] = [];
    let at = from;
    while (at < lines.length) {
      const own = lines[at]!.length - lines[at]!.trimStart().length;
      if (own < indent) break;
      const line = lines[at]!.trim();
      const loop = /^for (\w+) from (newest|oldest) to (newest|oldest):$/.exec(line);
      const test = /^if (.+):$/.exec(line);
      if (loop !== null || test !== null) {
        const inner = read(at + 1, own + 1);
        at = inner.next;
        body.push(
          loop !== null
            ? { kind: 'for', text: line, index: loop[1]!, isDown: loop[2] === 'newest', body: inner.body }
            : { kind: 'if', text: line, condition: parseExpression(test![1]!), body: inner.body },
        );
        continue;
      }
      const [left, right] = line.split(/ = (.*)/s) as [string, string?];
      body.push(
        right === undefined
          ? { kind: 'call', text: line, value: parseExpression(line) }
          : { kind: 'assign', text: line, target: parseExpression(left), value: parseExpression(right) },
      );
      at++;
    }
    return { body, next: at };
  };
  return read(0, 0).body;
}

/** Runs the lines; `names` is changed in place. */
export function runPseudoCode(lines: readonly Line[], names: Names, functions: Functions): Ran[] {
  const ran: Ran[] = [];
  const given: Functions = { sqrt: (x) => entrywise(Math.sqrt, x), dot: (a, b) => inner(a, b), ...functions };
  const value = (part: Expression): Value => {
    switch (part.type) {
      case 'Literal':
        return Number(part.value);
      case 'Identifier':
        return named(part.name);
      case 'UnaryExpression': {
        const argument = value(part.argument as Expression);
        return part.operator === '-' ? entrywise((x) => -x, argument) : argument;
      }
      case 'BinaryExpression':
        return operate(part.operator, value(part.left as Expression), value(part.right as Expression));
      case 'MemberExpression': {
        const list = names[(part.object as jsepIdentifier).name] as readonly Value[];
        return list[value(part.property as Expression) as number]!;
      }
      case 'CallExpression': {
        const { name } = part.callee as jsepIdentifier;
        const f = given[name];
        if (f === undefined) throw new Error(`no function ${name}`);
        return f(...part.arguments.map((argument) => value(argument as Expression)));
      }
      default:
        throw new Error(`no value: ${part.type}`);
    }
  };
  const named = (name: string): Value => {
    const found = names[name];
    if (found === undefined) throw new Error(`${name} has no value`);
    return found as Value;
  };
  const run = (body: readonly Line[]): void => {
    for (const line of body) {
      switch (line.kind) {
        case 'call':
          value(line.value);
          break;
        case 'if':
          if (value(line.condition) !== 0) run(line.body);
          break;
        case 'for': {
          const count = (names['s'] as readonly unknown[]).length;
          for (let k = 0; k < count; k++) {
            names[line.index] = line.isDown ? count - 1 - k : k;
            run(line.body);
          }
          break;
        }
        case 'assign': {
          const result = value(line.value);
          ran.push({ line, names: { ...names }, value: result });
          const { target } = line;
          if (target.type === 'Identifier') names[target.name] = result;
          else if (target.type === 'MemberExpression') {
            const { name } = target.object as jsepIdentifier;
            const list = [...((names[name] ?? []) as Value[])];
            list[value(target.property as Expression) as number] = result;
            names[name] = list as unknown as Stored;
          } else throw new Error(`no place to put a value: ${line.text}`);
        }
      }
    }
  };
  run(lines);
  return ran;
}

type jsepIdentifier = Extract<Expression, { type: 'Identifier' }>;

function entrywise(f: (x: number) => number, x: Value): Value {
  return typeof x === 'number' ? f(x) : x.map(f);
}

function inner(a: Value, b: Value): number {
  if (typeof a === 'number' || typeof b === 'number') throw new Error('dot takes two vectors');
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

const operations: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '^': (a, b) => a ** b,
  '>': (a, b) => Number(a > b),
};

function operate(operator: string, a: Value, b: Value): Value {
  const f = operations[operator];
  if (f === undefined) throw new Error(`no operation ${operator}`);
  if (typeof a === 'number') return typeof b === 'number' ? f(a, b) : b.map((y) => f(a, y));
  return a.map((x, i) => f(x, typeof b === 'number' ? b : b[i]!));
}

// As a formula ------------------------------------------------------------------------------------------------------------

const symbols: Readonly<Record<string, string>> = {
  theta: '\\theta',
  ahead: '\\tilde\\theta',
  before: 'v_{\\text{old}}',
  lr: '\\alpha',
  rho: '\\rho',
  beta1: '\\beta_1',
  beta2: '\\beta_2',
  eps: '\\varepsilon',
  lambda: '\\lambda',
  gamma: '\\gamma',
  m_hat: '\\hat m',
  v_hat: '\\hat v',
  s_new: 's_{\\text{new}}',
  y_new: 'y_{\\text{new}}',
};

/** What stands for a name: its symbol, or a number. */
type Write = (name: string) => string;
const bySymbol: Write = (name) => symbols[name] ?? name;

/** `m ← β₁m + (1 − β₁)g` of an assignment; null for other lines. */
export function lineFormula(line: Line): string | null {
  if (line.kind !== 'assign') return null;
  return `${latex(line.target, bySymbol)} \\leftarrow ${latex(line.value, bySymbol)}`;
}

/**
 * A whole text as formulas, one a line. A loop over the m pairs that are kept, up to that of the last step k − 1, says which way it goes,
 * a condition what it asks; what belongs to them is indented.
 */
export function formulasOf(lines: readonly Line[]): string[] {
  return lines.flatMap((line) => {
    switch (line.kind) {
      case 'assign':
        return lineFormula(line)!;
      case 'call':
        return [];
      case 'for': {
        const order = line.isDown ? 'k-1, \\dots, k-m' : 'k-m, \\dots, k-1';
        return [`${line.index} = ${order}:`, ...formulasOf(line.body).map(indented)];
      }
      case 'if':
        return [`${latex(line.condition, bySymbol)}:`, ...formulasOf(line.body).map(indented)];
    }
  });
}

const indented = (formula: string) => `\\quad ${formula}`;

/**
 * The same line with the numbers it was run with, for one entry of every vector: `m ← 0.9 · 0.2 + (1 − 0.9) · 3 = 0.48`. Null where a
 * number alone would say nothing: a function of whole vectors.
 *
 * @param format  numbers as LaTeX.
 */
export function numbersFormula(
  { line, names, value }: Ran,
  entry: number,
  format: (x: number) => string,
): string | null {
  const entryOf = (x: Value) => (typeof x === 'number' ? x : (x[entry] ?? 0));
  if (usesWholeVectors(line.value)) return `${latex(line.target, bySymbol)} = ${format(entryOf(value))}`;
  const write: Write = (name) => {
    const found = names[name] as Value;
    const text = format(entryOf(found));
    return text.startsWith('-') ? `(${text})` : text;
  };
  if (line.value.type === 'Identifier') return `${latex(line.target, bySymbol)} = ${format(entryOf(value))}`;
  return `${latex(line.target, bySymbol)} = ${latex(line.value, write, '\\cdot ')} = ${format(entryOf(value))}`;
}

function usesWholeVectors(part: Expression): boolean {
  switch (part.type) {
    case 'CallExpression':
      return (
        (part.callee as jsepIdentifier).name !== 'sqrt' || part.arguments.some((a) => usesWholeVectors(a as Expression))
      );
    case 'MemberExpression':
      return true;
    case 'UnaryExpression':
      return usesWholeVectors(part.argument as Expression);
    case 'BinaryExpression':
      return usesWholeVectors(part.left as Expression) || usesWholeVectors(part.right as Expression);
    default:
      return false;
  }
}

const strength: Readonly<Record<string, number>> = { '>': 0, '+': 1, '-': 1, '*': 2, '/': 2, '^': 4 };

function latex(part: Expression, write: Write, times = '\\,', outer = 0): string {
  const inside = (child: unknown, level: number) => latex(child as Expression, write, times, level);
  switch (part.type) {
    case 'Literal':
      return part.raw === '1e-10' ? '10^{-10}' : part.raw;
    case 'Identifier':
      return write(part.name);
    case 'MemberExpression':
      return `${inside(part.object, 9)}_{${inside(part.property, 0)}}`;
    case 'UnaryExpression': {
      const text = `${part.operator}${inside(part.argument, 3)}`;
      return outer > 1 ? `(${text})` : text;
    }
    case 'CallExpression': {
      const { name } = part.callee as jsepIdentifier;
      const given = part.arguments.map((argument) => inside(argument, 0));
      if (name === 'sqrt') return `\\sqrt{${given[0]}}`;
      if (name === 'dot') return `${inside(part.arguments[0], 3)}^{\\top} ${inside(part.arguments[1], 3)}`;
      if (name === 'grad') return `\\nabla f(${given[0]})`;
      return `\\operatorname{${name}}(${given.join(', ')})`;
    }
    case 'BinaryExpression': {
      const { operator } = part;
      if (operator === '/') return `\\frac{${inside(part.left, 0)}}{${inside(part.right, 0)}}`;
      const own = strength[operator]!;
      if (operator === '^') return `${inside(part.left, 5)}^{${inside(part.right, 0)}}`;
      const sign = operator === '*' ? ` ${times} ` : ` ${operator} `;
      const text = `${inside(part.left, own)}${sign}${inside(part.right, operator === '-' ? own + 0.5 : own)}`;
      return own < outer ? `(${text})` : text;
    }
    default:
      return '';
  }
}
