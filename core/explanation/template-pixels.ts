/**
 * A template as a picture: zero at mid grey, ±scale at white and black of each channel.
 *
 *     byte = round(127.5 + 127.5 · w / scale), clipped to [0, 255]
 *
 * @param template  weights, (height, width, channels) interleaved.
 * @param scale  the weight drawn at full strength, > 0; a template of zeros (scale 0) is all mid grey.
 */
export function templatePixels(template: ArrayLike<number>, scale: number): Uint8Array<ArrayBuffer> {
  const pixels = new Uint8Array(template.length);
  const gain = scale > 0 ? 127.5 / scale : 0;
  for (let i = 0; i < pixels.length; i++) {
    pixels[i] = Math.min(255, Math.max(0, Math.round(127.5 + template[i]! * gain)));
  }
  return pixels;
}
