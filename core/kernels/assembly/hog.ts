/**
 * Votes of gradients for the orientations of cells, of one picture of bytes.
 *
 * `table` holds for each gradient (gx, gy) with gy ≥ 0, at ((gy · 512) + gx + 255) · 16 bytes: the first orientation and the
 * second as integers, and how much each gets. `across` and `down` hold for each column and row 8 bytes: the first of the two
 * cells it is shared among, counted from 1, and the share of the second. `cells` has a border of one cell all around that
 * takes what falls outside: (rows + 2, columns + 2, orientations).
 *
 * The votes of a row of pixels are collected first, in `line`, and then shared among the two rows of cells: half as many additions. Pixels
 * with even and with odd x have lines of their own, of `cellColumns` · `orientations` floats each, so that neighbours, which often vote
 * for the same, need not wait for each other. `pairs` and `squares` are room for a row's gradients.
 * There are one or three channels.
 */
export function hogVotes(
  pixels: usize, width: u32, height: u32, channels: u32, usedWidth: u32, usedHeight: u32, table: usize, across: usize,
  down: usize, cells: usize, cellColumns: u32, orientations: u32, line: usize,
  pairs: usize, squares: usize,
): void {
  const rowBytes = <usize>(width * channels);
  const orientationBytes = (<usize>orientations) << 2;
  const cellRowBytes = <usize>cellColumns * orientationBytes;
  for (let y: u32 = 0; y < usedHeight; y++) {
    const row = pixels + <usize>y * rowBytes;
    const above = y == 0 ? row : row - rowBytes;
    const below = y + 1 == height ? row : row + rowBytes;
    rowGradients(row, above, below, width, channels, pairs, squares);
    memory.fill(line, 0, 2 * cellRowBytes);
    for (let x: u32 = 0; x < usedWidth; x++) {
      const at = (<usize>(x * channels)) << 2;
      let strongest = load<i32>(squares + at), pair = load<i32>(pairs + at);
      if (channels == 3) {
        const second = load<i32>(squares + at, 4);
        let isStronger = (strongest - second) >> 31; // all ones or none
        strongest ^= (strongest ^ second) & isStronger;
        pair ^= (pair ^ load<i32>(pairs + at, 4)) & isStronger;
        const third = load<i32>(squares + at, 8);
        isStronger = (strongest - third) >> 31;
        strongest ^= (strongest ^ third) & isStronger;
        pair ^= (pair ^ load<i32>(pairs + at, 8)) & isStronger;
      }
      if (strongest == 0) continue;
      const sign = pair >> 31;
      const gx = (((pair << 16) >> 16) ^ sign) - sign, gy = ((pair >> 16) ^ sign) - sign;
      const entry = table + (<usize>((gy << 9) + gx + 255) << 4);
      const first = (<usize>load<u32>(entry)) << 2, second = (<usize>load<u32>(entry, 4)) << 2;
      const w = load<f32>(entry, 8), v = load<f32>(entry, 12);
      const column = across + ((<usize>x) << 3);
      const rightShare = load<f32>(column, 4), leftShare = <f32>1 - rightShare;
      const cell = line + (x & 1 ? cellRowBytes : 0) + <usize>load<u32>(column) * orientationBytes;
      add(cell + first, w * leftShare); add(cell + second, v * leftShare);
      add(cell + orientationBytes + first, w * rightShare); add(cell + orientationBytes + second, v * rightShare);
    }
    const share = down + ((<usize>y) << 3);
    const lower = load<f32>(share, 4);
    const upperRow = cells + <usize>load<u32>(share) * cellRowBytes, lowerRow = upperRow + cellRowBytes;
    for (let at: usize = 0; at < cellRowBytes; at += 4) {
      const votes = load<f32>(line + at) + load<f32>(line + cellRowBytes + at);
      add(upperRow + at, votes * (<f32>1 - lower));
      add(lowerRow + at, votes * lower);
    }
  }
}

/**
 * Gradients of a row of bytes, for each pixel and channel: gx and gy as two halves of an integer, and gx² + gy². A border pixel stands for
 * its missing neighbour. Eight numbers at a time: what is read and written may go seven beyond the row.
 */
function rowGradients(
  row: usize, above: usize, below: usize, width: u32, channels: u32, pairs: usize, squares: usize,
): void {
  const rowBytes = <usize>(width * channels);
  for (let at: usize = 0; at < rowBytes; at += 8) {
    const gx = i16x8.sub(v128.load8x8_u(row + at + channels), v128.load8x8_u(row + at - channels));
    const gy = i16x8.sub(v128.load8x8_u(below + at), v128.load8x8_u(above + at));
    const low = v128.shuffle<i16>(gx, gy, 0, 8, 1, 9, 2, 10, 3, 11);
    const high = v128.shuffle<i16>(gx, gy, 4, 12, 5, 13, 6, 14, 7, 15);
    const to = at << 2;
    v128.store(pairs + to, low);
    v128.store(pairs + to, high, 16);
    v128.store(squares + to, i32x4.dot_i16x8_s(low, low));
    v128.store(squares + to, i32x4.dot_i16x8_s(high, high), 16);
  }
  const last = rowBytes - channels;
  for (let c: usize = 0; c < <usize>channels; c++) {
    const first = <i32>load<u8>(row + channels + c) - <i32>load<u8>(row + c);
    putGradient(first, <i32>load<u8>(below + c) - <i32>load<u8>(above + c), pairs + (c << 2), squares + (c << 2));
    const at = last + c;
    const end = <i32>load<u8>(row + at) - <i32>load<u8>(row + at - channels);
    putGradient(end, <i32>load<u8>(below + at) - <i32>load<u8>(above + at), pairs + (at << 2), squares + (at << 2));
  }
}

function putGradient(gx: i32, gy: i32, pair: usize, square: usize): void {
  store<i32>(pair, (gy << 16) | (gx & 0xffff));
  store<i32>(square, gx * gx + gy * gy);
}

// @ts-ignore: decorator
@inline
function add(at: usize, value: f32): void {
  store<f32>(at, load<f32>(at) + value);
}
