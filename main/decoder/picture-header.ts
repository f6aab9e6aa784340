/**
 * What a file says about itself in its first bytes. A format is known by its content; the name serves only to warn.
 * Everything here reads within the bytes it is given and allocates nothing that a file can make large.
 */

export type ReadFormat = 'JPEG' | 'PNG' | 'WebP' | 'GIF' | 'TIFF' | 'AVIF' | 'BMP';

export type DetectedFormat =
  | { readonly kind: 'read'; readonly format: ReadFormat }
  /** A picture or document by its content, of a format that is not read. */
  | { readonly kind: 'unsupported'; readonly format: string }
  | { readonly kind: 'lfs-pointer' }
  | { readonly kind: 'unknown' };

/** Facts for warnings, for the size before resizing and for the choice of decoder. */
export interface PictureHeader {
  readonly width: number;
  readonly height: number;
  /** EXIF orientation, 1…8; 1 where there is none. */
  readonly orientation: number;
  /** More than one frame or page. */
  readonly isAnimated: boolean;
  /** The data ends before the format says that it ends. */
  readonly isCut: boolean;
  /** Plain enough for the small decoders: 8 bit, grey or RGB, no profile, no transparency, nothing unusual. */
  readonly isPlain: boolean;
  /** EXIF lies in a place that is not parsed here. */
  readonly hasUnreadExif: boolean;
}

const formatsByExtension = new Map<string, string>(
  Object.entries({
    JPEG: 'jpg jpeg jpe jfif jif',
    PNG: 'png apng',
    WebP: 'webp',
    GIF: 'gif',
    TIFF: 'tif tiff',
    AVIF: 'avif avifs',
    BMP: 'bmp dib',
    SVG: 'svg svgz',
    PDF: 'pdf',
    HEIC: 'heic heif hif heics',
    'JPEG 2000': 'jp2 j2k jpx jpf j2c',
    'JPEG XL': 'jxl',
    ICO: 'ico cur',
    Photoshop: 'psd psb',
    Netpbm: 'ppm pgm pbm pnm pam',
    'camera RAW': 'cr2 cr3 crw nef nrw arw srf sr2 dng orf rw2 raf pef srw x3f 3fr raw',
    TGA: 'tga',
    OpenEXR: 'exr',
    Radiance: 'hdr',
    DDS: 'dds',
    PCX: 'pcx',
    XCF: 'xcf',
    PostScript: 'eps ps ai',
    libvips: 'v vips',
    FITS: 'fits fit',
    DICOM: 'dcm',
  }).flatMap(([format, extensions]) => extensions.split(' ').map((extension): [string, string] => [extension, format])),
);

/** Lower-case extension without the dot; empty where there is none (`name`, `name.`, `.name`). */
export function extensionOf(name: string): string {
  const base = name.slice(name.lastIndexOf('/') + 1);
  const dot = base.lastIndexOf('.');
  return dot <= 0 ? '' : base.slice(dot + 1).toLowerCase();
}

/** The format that an extension promises; undefined where no picture format uses it. */
export function formatOfExtension(extension: string): string | undefined {
  return formatsByExtension.get(extension);
}

export function detectFormat(data: Uint8Array): DetectedFormat {
  const read = (format: ReadFormat): DetectedFormat => ({ kind: 'read', format });
  const unsupported = (format: string): DetectedFormat => ({ kind: 'unsupported', format });
  const n = data.length;
  if (n >= 3 && data[0] === 0xff && data[1] === 0xd8 && data[2] === 0xff) return read('JPEG');
  if (startsWith(data, '\x89PNG\r\n\x1a\n')) return read('PNG');
  if (startsWith(data, 'GIF87a') || startsWith(data, 'GIF89a')) return read('GIF');
  if (startsWith(data, 'RIFF') && ascii(data, 8, 12) === 'WEBP') return read('WebP');
  if (
    startsWith(data, 'II*\0') ||
    startsWith(data, 'MM\0*') ||
    startsWith(data, 'II+\0') ||
    startsWith(data, 'MM\0+')
  ) {
    return ascii(data, 8, 10) === 'CR' ? unsupported('camera RAW') : read('TIFF');
  }
  if (startsWith(data, 'BM') && n >= 18 && looksLikeBmp(data)) return read('BMP');
  if (ascii(data, 4, 8) === 'ftyp') return isoFormat(data);
  for (const [magic, format] of unsupportedMagics) if (startsWith(data, magic)) return unsupported(format);
  if (startsWith(data, 'P') && n > 3 && /^P[1-7]\s/.test(ascii(data, 0, 3))) return unsupported('Netpbm');
  const text = ascii(data, 0, Math.min(n, 2048))
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .trimStart();
  if (text.startsWith('version https://git-lfs.github.com/')) return { kind: 'lfs-pointer' };
  if (/^<(\?xml|!--|!DOCTYPE|svg)/i.test(text) && /<!DOCTYPE svg|<svg[\s>]/i.test(text)) return unsupported('SVG');
  return { kind: 'unknown' };
}

