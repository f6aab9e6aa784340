/**
 * Patches of one picture, row by row, contrast-normalised: (p − mean) / √(variance + offset), variance with n − 1.
 *
 * Sums of bytes are whole numbers, so mean and variance are exact before they are rounded. What fills a row of x up stays
 * as it is. core/features/patches.ts says what it computes.
 */
export function readPatches(
  pixels: usize, width: u32, channels: u32, patchSize: u32, stride: u32, rows: u32, columns: u32, offset: f64,
  x: usize, xStride: u32,
): void {
  const length = patchSize * channels;
  const d = patchSize * length;
  const pictureRow = width * channels;
  for (let row: u32 = 0; row < rows; row++) {
    for (let column: u32 = 0; column < columns; column++) {
      const corner = pixels + row * stride * pictureRow + column * stride * channels;
      let sum: u32 = 0, squares: u32 = 0;
      for (let r: u32 = 0; r < patchSize; r++) {
        const line = corner + r * pictureRow;
        for (let i: u32 = 0; i < length; i++) {
          const p = <u32>load<u8>(line + i);
          sum += p;
          squares += p * p;
        }
      }
      const mean = <f64>sum / <f64>d;
      const variance = (<f64>squares - <f64>sum * mean) / <f64>(d - 1) + offset;
      const factor = variance > 0 ? 1 / sqrt<f64>(variance) : 0;
      let target = x;
      for (let r: u32 = 0; r < patchSize; r++) {
        const line = corner + r * pictureRow;
        for (let i: u32 = 0; i < length; i++) {
          store<f32>(target, <f32>((<f64>load<u8>(line + i) - mean) * factor));
          target += 4;
        }
      }
      x += (<usize>xStride) << 2;
    }
  }
}

/** ‖x‖² of rows of `stride` floats, a multiple of 4. */
export function squaredNorms(x: usize, rows: u32, stride: u32, into: usize): void {
  const rowBytes = (<usize>stride) << 2;
  for (let i: u32 = 0; i < rows; i++) {
    let sum = f32x4.splat(0);
    const end = x + rowBytes;
    while (x < end) {
      const four = v128.load(x);
      sum = f32x4.relaxed_madd(four, four, sum);
      x += 16;
    }
    store<f32>(into + ((<usize>i) << 2), (f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 2)) + (f32x4.extract_lane(sum, 1) + f32x4.extract_lane(sum, 3)));
  }
}

/** Of each row of a, the place of its largest entry, the lowest among equals, and the entry: first how large it is, then where. */
export function largestOfRows(a: usize, aStride: u32, rows: u32, columns: u32, labels: usize, values: usize): void {
  const wholeBytes = (<usize>(columns & ~15)) << 2, bytes = (<usize>columns) << 2;
  for (let i: u32 = 0; i < rows; i++) {
    const row = a + ((<usize>i * aStride) << 2);
    const whole = row + wholeBytes, end = row + bytes;
    let best0 = f32x4.splat(-Infinity), best1 = best0, best2 = best0, best3 = best0;
    let at = row;
    for (; at < whole; at += 64) {
      best0 = f32x4.pmax(best0, v128.load(at));
      best1 = f32x4.pmax(best1, v128.load(at, 16));
      best2 = f32x4.pmax(best2, v128.load(at, 32));
      best3 = f32x4.pmax(best3, v128.load(at, 48));
    }
    best0 = f32x4.pmax(f32x4.pmax(best0, best1), f32x4.pmax(best2, best3));
    let value = larger(
      larger(f32x4.extract_lane(best0, 0), f32x4.extract_lane(best0, 1)),
      larger(f32x4.extract_lane(best0, 2), f32x4.extract_lane(best0, 3)),
    );
    for (; at < end; at += 4) value = larger(value, load<f32>(at));

    const four = f32x4.splat(value);
    at = row;
    while (at < whole) {
      const isThere = v128.or(
        v128.or(f32x4.eq(four, v128.load(at)), f32x4.eq(four, v128.load(at, 16))),
        v128.or(f32x4.eq(four, v128.load(at, 32)), f32x4.eq(four, v128.load(at, 48))),
      );
      if (v128.any_true(isThere)) break;
      at += 64;
    }
    while (at < end && load<f32>(at) != value) at += 4;
    store<u32>(labels + ((<usize>i) << 2), at < end ? <u32>((at - row) >> 2) : 0);
    store<f32>(values + ((<usize>i) << 2), value);
  }
}

/** The second where it is larger, as `pmax` has it. */
// @ts-ignore: decorator
@inline
function larger(a: f32, b: f32): f32 {
  return a < b ? b : a;
}

/**
 * Of each row of points its nearest word, the lowest among equals, and x·c − ½‖c‖² of the two, where `a` holds only what the
 * `leading` first coordinates give of it.
 *
 * Of the coordinates that are left, Cauchy and Schwarz say that x₂·c₂ ≤ ‖x₂‖·‖c₂‖: a word is looked at as a whole only if that could
 * bring it past the best so far. That is at first the label that is there, if `hasGuess`, or else the largest of `a`. `tails` holds ‖c₂‖ of each word, rounded up. Points and centres have `stride` floats a row, a multiple
 * of 4, as `leading` is.
 */
