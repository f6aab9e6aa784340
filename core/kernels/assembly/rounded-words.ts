/** Numbers below have squares that float32 cannot hold: a row of them is rounded to 0. */
const leastRounded: f32 = 1e-15;
/** Lengths are raised by more than what float32 sums of some thousand squares lose. */
const raise: f32 = 1.00001;

/**
 * Rows of `stride` floats, a multiple of 16, as bytes p + 64 with x ≈ s·p and p from −63 to 63; of each row four floats: s, ‖x‖,
 * ‖x − s·p‖ and a gap, the lengths raised so that they are none too small. core/features/rounded-words.ts says what for.
 */
export function roundRows(x: usize, rows: u32, stride: u32, bytes: usize, facts: usize): void {
  const rowBytes = (<usize>stride) << 2;
  const root = sqrt<f32>(<f32>stride);
  const middle = i16x8.splat(64);
  for (let i: u32 = 0; i < rows; i++) {
    const end = x + rowBytes;
    let magnitudes = f32x4.splat(0), squares = magnitudes;
    for (let at = x; at < end; at += 16) {
      const four = v128.load(at);
      magnitudes = f32x4.pmax(magnitudes, f32x4.abs(four));
      squares = f32x4.relaxed_madd(four, four, squares);
    }
    const largest = largestLane(magnitudes);
    const isRounded = largest > leastRounded;
    const scale: f32 = isRounded ? largest / 63 : 0;
    const factor = f32x4.splat(isRounded ? 63 / largest : 0), back = f32x4.splat(-scale);
    let errors = f32x4.splat(0);
    for (; x < end; x += 64) {
      const x0 = v128.load(x), x1 = v128.load(x, 16), x2 = v128.load(x, 32), x3 = v128.load(x, 48);
      const p0 = f32x4.nearest(f32x4.mul(x0, factor)), p1 = f32x4.nearest(f32x4.mul(x1, factor));
      const p2 = f32x4.nearest(f32x4.mul(x2, factor)), p3 = f32x4.nearest(f32x4.mul(x3, factor));
      const low = i16x8.narrow_i32x4_s(i32x4.trunc_sat_f32x4_s(p0), i32x4.trunc_sat_f32x4_s(p1));
      const high = i16x8.narrow_i32x4_s(i32x4.trunc_sat_f32x4_s(p2), i32x4.trunc_sat_f32x4_s(p3));
      v128.store(bytes, i8x16.narrow_i16x8_u(i16x8.add(low, middle), i16x8.add(high, middle)));
      bytes += 16;
      const e0 = f32x4.relaxed_madd(p0, back, x0), e1 = f32x4.relaxed_madd(p1, back, x1);
      const e2 = f32x4.relaxed_madd(p2, back, x2), e3 = f32x4.relaxed_madd(p3, back, x3);
      errors = f32x4.relaxed_madd(e0, e0, f32x4.relaxed_madd(e1, e1, errors));
      errors = f32x4.relaxed_madd(e2, e2, f32x4.relaxed_madd(e3, e3, errors));
    }
    store<f32>(facts, scale);
    store<f32>(facts, (isRounded ? sqrt<f32>(sumOfLanes(squares)) : largest * root) * raise, 4);
    store<f32>(facts, (isRounded ? sqrt<f32>(sumOfLanes(errors)) : largest * root) * raise, 8);
    facts += 16;
  }
}

/**
 * Of each row of points its nearest word, the lowest among equals, and x·c − ½‖c‖² of the two, where `y` holds the whole
 * numbers Σⱼ (pⱼ + 64)·qⱼ for x ≈ s·p and c ≈ t·q. They are overwritten by what they say of x·c − ½‖c‖².
 *
 * A word is looked at as a whole where x·c − ½‖c‖² could be as large as the best so far. That is at first the one of the label that
 * is there, if `hasGuess`, or else the largest by whole numbers.
 *
 * Points and centres have `stride` floats a row, `y` has `words`: both multiples of 16. `rowFacts`: see `roundRows`. `wordFacts`, one
 * after another and `words` floats each: t, −64·t·Σq, and, raised by what rounding may take, −½‖c‖², ‖c − t·q‖ and ‖t·q‖; then the
 * largest of the last two.
 */
