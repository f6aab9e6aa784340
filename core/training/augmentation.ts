/**
 * Augmentation: a training picture looks a little different in every epoch.
 *
 *     flip    mirrored left to right with probability ½
 *     crop    a window of f of each side, f uniform in [1 − crop, 1], anywhere in the picture, scaled back to full size
 *     shift   moved by whole pixels, uniform in −shift … shift in each direction
 *
 * In this order, in one reading: the pixel in column i comes from column u, with i′ = i or, mirrored, width − 1 − i
 *
 *     u = left + (i′ + ½)·f − ½ + dx        clamped to the picture, so that edges repeat; rows likewise
 *
 * and between four pixels by bilinear weights. All of it is whole numbers in 16.16 fixed point: every machine and every thread count
 * gives the same bytes. What is drawn depends on seed, epoch and picture only.
 *
 * Source: Krizhevsky et al. 2012, section 4.1; He et al. 2016, section 4.2 (shift of CIFAR pictures).
 */
import { type CounterKey, counterKey, counterWord } from '../random/counter.ts';
import type { AugmentationRecipe } from '../recipe/recipe.ts';
import type { PictureShape } from './step-engine.ts';

/** Where a picture is read: first column and row, and how far apart, in 1/65536 pixel. */
export interface Placement {
  readonly isFlipped: boolean;
  readonly left: number;
  readonly top: number;
  readonly step: number;
}

const one = 65_536;
/** Words that a picture may use. */
const wordsPerPicture = 8;

/** The stream of one epoch, counted from 0. */
export function augmentationKey(seed: number, epoch: number): CounterKey {
  return counterKey(seed, 'augmentation', epoch);
}

/** What is done to this picture in the epoch of the key. */
export function placementOf(
  { flip, shift, crop }: AugmentationRecipe,
  { width, height }: PictureShape,
  key: CounterKey,
  picture: number,
): Placement {
  const draw = (k: number) => counterWord(key, picture * wordsPerPicture + k) / 2 ** 32; // in [0, 1)
  const step = crop === 0 ? one : Math.round(one * (1 - crop * draw(0)));
  const start = (side: number, k: number) => Math.floor(draw(k) * (side * (one - step) + 1)) + ((step - one) >> 1);
  const moved = (k: number) => one * (Math.floor(draw(k) * (2 * shift + 1)) - shift);
  return {
    isFlipped: flip && draw(1) < 0.5,
    left: start(width, 2) + moved(3),
    top: start(height, 4) + moved(5),
    step,
  };
}

/**
 * Writes the picture at `source` of `pixels` as it looks there into `target`.
 *
 * @param pixels  (count, height, width, channels) bytes.
 * @param target  height · width · channels bytes.
 */
export function placePicture(
  pixels: Uint8Array,
  source: number,
  { width, height, channels }: PictureShape,
  { isFlipped, left, top, step }: Placement,
  target: Uint8Array,
): void {
  for (let j = 0; j < height; j++) {
    const v = clamped(top + j * step, height);
    const row = source + (v >> 16) * width * channels;
    const below = (v >> 16) + 1 < height ? width * channels : 0;
    const wy = (v >> 8) & 255;
    for (let i = 0; i < width; i++) {
      const u = clamped(left + (isFlipped ? width - 1 - i : i) * step, width);
      const at = row + (u >> 16) * channels;
      const beside = (u >> 16) + 1 < width ? channels : 0;
      const wx = (u >> 8) & 255;
      for (let c = 0; c < channels; c++) {
        const upper = pixels[at + c]! * (256 - wx) + pixels[at + beside + c]! * wx;
        const lower = pixels[at + below + c]! * (256 - wx) + pixels[at + below + beside + c]! * wx;
        target[(j * width + i) * channels + c] = (upper * (256 - wy) + lower * wy + 32_768) >> 16;
      }
    }
  }
}

function clamped(position: number, side: number): number {
  return Math.min(Math.max(position, 0), (side - 1) << 16);
}
