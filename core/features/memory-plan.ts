/**
 * Where arrays lie in the memory of the kernels: handed out one after another, each on a cache line of its own.
 *
 * The first 64 KiB are the kernels' own; they are written again whenever a thread instantiates them.
 */
export class MemoryPlan {
  /** Bytes so far. */
  end = 2 ** 16;

  bytes(count: number): number {
    const at = this.end;
    this.end = Math.ceil((at + count) / 64) * 64;
    return at;
  }

  /** Room for so many floats or 32-bit integers. */
  words(count: number): number {
    return this.bytes(4 * count);
  }
}

/** Rows of floats are filled up with zeros to a multiple of 16: kernels have no ragged ends. */
export function filledUp(count: number): number {
  return Math.ceil(count / 16) * 16;
}

/** Rows (count, d), `stride` numbers apart, in panels of eight: entry (k, j) at panel ⌊k/8⌋, row j, place k mod 8. What is missing to eight stays. */
export function packPanels(
  rows: ArrayLike<number>,
  count: number,
  d: number,
  panels: Float32Array,
  stride: number = d,
): void {
  for (let k = 0; k < count; k++) {
    const at = (k >> 3) * 8 * d + (k & 7);
    for (let j = 0; j < d; j++) panels[at + 8 * j] = rows[k * stride + j]!;
  }
}
