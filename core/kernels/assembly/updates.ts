/**
 * One step over n parameters, a multiple of 4. `penalty` is what a parameter is multiplied by in the penalty's gradient:
 * λ or 2λ for weights, 0 for biases.
 */
export function sgdStep(parameters: usize, gradient: usize, n: u32, penalty: f32, rate: f32): void {
  const penalties = f32x4.splat(penalty), rates = f32x4.splat(rate);
  const end = parameters + ((<usize>n) << 2);
  while (parameters < end) {
    const theta = v128.load(parameters);
    const g = f32x4.add(v128.load(gradient), f32x4.mul(penalties, theta));
    v128.store(parameters, f32x4.sub(theta, f32x4.mul(rates, g)));
    parameters += 16;
    gradient += 16;
  }
}

export function momentumStep(
  parameters: usize, gradient: usize, velocity: usize, n: u32, penalty: f32, rate: f32, momentum: f32,
): void {
  const penalties = f32x4.splat(penalty), rates = f32x4.splat(rate), rho = f32x4.splat(momentum);
  const end = parameters + ((<usize>n) << 2);
  while (parameters < end) {
    const theta = v128.load(parameters);
    const g = f32x4.add(v128.load(gradient), f32x4.mul(penalties, theta));
    const v = f32x4.add(f32x4.mul(rho, v128.load(velocity)), g);
    v128.store(velocity, v);
    v128.store(parameters, f32x4.sub(theta, f32x4.mul(rates, v)));
    parameters += 16;
    gradient += 16;
    velocity += 16;
  }
}

/** The rate inside the velocity: v ← ρ·v − α·g, θ ← θ + v. */
export function momentumInsideStep(
  parameters: usize, gradient: usize, velocity: usize, n: u32, penalty: f32, rate: f32, momentum: f32,
): void {
  const penalties = f32x4.splat(penalty), rates = f32x4.splat(rate), rho = f32x4.splat(momentum);
  const end = parameters + ((<usize>n) << 2);
  while (parameters < end) {
    const theta = v128.load(parameters);
    const g = f32x4.add(v128.load(gradient), f32x4.mul(penalties, theta));
    const v = f32x4.sub(f32x4.mul(rho, v128.load(velocity)), f32x4.mul(rates, g));
    v128.store(velocity, v);
    v128.store(parameters, f32x4.add(theta, v));
    parameters += 16;
    gradient += 16;
    velocity += 16;
  }
}

/** v′ ← ρ·v − α·g, θ ← θ − ρ·v + (1 + ρ)·v′. */
export function nesterovStep(
  parameters: usize, gradient: usize, velocity: usize, n: u32, penalty: f32, rate: f32, momentum: f32, more: f32,
): void {
  const penalties = f32x4.splat(penalty), rates = f32x4.splat(rate), rho = f32x4.splat(momentum), rest = f32x4.splat(more);
  const end = parameters + ((<usize>n) << 2);
  while (parameters < end) {
    const theta = v128.load(parameters);
    const g = f32x4.add(v128.load(gradient), f32x4.mul(penalties, theta));
    const kept = f32x4.mul(rho, v128.load(velocity));
    const v = f32x4.sub(kept, f32x4.mul(rates, g));
    v128.store(velocity, v);
    v128.store(parameters, f32x4.add(f32x4.sub(theta, kept), f32x4.mul(rest, v)));
    parameters += 16;
    gradient += 16;
    velocity += 16;
  }
}

/** v ← ρ·v − α·g(θ), w ← w + v, θ ← w + ρ·v. */
export function lookAheadStep(
  parameters: usize, gradient: usize, velocity: usize, base: usize, n: u32, penalty: f32, rate: f32, momentum: f32,
): void {
  const penalties = f32x4.splat(penalty), rates = f32x4.splat(rate), rho = f32x4.splat(momentum);
  const end = parameters + ((<usize>n) << 2);
  while (parameters < end) {
    const g = f32x4.add(v128.load(gradient), f32x4.mul(penalties, v128.load(parameters)));
    const v = f32x4.sub(f32x4.mul(rho, v128.load(velocity)), f32x4.mul(rates, g));
    const w = f32x4.add(v128.load(base), v);
    v128.store(velocity, v);
    v128.store(base, w);
    v128.store(parameters, f32x4.add(w, f32x4.mul(rho, v)));
    parameters += 16;
    gradient += 16;
    velocity += 16;
    base += 16;
  }
}