export function nearestOfRows(
  a: usize, aStride: u32, rows: u32, words: u32, x: usize, centers: usize, stride: u32, leading: u32, tails: usize,
  labels: usize, values: usize, hasGuess: u32,
): void {
  const whole = words & ~7;
  const rowBytes = (<usize>stride) << 2, firstBytes = (<usize>leading) << 2;
  const restBytes = rowBytes - firstBytes;
  for (let i: u32 = 0; i < rows; i++) {
    const row = a + ((<usize>i * aStride) << 2);
    const rest = x + <usize>i * rowBytes + firstBytes;
    const labelAt = labels + ((<usize>i) << 2), valueAt = values + ((<usize>i) << 2);
    if (hasGuess == 0) largestOfRows(row, aStride, 1, words, labelAt, valueAt);
    const first = load<u32>(labelAt);
    let label = first;
    let best = load<f32>(row + ((<usize>first) << 2)) + product(rest, centers + <usize>first * rowBytes + firstBytes, restBytes);
    const length = sqrt<f32>(product(rest, rest, restBytes)) * <f32>1.00001;
    const lengthFour = f32x4.splat(length);
    let bestFour = f32x4.splat(best);
    for (let k: u32 = 0; k < whole; k += 8) {
      const at = row + ((<usize>k) << 2), tail = tails + ((<usize>k) << 2);
      const low = f32x4.ge(f32x4.relaxed_madd(v128.load(tail), lengthFour, v128.load(at)), bestFour);
      const high = f32x4.ge(f32x4.relaxed_madd(v128.load(tail, 16), lengthFour, v128.load(at, 16)), bestFour);
      if (!v128.any_true(v128.or(low, high))) continue;
      let places = i32x4.bitmask(low) | (i32x4.bitmask(high) << 4);
      while (places != 0) {
        const place = k + <u32>ctz<i32>(places);
        places &= places - 1;
        if (place == first) continue;
        const value = load<f32>(row + ((<usize>place) << 2)) + product(rest, centers + <usize>place * rowBytes + firstBytes, restBytes);
        if (value > best || (value == best && place < label)) { best = value; label = place; }
      }
      bestFour = f32x4.splat(best);
    }
    for (let k = whole; k < words; k++) {
      if (k == first) continue;
      const value = load<f32>(row + ((<usize>k) << 2)) + product(rest, centers + <usize>k * rowBytes + firstBytes, restBytes);
      if (value > best || (value == best && k < label)) { best = value; label = k; }
    }
    store<u32>(labelAt, label);
    store<f32>(valueAt, best);
  }
}

/** x·y over so many bytes of floats, a multiple of 16. */
function product(x: usize, y: usize, bytes: usize): f32 {
  let sum = f32x4.splat(0);
  const end = x + bytes;
  while (x < end) {
    sum = f32x4.relaxed_madd(v128.load(x), v128.load(y), sum);
    x += 16;
    y += 16;
  }
  return (f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 2)) + (f32x4.extract_lane(sum, 1) + f32x4.extract_lane(sum, 3));
}

/**
 * Adds the triangle encoding of each row to its pool: z_k = √max(0, ‖x‖² − 2·a_k), f_k = max(0, z̄ − z_k).
 *
 * a_k = x·c_k − ½‖c_k‖², what the product with the words leaves; it is overwritten by z. `pools` holds for each row the
 * number of its pool, of `words` floats each, from `pooled` on. core/features/encoding.ts says what it computes.
 */
export function addTriangle(
  a: usize, aStride: u32, rows: u32, words: u32, squares: usize, pools: usize, pooled: usize, poolStride: u32,
): void {
  const whole = words & ~3;
  const zero = f32x4.splat(0);
  const minusTwo = f32x4.splat(-2);
  for (let i: u32 = 0; i < rows; i++) {
    const row = a + ((<usize>i * aStride) << 2);
    const square = load<f32>(squares + ((<usize>i) << 2));
    const squareFour = f32x4.splat(square);
    const end = row + ((<usize>whole) << 2);
    let sum = zero;
    for (let at = row; at < end; at += 16) {
      const z = f32x4.sqrt(f32x4.max(zero, f32x4.relaxed_madd(v128.load(at), minusTwo, squareFour)));
      v128.store(at, z);
      sum = f32x4.add(sum, z);
    }
    let total = (f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 2)) + (f32x4.extract_lane(sum, 1) + f32x4.extract_lane(sum, 3));
    for (let k = whole; k < words; k++) {
      const at = row + ((<usize>k) << 2);
      const z = sqrt<f32>(max<f32>(0, square - 2 * load<f32>(at)));
      store<f32>(at, z);
      total += z;
    }
    const mean = total / <f32>words;
    const meanFour = f32x4.splat(mean);
    let target = pooled + ((<usize>(load<u32>(pools + ((<usize>i) << 2)) * poolStride)) << 2);
    for (let at = row; at < end; at += 16) {
      v128.store(target, f32x4.add(v128.load(target), f32x4.max(zero, f32x4.sub(meanFour, v128.load(at)))));
      target += 16;
    }
    for (let k = whole; k < words; k++) {
      store<f32>(target, load<f32>(target) + max<f32>(0, mean - load<f32>(row + ((<usize>k) << 2))));
      target += 4;
    }
  }
}

/** nearest ← min(nearest, ‖x − c‖²) for rows of `stride` floats, a multiple of 4; the sum of all, in float64. */
export function nearerDistances(x: usize, rows: u32, stride: u32, center: usize, nearest: usize): f64 {
  const rowBytes = (<usize>stride) << 2;
  let total: f64 = 0;
  for (let i: u32 = 0; i < rows; i++) {
    let sum = f32x4.splat(0);
    const end = x + rowBytes;
    let c = center;
    while (x < end) {
      const difference = f32x4.sub(v128.load(x), v128.load(c));
      sum = f32x4.relaxed_madd(difference, difference, sum);
      x += 16;
      c += 16;
    }
    const distance = (f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 2)) + (f32x4.extract_lane(sum, 1) + f32x4.extract_lane(sum, 3));
    const at = nearest + ((<usize>i) << 2);
    const nearer = min<f32>(load<f32>(at), distance);
    store<f32>(at, nearer);
    total += <f64>nearer;
  }
  return total;
}
