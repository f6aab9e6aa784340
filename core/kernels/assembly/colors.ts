/**
 * Counts of colours of one picture of bytes, in float64: whole numbers, or votes in units of 1/2²⁰. Adds to `counts`.
 *
 * `space` is 0 for RGB, 1 for HSV, 2 for the hue of the course notebooks; `isJoint` one histogram of bins³. `counts` has the
 * grid's parts one after another, `length` numbers each. core/features/color-histogram.ts says what it computes, and every
 * operation on a value is the same here as there.
 */
export function countColors(
  pixels: usize, width: u32, height: u32, channels: u32, space: u32, isJoint: u32, bins: u32, grid: u32, length: u32,
  counts: usize,
): void {
  for (let y: u32 = 0; y < height; y++) {
    const row = (y * grid) / height * grid;
    for (let x: u32 = 0; x < width; x++) {
      const at = counts + ((<usize>((row + (x * grid) / width) * length)) << 3);
      const r = <i32>load<u8>(pixels);
      const g = channels == 1 ? r : <i32>load<u8>(pixels, 1);
      const b = channels == 1 ? r : <i32>load<u8>(pixels, 2);
      pixels += channels;
      if (space == 0) {
        const i = (<u32>r * bins) >> 8, j = (<u32>g * bins) >> 8, k = (<u32>b * bins) >> 8;
        if (isJoint) add(at, (i * bins + j) * bins + k, 1);
        else {
          add(at, i, 1);
          add(at, bins + j, 1);
          add(at, 2 * bins + k, 1);
        }
        continue;
      }
      const value = max(max(r, g), b);
      const range = value - min(min(r, g), b);
      const hue = hueOf(r, g, b, value, range);
      if (space == 2) {
        add(at, binOf(hue, bins), 1);
        continue;
      }
      const saturation: f64 = range == 0 ? 0 : <f64>range / <f64>value;
      const s = binOf(saturation, bins), v = binOf(<f64>value / 255, bins);
      if (isJoint) {
        add(at, (binOf(hue, bins) * bins + s) * bins + v, 1);
        continue;
      }
      add(at, bins + s, 1);
      add(at, 2 * bins + v, 1);
      if (range == 0) continue; // a grey pixel votes for no hue
      const position = hue * <f64>bins - 0.5;
      const below = floor(position);
      const whole = floor(saturation * 1048576 + 0.5); // as Math.round rounds
      const second = floor(whole * (position - below) + 0.5);
      const first = <i32>below;
      add(at, first < 0 ? bins - 1 : <u32>first, (whole - second) / 1048576);
      add(at, first + 1 == <i32>bins ? 0 : <u32>(first + 1), second / 1048576);
    }
  }
}

// @ts-ignore: decorator
@inline
function hueOf(r: i32, g: i32, b: i32, value: i32, range: i32): f64 {
  if (range == 0) return 0;
  const sixth: f64 = value == b
    ? 4 + <f64>(r - g) / <f64>range
    : value == g
      ? 2 + <f64>(b - r) / <f64>range
      : <f64>(g - b) / <f64>range;
  const turn = sixth / 6;
  return turn < 0 ? turn + 1 : turn;
}

// @ts-ignore: decorator
@inline
function binOf(value: f64, bins: u32): u32 {
  return min(<u32>(value * <f64>bins), bins - 1);
}

// @ts-ignore: decorator
@inline
function add(counts: usize, bin: u32, votes: f64): void {
  const at = counts + ((<usize>bin) << 3);
  store<f64>(at, load<f64>(at) + votes);
}
