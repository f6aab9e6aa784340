import { describe, expect, it } from 'vitest';
import type { BmpError } from '../../../../main/decoder/bmp.ts';
import { decodeBmp } from '../../../../main/decoder/bmp.ts';

/** A BMP with a 40-byte header; pixels as they lie in the file. */
function bmp({
  width = 2,
  height = 2,
  bits = 24,
  compression = 0,
  palette = [] as number[],
  pixels = [] as number[],
}): Buffer {
  const header = Buffer.alloc(54);
  header.write('BM');
  header.writeUInt32LE(54 + palette.length, 10);
  header.writeUInt32LE(40, 14);
  header.writeInt32LE(width, 18);
  header.writeInt32LE(height, 22);
  header.writeUInt16LE(1, 26);
  header.writeUInt16LE(bits, 28);
  header.writeUInt32LE(compression, 30);
  return Buffer.concat([header, Buffer.from(palette), Buffer.from(pixels)]);
}
const limit = 1e8;
const red = [0, 0, 255];
const blue = [255, 0, 0];
const bottomUp = [...red, ...red, 0, 0, ...blue, ...blue, 0, 0];

describe('a BMP', () => {
  it('lies bottom up, in the order blue, green, red, with rows of whole words', () => {
    expect([...decodeBmp(bmp({ pixels: bottomUp }), limit).pixels]).toEqual([
      0, 0, 255, 0, 0, 255, 255, 0, 0, 255, 0, 0,
    ]);
  });

  it('lies top down where the height is negative', () => {
    expect([...decodeBmp(bmp({ height: -2, pixels: bottomUp }), limit).pixels.subarray(0, 3)]).toEqual([255, 0, 0]);
  });

  it('scales 5 bits so that the largest is white', () => {
    const { pixels } = decodeBmp(bmp({ width: 1, height: 1, bits: 16, pixels: [0xff, 0x7f, 0, 0] }), limit);
    expect([...pixels]).toEqual([255, 255, 255]);
  });

  it('unpacks runs of equal and of different pixels', () => {
    const palette = [0, 0, 0, 0, 255, 255, 255, 0];
    const pixels = [3, 1, 0, 0, 0, 3, 1, 0, 1, 0, 0, 1]; // the lower row: 1 1 1; the upper: 1 0 1
    const file = bmp({ width: 3, height: 2, bits: 8, compression: 1, palette, pixels });
    file.writeUInt32LE(2, 46);
    expect([...decodeBmp(file, limit).pixels].filter((_, i) => i % 3 === 0)).toEqual([255, 0, 255, 255, 255, 255]);
  });

  it.each([
    ['too-many-pixels', { width: 20_000, height: 20_000 }],
    ['truncated', { width: 9000, height: 9000 }],
    ['corrupt', { width: -1 }],
    ['corrupt', { bits: 13 }],
    ['unsupported-format', { compression: 4 }],
  ] as const)('is refused as %s before anything is allocated', (code, what) => {
    expect(() => decodeBmp(bmp({ ...what, pixels: bottomUp }), limit)).toThrow(
      expect.objectContaining({ code }) as BmpError,
    );
  });
});
