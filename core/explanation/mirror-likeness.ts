/**
 * How alike a template is to its own mirror image, the cosine of T and T mirrored left to right:
 *
 *     Σ T(y, x, ch)·T(y, w−1−x, ch) / Σ T²          in [−1, 1]; 0 for a template of zeros
 *
 * A linear model has one template for a class, also where the class faces left as often as right: trained on mirrored pictures too,
 * its template comes near to 1 and shows both, such as a horse with two heads.
 *
 * @param template  (height, width, channels) interleaved.
 * @throws StudioError SHAPE_MISMATCH when the shape has another number of features.
 */
import { requireLength } from '../array/matrix.ts';
import type { PictureShape } from './templates.ts';

export function mirrorLikeness(template: Float32Array, { height, width, channels }: PictureShape): number {
  requireLength('template', template, height * width * channels);
  let product = 0;
  let square = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const here = (y * width + x) * channels;
      const there = (y * width + width - 1 - x) * channels;
      for (let channel = 0; channel < channels; channel++) {
        const value = template[here + channel]!;
        product += value * template[there + channel]!;
        square += value * value;
      }
    }
  }
  return square === 0 ? 0 : product / square;
}
