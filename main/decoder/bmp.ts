/**
 * BMP: Windows 3, 4, 5 and OS/2 1 headers; 1, 2, 4, 8, 16, 24 and 32 bits; uncompressed, RLE4, RLE8 and bit masks.
 *
 * The packages that were tried each miss some of these (OS/2 headers, RLE, 2 bits, top-down, masks) or scale 5-bit
 * colours wrongly (31 became 248 instead of 255), so the format is read here, once. The size is checked before
 * anything is allocated.
 */

export interface BmpPicture {
  readonly width: number;
  readonly height: number;
  /** 4 where the file has an alpha mask that is used; alpha is not premultiplied. */
  readonly channels: 3 | 4;
  readonly pixels: Uint8Array;
}

/** Why a BMP is refused, as a code of the import's reasons. */
export class BmpError extends Error {
  readonly code: 'corrupt' | 'truncated' | 'too-many-pixels' | 'unsupported-format';
  constructor(code: BmpError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

const compressions = { none: 0, rle8: 1, rle4: 2, masks: 3, jpeg: 4, png: 5, alphaMasks: 6 } as const;

export function decodeBmp(data: Uint8Array, maxPixels: number): BmpPicture {
  if (data.length < 26) throw new BmpError('truncated', 'header');
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const pixelOffset = view.getUint32(10, true);
  const headerSize = view.getUint32(14, true);
  const isOs2 = headerSize === 12;
  if (!isOs2 && headerSize < 40) throw new BmpError('corrupt', `header of ${headerSize} bytes`);
  if (14 + headerSize > data.length) throw new BmpError('truncated', 'header');

  const width = isOs2 ? view.getUint16(18, true) : view.getInt32(18, true);
  const rawHeight = isOs2 ? view.getUint16(20, true) : view.getInt32(22, true);
  const height = Math.abs(rawHeight);
  const isTopDown = rawHeight < 0;
  const planes = view.getUint16(isOs2 ? 22 : 26, true);
  const bits = view.getUint16(isOs2 ? 24 : 28, true);
  const compression = isOs2 ? compressions.none : view.getUint32(30, true);
  const usedColors = isOs2 ? 0 : view.getUint32(46, true);
  if (planes !== 1) throw new BmpError('corrupt', `${planes} planes`);
  if (width <= 0 || height === 0) throw new BmpError('corrupt', `${width} × ${height}`);
  if (width * height > maxPixels) throw new BmpError('too-many-pixels', `${width} × ${height}`);
  if (compression === compressions.jpeg || compression === compressions.png) {
    throw new BmpError('unsupported-format', 'a JPEG or PNG inside a BMP');
  }
  if (![1, 2, 4, 8, 16, 24, 32].includes(bits)) throw new BmpError('corrupt', `${bits} bits`);
  if (pixelOffset >= data.length) throw new BmpError('truncated', 'pixels');

  const usesMasks = compression === compressions.masks || compression === compressions.alphaMasks;
  const isRle = compression === compressions.rle8 || compression === compressions.rle4;
  if (isRle && bits !== (compression === compressions.rle8 ? 8 : 4)) throw new BmpError('corrupt', 'RLE depth');
  if (compression > compressions.alphaMasks || (usesMasks && bits !== 16 && bits !== 32)) {
    throw new BmpError('corrupt', `compression ${compression}`);
  }
  // The smallest file that can hold this many pixels: refused before a large picture is allocated for it.
  const rowBytes = Math.ceil((width * bits) / 32) * 4;
  if (!isRle && pixelOffset + rowBytes * (height - 1) + Math.ceil((width * bits) / 8) > data.length) {
    throw new BmpError('truncated', 'pixels');
  }

  if (bits <= 8) {
    const palette = readPalette(
      view,
      14 + headerSize,
      isOs2 ? 3 : 4,
      usedColors === 0 ? 2 ** bits : usedColors,
      pixelOffset,
    );
    const indices = isRle
      ? readRunLengths(data, pixelOffset, width, height, compression === compressions.rle4)
      : readIndices(data, pixelOffset, rowBytes, width, height, bits, isTopDown);
    const pixels = new Uint8Array(width * height * 3);
    for (let i = 0; i < indices.length; i++) {
      const entry = indices[i]! * 3;
      if (entry >= palette.length) continue; // outside the palette: black, as the viewers show it
      pixels[i * 3] = palette[entry]!;
      pixels[i * 3 + 1] = palette[entry + 1]!;
      pixels[i * 3 + 2] = palette[entry + 2]!;
    }
    return { width, height, channels: 3, pixels };
  }
  if (bits === 24) {
    const pixels = new Uint8Array(width * height * 3);
    for (let y = 0; y < height; y++) {
      let from = pixelOffset + rowBytes * (isTopDown ? y : height - 1 - y);
      for (let to = y * width * 3; to < (y + 1) * width * 3; to += 3, from += 3) {
        pixels[to] = data[from + 2]!;
        pixels[to + 1] = data[from + 1]!;
        pixels[to + 2] = data[from]!;
      }
    }
    return { width, height, channels: 3, pixels };
  }
  const masks = usesMasks
    ? readMasks(view, headerSize, compression)
    : bits === 16
      ? [0x7c00, 0x3e0, 0x1f, 0]
      : [0xff0000, 0xff00, 0xff, 0];
  return readMasked(view, pixelOffset, rowBytes, width, height, bits, isTopDown, masks);
}

function readPalette(view: DataView, at: number, entryBytes: 3 | 4, count: number, end: number): Uint8Array {
  const entries = Math.min(256, count, Math.floor((Math.min(end, view.byteLength) - at) / entryBytes));
  if (entries <= 0) throw new BmpError('corrupt', 'no palette');
  const palette = new Uint8Array(entries * 3);
  for (let i = 0; i < entries; i++) {
    for (let c = 0; c < 3; c++) palette[i * 3 + c] = view.getUint8(at + i * entryBytes + 2 - c);
  }
  return palette;
}

function readIndices(
  data: Uint8Array,
  offset: number,
  rowBytes: number,
  width: number,
  height: number,
  bits: number,
  isTopDown: boolean,
): Uint8Array {
  const indices = new Uint8Array(width * height);
  const mask = 2 ** bits - 1;
  for (let y = 0; y < height; y++) {
    const row = offset + rowBytes * (isTopDown ? y : height - 1 - y);
    for (let x = 0; x < width; x++) {
      const bit = x * bits;
      indices[y * width + x] = (data[row + (bit >> 3)]! >> (8 - bits - (bit & 7))) & mask;
    }
  }
  return indices;
}

/** RLE rows run from the bottom up. Pixels that are skipped keep index 0. */
function readRunLengths(data: Uint8Array, offset: number, width: number, height: number, isRle4: boolean): Uint8Array {
  const indices = new Uint8Array(width * height);
  let x = 0;
  let y = height - 1;
  let at = offset;
  const put = (index: number) => {
    if (x < width && y >= 0) indices[y * width + x] = index;
    x++;
  };
  for (;;) {
    if (at + 2 > data.length) throw new BmpError('truncated', 'run lengths');
    const count = data[at]!;
    const value = data[at + 1]!;
    at += 2;
    if (count > 0) {
      for (let i = 0; i < count; i++) put(isRle4 ? (i % 2 === 0 ? value >> 4 : value & 15) : value);
    } else if (value === 0) {
      x = 0;
      y--;
    } else if (value === 1) {
      return indices;
    } else if (value === 2) {
      if (at + 2 > data.length) throw new BmpError('truncated', 'run lengths');
      x += data[at]!;
      y -= data[at + 1]!;
      at += 2;
    } else {
      const bytes = isRle4 ? Math.ceil(value / 2) : value;
      if (at + bytes > data.length) throw new BmpError('truncated', 'run lengths');
      for (let i = 0; i < value; i++) {
        put(isRle4 ? (i % 2 === 0 ? data[at + (i >> 1)]! >> 4 : data[at + (i >> 1)]! & 15) : data[at + i]!);
      }
      at += bytes + (bytes & 1);
    }
    if (y < 0) return indices;
  }
}

function readMasks(view: DataView, headerSize: number, compression: number): number[] {
  const at = 54; // behind the first 40 bytes of the header, inside it or after it
  const hasAlpha = headerSize >= 56 || compression === compressions.alphaMasks;
  if (at + (hasAlpha ? 16 : 12) > view.byteLength) throw new BmpError('truncated', 'masks');
  const masks = [0, 4, 8].map((offset) => view.getUint32(at + offset, true));
  return [...masks, hasAlpha ? view.getUint32(at + 12, true) : 0];
}

function readMasked(
  view: DataView,
  offset: number,
  rowBytes: number,
  width: number,
  height: number,
  bits: number,
  isTopDown: boolean,
  masks: readonly number[],
): BmpPicture {
  const fields = masks.map((mask) => {
    const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask);
    const largest = mask === 0 ? 0 : mask >>> shift;
    if ((largest & (largest + 1)) !== 0) throw new BmpError('corrupt', 'mask with holes');
    return { mask, shift, largest };
  });
  const hasAlpha = masks[3] !== 0;
  const channels = hasAlpha ? 4 : 3;
  const pixels = new Uint8Array(width * height * channels);
  let isSeen = !hasAlpha;
  for (let y = 0; y < height; y++) {
    const row = offset + rowBytes * (isTopDown ? y : height - 1 - y);
    for (let x = 0; x < width; x++) {
      const word = bits === 16 ? view.getUint16(row + x * 2, true) : view.getUint32(row + x * 4, true);
      const to = (y * width + x) * channels;
      for (let c = 0; c < channels; c++) {
        const { mask, shift, largest } = fields[c]!;
        const value = (word & mask) >>> shift;
        pixels[to + c] = largest === 0 ? 0 : Math.round((value * 255) / largest);
      }
      if (hasAlpha && pixels[to + 3] !== 0) isSeen = true;
    }
  }
  // An alpha mask over nothing but zeros is an unused byte, not an invisible picture.
  if (!isSeen) for (let i = 3; i < pixels.length; i += 4) pixels[i] = 255;
  return { width, height, channels, pixels };
}
