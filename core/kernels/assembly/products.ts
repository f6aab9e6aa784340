import { tileSize } from './tile-size';

/** Inputs of one pass over the weights: two rows of x and six of W of this length stay in the first-level cache. */
const blockInputs: u32 = 512;

/** The four sums of four vectors, each of its lanes in one order: (0 + 2) + (1 + 3). */
// @ts-ignore: decorator
@inline
function sums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab02 = v128.shuffle<f32>(a, b, 0, 4, 1, 5); // a0 b0 a1 b1
  const ab13 = v128.shuffle<f32>(a, b, 2, 6, 3, 7); // a2 b2 a3 b3
  const cd02 = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const cd13 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  const ab = f32x4.add(ab02, ab13); // a02 b02 a13 b13
  const cd = f32x4.add(cd02, cd13);
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}

/**
 * A = X·Wᵀ + b.
 *
 * X (rows, inputs), W (outputs, inputs), both of row length `inputs`; A has row length `aStride`, and rows of zeros fill W up to
 * as many. Every entry of A is the sum of its blocks' sums, each over four lanes, whatever tile it is in. Tiles are two rows by six
 * columns, as many sums as there are registers; six rows of W stay in the first-level cache while X goes by.
 */
export function affine(
  x: usize, rows: u32, w: usize, inputs: u32, outputs: u32, bias: usize, a: usize, aStride: u32,
): void {
  const rowBytes = (<usize>inputs) << 2;
  const aBytes = (<usize>aStride) << 2;
  for (let from: u32 = 0; from < inputs; from += blockInputs) {
    const end = x + ((<usize>min(from + blockInputs, inputs)) << 2);
    const isFirst = from == 0;
    let xRow = x + ((<usize>from) << 2);
    const length = end - xRow;
    let column: usize = 0;
    let wTile = w + ((<usize>from) << 2);
    for (let left = outputs; ; ) {
      const width = tileSize(left);
      const first = isFirst ? bias + column : 0;
      let i: u32 = 0;
      let row = xRow;
      let out = a + column;
      if (width == 6) {
        for (; i + 2 <= rows; i += 2) {
          dot2x6(row, wTile, rowBytes, length, first, out, aBytes);
          row += rowBytes << 1;
          out += aBytes << 1;
        }
      } else if (width == 5) {
        for (; i + 2 <= rows; i += 2) {
          dot2x5(row, wTile, rowBytes, length, first, out, aBytes);
          row += rowBytes << 1;
          out += aBytes << 1;
        }
      } else {
        for (; i + 2 <= rows; i += 2) {
          dot2x4(row, wTile, rowBytes, length, first, out, aBytes);
          row += rowBytes << 1;
          out += aBytes << 1;
        }
      }
      if (i < rows) {
        dot1x4(row, wTile, rowBytes, length, first, out);
        for (let j: u32 = 4; j < width; j++) {
          dot1x1(row, wTile + <usize>j * rowBytes, length, isFirst ? first + ((<usize>j) << 2) : 0, out + ((<usize>j) << 2));
        }
      }
      if (left <= width) break;
      left -= width;
      column += (<usize>width) << 2;
      wTile += <usize>width * rowBytes;
    }
  }
}

