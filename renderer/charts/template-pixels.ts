/**
 * Weights as bytes, centred at zero:
 *
 *     b = 128 + 127·w / scale        clamped to [1, 255], so that zero is exactly the middle
 *
 * @param scale  the weight drawn brightest, > 0; 0 draws everything mid grey.
 */
export function templatePixels(weights: ArrayLike<number>, scale: number): Uint8Array {
  const pixels = new Uint8Array(weights.length);
  for (let i = 0; i < weights.length; i++) {
    const w = scale > 0 ? weights[i]! / scale : 0;
    pixels[i] = 128 + Math.round(127 * Math.max(-1, Math.min(1, w)));
  }
  return pixels;
}
