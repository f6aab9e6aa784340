/**
 * An expression that a person wrote, as a tree.
 *
 * jsep reads it; nothing is evaluated as JavaScript, so it holds under any content security policy. jsep is a parser of JavaScript, where
 * ^ is another operator: here a power binds tighter than a sign before it and groups from the right, −x^2 = −(x²), 2^3^2 = 2⁹.
 */
import jsep from 'jsep';

export type Expression = jsep.CoreExpression;

prepareParser();

/** @throws Error with `index`, where the text is no expression. */
export function parseExpression(text: string): Expression {
  return jsep(text) as Expression;
}

function prepareParser(): void {
  jsep.addBinaryOp('^', 11, true);
  const power = (parser: jsep.HookScope, base: jsep.Expression): jsep.Expression => {
    parser.gobbleSpaces();
    if (parser.char !== '^') return base;
    parser.index++;
    const token = parser.gobbleToken();
    if (!token) return parser.throwError('exponent');
    return { type: 'BinaryExpression', operator: '^', left: base, right: power(parser, token) };
  };
  jsep.hooks.add('gobble-token', function (env) {
    const sign = this.char;
    if (sign !== '-' && sign !== '+') return;
    this.index++;
    const token = this.gobbleToken();
    if (!token) return this.throwError('operand');
    env.node = { type: 'UnaryExpression', operator: sign, argument: power(this, token), prefix: true };
  });
}