function dot2x6(x: usize, w: usize, rowBytes: usize, length: usize, bias: usize, a: usize, aBytes: usize): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0), c02 = f32x4.splat(0), c03 = f32x4.splat(0), c04 = f32x4.splat(0), c05 = f32x4.splat(0);
  let c10 = f32x4.splat(0), c11 = f32x4.splat(0), c12 = f32x4.splat(0), c13 = f32x4.splat(0), c14 = f32x4.splat(0), c15 = f32x4.splat(0);
  let x0 = x, x1 = x + rowBytes;
  let w0 = w, w1 = w + rowBytes, w2 = w1 + rowBytes, w3 = w2 + rowBytes, w4 = w3 + rowBytes, w5 = w4 + rowBytes;
  const end = x + length;
  while (x0 < end) {
    const p = v128.load(x0), q = v128.load(x1);
    let v = v128.load(w0);
    c00 = f32x4.relaxed_madd(p, v, c00); c10 = f32x4.relaxed_madd(q, v, c10);
    v = v128.load(w1);
    c01 = f32x4.relaxed_madd(p, v, c01); c11 = f32x4.relaxed_madd(q, v, c11);
    v = v128.load(w2);
    c02 = f32x4.relaxed_madd(p, v, c02); c12 = f32x4.relaxed_madd(q, v, c12);
    v = v128.load(w3);
    c03 = f32x4.relaxed_madd(p, v, c03); c13 = f32x4.relaxed_madd(q, v, c13);
    v = v128.load(w4);
    c04 = f32x4.relaxed_madd(p, v, c04); c14 = f32x4.relaxed_madd(q, v, c14);
    v = v128.load(w5);
    c05 = f32x4.relaxed_madd(p, v, c05); c15 = f32x4.relaxed_madd(q, v, c15);
    x0 += 16; x1 += 16;
    w0 += 16; w1 += 16; w2 += 16; w3 += 16; w4 += 16; w5 += 16;
  }
  const rest = sums(c04, c05, c14, c15);
  put(a, bias, sums(c00, c01, c02, c03));
  put64(a + 16, bias == 0 ? 0 : bias + 16, rest, 0);
  a += aBytes;
  put(a, bias, sums(c10, c11, c12, c13));
  put64(a + 16, bias == 0 ? 0 : bias + 16, rest, 1);
}

function dot2x5(x: usize, w: usize, rowBytes: usize, length: usize, bias: usize, a: usize, aBytes: usize): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0), c02 = f32x4.splat(0), c03 = f32x4.splat(0), c04 = f32x4.splat(0);
  let c10 = f32x4.splat(0), c11 = f32x4.splat(0), c12 = f32x4.splat(0), c13 = f32x4.splat(0), c14 = f32x4.splat(0);
  let x0 = x, x1 = x + rowBytes;
  let w0 = w, w1 = w + rowBytes, w2 = w1 + rowBytes, w3 = w2 + rowBytes, w4 = w3 + rowBytes;
  const end = x + length;
  while (x0 < end) {
    const p = v128.load(x0), q = v128.load(x1);
    let v = v128.load(w0);
    c00 = f32x4.relaxed_madd(p, v, c00); c10 = f32x4.relaxed_madd(q, v, c10);
    v = v128.load(w1);
    c01 = f32x4.relaxed_madd(p, v, c01); c11 = f32x4.relaxed_madd(q, v, c11);
    v = v128.load(w2);
    c02 = f32x4.relaxed_madd(p, v, c02); c12 = f32x4.relaxed_madd(q, v, c12);
    v = v128.load(w3);
    c03 = f32x4.relaxed_madd(p, v, c03); c13 = f32x4.relaxed_madd(q, v, c13);
    v = v128.load(w4);
    c04 = f32x4.relaxed_madd(p, v, c04); c14 = f32x4.relaxed_madd(q, v, c14);
    x0 += 16; x1 += 16;
    w0 += 16; w1 += 16; w2 += 16; w3 += 16; w4 += 16;
  }
  const rest = sums(c04, c14, c04, c14);
  put(a, bias, sums(c00, c01, c02, c03));
  put32(a + 16, bias == 0 ? 0 : bias + 16, f32x4.extract_lane(rest, 0));
  a += aBytes;
  put(a, bias, sums(c10, c11, c12, c13));
  put32(a + 16, bias == 0 ? 0 : bias + 16, f32x4.extract_lane(rest, 1));
}