export function nearestOfRounded(
  y: usize, rows: u32, words: u32, x: usize, centers: usize, stride: u32, rowFacts: usize, wordFacts: usize, bias: usize,
  labels: usize, values: usize, hasGuess: u32,
): void {
  const rowBytes = (<usize>stride) << 2, bytes = (<usize>words) << 2;
  const factors = wordFacts, offsets = factors + bytes, raised = offsets + bytes, errors = raised + bytes, lengths = errors + bytes;
  const largestError = load<f32>(lengths + bytes), largestLength = load<f32>(lengths + bytes, 4);
  for (let i: u32 = 0; i < rows; i++) {
    const scale = f32x4.splat(load<f32>(rowFacts));
    const length = load<f32>(rowFacts, 4), error = load<f32>(rowFacts, 8);
    let best0 = f32x4.splat(-Infinity), best1 = best0, best2 = best0, best3 = best0;
    for (let at: usize = 0; at < bytes; at += 64) {
      const v0 = estimate(y + at, factors + at, offsets + at, raised + at, scale);
      const v1 = estimate(y + at + 16, factors + at + 16, offsets + at + 16, raised + at + 16, scale);
      const v2 = estimate(y + at + 32, factors + at + 32, offsets + at + 32, raised + at + 32, scale);
      const v3 = estimate(y + at + 48, factors + at + 48, offsets + at + 48, raised + at + 48, scale);
      v128.store(y + at, v0);
      v128.store(y + at, v1, 16);
      v128.store(y + at, v2, 32);
      v128.store(y + at, v3, 48);
      best0 = f32x4.pmax(best0, v0);
      best1 = f32x4.pmax(best1, v1);
      best2 = f32x4.pmax(best2, v2);
      best3 = f32x4.pmax(best3, v3);
    }
    const labelAt = labels + ((<usize>i) << 2);
    const first = hasGuess != 0
      ? load<u32>(labelAt)
      : placeOf(largestLane(f32x4.pmax(f32x4.pmax(best0, best1), f32x4.pmax(best2, best3))), y, bytes);
    let label = first;
    let best = load<f32>(bias + ((<usize>first) << 2)) + wholeProduct(x, centers + <usize>first * rowBytes, rowBytes);
    const largestMiss = (length * largestError + error * largestLength) * raise;
    let limit = f32x4.splat(best - largestMiss);
    for (let at: usize = 0; at < bytes; at += 64) {
      const m0 = f32x4.ge(v128.load(y + at), limit), m1 = f32x4.ge(v128.load(y + at, 16), limit);
      const m2 = f32x4.ge(v128.load(y + at, 32), limit), m3 = f32x4.ge(v128.load(y + at, 48), limit);
      if (!v128.any_true(v128.or(v128.or(m0, m1), v128.or(m2, m3)))) continue;
      let places = i32x4.bitmask(m0) | (i32x4.bitmask(m1) << 4) | (i32x4.bitmask(m2) << 8) | (i32x4.bitmask(m3) << 12);
      while (places != 0) {
        const k = <u32>(at >> 2) + <u32>ctz<i32>(places);
        places &= places - 1;
        const kAt = (<usize>k) << 2;
        if (k == first || load<f32>(y + kAt) + length * load<f32>(errors + kAt) + error * load<f32>(lengths + kAt) < best) continue;
        const value = load<f32>(bias + kAt) + wholeProduct(x, centers + <usize>k * rowBytes, rowBytes);
        if (value > best || (value == best && k < label)) {
          best = value;
          label = k;
        }
      }
      limit = f32x4.splat(best - largestMiss);
    }
    store<u32>(labelAt, label);
    store<f32>(values + ((<usize>i) << 2), best);
    x += rowBytes;
    y += bytes;
    rowFacts += 16;
  }
}

/** s·(t·y − 64·t·Σq) − ½‖c‖² of four words. */
// @ts-ignore: decorator
@inline
function estimate(y: usize, factors: usize, offsets: usize, raised: usize, scale: v128): v128 {
  const product = f32x4.relaxed_madd(f32x4.convert_i32x4_s(v128.load(y)), v128.load(factors), v128.load(offsets));
  return f32x4.relaxed_madd(product, scale, v128.load(raised));
}

/** The first place of a value that is there. */
function placeOf(value: f32, row: usize, bytes: usize): u32 {
  const four = f32x4.splat(value);
  let at: usize = 0;
  while (at < bytes) {
    const isThere = v128.or(
      v128.or(f32x4.eq(four, v128.load(row + at)), f32x4.eq(four, v128.load(row + at, 16))),
      v128.or(f32x4.eq(four, v128.load(row + at, 32)), f32x4.eq(four, v128.load(row + at, 48))),
    );
    if (v128.any_true(isThere)) break;
    at += 64;
  }
  while (at < bytes && load<f32>(row + at) != value) at += 4;
  return at < bytes ? <u32>(at >> 2) : 0;
}

/** x·y over so many bytes of floats, a multiple of 64. */
function wholeProduct(x: usize, y: usize, bytes: usize): f32 {
  let sum0 = f32x4.splat(0), sum1 = sum0, sum2 = sum0, sum3 = sum0;
  const end = x + bytes;
  while (x < end) {
    sum0 = f32x4.relaxed_madd(v128.load(x), v128.load(y), sum0);
    sum1 = f32x4.relaxed_madd(v128.load(x, 16), v128.load(y, 16), sum1);
    sum2 = f32x4.relaxed_madd(v128.load(x, 32), v128.load(y, 32), sum2);
    sum3 = f32x4.relaxed_madd(v128.load(x, 48), v128.load(y, 48), sum3);
    x += 64;
    y += 64;
  }
  return sumOfLanes(f32x4.add(f32x4.add(sum0, sum1), f32x4.add(sum2, sum3)));
}

// @ts-ignore: decorator
@inline
function sumOfLanes(four: v128): f32 {
  return (f32x4.extract_lane(four, 0) + f32x4.extract_lane(four, 2)) + (f32x4.extract_lane(four, 1) + f32x4.extract_lane(four, 3));
}

// @ts-ignore: decorator
@inline
function largestLane(four: v128): f32 {
  return max<f32>(
    max<f32>(f32x4.extract_lane(four, 0), f32x4.extract_lane(four, 1)),
    max<f32>(f32x4.extract_lane(four, 2), f32x4.extract_lane(four, 3)),
  );
}
