/**
 * The error function, to the precision of float64 (below one unit in the last place by its authors' analysis).
 *
 *     erf x = (2/√π) ∫₀ˣ exp(−t²) dt          erfc x = 1 − erf x
 *
 * Rational approximations on five intervals. `erfc` is computed by itself in the tail, where 1 − erf x would have no
 * digits left; GELU of a negative number needs them.
 *
 * Source: the method and coefficients of s_erf.c of FreeBSD's msun (Sun Microsystems 1993, freely usable with this note).
 */
export function erf(x: number): number {
  const magnitude = Math.abs(x);
  if (Number.isNaN(x)) return x;
  if (magnitude < 0.84375) {
    if (magnitude < 2 ** -28) return x + x * smallSlope;
    const z = x * x;
    return x + (x * polynomial(small.numerator, z)) / polynomial(small.denominator, z);
  }
  return Math.sign(x) * (1 - complementOfPositive(magnitude));
}

/** 1 − erf x. */
export function erfc(x: number): number {
  if (Number.isNaN(x)) return x;
  if (Math.abs(x) < 0.84375) {
    if (x < 0.25) return 1 - erf(x);
    const z = x * x;
    const y = polynomial(small.numerator, z) / polynomial(small.denominator, z);
    return 0.5 - (x - 0.5 + x * y); // 1 − (x + x·y) without losing the last bit
  }
  return x > 0 ? complementOfPositive(x) : 2 - complementOfPositive(-x);
}

/** erfc x for x ≥ 0.84375. */
function complementOfPositive(x: number): number {
  if (x < 1.25) {
    const s = x - 1;
    return 1 - erfNearOne - polynomial(middle.numerator, s) / polynomial(middle.denominator, s);
  }
  if (x >= 28) return 0;
  const s = 1 / (x * x);
  const { numerator, denominator } = x < 1 / 0.35 ? tail : farTail;
  const ratio = polynomial(numerator, s) / polynomial(denominator, s);
  const rough = Math.fround(x); // x² of fewer digits is exact, and exp() would magnify its rounding
  return (Math.exp(-rough * rough - 0.5625) * Math.exp((rough - x) * (rough + x) + ratio)) / x;
}

/** c₀ + c₁·z + c₂·z² + … */
function polynomial(coefficients: readonly number[], z: number): number {
  let value = 0;
  for (let i = coefficients.length - 1; i >= 0; i--) value = value * z + coefficients[i]!;
  return value;
}

const smallSlope = 1.28379167095512586316e-1; // 2/√π − 1
const erfNearOne = 8.45062911510467529297e-1;

const small = {
  numerator: [
    1.28379167095512558561e-1, -3.2504210724700149937e-1, -2.84817495755985104766e-2, -5.77027029648944159157e-3,
    -2.37630166566501626084e-5,
  ],
  denominator: [
    1, 3.97917223959155352819e-1, 6.50222499887672944485e-2, 5.08130628187576562776e-3, 1.32494738004321644526e-4,
    -3.9602282787753681232e-6,
  ],
};

const middle = {
  numerator: [
    -2.36211856075265944077e-3, 4.14856118683748331666e-1, -3.72207876035701323847e-1, 3.18346619901161753674e-1,
    -1.10894694282396677476e-1, 3.54783043256182359371e-2, -2.166375594868790843e-3,
  ],
  denominator: [
    1, 1.06420880400844228286e-1, 5.40397917702171048937e-1, 7.18286544141962662868e-2, 1.26171219808761642112e-1,
    1.36370839120290507362e-2, 1.1984499846799107417e-2,
  ],
};

const tail = {
  numerator: [
    -9.86494403484714822705e-3, -6.93858572707181764372e-1, -1.05586262253232909814e1, -6.23753324503260060396e1,
    -1.62396669462573470355e2, -1.84605092906711035994e2, -8.12874355063065934246e1, -9.81432934416914548592,
  ],
  denominator: [
    1, 1.96512716674392571292e1, 1.376577541435190426e2, 4.34565877475229228821e2, 6.45387271733267880336e2,
    4.29008140027567833386e2, 1.08635005541779435134e2, 6.57024977031928170135, -6.04244152148580987438e-2,
  ],
};

const farTail = {
  numerator: [
    -9.86494292470009928597e-3, -7.99283237680523006574e-1, -1.77579549177547519889e1, -1.60636384855821916062e2,
    -6.37566443368389627722e2, -1.02509513161107724954e3, -4.83519191608651397019e2,
  ],
  denominator: [
    1, 3.03380607434824582924e1, 3.25792512996573918826e2, 1.53672958608443695994e3, 3.19985821950859553908e3,
    2.55305040643316442583e3, 4.74528541206955367215e2, -2.24409524465858183362e1,
  ],
};
