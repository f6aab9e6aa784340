/** A picture as numbers: rows from the top, channels interleaved, as a pixel cache holds it. */
import { requireLength } from '../array/matrix.ts';

export interface ImageShape {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
}

export interface PixelImage extends ImageShape {
  /** height × width × channels numbers, 0 … 255; the channel runs fastest. */
  readonly data: ArrayLike<number>;
}

/** Pictures of one shape, asked for one at a time: they need not all be in memory. */
export interface ImageSet extends ImageShape {
  readonly count: number;
  /** Picture i; its data may be overwritten by the next call. */
  at(i: number): PixelImage;
}

export function pixelCount({ width, height, channels }: ImageShape): number {
  return width * height * channels;
}

/** @throws StudioError SHAPE_MISMATCH when the data has another length than the shape. */
export function pixelImage(shape: ImageShape, data: ArrayLike<number>): PixelImage {
  requireLength('pixels', data, pixelCount(shape));
  return { width: shape.width, height: shape.height, channels: shape.channels, data };
}

/** Pictures that lie one after another in one array. */
export function imageSet(shape: ImageShape, data: Uint8Array | Float64Array): ImageSet {
  const size = pixelCount(shape);
  return {
    ...shape,
    count: Math.floor(data.length / size),
    at: (i) => ({ ...shape, data: data.subarray(i * size, (i + 1) * size) }),
  };
}
