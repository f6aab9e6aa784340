/**
 * A = X·Cᵀ + b for many short rows: distances of patches to words.
 *
 * C lies in panels of eight columns, entry (k, j) at panel ⌊k/8⌋, row j, place k mod 8, so that a tile of 6 × 8 sums stays in
 * registers with nothing left to add across them. X (rows, xStride), `length` inputs; A of row length `aStride`. Panels
 * outside, rows inside: a panel and a few dozen rows stay in the first-level cache. Every entry is one sum in the order of
 * the inputs, whatever tile it is in.
 */
export function panelProduct(
  x: usize, rows: u32, xStride: u32, panels: usize, panelCount: u32, length: u32, bias: usize, a: usize, aStride: u32,
): void {
  const xBytes = (<usize>xStride) << 2;
  const aBytes = (<usize>aStride) << 2;
  const panelBytes = (<usize>length) << 5;
  for (let p: u32 = 0; p < panelCount; p++) {
    const end = panels + panelBytes;
    let i: u32 = 0;
    let row = x;
    let out = a;
    for (; i + 6 <= rows; i += 6) {
      tile6x8(row, xBytes, panels, end, bias, out, aBytes);
      row += 6 * xBytes;
      out += 6 * aBytes;
    }
    for (; i < rows; i++) {
      tile1x8(row, panels, end, bias, out);
      row += xBytes;
      out += aBytes;
    }
    panels = end;
    bias += 32;
    a += 32;
  }
}

function tile6x8(x: usize, xBytes: usize, panel: usize, end: usize, bias: usize, out: usize, outBytes: usize): void {
  const b0 = v128.load(bias), b1 = v128.load(bias, 16);
  let c00 = b0, c01 = b1, c10 = b0, c11 = b1, c20 = b0, c21 = b1, c30 = b0, c31 = b1, c40 = b0, c41 = b1, c50 = b0, c51 = b1;
  let x0 = x, x1 = x + xBytes, x2 = x1 + xBytes, x3 = x2 + xBytes, x4 = x3 + xBytes, x5 = x4 + xBytes;
  while (panel < end) {
    const p = v128.load(panel), q = v128.load(panel, 16);
    let g = v128.load32_splat(x0);
    c00 = f32x4.relaxed_madd(g, p, c00); c01 = f32x4.relaxed_madd(g, q, c01);
    g = v128.load32_splat(x1);
    c10 = f32x4.relaxed_madd(g, p, c10); c11 = f32x4.relaxed_madd(g, q, c11);
    g = v128.load32_splat(x2);
    c20 = f32x4.relaxed_madd(g, p, c20); c21 = f32x4.relaxed_madd(g, q, c21);
    g = v128.load32_splat(x3);
    c30 = f32x4.relaxed_madd(g, p, c30); c31 = f32x4.relaxed_madd(g, q, c31);
    g = v128.load32_splat(x4);
    c40 = f32x4.relaxed_madd(g, p, c40); c41 = f32x4.relaxed_madd(g, q, c41);
    g = v128.load32_splat(x5);
    c50 = f32x4.relaxed_madd(g, p, c50); c51 = f32x4.relaxed_madd(g, q, c51);
    x0 += 4; x1 += 4; x2 += 4; x3 += 4; x4 += 4; x5 += 4;
    panel += 32;
  }
  v128.store(out, c00); v128.store(out, c01, 16); out += outBytes;
  v128.store(out, c10); v128.store(out, c11, 16); out += outBytes;
  v128.store(out, c20); v128.store(out, c21, 16); out += outBytes;
  v128.store(out, c30); v128.store(out, c31, 16); out += outBytes;
  v128.store(out, c40); v128.store(out, c41, 16); out += outBytes;
  v128.store(out, c50); v128.store(out, c51, 16);
}

function tile1x8(x: usize, panel: usize, end: usize, bias: usize, out: usize): void {
  let c0 = v128.load(bias), c1 = v128.load(bias, 16);
  while (panel < end) {
    const g = v128.load32_splat(x);
    c0 = f32x4.relaxed_madd(g, v128.load(panel), c0);
    c1 = f32x4.relaxed_madd(g, v128.load(panel, 16), c1);
    x += 4;
    panel += 32;
  }
  v128.store(out, c0);
  v128.store(out, c1, 16);
}
