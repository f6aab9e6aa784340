/**
 * A template as a picture, in the features' own pictures: pixels as pixels, HOG as signed strokes, colours as palettes, visual words
 * as mosaics; the parts of a mixture side by side.
 *
 * Everywhere zero is mid grey. Pixels go to white and black of each channel. Strokes, bars and frames are red for a weight above
 * zero and blue below it, the stronger the larger |weight|/scale; bars in colours stand up above zero and hang down below it.
 *
 * Source of the strokes: the HOG glyphs of Felzenszwalb et al. 2010, "Object detection with discriminatively trained part-based
 * models", with a sign.
 */
import { partDimension } from '../features/color-histogram.ts';
import type { ImageShape } from '../image/pixel-image.ts';
import type { ColorFeatures, FeatureRecipe, HogFeatures, WordFeatures } from '../recipe/feature-recipe.ts';
import { drawnScale } from './drawn-scale.ts';
import { templatePixels } from './template-pixels.ts';

/** One block of a model's features, as it is drawn. */
export interface PaintedBlock {
  readonly options: FeatureRecipe;
  /** Numbers of a template that belong to it. */
  readonly dimension: number;
  /** (K, patch) the words, where it has some. */
  readonly words?: ArrayLike<number> | undefined;
}

export interface TemplatePainter {
  /** Of the painted picture. */
  readonly shape: { readonly width: number; readonly height: number; readonly channels: 1 | 3 };
  /** Numbers of a template. */
  readonly size: number;
  /** @param scale  the weight that is drawn at full strength, > 0; 0 draws all mid grey. */
  paint(weights: ArrayLike<number>, scale: number): Uint8Array<ArrayBuffer>;
}

/** Signed weights on mid grey: red above zero, blue below. */
const positive = [255, 112, 84] as const;
const negative = [92, 168, 255] as const;
const grey = 128;

/** Of pixels alone the picture itself; otherwise each part in a square of `side` pixels or more. */
export function templatePainter(blocks: readonly PaintedBlock[], picture: ImageShape): TemplatePainter {
  if (blocks.length === 1 && isPicture(blocks[0]!)) {
    const { width, height, channels } = picture;
    return { shape: { width, height, channels }, size: blocks[0]!.dimension, paint: templatePixels };
  }
  const parts = blocks.map((block) => partOf(block, picture));
  const height = Math.max(...parts.map((part) => part.height));
  const gap = 2;
  const width = parts.reduce((total, part) => total + part.width + gap, -gap);
  return {
    shape: { width, height, channels: 3 },
    size: blocks.reduce((total, { dimension }) => total + dimension, 0),
    paint: (weights, scale) => {
      const sheet = new Sheet(width, height);
      const whole = Float64Array.from(weights);
      // Weights of a histogram and of thousands of words are not of one size: each part has its own scale, all of them
      // larger or smaller together where the scale is that of several templates.
      const relative = scale / (drawnScale(whole) || 1);
      let from = 0;
      let left = 0;
      parts.forEach((part, b) => {
        const { dimension } = blocks[b]!;
        const own = whole.subarray(from, from + dimension);
        const full = relative * drawnScale(own);
        const painted = full > 0 ? own.map((weight) => weight / full) : own.map(() => 0);
        part.paint(painted, sheet, left, Math.floor((height - part.height) / 2));
        from += dimension;
        left += part.width + gap;
      });
      return sheet.pixels;
    },
  };
}

function isPicture({ options: { kind } }: PaintedBlock): boolean {
  return kind === 'raw' || kind === 'pca' || kind === 'zca';
}

interface Part {
  readonly width: number;
  readonly height: number;
  /** @param weights  of this part, −1 … 1 at full strength. */
  paint(weights: Float64Array, sheet: Sheet, left: number, top: number): void;
}

/** About this long are the sides of a part. */
const side = 96;

function partOf(block: PaintedBlock, picture: ImageShape): Part {
  const { options } = block;
  switch (options.kind) {
    case 'hog':
      return hogPart(options, picture);
    case 'color':
      return colorPart(options);
    case 'words':
      return wordsPart(options, picture, block.words ?? []);
    default:
      return picturePart(picture);
  }
}

