/**
 * Histograms of oriented gradients: where in the picture edges run in which direction. Colour is thrown away.
 *
 *     g = gradient of each pixel (core/image/image-gradient.ts), m = ‖g‖, θ = its angle modulo 180°
 *     every pixel votes with m for its orientation, in its cell of c × c pixels
 *     blocks of b × b cells, one cell apart, are normalised each by itself and joined
 *
 * Flavours:
 *
 *     dalal-triggs   the border pixel stands for its missing neighbour. A vote is shared among the two nearest of the
 *                    orientations (k + ½)·180°/o (bilinear), and as well among the four nearest cell centres (trilinear),
 *                    by nearness; what falls outside of the cells is lost.
 *     scikit-image   no gradient across the border; a vote goes whole to orientation ⌊θ·o/180°⌋ and to the pixel's own cell.
 *     course         what hog_feature of the CS231n and EECS 498 notebooks computes, a copy of scikit-image of 2011:
 *                    one-sided differences, grey of weights that sum to 1.03, and an angle of atan2 + 90° that is binned
 *                    over 0 … 180° only, so that half of all gradients are dropped; no blocks. Order: cell column, cell row,
 *                    orientation. It is here so that students can reproduce their notebook, and for nothing else.
 *
 * A cell's value is the sum of its votes divided by c². Normalisation of a block v, with ε = 10⁻⁵:
 *
 *     L1      v / (‖v‖₁ + ε)
 *     L2      v / √(‖v‖₂² + ε²)
 *     L2-Hys  L2, clipped at 0.2, and L2 again: no single strong edge outshouts the rest
 *
 * Order: block row, block column, cell row, cell column, orientation. Pixels beyond the last whole cell are not looked at.
 * Adding a constant to all pixels changes nothing, since only differences are seen.
 *
 * Source: Dalal & Triggs 2005, "Histograms of oriented gradients for human detection", CVPR (without the Gaussian window
 * over a block); scikit-image 0.19, skimage.feature.hog; CS231n, cs231n/features.py.
 * Golden: tests/golden/data/features.json, cases hog/… (scikit-image).
 */
import { StudioError } from '../errors.ts';
import { greyLevels } from '../image/color-space.ts';
import { imageGradient, type ImageGradient } from '../image/image-gradient.ts';
import type { ImageShape, PixelImage } from '../image/pixel-image.ts';
import { requireInteger, requireOneOf } from '../options.ts';
import type { HogFeatures } from '../recipe/feature-recipe.ts';
import { type FeatureExtractor, requireImage } from './feature-extractor.ts';

/** Votes of each cell, before any block is normalised. */
export interface CellHistograms {
  readonly rows: number;
  readonly columns: number;
  readonly orientations: number;
  /** (rows, columns, orientations). */
  readonly votes: Float64Array;
}

const epsilon = 1e-5;
const clipAt = 0.2;
const courseCellSize = 8;
const courseOrientations = 9;

export const hog: FeatureExtractor<HogFeatures> = {
  kind: 'hog',
  isLearnt: () => false,

  dimensionOf(options, shape) {
    requireOptions(options, shape);
    const { rows, columns, orientations } = cellsOf(options, shape);
    if (options.flavour === 'course') return rows * columns * orientations;
    const { blockSize } = options;
    return (rows - blockSize + 1) * (columns - blockSize + 1) * blockSize * blockSize * orientations;
  },

  arraysOf: () => ({}),

  fit(images, options) {
    const { width, height, channels } = images;
    return { options, shape: { width, height, channels }, dimension: this.dimensionOf(options, images), arrays: {} };
  },

  transform(image, { options, shape }) {
    requireImage(image, shape);
    if (options.flavour === 'course') return courseHog(image);
    return normalizedBlocks(cellHistograms(planesOf(image, options), image, options), options);
  },
};

/** The channels that gradients are taken of: three, or one of grey levels. */
export function planesOf(image: PixelImage, { color, gamma }: HogFeatures): Float64Array[] {
  const { width, height, channels, data } = image;
  const planes =
    channels === 1 || color === 'grey'
      ? [greyLevels(image)]
      : [0, 1, 2].map((c) => Float64Array.from({ length: width * height }, (_, i) => data[3 * i + c]!));
  if (gamma) for (const plane of planes) for (let i = 0; i < plane.length; i++) plane[i] = Math.sqrt(plane[i]!);
  return planes;
}

