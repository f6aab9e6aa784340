/**
 * Is one model better than another on the same pictures, or did it only have luck with a few?
 *
 * Pictures on which both are right, or both wrong, tell nothing. Of the b + c on which one alone is right, each model would get
 * half by chance, so that
 *
 *     p = min(1, 2·P(X ≤ min(b, c))),   X ~ Binomial(b + c, ½)
 *
 * is how often chance alone divides them at least so unevenly. Exact, for few and for many.
 *
 * Source: McNemar 1947, "Note on the sampling error of the difference between correlated proportions"; Dietterich 1998.
 */
export interface Agreement {
  readonly bothRight: number;
  /** b. */
  readonly onlyFirst: number;
  /** c. */
  readonly onlySecond: number;
  readonly bothWrong: number;
  readonly pValue: number;
}

/** @param first, second  1 (or true) where each model is right, for the same pictures in the same order. */
export function agreementOf(first: ArrayLike<number | boolean>, second: ArrayLike<number | boolean>): Agreement {
  let bothRight = 0;
  let onlyFirst = 0;
  let onlySecond = 0;
  let bothWrong = 0;
  for (let i = 0; i < first.length; i++) {
    if (first[i] && second[i]) bothRight++;
    else if (first[i]) onlyFirst++;
    else if (second[i]) onlySecond++;
    else bothWrong++;
  }
  return { bothRight, onlyFirst, onlySecond, bothWrong, pValue: mcNemar(onlyFirst, onlySecond) };
}

/** p of b against c; 1 where both are 0. */
export function mcNemar(b: number, c: number): number {
  const n = b + c;
  let logTerm = -n * Math.LN2; // of C(n, 0)·2⁻ⁿ
  let tail = Math.exp(logTerm);
  for (let k = 1; k <= Math.min(b, c); k++) {
    logTerm += Math.log((n - k + 1) / k);
    tail += Math.exp(logTerm);
  }
  return Math.min(1, 2 * tail);
}