function dot2x4(x: usize, w: usize, rowBytes: usize, length: usize, bias: usize, a: usize, aBytes: usize): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0), c02 = f32x4.splat(0), c03 = f32x4.splat(0);
  let c10 = f32x4.splat(0), c11 = f32x4.splat(0), c12 = f32x4.splat(0), c13 = f32x4.splat(0);
  let x0 = x, x1 = x + rowBytes;
  let w0 = w, w1 = w + rowBytes, w2 = w1 + rowBytes, w3 = w2 + rowBytes;
  const end = x + length;
  while (x0 < end) {
    const p = v128.load(x0), q = v128.load(x1);
    let v = v128.load(w0);
    c00 = f32x4.relaxed_madd(p, v, c00); c10 = f32x4.relaxed_madd(q, v, c10);
    v = v128.load(w1);
    c01 = f32x4.relaxed_madd(p, v, c01); c11 = f32x4.relaxed_madd(q, v, c11);
    v = v128.load(w2);
    c02 = f32x4.relaxed_madd(p, v, c02); c12 = f32x4.relaxed_madd(q, v, c12);
    v = v128.load(w3);
    c03 = f32x4.relaxed_madd(p, v, c03); c13 = f32x4.relaxed_madd(q, v, c13);
    x0 += 16; x1 += 16;
    w0 += 16; w1 += 16; w2 += 16; w3 += 16;
  }
  put(a, bias, sums(c00, c01, c02, c03));
  put(a + aBytes, bias, sums(c10, c11, c12, c13));
}

function dot1x4(x: usize, w: usize, rowBytes: usize, length: usize, bias: usize, a: usize): void {
  let c0 = f32x4.splat(0), c1 = f32x4.splat(0), c2 = f32x4.splat(0), c3 = f32x4.splat(0);
  let w0 = w, w1 = w + rowBytes, w2 = w1 + rowBytes, w3 = w2 + rowBytes;
  const end = x + length;
  while (x < end) {
    const p = v128.load(x);
    c0 = f32x4.relaxed_madd(p, v128.load(w0), c0);
    c1 = f32x4.relaxed_madd(p, v128.load(w1), c1);
    c2 = f32x4.relaxed_madd(p, v128.load(w2), c2);
    c3 = f32x4.relaxed_madd(p, v128.load(w3), c3);
    x += 16;
    w0 += 16; w1 += 16; w2 += 16; w3 += 16;
  }
  put(a, bias, sums(c0, c1, c2, c3));
}

function dot1x1(x: usize, w: usize, length: usize, bias: usize, a: usize): void {
  let c = f32x4.splat(0);
  const end = x + length;
  while (x < end) {
    c = f32x4.relaxed_madd(v128.load(x), v128.load(w), c);
    x += 16;
    w += 16;
  }
  put32(a, bias, f32x4.extract_lane(sums(c, c, c, c), 0));
}

/** The first block begins with the bias, every other adds to what is there. */
// @ts-ignore: decorator
@inline
function put(a: usize, bias: usize, value: v128): void {
  v128.store(a, f32x4.add(v128.load(bias == 0 ? a : bias), value));
}

/** The same for two numbers: the lower half of `values`, or the upper where `half` is 1. */
// @ts-ignore: decorator
@inline
function put64(a: usize, bias: usize, values: v128, half: u8): void {
  const sum = f32x4.add(v128.load64_splat(bias == 0 ? a : bias), values);
  if (half == 0) v128.store64_lane(a, sum, 0);
  else v128.store64_lane(a, sum, 1);
}

// @ts-ignore: decorator
@inline
function put32(a: usize, bias: usize, value: f32): void {
  store<f32>(a, load<f32>(bias == 0 ? a : bias) + value);
}

/**
 * ∂X = ∂A·W for `columns` inputs of each row, added up in the order of the outputs.
 *
 * ∂A (rows, outputs) of row length `dAStride`, W (outputs, inputs). `panel` has room for outputs × 8 floats: eight columns
 * of W side by side, because columns of W itself lie a whole row apart.
 */