/** Votes of each cell by the flavours dalal-triggs and scikit-image. */
export function cellHistograms(
  planes: readonly ArrayLike<number>[],
  shape: Pick<ImageShape, 'width' | 'height'>,
  options: HogFeatures,
): CellHistograms {
  const { width, height } = shape;
  if (options.flavour === 'scikit-image') return hardVotes(imageGradient(planes, width, height, 'zero'), options);
  return sharedVotes(imageGradient(planes, width, height, 'replicate'), options);
}

function hardVotes(gradient: ImageGradient, options: HogFeatures): CellHistograms {
  const { gx, gy, width } = gradient;
  const { cellSize, orientations } = options;
  const cells = emptyCells(options, gradient);
  const { rows, columns, votes } = cells;
  for (let y = 0; y < rows * cellSize; y++) {
    const row = Math.floor(y / cellSize) * columns;
    for (let x = 0; x < columns * cellSize; x++) {
      const i = y * width + x;
      const magnitude = Math.sqrt(gx[i]! * gx[i]! + gy[i]! * gy[i]!);
      const degrees = degreesOf(gx[i]!, gy[i]!);
      const bin = Math.min(orientations - 1, Math.floor(degrees / (180 / orientations)));
      votes[(row + Math.floor(x / cellSize)) * orientations + bin]! += magnitude;
    }
  }
  return divided(cells, cellSize);
}

function sharedVotes(gradient: ImageGradient, options: HogFeatures): CellHistograms {
  const { gx, gy, width } = gradient;
  const { cellSize, orientations, voting } = options;
  const cells = emptyCells(options, gradient);
  const { rows, columns, votes } = cells;
  for (let y = 0; y < rows * cellSize; y++) {
    for (let x = 0; x < columns * cellSize; x++) {
      const i = y * width + x;
      const magnitude = Math.sqrt(gx[i]! * gx[i]! + gy[i]! * gy[i]!);
      if (magnitude === 0) continue;
      const position = (degreesOf(gx[i]!, gy[i]!) / 180) * orientations - 0.5;
      const below = Math.floor(position);
      const t = position - below;
      const first = (below + orientations) % orientations;
      const second = (below + 1) % orientations;
      const vote = (row: number, column: number, weight: number) => {
        if (row < 0 || row >= rows || column < 0 || column >= columns) return;
        const at = (row * columns + column) * orientations;
        votes[at + first]! += (1 - t) * weight;
        votes[at + second]! += t * weight;
      };
      if (voting === 'bilinear') {
        vote(Math.floor(y / cellSize), Math.floor(x / cellSize), magnitude);
        continue;
      }
      const v = (y + 0.5) / cellSize - 0.5;
      const u = (x + 0.5) / cellSize - 0.5;
      const row = Math.floor(v);
      const column = Math.floor(u);
      const down = v - row;
      const right = u - column;
      vote(row, column, magnitude * (1 - down) * (1 - right));
      vote(row, column + 1, magnitude * (1 - down) * right);
      vote(row + 1, column, magnitude * down * (1 - right));
      vote(row + 1, column + 1, magnitude * down * right);
    }
  }
  return divided(cells, cellSize);
}

/** The angle in degrees, modulo 180: an edge has a direction, and no front or back. */
function degreesOf(gx: number, gy: number): number {
  const degrees = Math.atan2(gy, gx) * (180 / Math.PI);
  const unsigned = degrees < 0 ? degrees + 180 : degrees;
  return unsigned >= 180 ? unsigned - 180 : unsigned;
}

/** (blocks × b² × o) from votes of cells. */
export function normalizedBlocks(cells: CellHistograms, options: HogFeatures): Float64Array {
  const { rows, columns, orientations, votes } = cells;
  const { blockSize, normalization } = options;
  const length = blockSize * blockSize * orientations;
  const blockRows = rows - blockSize + 1;
  const blockColumns = columns - blockSize + 1;
  const features = new Float64Array(blockRows * blockColumns * length);
  let at = 0;
  for (let row = 0; row < blockRows; row++) {
    for (let column = 0; column < blockColumns; column++) {
      let to = at;
      for (let r = 0; r < blockSize; r++) {
        const from = ((row + r) * columns + column) * orientations;
        for (let i = 0; i < blockSize * orientations; i++) features[to++] = votes[from + i]!;
      }
      normalizeBlock(features, at, to, normalization);
      at = to;
    }
  }
  return features;
}