/** Every pixel a block of whole pixels. */
function picturePart({ width, height, channels }: ImageShape): Part {
  const zoom = Math.max(1, Math.round(side / Math.max(width, height)));
  return {
    width: width * zoom,
    height: height * zoom,
    paint(weights, sheet, left, top) {
      const pixels = templatePixels(weights, 1);
      for (let y = 0; y < height * zoom; y++) {
        for (let x = 0; x < width * zoom; x++) {
          const at = (Math.floor(y / zoom) * width + Math.floor(x / zoom)) * channels;
          for (let c = 0; c < 3; c++) sheet.set(left + x, top + y, c, pixels[at + (channels === 1 ? 0 : c)]!);
        }
      }
    },
  };
}

/** In every cell one stroke an orientation, along the edge it stands for: the sum of its weights in all blocks that hold the cell. */
function hogPart(options: HogFeatures, picture: ImageShape): Part {
  const { cellSize, orientations, flavour } = flavoured(options);
  const rows = Math.floor(picture.height / cellSize);
  const columns = Math.floor(picture.width / cellSize);
  const cell = Math.max(11, Math.floor(side / Math.max(rows, columns)));
  const b = options.blockSize;
  const blockColumns = columns - b + 1;
  return {
    width: columns * cell,
    height: rows * cell,
    paint(weights, sheet, left, top) {
      sheet.fill(left, top, columns * cell, rows * cell, grey, grey, grey, 1);
      const sums = new Float64Array(rows * columns * orientations);
      weights.forEach((weight, i) => {
        const o = i % orientations;
        const place = Math.floor(i / orientations);
        if (flavour === 'course') {
          sums[((place % rows) * columns + Math.floor(place / rows)) * orientations + o]! += weight;
          return;
        }
        const inBlock = place % (b * b);
        const block = Math.floor(place / (b * b));
        const row = Math.floor(block / blockColumns) + Math.floor(inBlock / b);
        const column = (block % blockColumns) + (inBlock % b);
        sums[(row * columns + column) * orientations + o]! += weight / Math.min(b * b, blocksOver(row, column));
      });
      for (let at = 0; at < rows * columns; at++) {
        const x = left + ((at % columns) + 0.5) * cell;
        const y = top + (Math.floor(at / columns) + 0.5) * cell;
        const own = Array.from(sums.subarray(at * orientations, (at + 1) * orientations), (value, o) => ({ value, o }));
        own.sort((p, q) => Math.abs(p.value) - Math.abs(q.value)); // the strongest on top
        for (const { value, o } of own) {
          const angle = ((o + 0.5) / orientations) * Math.PI + Math.PI / 2; // an edge runs across its gradient
          sheet.stroke(x, y, angle, cell * 0.46, value);
        }
      }
    },
  };

  function blocksOver(row: number, column: number): number {
    const along = (at: number, cells: number) => Math.min(at, cells - b) - Math.max(0, at - b + 1) + 1;
    return Math.max(1, along(row, rows) * along(column, columns));
  }
}

/** What the course's flavour is fixed to. */
function flavoured({ flavour, cellSize, orientations }: HogFeatures) {
  return flavour === 'course' ? { flavour, cellSize: 8, orientations: 9 } : { flavour, cellSize, orientations };
}

