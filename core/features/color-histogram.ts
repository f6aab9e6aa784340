/**
 * The colour histogram: which colours a picture has, and how much of each. Where they are is thrown away.
 *
 *     rgb, joint       bins³ counts, R slowest
 *     rgb              3·bins counts: R, then G, then B
 *     hsv              3·bins: hue on a circle and weighted by saturation, then S, then V
 *     hsv, joint       bins³ counts of (H, S, V), H slowest
 *     course-hue       bins counts of hue alone, grey pixels counted as red: what the notebooks of CS231n and EECS 498 do
 *
 * Each histogram is divided by its sum (L1), so that large pictures weigh no more than small ones. `hellinger` takes
 * the square root of that: distances between such vectors then are Hellinger's between distributions, and rare colours
 * count for more.
 *
 * Why a hue is weighted by its saturation: a grey pixel's hue says nothing, and of a nearly grey one noise decides. A hue
 * is shared out among the two nearest bins of the circle, so that a red which wavers around 0 stays one colour.
 *
 * With a grid of g × g every part of the picture has its own histogram, row by row: some position is kept. One over the
 * whole picture (g = 1) does not change when its pixels change places, not by a bit, since counting is in whole numbers;
 * saturations are summed as whole numbers too, in units of 1/2²⁰.
 *
 * Source: Swain & Ballard 1991, "Color indexing"; van de Sande, Gevers & Snoek 2010, section 3.1 (hue histogram).
 * Golden: tests/golden/data/features.json, cases colorhist/… (OpenCV, scikit-image, NumPy).
 */
import { StudioError } from '../errors.ts';
import { hsvOf } from '../image/color-space.ts';
import type { ImageShape, PixelImage } from '../image/pixel-image.ts';
import { requireInteger, requireOneOf } from '../options.ts';
import type { ColorFeatures } from '../recipe/feature-recipe.ts';
import { type FeatureExtractor, requireImage } from './feature-extractor.ts';
import { binOf, normalizeL1 } from './histogram.ts';

/** Bins a channel of a joint histogram: 16³ numbers. */
export const mostJointBins = 16;
/** Votes are whole multiples of this: sums then do not depend on the order of the pixels. */
const voteUnit = 2 ** -20;

export const colorHistogram: FeatureExtractor<ColorFeatures> = {
  kind: 'color',
  isLearnt: () => false,

  dimensionOf(options, shape) {
    requireOptions(options, shape);
    return options.grid * options.grid * partDimension(options);
  },

  arraysOf: () => ({}),

  fit(images, options) {
    const { width, height, channels } = images;
    return { options, shape: { width, height, channels }, dimension: this.dimensionOf(options, images), arrays: {} };
  },

  transform(image, { options, shape, dimension }) {
    requireImage(image, shape);
    const features = new Float64Array(dimension);
    countColors(image, options, features);
    normalizeColors(features, options);
    return features;
  },
};

/** From counts to features, part by part, in place. */
export function normalizeColors(counts: Float64Array, options: ColorFeatures): void {
  const length = partDimension(options);
  for (let from = 0; from < counts.length; from += length) normalizeL1(counts, from, length);
  if (options.normalization === 'hellinger') for (let i = 0; i < counts.length; i++) counts[i] = Math.sqrt(counts[i]!);
}

/** The counts before normalisation. */
function countColors(image: PixelImage, options: ColorFeatures, histogram: Float64Array): void {
  const { width, height, channels, data } = image;
  const { space, isJoint, bins, grid } = options;
  const length = partDimension(options);
  const hsv = new Float64Array(3);
  for (let y = 0; y < height; y++) {
    const row = Math.floor((y * grid) / height) * grid;
    for (let x = 0; x < width; x++) {
      const at = (row + Math.floor((x * grid) / width)) * length;
      const pixel = (y * width + x) * channels;
      const r = data[pixel]!;
      const g = channels === 1 ? r : data[pixel + 1]!;
      const b = channels === 1 ? r : data[pixel + 2]!;
      if (space === 'rgb') {
        const [i, j, k] = [binOf(r, 0, 256, bins), binOf(g, 0, 256, bins), binOf(b, 0, 256, bins)];
        if (isJoint) histogram[at + (i * bins + j) * bins + k]! += 1;
        else {
          histogram[at + i]! += 1;
          histogram[at + bins + j]! += 1;
          histogram[at + 2 * bins + k]! += 1;
        }
        continue;
      }
      hsvOf(r, g, b, hsv);
      const [h, s, v] = [hsv[0]!, hsv[1]!, hsv[2]!];
      if (space === 'course-hue') histogram[at + binOf(h, 0, 1, bins)]! += 1;
      else if (isJoint)
        histogram[at + (binOf(h, 0, 1, bins) * bins + binOf(s, 0, 1, bins)) * bins + binOf(v, 0, 1, bins)]! += 1;
      else {
        voteHue(histogram, at, bins, h, s);
        histogram[at + bins + binOf(s, 0, 1, bins)]! += 1;
        histogram[at + 2 * bins + binOf(v, 0, 1, bins)]! += 1;
      }
    }
  }
}

/**
 * A hue's vote, as heavy as its saturation, shared among the two nearest bin centres of the circle by nearness.
 *
 *     centre of bin k = (k + ½)/bins;   between centres k and k + 1, t of the way: (1 − t)·S to k, t·S to k + 1
 *
 * Both parts are whole numbers of units, so that sums over pixels are exact in any order.
 */
function voteHue(histogram: Float64Array, at: number, bins: number, hue: number, saturation: number): void {
  const position = hue * bins - 0.5;
  const below = Math.floor(position);
  const whole = Math.round(saturation / voteUnit);
  const second = Math.round(whole * (position - below));
  histogram[at + ((below + bins) % bins)]! += (whole - second) * voteUnit;
  histogram[at + ((below + 1) % bins)]! += second * voteUnit;
}

/** d of one part of the grid. */
export function partDimension({ space, isJoint, bins }: ColorFeatures): number {
  if (space === 'course-hue') return bins;
  return isJoint ? bins ** 3 : 3 * bins;
}

function requireOptions({ bins, grid, space, isJoint, normalization }: ColorFeatures, shape: ImageShape): void {
  requireOneOf('space', space, ['rgb', 'hsv', 'course-hue']);
  requireInteger('bins', bins, 2, isJoint ? mostJointBins : 256);
  requireOneOf('grid', String(grid), ['1', '2', '4']);
  requireOneOf('normalization', normalization, ['L1', 'hellinger']);
  if (grid > Math.min(shape.width, shape.height)) {
    throw new StudioError('INVALID_OPTION', {
      option: 'grid',
      value: String(grid),
      expected: 'no larger than the pictures',
    });
  }
}