/** Numbers `from` to `to`, in place. */
function normalizeBlock(
  values: Float64Array,
  from: number,
  to: number,
  normalization: HogFeatures['normalization'],
): void {
  if (normalization === 'L1') {
    let total = 0;
    for (let i = from; i < to; i++) total += Math.abs(values[i]!);
    return scale(values, from, to, 1 / (total + epsilon));
  }
  scale(values, from, to, 1 / lengthOf(values, from, to));
  if (normalization === 'L2') return;
  for (let i = from; i < to; i++) if (values[i]! > clipAt) values[i] = clipAt;
  scale(values, from, to, 1 / lengthOf(values, from, to));
}

function lengthOf(values: Float64Array, from: number, to: number): number {
  let total = 0;
  for (let i = from; i < to; i++) total += values[i]! * values[i]!;
  return Math.sqrt(total + epsilon * epsilon);
}

function scale(values: Float64Array, from: number, to: number, factor: number): void {
  for (let i = from; i < to; i++) values[i]! *= factor;
}

/** hog_feature of the notebooks: see the top. */
function courseHog({ width, height, channels, data }: PixelImage): Float64Array {
  const grey = new Float64Array(width * height);
  for (let i = 0; i < grey.length; i++) {
    grey[i] = channels === 1 ? data[i]! : 0.299 * data[3 * i]! + 0.587 * data[3 * i + 1]! + 0.144 * data[3 * i + 2]!;
  }
  const rows = Math.floor(height / courseCellSize);
  const columns = Math.floor(width / courseCellSize);
  const features = new Float64Array(rows * columns * courseOrientations);
  for (let y = 0; y < rows * courseCellSize; y++) {
    for (let x = 0; x < columns * courseCellSize; x++) {
      const i = y * width + x;
      const dx = x + 1 < width ? grey[i + 1]! - grey[i]! : 0;
      const dy = y + 1 < height ? grey[i + width]! - grey[i]! : 0;
      const degrees = Math.atan2(dy, dx + 1e-15) * (180 / Math.PI) + 90;
      if (degrees <= 0 || degrees >= 180) continue; // dropped, as there
      const bin = Math.min(courseOrientations - 1, Math.floor(degrees / (180 / courseOrientations)));
      const cell = Math.floor(x / courseCellSize) * rows + Math.floor(y / courseCellSize);
      features[cell * courseOrientations + bin]! += Math.sqrt(dx * dx + dy * dy) / courseCellSize ** 2;
    }
  }
  return features;
}

function emptyCells(options: HogFeatures, shape: Pick<ImageShape, 'width' | 'height'>): CellHistograms {
  const { rows, columns, orientations } = cellsOf(options, shape);
  return { rows, columns, orientations, votes: new Float64Array(rows * columns * orientations) };
}

function divided(cells: CellHistograms, cellSize: number): CellHistograms {
  scale(cells.votes, 0, cells.votes.length, 1 / (cellSize * cellSize));
  return cells;
}

function cellsOf(
  { flavour, cellSize, orientations }: HogFeatures,
  { width, height }: Pick<ImageShape, 'width' | 'height'>,
): { rows: number; columns: number; orientations: number } {
  const side = flavour === 'course' ? courseCellSize : cellSize;
  return {
    rows: Math.floor(height / side),
    columns: Math.floor(width / side),
    orientations: flavour === 'course' ? courseOrientations : orientations,
  };
}

function requireOptions(options: HogFeatures, shape: ImageShape): void {
  const { flavour, cellSize, blockSize, orientations, voting, normalization, color } = options;
  requireOneOf('flavour', flavour, ['dalal-triggs', 'scikit-image', 'course']);
  requireOneOf('voting', voting, ['bilinear', 'trilinear']);
  requireOneOf('normalization', normalization, ['L2-Hys', 'L2', 'L1']);
  requireOneOf('color', color, ['strongest', 'grey']);
  requireInteger('cellSize', cellSize, 2, 128);
  requireInteger('blockSize', blockSize, 1, 16);
  requireInteger('orientations', orientations, 2, 36);
  const { rows, columns } = cellsOf(options, shape);
  const needed = flavour === 'course' ? 1 : blockSize;
  if (Math.min(rows, columns) < needed) {
    throw new StudioError('INVALID_OPTION', {
      option: 'cellSize',
      value: String(flavour === 'course' ? courseCellSize : cellSize),
      expected: `${needed} × ${needed} cells or more in ${shape.width} × ${shape.height} pixels`,
    });
  }
}
