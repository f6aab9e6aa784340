/**
 * Votes of gradients for the orientations of cells, of one picture of bytes.
 *
 * `table` holds for each gradient (gx, gy) with gy ≥ 0, at ((gy · 512) + gx + 255) · 16 bytes: the first orientation and the
 * second as integers, and how much each gets. `across` and `down` hold for each column and row 8 bytes: the first of the two
 * cells it is shared among, counted from 1, and the share of the second. `cells` has a border of one cell all around that
 * takes what falls outside: (rows + 2, columns + 2, orientations).
 */
export function hogVotes(
  pixels: usize, width: u32, height: u32, channels: u32, usedWidth: u32, usedHeight: u32, table: usize, across: usize,
  down: usize, cells: usize, cellColumns: u32, orientations: u32,
): void {
  const rowBytes = <usize>(width * channels);
  const orientationBytes = (<usize>orientations) << 2;
  const cellRowBytes = <usize>cellColumns * orientationBytes;
  for (let y: u32 = 0; y < usedHeight; y++) {
    const row = pixels + <usize>y * rowBytes;
    const above = y == 0 ? row : row - rowBytes;
    const below = y + 1 == height ? row : row + rowBytes;
    const line = cells + <usize>load<u32>(down + ((<usize>y) << 3)) * cellRowBytes;
    const lower = load<f32>(down + ((<usize>y) << 3), 4);
    for (let x: u32 = 0; x < usedWidth; x++) {
      const at = <usize>(x * channels);
      const left = x == 0 ? at : at - channels;
      const right = x + 1 == width ? at : at + channels;
      let gx: i32 = 0, gy: i32 = 0, strongest: i32 = 0;
      for (let c: usize = 0; c < <usize>channels; c++) {
        const dx = <i32>load<u8>(row + right + c) - <i32>load<u8>(row + left + c);
        const dy = <i32>load<u8>(below + at + c) - <i32>load<u8>(above + at + c);
        const squared = dx * dx + dy * dy;
        const isStronger = squared > strongest;
        strongest = select<i32>(squared, strongest, isStronger);
        gx = select<i32>(dx, gx, isStronger);
        gy = select<i32>(dy, gy, isStronger);
      }
      if (strongest == 0) continue;
      if (gy < 0) { gy = -gy; gx = -gx; }
      const entry = table + (<usize>((gy << 9) + gx + 255) << 4);
      const first = (<usize>load<u32>(entry)) << 2, second = (<usize>load<u32>(entry, 4)) << 2;
      const w = load<f32>(entry, 8), v = load<f32>(entry, 12);
      const column = across + ((<usize>x) << 3);
      const rightShare = load<f32>(column, 4);
      const cell = line + <usize>load<u32>(column) * orientationBytes;
      const upper = <f32>1 - lower, leftShare = <f32>1 - rightShare;
      const upLeft = upper * leftShare, upRight = upper * rightShare;
      add(cell + first, w * upLeft); add(cell + second, v * upLeft);
      add(cell + orientationBytes + first, w * upRight); add(cell + orientationBytes + second, v * upRight);
      if (lower == 0) continue;
      const next = cell + cellRowBytes;
      const downLeft = lower * leftShare, downRight = lower * rightShare;
      add(next + first, w * downLeft); add(next + second, v * downLeft);
      add(next + orientationBytes + first, w * downRight); add(next + orientationBytes + second, v * downRight);
    }
  }
}

// @ts-ignore: decorator
@inline
function add(at: usize, value: f32): void {
  store<f32>(at, load<f32>(at) + value);
}
