/**
 * From the bytes of one file to pixels of the size that is asked for, or to the reason why not.
 *
 * sharp gets buffers only, and only of formats that are read: every loader of libvips is blocked, then the buffer
 * loaders of these formats are allowed again, so that no file can reach another one by its content or by a path.
 */
import type createSharp from 'sharp';
import type { Sharp, SharpOptions } from 'sharp';
import { BmpError, decodeBmp } from './bmp.ts';
import { detectFormat, extensionOf, formatOfExtension, readHeader, type ReadFormat } from './picture-header.ts';
import { loadSmallDecoder, type SmallDecoder } from './small-pictures.ts';

/** More than this is refused before it is decoded. */
export const maxPixels = 100_000_000;
/** What shows through transparent pixels, and what pads a picture that does not fill its square. */
export const groundColor = '#ffffff';

export type FitPolicy = 'crop' | 'pad' | 'stretch';

export interface Target {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly fit: FitPolicy;
}

export interface OpenedPicture {
  readonly kind: 'picture';
  readonly format: string;
  /** After turning upright. */
  readonly originalWidth: number;
  readonly originalHeight: number;
  readonly reasons: string[];
}
export interface RefusedPicture {
  readonly kind: 'refused';
  readonly code: string;
  readonly details: Record<string, string | number>;
}

interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

const fits = { crop: 'cover', pad: 'contain', stretch: 'fill' } as const;

export class PictureOpener {
  readonly versions: { sharp: string; vips: string };
  readonly #sharp: typeof createSharp;
  readonly #small: SmallDecoder;

  private constructor(sharp: typeof createSharp, small: SmallDecoder) {
    this.#sharp = sharp;
    this.#small = small;
    this.versions = { sharp: sharp.versions.sharp ?? '', vips: sharp.versions.vips };
  }

  static async create(): Promise<PictureOpener> {
    // Read by libvips when it starts, so it has to be there before sharp is loaded.
    process.env['VIPS_BLOCK_UNTRUSTED'] = '1';
    const { default: sharp } = await import('sharp');
    sharp.block({ operation: ['VipsForeignLoad'] });
    sharp.unblock({
      operation: ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Tiff', 'Heif'].map((loader) => `VipsForeignLoad${loader}Buffer`),
    });
    sharp.cache(false);
    sharp.concurrency(1); // a decoder process is one of several
    return new PictureOpener(sharp, await loadSmallDecoder());
  }

  /**
   * Small plain pictures that already have the size that is asked for, without sharp and at once; null for all others,
   * which go to `open`. Writes the pixels to `slot`.
   */
  openSmall(data: Uint8Array, name: string, target: Target, slot: Uint8Array): OpenedPicture | null {
    if (target.channels !== 3) return null;
    const detected = detectFormat(data);
    if (detected.kind !== 'read' || (detected.format !== 'JPEG' && detected.format !== 'PNG')) return null;
    const header = readHeader(data, detected.format);
    if (header === null || header.width !== target.width || header.height !== target.height) return null;
    const rgba = this.#small.decode(data, detected.format, header);
    if (rgba === null) return null;
    for (let from = 0, to = 0; to < slot.length; from += 4, to += 3) {
      slot[to] = rgba[from]!;
      slot[to + 1] = rgba[from + 1]!;
      slot[to + 2] = rgba[from + 2]!;
    }
    return {
      kind: 'picture',
      format: detected.format,
      originalWidth: header.width,
      originalHeight: header.height,
      reasons: header.isAnimated ? ['animated'] : extensionReasons(name, detected.format),
    };
  }

