/** x = (pixel − mean) · inverseDeviation of one picture of n bytes. */
export function gather(pixels: usize, mean: usize, inverseDeviation: usize, x: usize, n: u32): void {
  let i: u32 = 0;
  for (; i + 8 <= n; i += 8) {
    const at = (<usize>i) << 2;
    const shorts = v128.load8x8_u(pixels + i);
    const low = f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(shorts));
    const high = f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(shorts));
    const xLow = f32x4.mul(f32x4.sub(low, v128.load(mean + at)), v128.load(inverseDeviation + at));
    const xHigh = f32x4.mul(f32x4.sub(high, v128.load(mean + at, 16)), v128.load(inverseDeviation + at, 16));
    v128.store(x + at, xLow);
    v128.store(x + at, xHigh, 16);
  }
  for (; i < n; i++) {
    const at = (<usize>i) << 2;
    store<f32>(x + at, (<f32>load<u8>(pixels + i) - load<f32>(mean + at)) * load<f32>(inverseDeviation + at));
  }
}

/** x = (value − mean) · inverseDeviation of n floats. */
export function scaleFloats(values: usize, mean: usize, inverseDeviation: usize, x: usize, n: u32): void {
  let i: u32 = 0;
  for (; i + 4 <= n; i += 4) {
    const at = (<usize>i) << 2;
    v128.store(x + at, f32x4.mul(f32x4.sub(v128.load(values + at), v128.load(mean + at)), v128.load(inverseDeviation + at)));
  }
  for (; i < n; i++) {
    const at = (<usize>i) << 2;
    store<f32>(x + at, (load<f32>(values + at) - load<f32>(mean + at)) * load<f32>(inverseDeviation + at));
  }
}
