// @ts-ignore: decorator
@inline
function clamped(position: i32, side: i32): i32 {
  return min(max(position, 0), (side - 1) << 16);
}

/**
 * Reads a picture of bytes as core/training/augmentation.ts says, in 16.16 fixed point. `columns` has room for 3 · width numbers of
 * 32 bits: where each column is read, how far its right neighbour lies, and the neighbour's weight.
 */
export function placePicture(
  source: usize, width: i32, height: i32, channels: i32, isFlipped: i32, left: i32, top: i32, step: i32,
  target: usize, columns: usize,
): void {
  let isWhole = (step & 0xffff) == 0 && (left & 0xffff) == 0 && (top & 0xffff) == 0;
  for (let i: i32 = 0; i < width; i++) {
    const u = clamped(left + (isFlipped ? width - 1 - i : i) * step, width);
    const at = columns + <usize>i * 12;
    store<i32>(at, (u >> 16) * channels);
    store<i32>(at, (u >> 16) + 1 < width ? channels : 0, 4);
    store<i32>(at, (u >> 8) & 255, 8);
  }
  const rowBytes = width * channels;
  for (let j: i32 = 0; j < height; j++) {
    const v = clamped(top + j * step, height);
    const row = source + <usize>((v >> 16) * rowBytes);
    if (isWhole) {
      target = copyRow(row, width, channels, target, columns);
      continue;
    }
    const below: usize = (v >> 16) + 1 < height ? <usize>rowBytes : 0;
    const wy = (v >> 8) & 255;
    for (let i: i32 = 0; i < width; i++) {
      const table = columns + <usize>i * 12;
      const at = row + <usize>load<i32>(table);
      const beside = <usize>load<i32>(table, 4);
      const wx = load<i32>(table, 8);
      for (let c: usize = 0; c < <usize>channels; c++) {
        const p = at + c;
        const upper = <i32>load<u8>(p) * (256 - wx) + <i32>load<u8>(p + beside) * wx;
        const lower = <i32>load<u8>(p + below) * (256 - wx) + <i32>load<u8>(p + below + beside) * wx;
        store<u8>(target + c, (upper * (256 - wy) + lower * wy + 32768) >> 16);
      }
      target += <usize>channels;
    }
  }
}

/** Whole pixels need no weights. */
function copyRow(row: usize, width: i32, channels: i32, target: usize, columns: usize): usize {
  const end = columns + <usize>width * 12;
  if (channels == 3) {
    for (; columns < end; columns += 12) {
      const at = row + <usize>load<i32>(columns);
      store<u16>(target, load<u16>(at));
      store<u8>(target, load<u8>(at, 2), 2);
      target += 3;
    }
    return target;
  }
  for (; columns < end; columns += 12) {
    const at = row + <usize>load<i32>(columns);
    for (let c: usize = 0; c < <usize>channels; c++) store<u8>(target + c, load<u8>(at + c));
    target += <usize>channels;
  }
  return target;
}