  /** Brings a file to the target's size and writes it to `slot`, which stays as it is where the file is refused. */
  async open(
    data: Uint8Array,
    name: string,
    target: Target,
    slot: Uint8Array,
  ): Promise<OpenedPicture | RefusedPicture> {
    return this.#decode(data, name, async (source) => {
      const pipeline = this.#prepare(source).resize(target.width, target.height, {
        fit: fits[target.fit],
        background: groundColor,
      });
      const pixels = await rawPixels(pipeline, target.channels);
      writePixels(pixels, target.channels, slot);
    });
  }

  /** Turned upright, in RGB, at most `side` pixels a side. */
  async view(
    data: Uint8Array,
    name: string,
    side: number,
  ): Promise<{
    picture: OpenedPicture | RefusedPicture;
    width: number;
    height: number;
    pixels: Uint8Array<ArrayBuffer>;
  }> {
    let view = { width: 0, height: 0, pixels: new Uint8Array() };
    const picture = await this.#decode(data, name, async (source) => {
      const pipeline = this.#prepare(source).resize(side, side, { fit: 'inside', withoutEnlargement: true });
      const pixels = await rawPixels(pipeline, 3);
      const rgb = new Uint8Array(pixels.width * pixels.height * 3);
      writePixels(pixels, 3, rgb);
      view = { width: pixels.width, height: pixels.height, pixels: rgb };
    });
    return { picture, ...view };
  }

  /** Brings raw pixels (IDX, CIFAR, samples) to the target's size. */
  async resize(pixels: Pixels, target: Target, slot: Uint8Array): Promise<void> {
    const { width, height, channels } = pixels;
    if (width === target.width && height === target.height && channels === target.channels) {
      slot.set(pixels.data);
      return;
    }
    const pipeline = this.#sharp(pixels.data, { raw: { width, height, channels: channels as 1 | 3 } }).resize(
      target.width,
      target.height,
      { fit: fits[target.fit], background: channels === 1 ? '#000000' : groundColor },
    );
    writePixels(await rawPixels(pipeline, target.channels), target.channels, slot);
  }

  /** Pixels as a PNG file. */
  async encode({ data, width, height, channels }: Pixels): Promise<Uint8Array<ArrayBuffer>> {
    const pipeline = this.#sharp(data, { raw: { width, height, channels: channels as 1 | 3 } });
    return new Uint8Array(await pipeline.png({ compressionLevel: 9 }).toBuffer());
  }

  #prepare({ input, options }: Source): Sharp {
    // Turned first: a crop of a picture lying on its side would cut off other parts.
    return this.#sharp(input, options).autoOrient().flatten({ background: groundColor });
  }

  async #decode(
    data: Uint8Array,
    name: string,
    render: (source: Source) => Promise<void>,
  ): Promise<OpenedPicture | RefusedPicture> {
    if (data.length === 0) return refused('empty');
    const detected = detectFormat(data);
    if (detected.kind === 'lfs-pointer') return refused('lfs-pointer');
    if (detected.kind === 'unsupported') return refused('unsupported-format', { format: detected.format });
    const promised = formatOfExtension(extensionOf(name));
    if (detected.kind === 'unknown') {
      const isUnreadFormat = promised !== undefined && !readFormats.has(promised);
      return isUnreadFormat ? refused('unsupported-format', { format: promised }) : refused('unrecognised');
    }
    const { format } = detected;
    // Cameras write TIFF files whose one page is a preview of the picture.
    if (format === 'TIFF' && promised === 'camera RAW') return refused('unsupported-format', { format: promised });

    try {
      if (format === 'BMP') return await this.#decodeBmp(data, name, render);
      return await this.#decodeWithSharp(data, name, format, render);
    } catch (cause) {
      if (cause instanceof BmpError) {
        return refused(cause.code, cause.code === 'unsupported-format' ? { format: 'BMP (JPEG/PNG)' } : {});
      }
      throw cause;
    }
  }

  async #decodeBmp(data: Uint8Array, name: string, render: (source: Source) => Promise<void>): Promise<OpenedPicture> {
    const { width, height, channels, pixels } = decodeBmp(data, maxPixels);
    await render({ input: pixels, options: { raw: { width, height, channels } } });
    return {
      kind: 'picture',
      format: 'BMP',
      originalWidth: width,
      originalHeight: height,
      reasons: extensionReasons(name, 'BMP'),
    };
  }

  async #decodeWithSharp(
    data: Uint8Array,
    name: string,
    format: Exclude<ReadFormat, 'BMP'>,
    render: (source: Source) => Promise<void>,
  ): Promise<OpenedPicture | RefusedPicture> {
    const header = readHeader(data, format);
    if (header !== null && header.width * header.height > maxPixels) {
      return refused('too-many-pixels', { width: header.width, height: header.height });
    }
    const reasons: string[] = [];
    const source = (failOn: 'warning' | 'error'): Source => ({
      input: data,
      options: { failOn, limitInputPixels: maxPixels, unlimited: false, pages: 1, sequentialRead: true },
    });
    try {
      await render(source('warning'));
      if (header?.isCut === true) reasons.push('recoverable'); // only what follows the pixels is missing
    } catch (first) {
      const code = reasonOf(first);
      if (code !== 'corrupt') return refused(code);
      if (header?.isCut === true) return refused('truncated');
      try {
        await render(source('error'));
        reasons.push('recoverable');
      } catch (second) {
        return refused(reasonOf(second));
      }
    }

    let width = header?.width ?? 0;
    let height = header?.height ?? 0;
    let isAnimated = header?.isAnimated ?? false;
    if (header === null || header.hasUnreadExif) {
      const facts = await this.#sharp(data, source('error').options).metadata();
      width = facts.autoOrient.width;
      height = facts.autoOrient.height;
      isAnimated ||= (facts.pages ?? 1) > 1;
    } else if (header.orientation >= 5) {
      [width, height] = [height, width];
    }
    if (isAnimated) reasons.push(format === 'TIFF' ? 'first-page' : 'animated');
    reasons.push(...extensionReasons(name, format));
    return { kind: 'picture', format, originalWidth: width, originalHeight: height, reasons };
  }
}

