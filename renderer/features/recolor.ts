/**
 * A picture as it would look brighter and in other colours.
 *
 *     brightness   every channel + offset
 *     hue          the colour circle turned at equal luma: (R − Y, B − Y) rotated in the plane of colours of luma Y
 *
 * Nothing is clipped to 0 … 255: what an extractor does not see is shown without a limit that the screen sets.
 */
import { luma601 } from '../../core/image/color-space.ts';
import type { PixelImage } from '../../core/image/pixel-image.ts';

/** @param turn  of the whole circle, 0 … 1. */
export function recolored(image: PixelImage, offset: number, turn: number): PixelImage {
  const { channels, data } = image;
  const changed = Float64Array.from(data, (value) => value + offset);
  if (channels === 1 || turn === 0) return { ...image, data: changed };
  const cos = Math.cos(2 * Math.PI * turn);
  const sin = Math.sin(2 * Math.PI * turn);
  for (let i = 0; i < changed.length; i += 3) {
    const [r, g, b] = [changed[i]!, changed[i + 1]!, changed[i + 2]!];
    const y = luma601(r, g, b);
    // Two axes of colour without luma, of about equal length on the screen.
    const u = (b - y) * 0.564;
    const v = (r - y) * 0.713;
    const rotatedU = u * cos - v * sin;
    const rotatedV = u * sin + v * cos;
    const blue = y + rotatedU / 0.564;
    const red = y + rotatedV / 0.713;
    changed[i] = red;
    changed[i + 1] = (y - 0.299 * red - 0.114 * blue) / 0.587; // the luma stays exactly what it was
    changed[i + 2] = blue;
  }
  return { ...image, data: changed };
}

export function bytesOf({ data }: PixelImage): Uint8Array {
  return Uint8ClampedArray.from(data) as unknown as Uint8Array;
}
