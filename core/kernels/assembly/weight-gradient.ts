import { tileSize } from './tile-size';

/**
 * Brings rows `from` to `to` of ∂A into panels of six outputs: entry (i, j) goes to panel ⌊j/6⌋, place (i, j mod 6). A
 * panel has `capacity` rows. Outputs after the last are zeros in ∂A's filled-up row or are written as zeros here.
 */
export function packGradient(
  dA: usize, dAStride: u32, from: u32, to: u32, outputs: u32, panels: usize, capacity: u32,
): void {
  const panelBytes = <usize>capacity * 24;
  for (let i = from; i < to; i++) {
    const row = dA + ((<usize>(i * dAStride)) << 2);
    let target = panels + <usize>i * 24;
    for (let j: u32 = 0; j < outputs; j += 6) {
      for (let r: u32 = 0; r < 6; r++) {
        const value = j + r < outputs ? load<f32>(row + ((<usize>(j + r)) << 2)) : 0;
        store<f32>(target + ((<usize>r) << 2), value);
      }
      target += panelBytes;
    }
  }
}

/**
 * Columns `from` to `to` (multiples of 8) of ∂W = ∂Aᵀ·X, or added to it where `isFirst` is 0; row by row of the batch.
 *
 * `panels` is ∂A as packGradient leaves it, X (rows, inputs); `column` has room for rows × 8 floats.
 */
export function weightGradient(
  panels: usize, capacity: u32, rows: u32, outputs: u32, x: usize, inputs: u32, from: u32, to: u32,
  column: usize, gradient: usize, isFirst: u32,
): void {
  const rowBytes = (<usize>inputs) << 2;
  const panelBytes = <usize>capacity * 24;
  for (let k = from; k < to; k += 8) {
    let source = x + ((<usize>k) << 2);
    let target = column;
    for (let i: u32 = 0; i < rows; i++) {
      v128.store(target, v128.load(source));
      v128.store(target, v128.load(source, 16), 16);
      source += rowBytes;
      target += 32;
    }
    let panel = panels;
    for (let j: u32 = 0; j < outputs; j += 6) {
      panel6x8(panel, column, rows, gradient + <usize>j * rowBytes + ((<usize>k) << 2), rowBytes, min(6, outputs - j), isFirst);
      panel += panelBytes;
    }
  }
}

function panel6x8(d: usize, column: usize, rows: u32, out: usize, outBytes: usize, used: u32, isFirst: u32): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0), c10 = f32x4.splat(0), c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0), c21 = f32x4.splat(0), c30 = f32x4.splat(0), c31 = f32x4.splat(0);
  let c40 = f32x4.splat(0), c41 = f32x4.splat(0), c50 = f32x4.splat(0), c51 = f32x4.splat(0);
  const end = column + ((<usize>rows) << 5);
  while (column < end) {
    const p = v128.load(column), q = v128.load(column, 16);
    let g = v128.load32_splat(d);
    c00 = f32x4.relaxed_madd(g, p, c00); c01 = f32x4.relaxed_madd(g, q, c01);
    g = v128.load32_splat(d, 4);
    c10 = f32x4.relaxed_madd(g, p, c10); c11 = f32x4.relaxed_madd(g, q, c11);
    g = v128.load32_splat(d, 8);
    c20 = f32x4.relaxed_madd(g, p, c20); c21 = f32x4.relaxed_madd(g, q, c21);
    g = v128.load32_splat(d, 12);
    c30 = f32x4.relaxed_madd(g, p, c30); c31 = f32x4.relaxed_madd(g, q, c31);
    g = v128.load32_splat(d, 16);
    c40 = f32x4.relaxed_madd(g, p, c40); c41 = f32x4.relaxed_madd(g, q, c41);
    g = v128.load32_splat(d, 20);
    c50 = f32x4.relaxed_madd(g, p, c50); c51 = f32x4.relaxed_madd(g, q, c51);
    d += 24;
    column += 32;
  }
  put(out, c00, c01, isFirst); if (used == 1) return; out += outBytes;
  put(out, c10, c11, isFirst); if (used == 2) return; out += outBytes;
  put(out, c20, c21, isFirst); if (used == 3) return; out += outBytes;
  put(out, c30, c31, isFirst); if (used == 4) return; out += outBytes;
  put(out, c40, c41, isFirst); if (used == 5) return; out += outBytes;
  put(out, c50, c51, isFirst);
}

/** Rows that a narrow gradient takes at once: their stretch of eight columns, one line a row, stays in the first-level cache. */
const blockRows: u32 = 32;

/**
 * The same as weightGradient for few outputs, where bringing X into columns costs more than it saves: straight from ∂A and X, the
 * sums of blocks of rows added in their order. ∂A has row length `dAStride`; the gradient has at least three rows more than
 * `outputs`, and its last tile may write zeros into them.
 */