interface Source {
  readonly input: Uint8Array;
  readonly options: SharpOptions;
}

const readFormats = new Set<string>(['JPEG', 'PNG', 'WebP', 'GIF', 'TIFF', 'AVIF', 'BMP'] satisfies ReadFormat[]);

function refused(code: string, details: Record<string, string | number> = {}): RefusedPicture {
  return { kind: 'refused', code, details };
}

/** An extension of another picture format is a warning; none at all is not. */
function extensionReasons(name: string, format: ReadFormat): string[] {
  const promised = formatOfExtension(extensionOf(name));
  return promised === undefined || promised === format ? [] : ['wrong-extension'];
}

/** libvips says what is wrong in words only. */
function reasonOf(cause: unknown): 'too-many-pixels' | 'truncated' | 'corrupt' {
  const message = cause instanceof Error ? cause.message : String(cause);
  if (/pixel limit|dimensions? (?:too|exceed)|too large|too big/i.test(message)) return 'too-many-pixels';
  if (/premature|truncated|end of (?:file|stream|input|image|data)|unexpected end|out of data/i.test(message))
    return 'truncated';
  return 'corrupt';
}

async function rawPixels(pipeline: Sharp, channels: 1 | 3): Promise<Pixels> {
  const { data, info } = await pipeline
    .toColourspace(channels === 3 ? 'srgb' : 'b-w')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels };
}

/** Drops an alpha channel that is left and repeats grey where colour is asked for. */
function writePixels({ data, channels }: Pixels, wanted: 1 | 3, slot: Uint8Array): void {
  if (channels === wanted) {
    slot.set(data);
    return;
  }
  const isGrey = channels <= 2;
  for (let from = 0, to = 0; to < slot.length; from += channels, to += wanted) {
    for (let c = 0; c < wanted; c++) slot[to + c] = data[from + (isGrey ? 0 : c)]!;
  }
}
