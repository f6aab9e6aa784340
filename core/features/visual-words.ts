/**
 * The bag of visual words: which little patterns a picture is made of, and roughly where.
 *
 *     learn    random patches of training pictures → contrast normalisation → ZCA → k-means: the K centres are the words
 *     encode   every patch of a picture, `stride` apart, prepared alike and written in words (encoding.ts)
 *     pool     sums over each part of a g × g grid: d = g²·K numbers, part by part
 *
 * Words are learnt without labels. What is kept of the picture is how much of each word there is in each part of it.
 *
 * Source: Coates, Lee & Ng 2011, "An analysis of single-layer networks in unsupervised feature learning".
 * Golden: tests/golden/data/features.json, cases pipeline/…, bovw/…, patchnorm/…, zca/…, kmeans/….
 */
import { type Matrix, matrixOf, rowOf, selectRows, zeros } from '../array/matrix.ts';
import { cancelled, StudioError } from '../errors.ts';
import type { ImageSet, ImageShape } from '../image/pixel-image.ts';
import { requireInteger, requireNonNegative, requireOneOf } from '../options.ts';
import type { RandomGenerator } from '../random/generator.ts';
import { permutation, uniformInteger } from '../random/sampling.ts';
import type { WordFeatures } from '../recipe/feature-recipe.ts';
import { addEncoding } from './encoding.ts';
import { type FeatureExtractor, type FittedFeatures, requireImage } from './feature-extractor.ts';
import { type Clustering, lloyd, minibatchKMeans, seedCenters, squaredDistance } from './k-means.ts';
import { normalizeContrast, patchGrid, poolOf, readPatch } from './patches.ts';
import { fitWhitening, whiten, type Whitening } from './whitening.ts';

/** So many of the sampled patches nearest to a word are remembered with it. */
export const examplesPerWord = 8;
/** Points that k-means++ draws the first words from: a word may be drawn of any of them. */
export const seedingPoints = (words: number): number => Math.max(10_000, 10 * words);
/** The whitening is learnt from every so-manieth patch: its covariance has few entries and needs no more than 50,000. */
export const whiteningStep = (patches: number): number => Math.ceil(patches / 50_000);

/** Where sampled patches lie: picture of the set, left, top. Three numbers each, rising by picture. */
export function samplePositions(
  { count, width, height }: Pick<ImageSet, 'count' | 'width' | 'height'>,
  { patches, patchSize }: Pick<WordFeatures, 'patches' | 'patchSize'>,
  random: RandomGenerator,
): Uint32Array {
  const order = Array.from({ length: patches }, () => [
    uniformInteger(random, count),
    uniformInteger(random, width - patchSize + 1),
    uniformInteger(random, height - patchSize + 1),
  ]).sort((a, b) => a[0]! - b[0]!);
  return Uint32Array.from(order.flat());
}

export const visualWords: FeatureExtractor<WordFeatures> = {
  kind: 'words',
  isLearnt: () => true,

  dimensionOf(options, shape) {
    requireWordOptions(options, shape);
    return options.grid * options.grid * options.words;
  },

  arraysOf({ words, patchSize, whitening }, { channels }) {
    const d = patchSize * patchSize * channels;
    return {
      mean: { type: 'float64', length: d },
      whitening: { type: 'float64', length: whitening === null ? 0 : d * d },
      words: { type: 'float32', length: words * d },
      sizes: { type: 'uint32', length: words },
      examples: { type: 'uint32', length: words * examplesPerWord * 3 },
    };
  },

  fit(images, options, random, progress) {
    const { width, height, channels } = images;
    const dimension = this.dimensionOf(options, images);
    const positions = samplePositions(images, options, random);
    const d = options.patchSize ** 2 * channels;
    const patches = zeros(options.patches, d);
    for (let i = 0; i < options.patches; i++) {
      const patch = rowOf(patches, i);
      readPatch(images.at(positions[3 * i]!), positions[3 * i + 1]!, positions[3 * i + 2]!, options.patchSize, patch);
      normalizeContrast(patch, options.contrastOffset);
    }
    if (progress?.(0, 1)) throw cancelled();
    const step = whiteningStep(options.patches);
    const learnFrom = Uint32Array.from({ length: Math.ceil(options.patches / step) }, (_, i) => i * step);
    const whitening =
      options.whitening === null ? null : fitWhitening(selectRows(patches, learnFrom), options.whitening);
    const points = whitening === null ? patches : whiten(patches, whitening);
    const clustering = cluster(points, options, random);
    const words = Float32Array.from(clustering.centers.data);
    return {
      options,
      shape: { width, height, channels },
      dimension,
      arrays: {
        mean: whitening?.mean ?? new Float64Array(d),
        whitening: whitening?.matrix.data ?? new Float64Array(0),
        words,
        sizes: clustering.sizes,
        examples: examplesOf(points, clustering, positions),
      },
    };
  },

  transform(image, fitted) {
    requireImage(image, fitted.shape);
    const { patchSize, stride, encoding, grid, words: count } = fitted.options;
    const words = matrixOf(count, fitted.arrays['words']!.length / count, Float64Array.from(fitted.arrays['words']!));
    const places = patchGrid(image, patchSize, stride);
    const features = new Float64Array(fitted.dimension);
    const patch = zeros(1, words.columns);
    const prepare = patchPreparation(fitted);
    for (let row = 0; row < places.rows; row++) {
      for (let column = 0; column < places.columns; column++) {
        readPatch(image, column * stride, row * stride, patchSize, patch.data);
        const pool = poolOf(row, column, places, grid);
        addEncoding(prepare(patch), words, encoding, features.subarray(pool * count, (pool + 1) * count));
      }
    }
    return features;
  },
};

