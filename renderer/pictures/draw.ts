/** Raw pixels to what a canvas draws. */

export interface PictureShape {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
}

/** Bytes row by row, channels interleaved, to an opaque picture. */
export function toImageData(pixels: Uint8Array, { width, height, channels }: PictureShape): ImageData {
  const image = new ImageData(width, height);
  const rgba = image.data;
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
  return image;
}

/** Draws a picture over the whole canvas, which becomes as large as the picture; CSS scales it. */
export function drawPicture(canvas: HTMLCanvasElement, pixels: Uint8Array, shape: PictureShape): void {
  if (canvas.width !== shape.width) canvas.width = shape.width;
  if (canvas.height !== shape.height) canvas.height = shape.height;
  canvas.getContext('2d')?.putImageData(toImageData(pixels, shape), 0, 0);
}