export function narrowWeightGradient(
  dA: usize, dAStride: u32, rows: u32, outputs: u32, x: usize, inputs: u32, from: u32, to: u32, gradient: usize,
  isFirst: u32,
): void {
  const dBytes = (<usize>dAStride) << 2;
  const rowBytes = (<usize>inputs) << 2;
  for (let i: u32 = 0; i < rows; i += blockRows) {
    const count = min(blockRows, rows - i);
    const first: u32 = i == 0 ? isFirst : 0;
    const dBlock = dA + <usize>i * dBytes;
    const xBlock = x + <usize>i * rowBytes;
    for (let k = from; k < to; k += 8) {
      const column = (<usize>k) << 2;
      const xTile = xBlock + column;
      let d = dBlock;
      let out = gradient + column;
      for (let left = outputs; ; ) {
        const height = tileSize(left);
        if (height == 6) outer6x8(d, dBytes, xTile, rowBytes, count, out, rowBytes, first);
        else if (height == 5) outer5x8(d, dBytes, xTile, rowBytes, count, out, rowBytes, first);
        else outer4x8(d, dBytes, xTile, rowBytes, count, out, rowBytes, first);
        if (left <= height) break;
        left -= height;
        d += (<usize>height) << 2;
        out += <usize>height * rowBytes;
      }
    }
  }
}

function outer6x8(d: usize, dBytes: usize, x: usize, xBytes: usize, rows: u32, out: usize, outBytes: usize, isFirst: u32): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0), c10 = f32x4.splat(0), c11 = f32x4.splat(0), c20 = f32x4.splat(0), c21 = f32x4.splat(0), c30 = f32x4.splat(0), c31 = f32x4.splat(0), c40 = f32x4.splat(0), c41 = f32x4.splat(0), c50 = f32x4.splat(0), c51 = f32x4.splat(0);
  const end = d + <usize>rows * dBytes;
  while (d < end) {
    const p = v128.load(x), q = v128.load(x, 16);
    let g = v128.load32_splat(d);
    c00 = f32x4.relaxed_madd(g, p, c00); c01 = f32x4.relaxed_madd(g, q, c01);
    g = v128.load32_splat(d, 4);
    c10 = f32x4.relaxed_madd(g, p, c10); c11 = f32x4.relaxed_madd(g, q, c11);
    g = v128.load32_splat(d, 8);
    c20 = f32x4.relaxed_madd(g, p, c20); c21 = f32x4.relaxed_madd(g, q, c21);
    g = v128.load32_splat(d, 12);
    c30 = f32x4.relaxed_madd(g, p, c30); c31 = f32x4.relaxed_madd(g, q, c31);
    g = v128.load32_splat(d, 16);
    c40 = f32x4.relaxed_madd(g, p, c40); c41 = f32x4.relaxed_madd(g, q, c41);
    g = v128.load32_splat(d, 20);
    c50 = f32x4.relaxed_madd(g, p, c50); c51 = f32x4.relaxed_madd(g, q, c51);
    d += dBytes;
    x += xBytes;
  }
  put(out, c00, c01, isFirst); out += outBytes;
  put(out, c10, c11, isFirst); out += outBytes;
  put(out, c20, c21, isFirst); out += outBytes;
  put(out, c30, c31, isFirst); out += outBytes;
  put(out, c40, c41, isFirst); out += outBytes;
  put(out, c50, c51, isFirst);
}

function outer5x8(d: usize, dBytes: usize, x: usize, xBytes: usize, rows: u32, out: usize, outBytes: usize, isFirst: u32): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0), c10 = f32x4.splat(0), c11 = f32x4.splat(0), c20 = f32x4.splat(0), c21 = f32x4.splat(0), c30 = f32x4.splat(0), c31 = f32x4.splat(0), c40 = f32x4.splat(0), c41 = f32x4.splat(0);
  const end = d + <usize>rows * dBytes;
  while (d < end) {
    const p = v128.load(x), q = v128.load(x, 16);
    let g = v128.load32_splat(d);
    c00 = f32x4.relaxed_madd(g, p, c00); c01 = f32x4.relaxed_madd(g, q, c01);
    g = v128.load32_splat(d, 4);
    c10 = f32x4.relaxed_madd(g, p, c10); c11 = f32x4.relaxed_madd(g, q, c11);
    g = v128.load32_splat(d, 8);
    c20 = f32x4.relaxed_madd(g, p, c20); c21 = f32x4.relaxed_madd(g, q, c21);
    g = v128.load32_splat(d, 12);
    c30 = f32x4.relaxed_madd(g, p, c30); c31 = f32x4.relaxed_madd(g, q, c31);
    g = v128.load32_splat(d, 16);
    c40 = f32x4.relaxed_madd(g, p, c40); c41 = f32x4.relaxed_madd(g, q, c41);
    d += dBytes;
    x += xBytes;
  }
  put(out, c00, c01, isFirst); out += outBytes;
  put(out, c10, c11, isFirst); out += outBytes;
  put(out, c20, c21, isFirst); out += outBytes;
  put(out, c30, c31, isFirst); out += outBytes;
  put(out, c40, c41, isFirst);
}

