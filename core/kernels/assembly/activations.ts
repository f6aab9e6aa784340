import { exp, expm1 } from './exponential';

/**
 * The smooth activations of core/models/layers/activation.ts, four numbers at a time, to a few units in float32's last place. NaN
 * stays NaN. Each is 0 at 0 but the sigmoid: what fills rows up stays as it is, and `clearTails` mends the sigmoid's.
 *
 * Sources: Moshier, Cephes (expf, tanhf); Press et al. 1992, "Numerical Recipes", 6.2 (erfcc, relative error 1.2e-7).
 */
// @ts-ignore: decorator
@inline
function sigmoid(a: v128): v128 {
  return f32x4.div(f32x4.splat(1), f32x4.add(f32x4.splat(1), exp(f32x4.neg(a))));
}

/** σ·(1 − σ), from the side where nothing cancels. */
// @ts-ignore: decorator
@inline
function sigmoidSlope(a: v128): v128 {
  const e = exp(f32x4.neg(f32x4.abs(a)));
  const sum = f32x4.add(f32x4.splat(1), e);
  return f32x4.div(e, f32x4.mul(sum, sum));
}

// @ts-ignore: decorator
@inline
function tanh(a: v128): v128 {
  const magnitude = f32x4.abs(a);
  const e = exp(f32x4.mul(magnitude, f32x4.splat(-2)));
  const far = f32x4.div(f32x4.sub(f32x4.splat(1), e), f32x4.add(f32x4.splat(1), e));
  const signed = v128.or(far, v128.and(a, f32x4.splat(-0.0)));
  const z = f32x4.mul(a, a);
  let p = f32x4.splat(-5.70498872745e-3);
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(2.06390887954e-2));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(-5.37397155531e-2));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(1.33314422036e-1));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(-3.33332819422e-1));
  const near = f32x4.add(f32x4.mul(f32x4.mul(p, z), a), a);
  return v128.bitselect(near, signed, f32x4.lt(magnitude, f32x4.splat(0.625)));
}

/** Φ, the standard normal distribution. */
// @ts-ignore: decorator
@inline
function normalDistribution(a: v128): v128 {
  const x = f32x4.mul(f32x4.abs(a), f32x4.splat(0.70710678118654752));
  const t = f32x4.div(f32x4.splat(1), f32x4.add(f32x4.splat(1), f32x4.mul(x, f32x4.splat(0.5))));
  let p = f32x4.splat(0.17087277);
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(-0.82215223));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(1.48851587));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(-1.13520398));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(0.27886807));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(-0.18628806));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(0.09678418));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(0.37409196));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(1.00002368));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(-1.26551223));
  const half = f32x4.mul(f32x4.mul(f32x4.splat(0.5), t), exp(f32x4.sub(p, f32x4.mul(x, x))));
  return v128.bitselect(f32x4.sub(f32x4.splat(1), half), half, f32x4.ge(a, f32x4.splat(0)));
}

/** 2·√(2/π)·(a + 0.044715·a³): GELU's tanh of half of it is 2σ − 1. */
// @ts-ignore: decorator
@inline
function geluInner(a: v128): v128 {
  const cube = f32x4.mul(f32x4.mul(a, a), f32x4.mul(a, f32x4.splat(0.044715)));
  return f32x4.mul(f32x4.splat(1.5957691216057308), f32x4.add(a, cube));
}

/** h = φ(a) of n floats, a multiple of 4. 1 ELU, 2 GELU, 3 GELU by tanh, 4 sigmoid, 5 tanh. */
export function activate(kind: u32, a: usize, h: usize, n: u32): void {
  const end = a + ((<usize>n) << 2);
  const zero = f32x4.splat(0);
  if (kind == 1) {
    for (; a < end; a += 16, h += 16) {
      const x = v128.load(a);
      v128.store(h, v128.bitselect(x, expm1(f32x4.min(x, zero)), f32x4.gt(x, zero)));
    }
  } else if (kind == 2) {
    for (; a < end; a += 16, h += 16) {
      const x = v128.load(a);
      v128.store(h, f32x4.mul(x, normalDistribution(x)));
    }
  } else if (kind == 3) {
    for (; a < end; a += 16, h += 16) {
      const x = v128.load(a);
      v128.store(h, f32x4.mul(x, sigmoid(geluInner(x))));
    }
  } else if (kind == 4) {
    for (; a < end; a += 16, h += 16) v128.store(h, sigmoid(v128.load(a)));
  } else {
    for (; a < end; a += 16, h += 16) v128.store(h, tanh(v128.load(a)));
  }
}

/** d ← d·φ′(a). */
export function activateGradient(kind: u32, a: usize, d: usize, n: u32): void {
  const end = a + ((<usize>n) << 2);
  const zero = f32x4.splat(0), one = f32x4.splat(1);
  for (; a < end; a += 16, d += 16) {
    const x = v128.load(a);
    let slope: v128;
    if (kind == 1) slope = v128.bitselect(one, exp(f32x4.min(x, zero)), f32x4.gt(x, zero));
    else if (kind == 2) {
      const density = f32x4.mul(f32x4.splat(0.3989422804014327), exp(f32x4.mul(f32x4.mul(x, x), f32x4.splat(-0.5))));
      slope = f32x4.add(normalDistribution(x), f32x4.mul(x, density));
    } else if (kind == 3) {
      const u = geluInner(x);
      const innerSlope = f32x4.mul(
        f32x4.splat(1.5957691216057308),
        f32x4.add(one, f32x4.mul(f32x4.splat(0.134145), f32x4.mul(x, x))),
      );
      slope = f32x4.add(sigmoid(u), f32x4.mul(f32x4.mul(x, sigmoidSlope(u)), innerSlope));
    } else if (kind == 4) slope = sigmoidSlope(x);
    else slope = f32x4.mul(f32x4.splat(4), sigmoidSlope(f32x4.mul(x, f32x4.splat(2))));
    v128.store(d, f32x4.mul(v128.load(d), slope));
  }
}

/** Zeros after the first `length` floats of each row. */
export function clearTails(h: usize, rows: u32, length: u32, stride: u32): void {
  for (let i: u32 = 0; i < rows; i++) {
    const row = h + ((<usize>(i * stride)) << 2);
    for (let j = length; j < stride; j++) store<f32>(row + ((<usize>j) << 2), 0);
  }
}
