/** h = a > 0 ? a : slope·a over n floats, a multiple of 4; NaN stays NaN. Slope 0 is ReLU, 1 the identity. */
export function rectify(a: usize, h: usize, n: u32, slope: f32): void {
  const slopes = f32x4.splat(slope);
  const zero = f32x4.splat(0);
  const end = a + ((<usize>n) << 2);
  while (a < end) {
    const value = v128.load(a);
    v128.store(h, v128.bitselect(value, f32x4.mul(value, slopes), f32x4.gt(value, zero)));
    a += 16;
    h += 16;
  }
}

/** d ← d·(a > 0 ? 1 : slope). */
export function rectifyGradient(a: usize, d: usize, n: u32, slope: f32): void {
  const slopes = f32x4.splat(slope);
  const zero = f32x4.splat(0);
  const end = a + ((<usize>n) << 2);
  while (a < end) {
    const gradient = v128.load(d);
    v128.store(d, v128.bitselect(gradient, f32x4.mul(gradient, slopes), f32x4.gt(v128.load(a), zero)));
    a += 16;
    d += 16;
  }
}
