/** Pictures for tests of features: smooth waves of colour with a disc and some noise, drawn from a seed. */
import { imageSet, type ImageSet, type ImageShape } from '../../core/image/pixel-image.ts';
import { createGenerator } from '../../core/random/generator.ts';
import { uniform } from '../../core/random/sampling.ts';

export function somePictures(count: number, shape: ImageShape, seed = 0): ImageSet {
  const { width, height, channels } = shape;
  const random = createGenerator(seed, 'pictures');
  const pixels = new Uint8Array(count * width * height * channels);
  let at = 0;
  for (let picture = 0; picture < count; picture++) {
    const [a, b, cx, cy] = [
      uniform(random) * 6,
      uniform(random) * 6,
      uniform(random) * width,
      uniform(random) * height,
    ];
    const tint = Array.from({ length: channels }, () => uniform(random) * 200);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const wave = 60 * Math.sin(a + x / 3) + 50 * Math.cos(b + y / 4);
        const isDisc = (x - cx) ** 2 + (y - cy) ** 2 < (width / 4) ** 2;
        for (let c = 0; c < channels; c++) {
          const value = (isDisc ? tint[c]! : 120 + wave * (1 - 0.4 * c)) + 12 * uniform(random);
          pixels[at++] = Math.max(0, Math.min(255, Math.round(value)));
        }
      }
    }
  }
  return imageSet(shape, pixels);
}
