/** The equation of a straight boundary, as a person writes it: `+0.53·x·y +0.16·(x² − y²) −0.08 = 0`. */
import { signed } from '../format.ts';

/** @param names  of the features, which may be sums themselves. */
export function linearEquation(
  names: readonly string[],
  { weights, constant }: { readonly weights: Float64Array; readonly constant: number },
): string {
  const terms = names.map((name, j) => `${term(weights[j]!)}·${factor(name)}`);
  return `${terms.join(' ')} ${term(constant)} = 0`;
}

/** A sum has brackets around it; what already stands in brackets is no matter. */
function factor(name: string): string {
  let inside = 0;
  const isSum = Array.from(name).some((sign) => {
    if (sign === '(') inside++;
    else if (sign === ')') inside--;
    return inside === 0 && /[-+−/]/.test(sign);
  });
  return isSum ? `(${name})` : name;
}

/** A term of a sum: a number that rounds to 0 has its sign too. */
function term(value: number): string {
  const text = signed(value);
  return /^[+−]/.test(text) ? text : `+${text}`;
}