/** s ← keep·s + rest·g², θ ← θ − α·g / (√s + ε): AdaGrad with keep = rest = 1, RMSProp with ρ and 1 − ρ. */
export function squareRootStep(
  parameters: usize, gradient: usize, squares: usize, n: u32, penalty: f32, rate: f32, keep: f32, rest: f32,
  epsilon: f32,
): void {
  const penalties = f32x4.splat(penalty), rates = f32x4.splat(rate);
  const keeps = f32x4.splat(keep), rests = f32x4.splat(rest), eps = f32x4.splat(epsilon);
  const end = parameters + ((<usize>n) << 2);
  while (parameters < end) {
    const theta = v128.load(parameters);
    const g = f32x4.add(v128.load(gradient), f32x4.mul(penalties, theta));
    const s = f32x4.add(f32x4.mul(keeps, v128.load(squares)), f32x4.mul(rests, f32x4.mul(g, g)));
    v128.store(squares, s);
    v128.store(parameters, f32x4.sub(theta, f32x4.div(f32x4.mul(rates, g), f32x4.add(f32x4.sqrt(s), eps))));
    parameters += 16;
    gradient += 16;
    squares += 16;
  }
}

/** rate is α / (1 − β₁ᵗ), rootFactor 1 / √(1 − β₂ᵗ), shrinkage 1 − α·λ for AdamW and 1 for Adam. */
export function adamStep(
  parameters: usize, gradient: usize, first: usize, second: usize, n: u32, penalty: f32, rate: f32, rootFactor: f32,
  beta1: f32, beta2: f32, rest1: f32, rest2: f32, epsilon: f32, shrinkage: f32,
): void {
  const penalties = f32x4.splat(penalty), rates = f32x4.splat(rate), factors = f32x4.splat(rootFactor);
  const b1 = f32x4.splat(beta1), b2 = f32x4.splat(beta2), r1 = f32x4.splat(rest1), r2 = f32x4.splat(rest2);
  const eps = f32x4.splat(epsilon), shrink = f32x4.splat(shrinkage);
  const end = parameters + ((<usize>n) << 2);
  while (parameters < end) {
    const theta = v128.load(parameters);
    const g = f32x4.add(v128.load(gradient), f32x4.mul(penalties, theta));
    const m = f32x4.add(f32x4.mul(b1, v128.load(first)), f32x4.mul(r1, g));
    const v = f32x4.add(f32x4.mul(b2, v128.load(second)), f32x4.mul(r2, f32x4.mul(g, g)));
    v128.store(first, m);
    v128.store(second, v);
    const root = f32x4.add(f32x4.mul(f32x4.sqrt(v), factors), eps);
    v128.store(parameters, f32x4.sub(f32x4.mul(shrink, theta), f32x4.div(f32x4.mul(rates, m), root)));
    parameters += 16;
    gradient += 16;
    first += 16;
    second += 16;
  }
}

/** The sum of n floats in float64: not finite when one of them is not. */
export function sumOf(values: usize, n: u32): f64 {
  let low = f64x2.splat(0), high = f64x2.splat(0);
  const end = values + ((<usize>n) << 2);
  while (values < end) {
    const four = v128.load(values);
    low = f64x2.add(low, f64x2.promote_low_f32x4(four));
    high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<f32>(four, four, 2, 3, 2, 3)));
    values += 16;
  }
  const sum = f64x2.add(low, high);
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** Numbers below the limit become 0: arithmetic on denormal ones is many times slower. */
export function flushDenormals(values: usize, n: u32, limit: f32): void {
  const limits = f32x4.splat(limit);
  const end = values + ((<usize>n) << 2);
  while (values < end) {
    const four = v128.load(values);
    v128.store(values, v128.andnot(four, f32x4.lt(f32x4.abs(four), limits)));
    values += 16;
  }
}

/** sums ← sums + values, or values where `isFirst` is 1: n float64 sums of floats, n a multiple of 4. */
export function accumulate(sums: usize, values: usize, n: u32, isFirst: u32): void {
  const end = values + ((<usize>n) << 2);
  while (values < end) {
    const four = v128.load(values);
    let low = f64x2.promote_low_f32x4(four);
    let high = f64x2.promote_low_f32x4(v128.shuffle<f32>(four, four, 2, 3, 2, 3));
    if (isFirst == 0) {
      low = f64x2.add(v128.load(sums), low);
      high = f64x2.add(v128.load(sums, 16), high);
    }
    v128.store(sums, low);
    v128.store(sums, high, 16);
    values += 16;
    sums += 32;
  }
}

/** sums ← sums + others, or others where `isFirst` is 1: n float64 numbers, n a multiple of 2. */
export function addSums(sums: usize, others: usize, n: u32, isFirst: u32): void {
  const end = sums + ((<usize>n) << 3);
  while (sums < end) {
    const two = v128.load(others);
    v128.store(sums, isFirst != 0 ? two : f64x2.add(v128.load(sums), two));
    sums += 16;
    others += 16;
  }
}

/** values ← sums, rounded to float32. */
export function roundSums(sums: usize, values: usize, n: u32): void {
  const end = values + ((<usize>n) << 2);
  while (values < end) {
    const low = f32x4.demote_f64x2_zero(v128.load(sums)), high = f32x4.demote_f64x2_zero(v128.load(sums, 16));
    v128.store(values, v128.shuffle<f32>(low, high, 0, 1, 4, 5));
    values += 16;
    sums += 32;
  }
}