const unsupportedMagics: readonly (readonly [string, string])[] = [
  ['%PDF-', 'PDF'],
  ['\0\0\0\x0cjP  \r\n\x87\n', 'JPEG 2000'],
  ['\xff\x4f\xff\x51', 'JPEG 2000'],
  ['\0\0\0\x0cJXL \r\n\x87\n', 'JPEG XL'],
  ['\xff\x0a', 'JPEG XL'],
  ['\0\0\x01\0', 'ICO'],
  ['\0\0\x02\0', 'ICO'],
  ['8BPS', 'Photoshop'],
  ['FUJIFILMCCD-RAW', 'camera RAW'],
  ['IIRO', 'camera RAW'],
  ['IIU\0', 'camera RAW'],
  ['\x76\x2f\x31\x01', 'OpenEXR'],
  ['#?RADIANCE', 'Radiance'],
  ['DDS ', 'DDS'],
  ['gimp xcf', 'XCF'],
  ['%!PS', 'PostScript'],
  ['\xb6\xa6\xf2\x08', 'libvips'],
  ['\x08\xf2\xa6\xb6', 'libvips'],
];

/** AVIF and HEIC share a container; the brands tell them apart. */
function isoFormat(data: Uint8Array): DetectedFormat {
  const end = Math.min(data.length, Math.max(16, readUint32(data, 0)), 256);
  const brands: string[] = [];
  for (let at = 8; at + 4 <= end; at += 4) if (at !== 12) brands.push(ascii(data, at, at + 4));
  if (brands.includes('avif') || brands.includes('avis')) return { kind: 'read', format: 'AVIF' };
  if (brands.some((brand) => /^(hei[cxms]|hev[cxms]|mif1|msf1)$/.test(brand)))
    return { kind: 'unsupported', format: 'HEIC' };
  if (brands[0] === 'crx ') return { kind: 'unsupported', format: 'camera RAW' };
  return { kind: 'unknown' };
}

function looksLikeBmp(data: Uint8Array): boolean {
  const headerSize = data[14]! | (data[15]! << 8);
  return data[16] === 0 && data[17] === 0 && headerSize >= 12 && headerSize <= 1024;
}

/** Reads the header of a JPEG, PNG, GIF or WebP; null for other formats and where it makes no sense. */
export function readHeader(data: Uint8Array, format: ReadFormat): PictureHeader | null {
  switch (format) {
    case 'JPEG':
      return readJpegHeader(data);
    case 'PNG':
      return readPngHeader(data);
    case 'GIF':
      return readGifHeader(data);
    case 'WebP':
      return readWebpHeader(data);
    default:
      return null;
  }
}

function readJpegHeader(data: Uint8Array): PictureHeader | null {
  let width = 0;
  let height = 0;
  let orientation = 1;
  let isPlain = true;
  let at = 2;
  while (at + 4 <= data.length) {
    if (data[at] !== 0xff) return null;
    const marker = data[at + 1]!;
    if (marker === 0xff) {
      at++; // fill byte
      continue;
    }
    if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
      at += 2;
      continue;
    }
    const length = (data[at + 2]! << 8) | data[at + 3]!;
    const body = at + 4;
    const end = at + 2 + length;
    if (length < 2 || end > data.length) break;
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      if (length < 8) return null;
      height = (data[body + 1]! << 8) | data[body + 2]!;
      width = (data[body + 3]! << 8) | data[body + 4]!;
      const components = data[body + 5]!;
      // Baseline, extended and progressive Huffman coding, 8 bit, grey or YCbCr.
      if (marker > 0xc2 || data[body] !== 8 || (components !== 1 && components !== 3)) isPlain = false;
    } else if (marker === 0xe1 && ascii(data, body, body + 6) === 'Exif\0\0') {
      orientation = exifOrientation(data.subarray(body + 6, end));
    } else if (marker === 0xe2 && ascii(data, body, body + 11) === 'ICC_PROFILE') {
      isPlain = false;
    } else if (marker === 0xee && ascii(data, body, body + 5) === 'Adobe') {
      isPlain = false; // its transform byte may say RGB or CMYK
    } else if (marker === 0xda) {
      const isCut = !hasEndOfImage(data, end);
      const endsAtMarker = data[data.length - 2] === 0xff && data[data.length - 1] === 0xd9;
      return {
        width,
        height,
        orientation,
        isAnimated: false,
        isCut,
        isPlain: isPlain && !isCut && endsAtMarker && orientation === 1 && width > 0 && height > 0,
        hasUnreadExif: false,
      };
    }
    at = end;
  }
  return { width, height, orientation, isAnimated: false, isCut: true, isPlain: false, hasUnreadExif: false };
}

function hasEndOfImage(data: Uint8Array, from: number): boolean {
  for (let at = data.length - 2; at >= from; at--) if (data[at] === 0xff && data[at + 1] === 0xd9) return true;
  return false;
}