/** Bars in the colours they count, up from the middle where more of it speaks for the class, down where it speaks against. */
function colorPart(options: ColorFeatures): Part {
  const { bins, isJoint, grid, space } = options;
  const length = partDimension(options);
  const channels = isJoint || space === 'course-hue' ? 1 : 3;
  const inner = Math.floor(side / grid);
  return {
    width: inner * grid,
    height: inner * grid,
    paint(weights, sheet, left, top) {
      for (let part = 0; part < grid * grid; part++) {
        const x0 = left + (part % grid) * inner;
        const y0 = top + Math.floor(part / grid) * inner;
        sheet.fill(x0, y0, inner, inner, grey, grey, grey, 1);
        const own = weights.subarray(part * length, (part + 1) * length);
        if (isJoint) paintSwatches(own, sheet, x0, y0);
        else for (let channel = 0; channel < channels; channel++) paintBars(own, channel, sheet, x0, y0);
      }
    },
  };

  function paintBars(own: Float64Array, channel: number, sheet: Sheet, x0: number, y0: number): void {
    const high = inner / channels;
    const middle = y0 + high * (channel + 0.5);
    sheet.fill(x0, middle - 0.5, inner, 1, 150, 150, 150, 1);
    for (let k = 0; k < bins; k++) {
      const value = Math.max(-1, Math.min(1, own[channel * bins + k]!));
      const [r, g, b] = binColor(options, channel, (k + 0.5) / bins);
      const tall = Math.abs(value) * (high / 2 - 1);
      const from = x0 + (k * inner) / bins;
      sheet.fill(from, value > 0 ? middle - tall : middle, inner / bins - 0.6, tall, r, g, b, 1);
    }
  }

  /** Colours of a joint histogram in a square: a patch as large as its weight is strong, on white for it and on black against it. */
  function paintSwatches(own: Float64Array, sheet: Sheet, x0: number, y0: number): void {
    const across = Math.ceil(Math.sqrt(length));
    const cell = inner / across;
    own.forEach((weight, i) => {
      const strength = Math.min(1, Math.abs(weight));
      if (strength < 0.02) return;
      const x = x0 + (i % across) * cell;
      const y = y0 + Math.floor(i / across) * cell;
      const ground = weight > 0 ? 255 : 0;
      sheet.fill(x, y, cell, cell, ground, ground, ground, 0.25 + 0.75 * strength);
      const [p, q, r] = [Math.floor(i / (bins * bins)), Math.floor(i / bins) % bins, i % bins].map(
        (k) => (k + 0.5) / bins,
      );
      const colour = space === 'rgb' ? [255 * p!, 255 * q!, 255 * r!] : fromHsv(p!, q!, r!);
      const inset = cell * (0.42 - 0.3 * strength);
      sheet.fill(x + inset, y + inset, cell - 2 * inset, cell - 2 * inset, colour[0]!, colour[1]!, colour[2]!, 1);
    });
  }
}

/** The colour that a bin counts. @param channel 0, 1, 2  @param middle of the bin, in (0, 1). */
function binColor({ space }: ColorFeatures, channel: number, middle: number): [number, number, number] {
  if (space === 'rgb') {
    const level = (c: number) => (c === channel ? 60 + 195 * middle : 30);
    return [level(0), level(1), level(2)];
  }
  if (channel === 0) return fromHsv(middle, 0.85, 0.95);
  if (channel === 1) return fromHsv(0.62, middle, 0.9);
  return [255 * middle, 255 * middle, 255 * middle];
}

function fromHsv(h: number, s: number, v: number): [number, number, number] {
  const channel = (n: number) => {
    const k = (n + h * 6) % 6;
    return 255 * (v - v * s * Math.max(0, Math.min(k, 4 - k, 1)));
  };
  return [channel(5), channel(3), channel(1)];
}

