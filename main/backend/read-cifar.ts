/**
 * CIFAR-10's binary batches: records of one label byte and 3 × 1,024 pixels, the red plane first, then green, then blue.
 */

export const cifarSide = 32;
const planeBytes = cifarSide * cifarSide;
export const cifarRecordBytes = 1 + 3 * planeBytes;
export const cifarClasses = 10;

/** Known by a length that is a multiple of a record's, and labels below 10. */
export function looksLikeCifar(data: Uint8Array): boolean {
  if (data.length === 0 || data.length % cifarRecordBytes !== 0) return false;
  for (let at = 0; at < data.length; at += cifarRecordBytes) if (data[at]! >= cifarClasses) return false;
  return true;
}

/** Pictures `from` … `to` with their channels interleaved. */
export function cifarPixels(data: Uint8Array, from: number, to: number): Uint8Array<ArrayBuffer> {
  const pixels = new Uint8Array((to - from) * 3 * planeBytes);
  let at = 0;
  for (let i = from; i < to; i++) {
    const red = i * cifarRecordBytes + 1;
    for (let p = 0; p < planeBytes; p++) {
      pixels[at++] = data[red + p]!;
      pixels[at++] = data[red + planeBytes + p]!;
      pixels[at++] = data[red + 2 * planeBytes + p]!;
    }
  }
  return pixels;
}

export function cifarLabel(data: Uint8Array, i: number): number {
  return data[i * cifarRecordBytes]!;
}
