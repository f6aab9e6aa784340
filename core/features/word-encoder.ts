/**
 * Visual words of whole pictures at full speed: float32 kernels over one memory, one picture at a time.
 *
 *     X = patches, contrast-normalised;   Z = X·Wᵀ − W·x̄;   A = Z·Cᵀ − ½‖c‖²;   ‖z − c‖² = ‖z‖² − 2·A
 *
 * The distances to all words are one product of matrices (word-product.ts). core/features/visual-words.ts says what is
 * computed; float32 and the expanded square leave about 10⁻⁵ of a distance. A picture's numbers depend on nothing but the picture.
 */
import type { ImageShape } from '../image/pixel-image.ts';
import { pixelCount } from '../image/pixel-image.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { WordFeatures } from '../recipe/feature-recipe.ts';
import type { FittedFeatures } from './feature-extractor.ts';
import type { NativeGemm } from '../kernels/matrix-product.ts';
import { filledUp, MemoryPlan, packPanels } from './memory-plan.ts';
import { patchGrid, poolOf } from './patches.ts';
import { whiteningIn } from './visual-words.ts';
import { mostRowsAtATime, placeWords, type WordPlace, wordProduct, writeWords } from './word-product.ts';

interface WordLayout {
  readonly pixels: number;
  readonly x: number;
  readonly z: number;
  readonly whitening: number;
  readonly whiteningBias: number;
  readonly words: WordPlace;
  readonly products: number;
  readonly squares: number;
  readonly pools: number;
  readonly labels: number;
  readonly values: number;
  readonly pooled: number;
  /** Bytes of the whole memory. */
  readonly end: number;
}

export function wordLayout({ words, patchSize, stride, grid }: WordFeatures, shape: ImageShape): WordLayout {
  const { rows, columns } = patchGrid(shape, patchSize, stride);
  const patches = rows * columns;
  const d = patchSize * patchSize * shape.channels;
  const rowLength = filledUp(d);
  const outputs = filledUp(words);
  const plan = new MemoryPlan();
  const layout = {
    pixels: plan.bytes(pixelCount(shape)),
    x: plan.words(patches * rowLength),
    z: plan.words(patches * rowLength),
    whitening: plan.words(filledUp(d) * d),
    whiteningBias: plan.words(filledUp(d)),
    words: placeWords(plan, words, d),
    products: plan.words(mostRowsAtATime * outputs),
    squares: plan.words(patches),
    pools: plan.words(patches),
    labels: plan.words(mostRowsAtATime),
    values: plan.words(mostRowsAtATime),
    pooled: plan.words(grid * grid * outputs),
  };
  return { ...layout, end: plan.end };
}

/**
 * @param buffer  the kernels' memory, at least `wordLayout(…).end` bytes, zeros.
 * @param gemm    a library over the same memory that multiplies by the words; null leaves it to the kernels.
 * @returns       writes the features of one picture of bytes to `into` (d).
 */
export function wordEncoder(
  fitted: FittedFeatures<WordFeatures>,
  kernels: Kernels,
  buffer: ArrayBufferLike,
  gemm: NativeGemm | null = null,
): (pixels: Uint8Array, into: Float32Array) => void {
  const { options, shape, arrays } = fitted;
  const { words, patchSize, stride, grid, encoding, contrastOffset } = options;
  const layout = wordLayout(options, shape);
  const places = patchGrid(shape, patchSize, stride);
  const patches = places.rows * places.columns;
  const d = patchSize * patchSize * shape.channels;
  const rowLength = filledUp(d);
  const outputs = filledUp(words);
  const floats = (at: number, length: number) => new Float32Array(buffer, at, length);

  const whitening = whiteningIn(arrays);
  if (whitening !== null) writeWhitening(whitening, floats, layout, d);
  writeWords(layout.words, arrays['words']!, d, buffer, gemm !== null);
  const { rowsAtATime, multiply } = wordProduct(layout.words, kernels, gemm);
  const pools = new Uint32Array(buffer, layout.pools, patches);
  for (let i = 0; i < patches; i++) {
    pools[i] = poolOf(Math.floor(i / places.columns), i % places.columns, places, grid);
  }
  const picture = new Uint8Array(buffer, layout.pixels, pixelCount(shape));
  const labels = new Uint32Array(buffer, layout.labels, mostRowsAtATime);
  const pooled = floats(layout.pooled, grid * grid * outputs);
  const z = whitening === null ? layout.x : layout.z;

  return (pixels, into) => {
    picture.set(pixels);
    pooled.fill(0);
    kernels.readPatches(
      layout.pixels, shape.width, shape.channels, patchSize, stride, places.rows, places.columns, contrastOffset,
      layout.x, rowLength,
    ); // prettier-ignore
    if (whitening !== null) {
      const { whitening: panels, whiteningBias } = layout;
      kernels.panelProduct(layout.x, patches, rowLength, panels, Math.ceil(d / 8), d, whiteningBias, z, rowLength);
    }
    if (encoding === 'triangle') kernels.squaredNorms(z, patches, rowLength, layout.squares);
    for (let from = 0; from < patches; from += rowsAtATime) {
      const rows = Math.min(rowsAtATime, patches - from);
      const points = z + 4 * from * rowLength;
      const { products } = layout;
      multiply(points, rows, products);
      if (encoding === 'triangle') {
        const [squares, pool] = [layout.squares + 4 * from, layout.pools + 4 * from];
        kernels.addTriangle(products, outputs, rows, words, squares, pool, layout.pooled, outputs);
      } else {
        kernels.largestOfRows(products, outputs, rows, words, layout.labels, layout.values);
        for (let i = 0; i < rows; i++) pooled[pools[from + i]! * outputs + labels[i]!]! += 1;
      }
    }
    for (let pool = 0; pool < grid * grid; pool++) {
      into.set(pooled.subarray(pool * outputs, pool * outputs + words), pool * words);
    }
  };
}

/** W and −W·x̄ as the kernels take them: z = W·x + bias. */
export function writeWhitening(
  { mean, matrix }: NonNullable<ReturnType<typeof whiteningIn>>,
  floats: (at: number, length: number) => Float32Array,
  layout: Pick<WordLayout, 'whitening' | 'whiteningBias'>,
  d: number,
): void {
  packPanels(matrix.data, d, d, floats(layout.whitening, filledUp(d) * d));
  const bias = floats(layout.whiteningBias, d);
  for (let i = 0; i < d; i++) {
    let shift = 0;
    for (let j = 0; j < d; j++) shift -= matrix.data[i * d + j]! * mean[j]!;
    bias[i] = shift;
  }
}
