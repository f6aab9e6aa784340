/**
 * Grey levels and hue, saturation, value of a colour. Channels are 0 … 255.
 *
 *     luma 601      0.299 R + 0.587 G + 0.114 B                  television's; not rounded
 *     luma 709      0.2125 R + 0.7154 G + 0.0721 B               scikit-image's rgb2gray, on 0 … 1
 *     Pillow        ⌊(19595 R + 38470 G + 7471 B + 32768) / 2¹⁶⌋   convert('L')
 *     OpenCV        ⌊(4899 R + 9617 G + 1868 B + 8192) / 2¹⁴⌋      COLOR_RGB2GRAY
 *
 *     V = max,  S = (max − min) / max (0 for black),  H = the place on the colour circle, in turns:
 *     H = (G − B)/Δ, 2 + (B − R)/Δ or 4 + (R − G)/Δ, for the channel that is largest, divided by 6, modulo 1
 *
 * A grey colour has no hue; it gets 0, which says nothing about it: whoever counts hues has to look at S.
 *
 * Golden: tests/golden/data/features.json, case pixels/corners (OpenCV, Pillow, scikit-image).
 */
import type { PixelImage } from './pixel-image.ts';

export function luma601(r: number, g: number, b: number): number {
  return 0.299 * r + 0.587 * g + 0.114 * b;
}

/** In 0 … 1. */
export function luma709(r: number, g: number, b: number): number {
  return 0.2125 * (r / 255) + 0.7154 * (g / 255) + 0.0721 * (b / 255);
}

export function pillowGrey(r: number, g: number, b: number): number {
  return (19595 * r + 38470 * g + 7471 * b + 32768) >> 16;
}

export function openCvGrey(r: number, g: number, b: number): number {
  return (4899 * r + 9617 * g + 1868 * b + 8192) >> 14;
}

/** A whole picture in luma 601, (height × width). One of one channel is what it is. */
export function greyLevels(image: PixelImage): Float64Array {
  const { width, height, channels, data } = image;
  const grey = new Float64Array(width * height);
  for (let i = 0; i < grey.length; i++) {
    grey[i] = channels === 1 ? data[i]! : luma601(data[3 * i]!, data[3 * i + 1]!, data[3 * i + 2]!);
  }
  return grey;
}

/** Hue, saturation and value, each in [0, 1], written to `into`: nothing is allocated in a loop over pixels. */
export function hsvOf(r: number, g: number, b: number, into: Float64Array): void {
  const value = Math.max(r, g, b);
  const range = value - Math.min(r, g, b);
  into[0] = hueOf(r, g, b, value, range);
  into[1] = range === 0 ? 0 : range / value;
  into[2] = value / 255;
}

function hueOf(r: number, g: number, b: number, value: number, range: number): number {
  if (range === 0) return 0;
  const sixth =
    value === b
      ? 4 + (r - g) / range
      : value === g
        ? 2 + (b - r) / range
        : (g - b) / range; /* ties agree but for bits */
  const turn = (sixth / 6) % 1;
  return turn < 0 ? turn + 1 : turn;
}

/**
 * OpenCV's COLOR_RGB2HSV of bytes: H in 0 … 179 (degrees / 2), S and V in 0 … 255, by tables of 12 fractional bits.
 *
 * Source: opencv/modules/imgproc/src/color_hsv.simd.hpp, RGB2HSV_b.
 */
export function openCvHsv(r: number, g: number, b: number): [number, number, number] {
  const shift = 12;
  const half = 1 << (shift - 1);
  const value = Math.max(r, g, b);
  const range = value - Math.min(r, g, b);
  const saturationFactor = value === 0 ? 0 : roundHalfEven((255 << shift) / value);
  const hueFactor = range === 0 ? 0 : roundHalfEven((180 << shift) / (6 * range));
  const raw = value === r ? g - b : value === g ? b - r + 2 * range : r - g + 4 * range;
  const hue = (raw * hueFactor + half) >> shift;
  return [hue < 0 ? hue + 180 : hue, (range * saturationFactor + half) >> shift, value];
}

/** As C's lrint rounds. */
function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