/** In every part of the grid the words with the largest weights, the strongest first, each in a frame of its sign. */
function wordsPart(
  { words, patchSize, grid }: WordFeatures,
  { channels }: ImageShape,
  codebook: ArrayLike<number>,
): Part {
  const step = patchSize + 2;
  const across = Math.max(2, Math.round(side / grid / step));
  const inner = across * step;
  const d = patchSize * patchSize * channels;
  return {
    width: inner * grid + grid - 1,
    height: inner * grid + grid - 1,
    paint(weights, sheet, left, top) {
      for (let part = 0; part < grid * grid; part++) {
        const x0 = left + (part % grid) * (inner + 1);
        const y0 = top + Math.floor(part / grid) * (inner + 1);
        const own = weights.subarray(part * words, (part + 1) * words);
        const strongest = Uint32Array.from(own.keys())
          .sort((a, b) => Math.abs(own[b]!) - Math.abs(own[a]!) || a - b)
          .subarray(0, across * across);
        sheet.fill(x0, y0, inner, inner, grey, grey, grey, 1);
        strongest.forEach((word, i) => {
          const x = x0 + (i % across) * step;
          const y = y0 + Math.floor(i / across) * step;
          const [r, g, b] = own[word]! > 0 ? positive : negative;
          sheet.fill(x, y, step, step, r, g, b, Math.min(1, 0.1 + Math.abs(own[word]!)));
          paintWord(word, sheet, x + 1, y + 1);
        });
      }
    },
  };

  function paintWord(word: number, sheet: Sheet, left: number, top: number): void {
    let largest = 1e-9;
    for (let j = 0; j < d; j++) largest = Math.max(largest, Math.abs(codebook[word * d + j] ?? 0));
    for (let i = 0; i < patchSize * patchSize; i++) {
      for (let c = 0; c < 3; c++) {
        const value = codebook[word * d + i * channels + (channels === 1 ? 0 : c)] ?? 0;
        sheet.set(left + (i % patchSize), top + Math.floor(i / patchSize), c, 127.5 + (127.5 * value) / largest);
      }
    }
  }
}

/** A picture that is painted on, mid grey to begin with. */
class Sheet {
  readonly pixels: Uint8Array<ArrayBuffer>;
  readonly #width: number;
  readonly #height: number;

  constructor(width: number, height: number) {
    this.pixels = new Uint8Array(width * height * 3).fill(grey);
    this.#width = width;
    this.#height = height;
  }

  set(x: number, y: number, channel: number, value: number): void {
    if (x < 0 || y < 0 || x >= this.#width || y >= this.#height) return;
    this.pixels[(y * this.#width + x) * 3 + channel] = Math.max(0, Math.min(255, Math.round(value)));
  }

  /** A colour over what is there, `alpha` of the way. */
  #blend(x: number, y: number, r: number, g: number, b: number, alpha: number): void {
    if (alpha <= 0 || x < 0 || y < 0 || x >= this.#width || y >= this.#height) return;
    const at = (y * this.#width + x) * 3;
    const { pixels } = this;
    pixels[at] = Math.round(pixels[at]! + alpha * (r - pixels[at]!));
    pixels[at + 1] = Math.round(pixels[at + 1]! + alpha * (g - pixels[at + 1]!));
    pixels[at + 2] = Math.round(pixels[at + 2]! + alpha * (b - pixels[at + 2]!));
  }

  /** A box; a pixel that it covers in part takes that part of the colour. */
  fill(x: number, y: number, w: number, h: number, r: number, g: number, b: number, alpha: number): void {
    for (let row = Math.floor(y); row < y + h; row++) {
      const down = Math.min(row + 1, y + h) - Math.max(row, y);
      for (let column = Math.floor(x); column < x + w; column++) {
        const along = Math.min(column + 1, x + w) - Math.max(column, x);
        this.#blend(column, row, r, g, b, alpha * down * along);
      }
    }
  }

  /** A stroke through a point, soft at its edge, in the colour of its sign. */
  stroke(x: number, y: number, angle: number, reach: number, value: number): void {
    const strength = Math.min(1, Math.abs(value));
    if (strength < 0.03) return;
    const [r, g, b] = value > 0 ? positive : negative;
    const dx = Math.cos(angle);
    const dy = Math.sin(angle);
    const half = reach * (0.35 + 0.65 * strength);
    const thick = 0.6 + 0.9 * strength;
    for (let row = Math.floor(y - reach - 1); row <= y + reach + 1; row++) {
      for (let column = Math.floor(x - reach - 1); column <= x + reach + 1; column++) {
        const px = column + 0.5 - x;
        const py = row + 0.5 - y;
        const beyond = Math.max(0, Math.abs(px * dx + py * dy) - half);
        const off = px * dy - py * dx;
        const across = Math.sqrt(beyond * beyond + off * off);
        this.#blend(column, row, r, g, b, Math.sqrt(strength) * Math.max(0, Math.min(1, thick + 0.5 - across)));
      }
    }
  }
}