function outer4x8(d: usize, dBytes: usize, x: usize, xBytes: usize, rows: u32, out: usize, outBytes: usize, isFirst: u32): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0), c10 = f32x4.splat(0), c11 = f32x4.splat(0), c20 = f32x4.splat(0), c21 = f32x4.splat(0), c30 = f32x4.splat(0), c31 = f32x4.splat(0);
  const end = d + <usize>rows * dBytes;
  while (d < end) {
    const p = v128.load(x), q = v128.load(x, 16);
    let g = v128.load32_splat(d);
    c00 = f32x4.relaxed_madd(g, p, c00); c01 = f32x4.relaxed_madd(g, q, c01);
    g = v128.load32_splat(d, 4);
    c10 = f32x4.relaxed_madd(g, p, c10); c11 = f32x4.relaxed_madd(g, q, c11);
    g = v128.load32_splat(d, 8);
    c20 = f32x4.relaxed_madd(g, p, c20); c21 = f32x4.relaxed_madd(g, q, c21);
    g = v128.load32_splat(d, 12);
    c30 = f32x4.relaxed_madd(g, p, c30); c31 = f32x4.relaxed_madd(g, q, c31);
    d += dBytes;
    x += xBytes;
  }
  put(out, c00, c01, isFirst); out += outBytes;
  put(out, c10, c11, isFirst); out += outBytes;
  put(out, c20, c21, isFirst); out += outBytes;
  put(out, c30, c31, isFirst);
}

// @ts-ignore: decorator
@inline
function put(out: usize, low: v128, high: v128, isFirst: u32): void {
  if (isFirst == 0) {
    low = f32x4.add(v128.load(out), low);
    high = f32x4.add(v128.load(out, 16), high);
  }
  v128.store(out, low);
  v128.store(out, high, 16);
}

/** ∂b = Σᵢ ∂Aᵢ for all outputs, a multiple of 4, or added to it. */
export function biasGradient(dA: usize, dAStride: u32, rows: u32, outputs: u32, gradient: usize, isFirst: u32): void {
  const rowBytes = (<usize>dAStride) << 2;
  let j: u32 = 0;
  for (; j + 16 <= outputs; j += 16) {
    let sum0 = f32x4.splat(0), sum1 = sum0, sum2 = sum0, sum3 = sum0;
    let at = dA + ((<usize>j) << 2);
    for (let i: u32 = 0; i < rows; i++) {
      sum0 = f32x4.add(sum0, v128.load(at));
      sum1 = f32x4.add(sum1, v128.load(at, 16));
      sum2 = f32x4.add(sum2, v128.load(at, 32));
      sum3 = f32x4.add(sum3, v128.load(at, 48));
      at += rowBytes;
    }
    const target = gradient + ((<usize>j) << 2);
    putOrAdd(target, sum0, isFirst);
    putOrAdd(target + 16, sum1, isFirst);
    putOrAdd(target + 32, sum2, isFirst);
    putOrAdd(target + 48, sum3, isFirst);
  }
  for (; j < outputs; j += 4) {
    let sum = f32x4.splat(0);
    let at = dA + ((<usize>j) << 2);
    for (let i: u32 = 0; i < rows; i++) {
      sum = f32x4.add(sum, v128.load(at));
      at += rowBytes;
    }
    putOrAdd(gradient + ((<usize>j) << 2), sum, isFirst);
  }
}

// @ts-ignore: decorator
@inline
function putOrAdd(target: usize, sum: v128, isFirst: u32): void {
  v128.store(target, isFirst != 0 ? sum : f32x4.add(v128.load(target), sum));
}

/**
 * Rows `from` to `to` of A (…, columns) of row length `stride` into columns of `target`, whose rows have `rows` numbers: entry
 * (i, j) goes to j · rows + i. columns is a multiple of 4.
 */
export function transpose(a: usize, stride: u32, from: u32, to: u32, columns: u32, target: usize, rows: u32): void {
  const rowBytes = (<usize>stride) << 2, targetBytes = (<usize>rows) << 2;
  let i = from;
  for (; i + 4 <= to; i += 4) {
    let source = a + <usize>i * rowBytes;
    let out = target + ((<usize>i) << 2);
    for (let j: u32 = 0; j < columns; j += 4) {
      const r0 = v128.load(source), r1 = v128.load(source + rowBytes);
      const r2 = v128.load(source + 2 * rowBytes), r3 = v128.load(source + 3 * rowBytes);
      const p = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), q = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
      const s = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7), t = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
      v128.store(out, v128.shuffle<f32>(p, q, 0, 1, 4, 5)); out += targetBytes;
      v128.store(out, v128.shuffle<f32>(p, q, 2, 3, 6, 7)); out += targetBytes;
      v128.store(out, v128.shuffle<f32>(s, t, 0, 1, 4, 5)); out += targetBytes;
      v128.store(out, v128.shuffle<f32>(s, t, 2, 3, 6, 7)); out += targetBytes;
      source += 16;
    }
  }
  for (; i < to; i++) {
    let out = target + ((<usize>i) << 2);
    const source = a + <usize>i * rowBytes;
    for (let j: u32 = 0; j < columns; j++) {
      store<f32>(out, load<f32>(source + ((<usize>j) << 2)));
      out += targetBytes;
    }
  }
}