export function inputGradient(
  dA: usize, dAStride: u32, rows: u32, w: usize, inputs: u32, outputs: u32, panel: usize, dX: usize,
): void {
  const rowBytes = (<usize>inputs) << 2;
  const dABytes = (<usize>dAStride) << 2;
  for (let k: u32 = 0; k < inputs; k += 8) {
    const column = (<usize>k) << 2;
    let source = w + column;
    let target = panel;
    for (let j: u32 = 0; j < outputs; j++) {
      v128.store(target, v128.load(source));
      v128.store(target, v128.load(source, 16), 16);
      source += rowBytes;
      target += 32;
    }
    let i: u32 = 0;
    for (; i + 6 <= rows; i += 6) panelOuter6x8(dA + <usize>i * dABytes, dABytes, panel, outputs, dX + <usize>i * rowBytes + column, rowBytes);
    for (; i < rows; i++) outer1x8(dA + <usize>i * dABytes, panel, outputs, dX + <usize>i * rowBytes + column);
  }
}

function panelOuter6x8(d: usize, dBytes: usize, panel: usize, count: u32, out: usize, outBytes: usize): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0), c10 = f32x4.splat(0), c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0), c21 = f32x4.splat(0), c30 = f32x4.splat(0), c31 = f32x4.splat(0);
  let c40 = f32x4.splat(0), c41 = f32x4.splat(0), c50 = f32x4.splat(0), c51 = f32x4.splat(0);
  let d0 = d, d1 = d + dBytes, d2 = d1 + dBytes, d3 = d2 + dBytes, d4 = d3 + dBytes, d5 = d4 + dBytes;
  const end = panel + ((<usize>count) << 5);
  while (panel < end) {
    const p = v128.load(panel), q = v128.load(panel, 16);
    let g = v128.load32_splat(d0);
    c00 = f32x4.relaxed_madd(g, p, c00); c01 = f32x4.relaxed_madd(g, q, c01);
    g = v128.load32_splat(d1);
    c10 = f32x4.relaxed_madd(g, p, c10); c11 = f32x4.relaxed_madd(g, q, c11);
    g = v128.load32_splat(d2);
    c20 = f32x4.relaxed_madd(g, p, c20); c21 = f32x4.relaxed_madd(g, q, c21);
    g = v128.load32_splat(d3);
    c30 = f32x4.relaxed_madd(g, p, c30); c31 = f32x4.relaxed_madd(g, q, c31);
    g = v128.load32_splat(d4);
    c40 = f32x4.relaxed_madd(g, p, c40); c41 = f32x4.relaxed_madd(g, q, c41);
    g = v128.load32_splat(d5);
    c50 = f32x4.relaxed_madd(g, p, c50); c51 = f32x4.relaxed_madd(g, q, c51);
    d0 += 4; d1 += 4; d2 += 4; d3 += 4; d4 += 4; d5 += 4;
    panel += 32;
  }
  v128.store(out, c00); v128.store(out, c01, 16); out += outBytes;
  v128.store(out, c10); v128.store(out, c11, 16); out += outBytes;
  v128.store(out, c20); v128.store(out, c21, 16); out += outBytes;
  v128.store(out, c30); v128.store(out, c31, 16); out += outBytes;
  v128.store(out, c40); v128.store(out, c41, 16); out += outBytes;
  v128.store(out, c50); v128.store(out, c51, 16);
}

function outer1x8(d: usize, panel: usize, count: u32, out: usize): void {
  let c0 = f32x4.splat(0), c1 = f32x4.splat(0);
  const end = panel + ((<usize>count) << 5);
  while (panel < end) {
    const g = v128.load32_splat(d);
    c0 = f32x4.relaxed_madd(g, v128.load(panel), c0);
    c1 = f32x4.relaxed_madd(g, v128.load(panel, 16), c1);
    d += 4;
    panel += 32;
  }
  v128.store(out, c0);
  v128.store(out, c1, 16);
}