function exifOrientation(tiff: Uint8Array): number {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  if (tiff.length < 14) return 1;
  const little = tiff[0] === 0x49;
  const directory = view.getUint32(4, little);
  if (directory + 2 > tiff.length) return 1;
  const entries = view.getUint16(directory, little);
  for (let i = 0; i < entries; i++) {
    const at = directory + 2 + i * 12;
    if (at + 12 > tiff.length) return 1;
    if (view.getUint16(at, little) !== 0x0112) continue;
    const value = view.getUint16(at + 8, little);
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

/** Chunks that do not change how the pixels are to be read. */
const plainPngChunks = new Set(['IHDR', 'PLTE', 'IDAT', 'IEND', 'sRGB', 'pHYs', 'tIME', 'tEXt', 'bKGD']);

function readPngHeader(data: Uint8Array): PictureHeader | null {
  if (data.length < 33 || ascii(data, 12, 16) !== 'IHDR') return null;
  const width = readUint32(data, 16);
  const height = readUint32(data, 20);
  const depth = data[24]!;
  const colorType = data[25]!;
  let isPlain = depth === 8 && (colorType === 0 || colorType === 2 || colorType === 3) && data[28] === 0;
  let isAnimated = false;
  let hasUnreadExif = false;
  let hasEnd = false;
  for (let at = 8; at + 12 <= data.length;) {
    const length = readUint32(data, at);
    const type = ascii(data, at + 4, at + 8);
    if (at + 12 + length > data.length) break;
    if (!plainPngChunks.has(type)) isPlain = false;
    if (type === 'acTL' && length >= 8) isAnimated = readUint32(data, at + 8) > 1;
    if (type === 'eXIf' || type === 'zTXt' || type === 'iTXt') hasUnreadExif ||= type === 'eXIf';
    if (type === 'IEND') {
      hasEnd = true;
      break;
    }
    at += 12 + length;
  }
  return { width, height, orientation: 1, isAnimated, isCut: !hasEnd, isPlain: isPlain && hasEnd, hasUnreadExif };
}

function readGifHeader(data: Uint8Array): PictureHeader | null {
  if (data.length < 13) return null;
  const width = data[6]! | (data[7]! << 8);
  const height = data[8]! | (data[9]! << 8);
  const flags = data[10]!;
  let at = 13 + (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
  let frames = 0;
  let isCut = true;
  while (at < data.length) {
    const block = data[at]!;
    if (block === 0x3b) {
      isCut = false;
      break;
    }
    if (block === 0x21) {
      at = skipSubBlocks(data, at + 2);
    } else if (block === 0x2c) {
      if (++frames > 1) {
        isCut = false; // the first frame, the only one that is read, is whole
        break;
      }
      const local = data[at + 9] ?? 0;
      at = skipSubBlocks(data, at + 10 + (local & 0x80 ? 3 * 2 ** ((local & 7) + 1) : 0) + 1);
    } else break;
  }
  return { width, height, orientation: 1, isAnimated: frames > 1, isCut, isPlain: false, hasUnreadExif: false };
}

function skipSubBlocks(data: Uint8Array, at: number): number {
  while (at < data.length && data[at] !== 0) at += data[at]! + 1;
  return at + 1;
}

function readWebpHeader(data: Uint8Array): PictureHeader | null {
  if (data.length < 30) return null;
  const kind = ascii(data, 12, 16);
  const isCut = readUint32Little(data, 4) + 8 > data.length;
  const header = (width: number, height: number, isAnimated = false, hasUnreadExif = false): PictureHeader => ({
    width,
    height,
    orientation: 1,
    isAnimated,
    isCut,
    isPlain: false,
    hasUnreadExif,
  });
  if (kind === 'VP8 ') return header(readUint16Little(data, 26) & 0x3fff, readUint16Little(data, 28) & 0x3fff);
  if (kind === 'VP8L') {
    const bits = readUint32Little(data, 21);
    return header((bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1);
  }
  if (kind === 'VP8X') {
    const width = (data[24]! | (data[25]! << 8) | (data[26]! << 16)) + 1;
    const height = (data[27]! | (data[28]! << 8) | (data[29]! << 16)) + 1;
    return header(width, height, (data[20]! & 0x02) !== 0, (data[20]! & 0x08) !== 0);
  }
  return null;
}

function startsWith(data: Uint8Array, magic: string): boolean {
  if (data.length < magic.length) return false;
  for (let i = 0; i < magic.length; i++) if (data[i] !== magic.charCodeAt(i)) return false;
  return true;
}

function ascii(data: Uint8Array, from: number, to: number): string {
  let text = '';
  for (let i = from; i < to && i < data.length; i++) text += String.fromCharCode(data[i]!);
  return text;
}

function readUint32(data: Uint8Array, at: number): number {
  return ((data[at]! << 24) | (data[at + 1]! << 16) | (data[at + 2]! << 8) | data[at + 3]!) >>> 0;
}

function readUint32Little(data: Uint8Array, at: number): number {
  return ((data[at + 3]! << 24) | (data[at + 2]! << 16) | (data[at + 1]! << 8) | data[at]!) >>> 0;
}

function readUint16Little(data: Uint8Array, at: number): number {
  return data[at]! | (data[at + 1]! << 8);
}