/** What every patch goes through before it is compared with words: (1, d) pixels → (d). */
export function patchPreparation({ options, arrays }: FittedFeatures<WordFeatures>): (patch: Matrix) => Float64Array {
  const whitening = whiteningIn(arrays);
  return (patch) => {
    normalizeContrast(patch.data, options.contrastOffset);
    return whitening === null ? patch.data : whiten(patch, whitening).data;
  };
}

/** The whitening of fitted words; null where there is none. */
export function whiteningIn(arrays: FittedFeatures['arrays']): Pick<Whitening, 'mean' | 'matrix'> | null {
  const mean = arrays['mean'] as Float64Array;
  const matrix = arrays['whitening'] as Float64Array;
  return matrix.length === 0 ? null : { mean, matrix: matrixOf(mean.length, mean.length, matrix) };
}

function cluster(points: Matrix, options: WordFeatures, random: RandomGenerator): Clustering {
  const { words, iterations, minibatch } = options;
  const chosen = permutation(random, points.rows);
  const start =
    options.start === 'points'
      ? selectRows(points, chosen.subarray(0, words))
      : seedCenters(selectRows(points, chosen.subarray(0, seedingPoints(words))), words, random);
  if (minibatch === null) return lloyd(points, start, iterations);
  const steps = Math.ceil((iterations * points.rows) / minibatch);
  return minibatchKMeans(points, start, minibatch, steps, random);
}

/** For each word the places of the patches nearest to it, nearest first; fewer are filled up with the last of them. */
export function examplesOf(
  points: Matrix,
  { centers, labels }: Pick<Clustering, 'centers' | 'labels'>,
  positions: Uint32Array,
): Uint32Array {
  const nearest: { distance: number; point: number }[][] = Array.from({ length: centers.rows }, () => []);
  for (let i = 0; i < points.rows; i++) {
    const list = nearest[labels[i]!]!;
    insertNearest(list, squaredDistance(rowOf(points, i), rowOf(centers, labels[i]!)), i);
  }
  return placesOf(nearest, positions);
}

/** Keeps the `examplesPerWord` nearest, the lower point first among equals. */
export function insertNearest(list: { distance: number; point: number }[], distance: number, point: number): void {
  if (list.length === examplesPerWord && distance >= list.at(-1)!.distance) return;
  const at = list.findIndex((one) => one.distance > distance);
  list.splice(at < 0 ? list.length : at, 0, { distance, point });
  if (list.length > examplesPerWord) list.pop();
}

export function placesOf(nearest: readonly (readonly { point: number }[])[], positions: Uint32Array): Uint32Array {
  const examples = new Uint32Array(nearest.length * examplesPerWord * 3);
  nearest.forEach((list, k) => {
    for (let e = 0; e < examplesPerWord; e++) {
      const { point } = list[Math.min(e, list.length - 1)] ?? { point: 0 };
      examples.set(positions.subarray(3 * point, 3 * point + 3), (k * examplesPerWord + e) * 3);
    }
  });
  return examples;
}

/** @throws StudioError INVALID_OPTION. */
export function requireWordOptions(options: WordFeatures, shape: Pick<ImageShape, 'width' | 'height'>): void {
  const { words, patchSize, stride, patches, contrastOffset, whitening, encoding, grid } = options;
  requireInteger('words', words, 2, 4096);
  requireInteger('patchSize', patchSize, 2, Math.min(shape.width, shape.height));
  requireInteger('stride', stride, 1, 64);
  requireInteger('patches', patches, Math.max(words, 16), 2_000_000);
  requireNonNegative('contrastOffset', contrastOffset);
  if (whitening !== null) requireNonNegative('whitening', whitening);
  requireOneOf('encoding', encoding, ['triangle', 'hard']);
  requireOneOf('start', options.start ?? 'k-means++', ['k-means++', 'points']);
  requireInteger('iterations', options.iterations, 1, 1000);
  if (options.minibatch !== null) requireInteger('minibatch', options.minibatch, 1, patches);
  const { rows, columns } = patchGrid(shape, patchSize, stride);
  if (Math.min(rows, columns) < grid) {
    throw new StudioError('INVALID_OPTION', {
      option: 'grid',
      value: String(grid),
      expected: `at most ${Math.min(rows, columns)}, the patches along a side`,
    });
  }
}
