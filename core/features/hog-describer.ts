/**
 * HOG of pictures of bytes at full speed. Differences of bytes are whole numbers, so what a gradient gives to which
 * orientations is looked up in a table of all of them instead of being computed. core/features/hog.ts says what it computes.
 */
import { type ImageShape, pixelCount } from '../image/pixel-image.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { HogFeatures } from '../recipe/feature-recipe.ts';
import type { FittedFeatures } from './feature-extractor.ts';
import { normalizedBlocks } from './hog.ts';
import { MemoryPlan } from './memory-plan.ts';

/** Rows of the table, gy 0 … 255, and places in a row, gx −255 … 255. */
const [tableRows, tableColumns] = [256, 512];

/** Whether gradients are those of bytes: no grey levels, no square roots, and the votes of Dalal and Triggs. */
export function hasHogTable({ options, shape }: FittedFeatures<HogFeatures>): boolean {
  const { flavour, gamma, color } = options;
  return flavour === 'dalal-triggs' && !gamma && (color === 'strongest' || shape.channels === 1);
}

export function hogLayout({ cellSize, orientations }: HogFeatures, shape: ImageShape) {
  const rows = Math.floor(shape.height / cellSize);
  const columns = Math.floor(shape.width / cellSize);
  const plan = new MemoryPlan();
  const layout = {
    pixels: plan.bytes(pixelCount(shape)),
    table: plan.bytes(16 * tableRows * tableColumns),
    across: plan.bytes(8 * shape.width),
    down: plan.bytes(8 * shape.height),
    cells: plan.words((rows + 2) * (columns + 2) * orientations),
    line: plan.words(2 * (columns + 2) * orientations),
    pairs: plan.words(shape.width * shape.channels + 8),
    squares: plan.words(shape.width * shape.channels + 8),
  };
  return { ...layout, rows, columns, end: plan.end };
}

/**
 * @param buffer  the kernels' memory, at least `hogLayout(…).end` bytes, zeros.
 * @returns       writes the features of one picture of bytes to `into` (d).
 */
export function hogDescriber(
  { options, shape }: FittedFeatures<HogFeatures>,
  kernels: Kernels,
  buffer: ArrayBufferLike,
): (pixels: Uint8Array, into: Float32Array) => void {
  const { cellSize, orientations } = options;
  const { width, height, channels } = shape;
  const layout = hogLayout(options, shape);
  const { rows, columns } = layout;
  writeTable(buffer, layout.table, options);
  writeShares(buffer, layout.across, columns * cellSize, options);
  writeShares(buffer, layout.down, rows * cellSize, options);
  const picture = new Uint8Array(buffer, layout.pixels, pixelCount(shape));
  const cells = new Float32Array(buffer, layout.cells, (rows + 2) * (columns + 2) * orientations);
  const votes = new Float64Array(rows * columns * orientations);
  const area = cellSize * cellSize;

  return (pixels, into) => {
    picture.set(pixels);
    cells.fill(0);
    kernels.hogVotes(
      layout.pixels, width, height, channels, columns * cellSize, rows * cellSize, layout.table, layout.across,
      layout.down, layout.cells, columns + 2, orientations, layout.line, layout.pairs, layout.squares,
    ); // prettier-ignore
    for (let row = 0; row < rows; row++) {
      const from = ((row + 1) * (columns + 2) + 1) * orientations;
      const to = row * columns * orientations;
      for (let i = 0; i < columns * orientations; i++) votes[to + i] = cells[from + i]! / area;
    }
    into.set(normalizedBlocks({ rows, columns, orientations, votes }, options));
  };
}

/** What each gradient of bytes gives to which two orientations. */
function writeTable(buffer: ArrayBufferLike, at: number, { orientations }: HogFeatures): void {
  const bins = new Uint32Array(buffer, at, 4 * tableRows * tableColumns);
  const weights = new Float32Array(buffer, at, 4 * tableRows * tableColumns);
  for (let gy = 0; gy < tableRows; gy++) {
    for (let gx = -255; gx <= 255; gx++) {
      const degrees = (Math.atan2(gy, gx) * (180 / Math.PI)) % 180;
      const position = (degrees / 180) * orientations - 0.5;
      const below = Math.floor(position);
      const magnitude = Math.sqrt(gx * gx + gy * gy);
      const entry = 4 * (gy * tableColumns + gx + 255);
      bins[entry] = (below + orientations) % orientations;
      bins[entry + 1] = (below + 1) % orientations;
      weights[entry + 2] = magnitude * (1 - (position - below));
      weights[entry + 3] = magnitude * (position - below);
    }
  }
}

/** Of each pixel along one side: the first of its two cells, counted from 1, and the share of the second. */
function writeShares(buffer: ArrayBufferLike, at: number, length: number, { cellSize, voting }: HogFeatures): void {
  const cells = new Uint32Array(buffer, at, 2 * length);
  const shares = new Float32Array(buffer, at, 2 * length);
  for (let i = 0; i < length; i++) {
    const position = (i + 0.5) / cellSize - 0.5;
    const below = Math.floor(position);
    const isShared = voting === 'trilinear';
    cells[2 * i] = (isShared ? below : Math.floor(i / cellSize)) + 1;
    shares[2 * i + 1] = isShared ? position - below : 0;
  }
}
