/**
 * Visual words of whole pictures at full speed: float32 kernels over one memory, one picture at a time.
 *
 *     X = patches, contrast-normalised;   Z = X·Wᵀ − W·x̄;   A = Z·Cᵀ − ½‖c‖²;   ‖z − c‖² = ‖z‖² − 2·A
 *
 * The distances to all words are one product of matrices, with the words in panels of eight (kernels/assembly/panels.ts):
 * rows as short as a patch leave a product of the usual kind little to do between its sums. core/features/visual-words.ts says what is computed; float32 and
 * the expanded square leave about 10⁻⁵ of a distance. A picture's numbers depend on nothing but the picture.
 */
import type { ImageShape } from '../image/pixel-image.ts';
import { pixelCount } from '../image/pixel-image.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { WordFeatures } from '../recipe/feature-recipe.ts';
import type { FittedFeatures } from './feature-extractor.ts';
import { filledUp, MemoryPlan, packPanels } from './memory-plan.ts';
import { patchGrid, poolOf } from './patches.ts';
import { whiteningIn } from './visual-words.ts';

/** Patches whose distances are held at a time: they and the words stay in the second-level cache. */
const rowsAtATime = 48;

interface WordLayout {
  readonly pixels: number;
  readonly x: number;
  readonly z: number;
  readonly whitening: number;
  readonly whiteningBias: number;
  readonly words: number;
  readonly wordsBias: number;
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
    words: plan.words(outputs * d),
    wordsBias: plan.words(outputs),
    products: plan.words(rowsAtATime * outputs),
    squares: plan.words(patches),
    pools: plan.words(patches),
    labels: plan.words(rowsAtATime),
    values: plan.words(rowsAtATime),
    pooled: plan.words(grid * grid * outputs),
  };
  return { ...layout, end: plan.end };
}

/**
 * @param buffer  the kernels' memory, at least `wordLayout(…).end` bytes, zeros.
 * @returns       writes the features of one picture of bytes to `into` (d).
 */
export function wordEncoder(
  fitted: FittedFeatures<WordFeatures>,
  kernels: Kernels,
  buffer: ArrayBufferLike,
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
  writeWords(arrays['words']!, floats, layout, d);
  const pools = new Uint32Array(buffer, layout.pools, patches);
  for (let i = 0; i < patches; i++) {
    pools[i] = poolOf(Math.floor(i / places.columns), i % places.columns, places, grid);
  }
  const picture = new Uint8Array(buffer, layout.pixels, pixelCount(shape));
  const labels = new Uint32Array(buffer, layout.labels, rowsAtATime);
  const pooled = floats(layout.pooled, grid * grid * outputs);
  const z = whitening === null ? layout.x : layout.z;
  const panelsOf = (count: number) => Math.ceil(count / 8);

  return (pixels, into) => {
    picture.set(pixels);
    pooled.fill(0);
    kernels.readPatches(
      layout.pixels, shape.width, shape.channels, patchSize, stride, places.rows, places.columns, contrastOffset,
      layout.x, rowLength,
    ); // prettier-ignore
    if (whitening !== null) {
      const { whitening: panels, whiteningBias } = layout;
      kernels.panelProduct(layout.x, patches, rowLength, panels, panelsOf(d), d, whiteningBias, z, rowLength);
    }
    if (encoding === 'triangle') kernels.squaredNorms(z, patches, rowLength, layout.squares);
    for (let from = 0; from < patches; from += rowsAtATime) {
      const rows = Math.min(rowsAtATime, patches - from);
      const points = z + 4 * from * rowLength;
      const { words: panels, wordsBias, products } = layout;
      kernels.panelProduct(points, rows, rowLength, panels, panelsOf(words), d, wordsBias, products, outputs);
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

/** C and −½‖c‖². */
export function writeWords(
  words: ArrayLike<number>,
  floats: (at: number, length: number) => Float32Array,
  layout: Pick<WordLayout, 'words' | 'wordsBias'>,
  d: number,
): void {
  const count = words.length / d;
  packPanels(words, count, d, floats(layout.words, filledUp(count) * d));
  const bias = floats(layout.wordsBias, count);
  for (let k = 0; k < count; k++) {
    let squares = 0;
    for (let j = 0; j < d; j++) squares += words[k * d + j]! * words[k * d + j]!;
    bias[k] = -0.5 * squares;
  }
}
