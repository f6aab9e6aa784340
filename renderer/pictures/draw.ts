/** Raw pixels to what a canvas draws. */

export interface PictureShape {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
}

/** Bytes row by row, channels interleaved, to an opaque picture. */
export function toImageData(pixels: Uint8Array, { width, height, channels }: PictureShape): ImageData {
  const image = new ImageData(width, height);
  fill(image, pixels, channels);
  return image;
}

/**
 * One picture after another to what `drawImage` takes, always the same canvas: pictures that scroll past by the thousand leave nothing
 * for the garbage collector, whose pauses would be seen.
 */
export function pictureStamp({ width, height, channels }: PictureShape): (pixels: Uint8Array) => OffscreenCanvas {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true })!; // small, and written far more often than drawn by a graphics processor
  const image = new ImageData(width, height);
  return (pixels) => {
    fill(image, pixels, channels);
    context.putImageData(image, 0, 0);
    return canvas;
  };
}

function fill({ data: rgba, width, height }: ImageData, pixels: Uint8Array, channels: 1 | 3): void {
  const n = width * height;
  if (channels === 3) {
    for (let i = 0, from = 0, to = 0; i < n; i++, from += 3, to += 4) {
      rgba[to] = pixels[from]!;
      rgba[to + 1] = pixels[from + 1]!;
      rgba[to + 2] = pixels[from + 2]!;
      rgba[to + 3] = 255;
    }
  } else {
    for (let i = 0, to = 0; i < n; i++, to += 4) {
      rgba[to] = rgba[to + 1] = rgba[to + 2] = pixels[i]!;
      rgba[to + 3] = 255;
    }
  }
}

/** Draws a picture over the whole canvas, which becomes as large as the picture; CSS scales it. */
export function drawPicture(canvas: HTMLCanvasElement, pixels: Uint8Array, shape: PictureShape): void {
  if (canvas.width !== shape.width) canvas.width = shape.width;
  if (canvas.height !== shape.height) canvas.height = shape.height;
  canvas.getContext('2d')?.putImageData(toImageData(pixels, shape), 0, 0);
}
