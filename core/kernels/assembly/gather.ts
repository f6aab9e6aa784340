/** Columns that rows are scaled in at a time: their means and deviations stay in the first-level cache while the rows pass. */
const blockColumns: u32 = 1024;

/** Bytes that are brought nearer together before they are scaled: they are to stay in the second-level cache beside what is written. */
const nearBytes: u32 = 48 * 1024;

/** Pictures `numbers[0 … rows)`, of n bytes each from `pixels` on, scaled into rows of x that lie `stride` floats apart. */
export function gatherBytes(
  pixels: usize, numbers: usize, rows: u32, mean: usize, inverseDeviation: usize, x: usize, stride: u32, n: u32,
): void {
  gather<u8>(pixels, numbers, rows, mean, inverseDeviation, x, stride, n);
}

/** The same for rows of n floats each. */
export function gatherFloats(
  values: usize, numbers: usize, rows: u32, mean: usize, inverseDeviation: usize, x: usize, stride: u32, n: u32,
): void {
  gather<f32>(values, numbers, rows, mean, inverseDeviation, x, stride, n);
}

function gather<T>(
  values: usize, numbers: usize, rows: u32, mean: usize, inverseDeviation: usize, x: usize, stride: u32, n: u32,
): void {
  const rowBytes = <usize>n * sizeof<T>();
  const rowsAtOnce = max(1, nearBytes / <u32>rowBytes);
  for (let first: u32 = 0; first < rows; first += rowsAtOnce) {
    const end = min(rows, first + rowsAtOnce);
    let touched: u32 = 0;
    for (let i = first; i < end; i++) {
      touched += touch(values + <usize>load<u32>(numbers + ((<usize>i) << 2)) * rowBytes, rowBytes);
    }
    store<u32>(x + ((<usize>first * stride) << 2), touched); // so that no compiler leaves it out; the row is written after it
    for (let from: u32 = 0; from < n; from += blockColumns) {
      const count = min(blockColumns, n - from);
      const column = (<usize>from) << 2;
      for (let i = first; i < end; i++) {
        const row = values + <usize>load<u32>(numbers + ((<usize>i) << 2)) * rowBytes + <usize>from * sizeof<T>();
        const target = x + ((<usize>i * stride) << 2) + column;
        if (sizeof<T>() == 1) scaleBytes(row, mean + column, inverseDeviation + column, target, count);
        else scaleFloats(row, mean + column, inverseDeviation + column, target, count);
      }
    }
  }
}

/**
 * Reads one byte of every cache line. A batch's pictures lie far apart in a memory that no cache holds: read like this their lines
 * arrive side by side, where a loop that also computes waits for one or two at a time.
 */
function touch(from: usize, bytes: usize): u32 {
  let sum: u32 = 0;
  for (let at: usize = 0; at < bytes; at += 64) sum += load<u8>(from + at);
  return sum;
}

/** x = (pixel − mean) · inverseDeviation of n bytes. */
export function scaleBytes(pixels: usize, mean: usize, inverseDeviation: usize, x: usize, n: u32): void {
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
function scaleFloats(values: usize, mean: usize, inverseDeviation: usize, x: usize, n: u32): void {
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
