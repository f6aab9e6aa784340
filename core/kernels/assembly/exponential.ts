/**
 * The exponential of four floats, to a few units in the last place. NaN stays NaN.
 *
 * Source: Moshier, Cephes (expf).
 */
const log2e: f32 = 1.44269504088896341;
const ln2High: f32 = 0.693359375;
const ln2Low: f32 = -2.12194440e-4;

/** 2ⁿ of whole numbers as floats, n ≥ −126. */
// @ts-ignore: decorator
@inline
function powerOfTwo(n: v128): v128 {
  return i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
}

/** exp r − 1 for |r| ≤ ½ ln 2. */
// @ts-ignore: decorator
@inline
function smallExpm1(r: v128): v128 {
  let p = f32x4.splat(1.9875691500e-4);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.0000001201e-1));
  return f32x4.add(f32x4.mul(f32x4.mul(p, r), r), r);
}

// @ts-ignore: decorator
@inline
function rest(x: v128, n: v128): v128 {
  return f32x4.sub(f32x4.sub(x, f32x4.mul(n, f32x4.splat(ln2High))), f32x4.mul(n, f32x4.splat(ln2Low)));
}

/** exp x for x in [−80, 80]; what lies outside counts as the end: no result is denormal or infinite. */
// @ts-ignore: decorator
@inline
export function exp(x: v128): v128 {
  x = f32x4.min(f32x4.max(x, f32x4.splat(-80)), f32x4.splat(80));
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(log2e)));
  const power = powerOfTwo(n);
  return f32x4.add(f32x4.mul(smallExpm1(rest(x, n)), power), power);
}

// @ts-ignore: decorator
@inline
export function expm1(x: v128): v128 {
  x = f32x4.max(x, f32x4.splat(-80));
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(log2e)));
  const power = powerOfTwo(n);
  return f32x4.add(f32x4.mul(smallExpm1(rest(x, n)), power), f32x4.sub(power, f32x4.splat(1)));
}
