/** Colour histograms of pictures of bytes at full speed: counted by a kernel. core/features/color-histogram.ts says what it computes. */
import { type ImageShape, pixelCount } from '../image/pixel-image.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { ColorFeatures } from '../recipe/feature-recipe.ts';
import { normalizeColors, partDimension } from './color-histogram.ts';
import type { FittedFeatures } from './feature-extractor.ts';
import { MemoryPlan } from './memory-plan.ts';

/** Numbers by which the kernel knows the spaces. */
const spaces = { rgb: 0, hsv: 1, 'course-hue': 2 } as const;

export function colorLayout(dimension: number, shape: ImageShape) {
  const plan = new MemoryPlan();
  const layout = { pixels: plan.bytes(pixelCount(shape)), counts: plan.bytes(8 * dimension) };
  return { ...layout, end: plan.end };
}

/**
 * @param buffer  the kernels' memory, at least `colorLayout(…).end` bytes.
 * @returns       writes the features of one picture of bytes to `into` (d).
 */
export function colorDescriber(
  { options, shape, dimension }: FittedFeatures<ColorFeatures>,
  kernels: Kernels,
  buffer: ArrayBufferLike,
): (pixels: Uint8Array, into: Float32Array) => void {
  const { space, isJoint, bins, grid } = options;
  const { width, height, channels } = shape;
  const layout = colorLayout(dimension, shape);
  const picture = new Uint8Array(buffer, layout.pixels, pixelCount(shape));
  const counts = new Float64Array(buffer, layout.counts, dimension);
  return (pixels, into) => {
    picture.set(pixels);
    counts.fill(0);
    kernels.countColors(
      layout.pixels, width, height, channels, spaces[space], isJoint ? 1 : 0, bins, grid, partDimension(options),
      layout.counts,
    ); // prettier-ignore
    normalizeColors(counts, options);
    into.set(counts);
  };
}
