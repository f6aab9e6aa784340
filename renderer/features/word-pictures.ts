/** Words and patches as pictures. */
import { matrixOf, rowOf, zeros } from '../../core/array/matrix.ts';
import type { FittedFeatures } from '../../core/features/feature-extractor.ts';
import { squaredDistance } from '../../core/features/k-means.ts';
import { patchGrid, readPatch } from '../../core/features/patches.ts';
import { patchPreparation } from '../../core/features/visual-words.ts';
import type { PixelImage } from '../../core/image/pixel-image.ts';
import type { WordFeatures } from '../../core/recipe/feature-recipe.ts';

export interface WordMap {
  readonly rows: number;
  readonly columns: number;
  /** (rows × columns) the nearest word of each patch. */
  readonly nearest: Uint32Array;
  /** (rows × columns, K) how near each word is beyond the average: the triangle encoding before it is summed. */
  readonly nearness: Float32Array;
  /** (K) how much of each word there is. */
  readonly totals: Float32Array;
}

/** Where which word is in a picture, and how much of it by `encoding`: sums of the triangle encoding, or patches. */
export function wordMap(
  image: PixelImage,
  fitted: FittedFeatures<WordFeatures>,
  encoding: WordFeatures['encoding'],
): WordMap {
  const { patchSize, stride, words: count } = fitted.options;
  const words = matrixOf(count, fitted.arrays['words']!.length / count, Float64Array.from(fitted.arrays['words']!));
  const { rows, columns } = patchGrid(image, patchSize, stride);
  const prepare = patchPreparation(fitted);
  const patch = zeros(1, words.columns);
  const nearest = new Uint32Array(rows * columns);
  const nearness = new Float32Array(rows * columns * count);
  const totals = new Float32Array(count);
  const distances = new Float64Array(count);
  for (let i = 0; i < rows * columns; i++) {
    readPatch(image, (i % columns) * stride, Math.floor(i / columns) * stride, patchSize, patch.data);
    const z = prepare(patch);
    let sum = 0;
    let best = 0;
    for (let k = 0; k < count; k++) {
      distances[k] = Math.sqrt(squaredDistance(z, rowOf(words, k)));
      sum += distances[k]!;
      if (distances[k]! < distances[best]!) best = k;
    }
    nearest[i] = best;
    if (encoding === 'hard') totals[best]! += 1;
    for (let k = 0; k < count; k++) {
      const near = Math.max(0, sum / count - distances[k]!);
      nearness[i * count + k] = near;
      if (encoding === 'triangle') totals[k]! += near;
    }
  }
  return { rows, columns, nearest, nearness, totals };
}

/** A word as bytes: 0 is mid grey, its own largest entry white or black. */
export function wordPixels(words: ArrayLike<number>, k: number, d: number): Uint8Array {
  let largest = 1e-9;
  for (let j = 0; j < d; j++) largest = Math.max(largest, Math.abs(words[k * d + j]!));
  return Uint8Array.from({ length: d }, (_, j) => Math.round(127.5 + (127.5 * words[k * d + j]!) / largest));
}

/** The codebook on one canvas: words row by row, a pixel of space between them. */
export function drawCodebook(canvas: HTMLCanvasElement, fitted: FittedFeatures<WordFeatures>, columns: number): void {
  const { patchSize, words } = fitted.options;
  const { channels } = fitted.shape;
  const d = patchSize * patchSize * channels;
  const step = patchSize + 1;
  canvas.width = columns * step - 1;
  canvas.height = Math.ceil(words / columns) * step - 1;
  const context = canvas.getContext('2d')!;
  context.clearRect(0, 0, canvas.width, canvas.height);
  for (let place = 0; place < words; place++) {
    const pixels = wordPixels(fitted.arrays['words']!, place, d);
    const image = new ImageData(patchSize, patchSize);
    for (let i = 0; i < patchSize * patchSize; i++) {
      for (let c = 0; c < 3; c++) image.data[4 * i + c] = pixels[i * channels + (channels === 1 ? 0 : c)]!;
      image.data[4 * i + 3] = 255;
    }
    context.putImageData(image, (place % columns) * step, Math.floor(place / columns) * step);
  }
}

/** A colour for each word, neighbours far apart: the golden angle around the colour circle. */
export function wordColor(k: number): [number, number, number] {
  const hue = (k * 137.508) % 360;
  const light = 0.42 + 0.16 * ((k * 7) % 3);
  const channel = (n: number) => {
    const at = (n + hue / 30) % 12;
    return Math.round(255 * (light - 0.7 * Math.min(light, 1 - light) * Math.max(-1, Math.min(at - 3, 9 - at, 1))));
  };
  return [channel(0), channel(8), channel(4)];
}

/** A patch cut from a picture. */
export function cutPatch(image: PixelImage, x: number, y: number, patchSize: number): Uint8Array {
  const patch = new Float64Array(patchSize * patchSize * image.channels);
  readPatch(image, x, y, patchSize, patch);
  return Uint8Array.from(patch);
}
