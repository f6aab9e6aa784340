/**
 * A short cut for small plain JPEG and PNG: WebAssembly decoders, six times faster than a libvips pipeline on 32 × 32
 * pictures and with the same pixels (tests/unit/main/decoder/small-pictures.test.ts). Whatever they complain about is
 * left to sharp, which decides what is wrong with it.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import mozjpegFactory from '@jsquash/jpeg/codec/dec/mozjpeg_dec.js';
import { decode as decodePng, initSync as initPng } from '@jsquash/png/codec/pkg/squoosh_png.js';
import type { PictureHeader } from './picture-header.ts';

/** Larger pictures cost more than the pipeline saves. */
export const smallSide = 128;

/** What is used of the JPEG decoder; its own types lean on globals that it does not bring. */
interface JpegDecoder {
  decode(data: Uint8Array, preserveOrientation: boolean): ImageData | null;
}
interface JpegDecoderOptions {
  noInitialRun: boolean;
  print: () => void;
  printErr: () => void;
  instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void): WebAssembly.Exports;
}
const createMozjpeg = mozjpegFactory as unknown as (options: JpegDecoderOptions) => Promise<JpegDecoder>;

export interface SmallDecoder {
  /** RGBA of a plain picture; null where it is not plain or anything about it is wrong. */
  decode(data: Uint8Array, format: 'JPEG' | 'PNG', header: PictureHeader): Uint8ClampedArray | null;
}

export async function loadSmallDecoder(): Promise<SmallDecoder> {
  provideImageData();
  const files = createRequire(import.meta.url);
  const jpegModule = await WebAssembly.compile(readFileSync(files.resolve('@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm')));
  initPng(await WebAssembly.compile(readFileSync(files.resolve('@jsquash/png/codec/pkg/squoosh_png_bg.wasm'))));

  let complaints = 0;
  const createJpeg = (): Promise<JpegDecoder> =>
    createMozjpeg({
      noInitialRun: true,
      // libjpeg repairs what it can and only prints a line about it; a repaired picture must not pass unnoticed.
      print: () => void complaints++,
      printErr: () => void complaints++,
      instantiateWasm: (imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) => {
        const instance = new WebAssembly.Instance(jpegModule, imports);
        done(instance);
        return instance.exports;
      },
    });
  let jpeg: JpegDecoder | null = await createJpeg();

  return {
    decode(data, format, header) {
      if (!header.isPlain || header.width > smallSide || header.height > smallSide) return null;
      try {
        if (format === 'PNG') return checked(decodePng(data), header);
        if (jpeg === null) return null;
        complaints = 0;
        const picture = jpeg.decode(data, false);
        return complaints === 0 && picture !== null ? checked(picture, header) : null;
      } catch {
        // The JPEG decoder leaves by exit(), which leaks what it held: the next picture gets a fresh one.
        if (format === 'JPEG') {
          jpeg = null;
          void createJpeg().then((fresh) => (jpeg = fresh));
        }
        return null;
      }
    },
  };
}

function checked(picture: ImageData, header: PictureHeader): Uint8ClampedArray | null {
  return picture.width === header.width && picture.height === header.height ? picture.data : null;
}

/** Both decoders hand their result over in the browser's ImageData, which Node does not have. */
function provideImageData(): void {
  class PlainImageData {
    readonly data: Uint8ClampedArray;
    readonly width: number;
    readonly height: number;
    constructor(data: Uint8ClampedArray, width: number, height: number) {
      this.data = data;
      this.width = width;
      this.height = height;
    }
  }
  const scope = globalThis as { ImageData?: unknown };
  scope.ImageData ??= PlainImageData;
}
