import { beforeAll, describe, expect, it } from 'vitest';
import { matrixOfRows, rowsOf } from '../../../core/array/matrix.ts';
import { colorHistogram } from '../../../core/features/color-histogram.ts';
import { covariance } from '../../../core/features/covariance.ts';
import { addEncoding } from '../../../core/features/encoding.ts';
import { binOf, normalizeL1 } from '../../../core/features/histogram.ts';
import { cellHistograms, hog, normalizedBlocks } from '../../../core/features/hog.ts';
import { lloyd } from '../../../core/features/k-means.ts';
import { normalizeContrast } from '../../../core/features/patches.ts';
import { principalComponents } from '../../../core/features/principal-components.ts';
import { fitWhitening, whiten } from '../../../core/features/whitening.ts';
import {
  greyLevels,
  hsvOf,
  luma601,
  luma709,
  openCvGrey,
  openCvHsv,
  pillowGrey,
} from '../../../core/image/color-space.ts';
import { imageSet, type PixelImage } from '../../../core/image/pixel-image.ts';
import { createGenerator } from '../../../core/random/generator.ts';
import { type ColorFeatures, defaultFeatures, type HogFeatures } from '../../../core/recipe/feature-recipe.ts';
import { type GoldenCase, toleranceOf } from '../../support/golden.ts';
import { goldenPictures } from '../../support/golden-pictures.ts';
import { casesOfKind, expectWithin } from '../../support/within.ts';

let pictures: ReadonlyMap<string, PixelImage>;
beforeAll(async () => {
  pictures = await goldenPictures();
});

interface HogCase extends GoldenCase {
  image: string;
  input: string;
  orientations: number;
  pixelsPerCell: [number, number];
  cellsPerBlock: [number, number];
  blockNorm: HogFeatures['normalization'];
  expected: {
    length: number;
    hog: number[];
    float64: { norm: number; sum: number; first36: number[]; cells?: number[][][] };
  };
}

describe('HOG as scikit-image computes it', () => {
  it.each(casesOfKind<HogCase>('features', 'hog'))('agrees in $id', (golden) => {
    const image = pictures.get(golden.image)!;
    const options: HogFeatures = {
      ...defaultFeatures.hog,
      flavour: 'scikit-image',
      cellSize: golden.pixelsPerCell[0],
      blockSize: golden.cellsPerBlock[0],
      orientations: golden.orientations,
      normalization: golden.blockNorm,
      color: golden.input.startsWith('RGB') ? 'strongest' : 'grey',
    };

    const cells = cellHistograms(planesFor(image, golden.input), image, options);
    const features = normalizedBlocks(cells, options);

    const { expected } = golden;
    expect(features.length).toBe(expected.length);
    expectWithin(features, expected.hog, toleranceOf(golden, 'hog'), 'hog');
    const exact = toleranceOf(golden, 'float64');
    expectWithin(features.slice(0, 36), expected.float64.first36, exact, 'first36');
    expectWithin(Math.sqrt(features.reduce((t, x) => t + x * x, 0)), expected.float64.norm, exact, 'norm');
    if (expected.float64.cells) expectWithin(cells.votes, expected.float64.cells.flat(2), exact, 'cells');
  });

  it('is what the extractor of that flavour gives for a picture', () => {
    const golden = casesOfKind<HogCase>('features', 'hog').find(
      ({ id }) => id === 'hog/shapes32_colour_L2-Hys_c8_b2_o9',
    )!;
    const image = pictures.get('shapes32')!;
    const options: HogFeatures = { ...defaultFeatures.hog, flavour: 'scikit-image', color: 'strongest' };
    const fitted = hog.fit(imageSet(image, Float64Array.from(image.data)), options, createGenerator(0));

    expectWithin(hog.transform(image, fitted), golden.expected.hog, toleranceOf(golden, 'hog'), 'hog');
  });
});

/** The planes that scikit-image was given. */
function planesFor(image: PixelImage, input: string): Float64Array[] {
  const { width, height, data } = image;
  if (input.startsWith('RGB')) {
    return [0, 1, 2].map((c) => Float64Array.from({ length: width * height }, (_, i) => data[3 * i + c]!));
  }
  if (!input.startsWith('skimage')) return [greyLevels(image)];
  return [
    Float64Array.from({ length: width * height }, (_, i) => luma709(data[3 * i]!, data[3 * i + 1]!, data[3 * i + 2]!)),
  ];
}

interface PixelsCase extends GoldenCase {
  rgb: [number, number, number][];
  expected: Record<'cv2Grey' | 'pilGrey' | 'skimageGrey' | 'luma601', number[]> &
    Record<'cv2HsvUint8' | 'cv2HsvFloat32' | 'skimageHsv', number[][]>;
}

describe('colour spaces', () => {
  it.each(casesOfKind<PixelsCase>('features', 'pixels'))('agree in $id', (golden) => {
    const { rgb, expected } = golden;
    const hsv = rgb.map(([r, g, b]) => {
      const into = new Float64Array(3);
      hsvOf(r, g, b, into);
      return [...into];
    });

    expect(rgb.map(([r, g, b]) => openCvGrey(r, g, b))).toEqual(expected.cv2Grey);
    expect(rgb.map(([r, g, b]) => pillowGrey(r, g, b))).toEqual(expected.pilGrey);
    expect(rgb.map(([r, g, b]) => openCvHsv(r, g, b))).toEqual(expected.cv2HsvUint8);
    expectWithin(
      rgb.map(([r, g, b]) => luma601(r, g, b)),
      expected.luma601,
      toleranceOf(golden, 'luma601'),
      'luma601',
    );
    expectWithin(
      rgb.map(([r, g, b]) => luma709(r, g, b)),
      expected.skimageGrey,
      toleranceOf(golden, 'skimageGrey'),
      'luma709',
    );
    expectWithin(hsv, expected.skimageHsv, toleranceOf(golden, 'skimageHsv'), 'hsv');
    expectWithin(
      hsv.map(([h, s, v]) => [h! * 360, s!, v!]),
      expected.cv2HsvFloat32,
      toleranceOf(golden, 'cv2HsvFloat32'),
      'hsv in degrees',
    );
  });
});

interface ColorCase extends GoldenCase {
  space: 'rgb' | 'hsv' | 'hsv_cv2_uint8' | 'hsv_float' | 'cs231n_hue';
  joint?: boolean;
  image: string;
  bins: number | number[];
  range?: [number, number] | [number, number][];
  expected: { counts?: number[]; L1?: number[]; L2?: number[]; max?: number[]; minmax?: number[]; hist?: number[] };
}

describe('colour histograms', () => {
  it.each(casesOfKind<ColorCase>('features', 'colorhist').filter(({ space }) => space !== 'cs231n_hue'))(
    'count as in $id',
    (golden) => {
      const counts = countsOf(pictures.get(golden.image)!, golden);

      const { expected } = golden;
      expectWithin(counts, expected.counts!, toleranceOf(golden, 'counts'), 'counts');
      if (expected.L1) {
        normalizeL1(counts);
        expectWithin(counts, expected.L1, toleranceOf(golden, 'normalised'), 'L1');
      }
    },
  );

  const extracted: [string, Partial<ColorFeatures>][] = [
    ['colorhist/rgb_shapes32_8', { space: 'rgb', bins: 8 }],
    ['colorhist/rgb_flat32_8', { space: 'rgb', bins: 8 }],
    ['colorhist/rgb_gradient32_16', { space: 'rgb', bins: 16 }],
    ['colorhist/joint_rgb_shapes32_4x4x4', { space: 'rgb', bins: 4, isJoint: true }],
    ['colorhist/cs231n_hue_shapes32_10', { space: 'course-hue', bins: 10 }],
    ['colorhist/cs231n_hue_flat32_10', { space: 'course-hue', bins: 10 }],
  ];
  it.each(extracted)('are what the extractor gives: %s', (id, more) => {
    const golden = casesOfKind<ColorCase>('features', 'colorhist').find((c) => c.id === id)!;
    const image = pictures.get(golden.image)!;
    const options: ColorFeatures = { ...defaultFeatures.color, normalization: 'L1', ...more };
    const fitted = colorHistogram.fit(imageSet(image, Float64Array.from(image.data)), options, createGenerator(0));

    const { expected } = golden;
    const tolerance = toleranceOf(golden, expected.L1 ? 'normalised' : undefined);
    expectWithin(colorHistogram.transform(image, fitted), (expected.L1 ?? expected.hist)!, tolerance, 'histogram');
  });
});

/** The counts of a case by bins of equal width, channel after channel or jointly. */
function countsOf({ data, width, height }: PixelImage, golden: ColorCase): Float64Array {
  const bins = typeof golden.bins === 'number' ? [golden.bins, golden.bins, golden.bins] : golden.bins;
  const ranges = typeof golden.range![0] === 'number' ? [golden.range!, golden.range!, golden.range!] : golden.range!;
  const counts = new Float64Array(golden.joint ? bins[0]! * bins[1]! * bins[2]! : bins[0]! + bins[1]! + bins[2]!);
  for (let i = 0; i < width * height; i++) {
    const [r, g, b] = [data[3 * i]!, data[3 * i + 1]!, data[3 * i + 2]!];
    const hsv = new Float64Array(3);
    hsvOf(r, g, b, hsv);
    const values = golden.space === 'rgb' ? [r, g, b] : golden.space === 'hsv_float' ? [...hsv] : openCvHsv(r, g, b);
    const [x, y, z] = values.map((value, c) => {
      const [low, high] = ranges[c] as [number, number];
      return binOf(value, low, high, bins[c]!);
    }) as [number, number, number];
    if (golden.joint) counts[(x * bins[1]! + y) * bins[2]! + z]! += 1;
    else [x, bins[0]! + y, bins[0]! + bins[1]! + z].forEach((bin) => (counts[bin]! += 1));
  }
  return counts;
}

interface KMeansCase extends GoldenCase {
  x: number[][];
  init: number[][];
  maxIter: number;
  expected: { labels: number[]; centers: number[][]; inertia: number; sizes: number[]; history: number[][][] };
}

describe('k-means', () => {
  it.each(casesOfKind<KMeansCase>('features', 'kmeans'))('agrees with scikit-learn in $id', (golden) => {
    const { x, init, maxIter, expected } = golden;

    const found = lloyd(matrixOfRows(x), matrixOfRows(init), maxIter);

    expect([...found.labels]).toEqual(expected.labels);
    expect([...found.sizes]).toEqual(expected.sizes);
    expectWithin(rowsOf(found.centers), expected.centers, toleranceOf(golden, 'centers'), 'centers');
    expectWithin(found.inertia, expected.inertia, toleranceOf(golden, 'inertia'), 'inertia');
    expected.history.forEach((centers, i) => {
      const after = lloyd(matrixOfRows(x), matrixOfRows(init), i + 1);
      expectWithin(rowsOf(after.centers), centers, toleranceOf(golden, 'centers'), `centers after ${i + 1} updates`);
    });
  });
});

interface ZcaCase extends GoldenCase {
  x: number[][];
  eps: number;
  ddof: 0 | 1;
  expected: { mean: number[]; eigenvalues: number[]; W: number[][]; Z: number[][]; covarianceOfZ: number[][] };
}

describe('ZCA whitening', () => {
  it.each(casesOfKind<ZcaCase>('features', 'zca'))('agrees with NumPy in $id', (golden) => {
    const x = matrixOfRows(golden.x);

    const learnt = fitWhitening(x, golden.eps, golden.ddof);
    const z = whiten(x, learnt);

    const tolerance = toleranceOf(golden);
    const { expected } = golden;
    expectWithin(learnt.mean, expected.mean, tolerance, 'mean');
    expectWithin(
      [...learnt.eigenvalues].sort((a, b) => a - b),
      [...expected.eigenvalues].sort((a, b) => a - b),
      tolerance,
      'eigenvalues',
    );
    expectWithin(rowsOf(learnt.matrix), expected.W, tolerance, 'W');
    expectWithin(rowsOf(z), expected.Z, tolerance, 'Z');
    const after = covariance(z, new Float64Array(z.columns), golden.ddof);
    expectWithin(rowsOf(after), expected.covarianceOfZ, { ...tolerance, abs: 1e-9 }, 'covariance of Z');
  });
});

interface PcaCase extends GoldenCase {
  x: number[][];
  components: number;
  expected: {
    mean: number[];
    components: number[][];
    explainedVariance: number[];
    explainedVarianceRatio: number[];
    transformed: number[][];
    whitened: number[][];
  };
}

describe('PCA', () => {
  it.each(casesOfKind<PcaCase>('features', 'pca'))('agrees with scikit-learn in $id, up to signs', (golden) => {
    const { x, components: k, expected } = golden;

    const learnt = principalComponents(matrixOfRows(x), k, createGenerator(0));

    const tolerance = toleranceOf(golden);
    expectWithin(learnt.mean, expected.mean, tolerance, 'mean');
    expectWithin(learnt.variances, expected.explainedVariance, tolerance, 'explained variance');
    expectWithin(
      [...learnt.variances].map((v) => v / learnt.totalVariance),
      expected.explainedVarianceRatio,
      tolerance,
      'ratio',
    );
    rowsOf(learnt.components).forEach((component, i) => {
      const wanted = expected.components[i]!;
      const sign = Math.sign(component.reduce((total, value, j) => total + value * wanted[j]!, 0));
      expectWithin(
        component.map((value) => sign * value),
        wanted,
        tolerance,
        `component ${i}`,
      );
      const scores = x.map(
        (row) => sign * row.reduce((t, value, j) => t + (value - learnt.mean[j]!) * component[j]!, 0),
      );
      expectWithin(
        scores,
        expected.transformed.map((row) => row[i]!),
        tolerance,
        'scores',
      );
      const whitened = scores.map((score) => score / Math.sqrt(learnt.variances[i]!));
      expectWithin(
        whitened,
        expected.whitened.map((row) => row[i]!),
        { ...tolerance, abs: 1e-8 },
        'whitened',
      );
    });
  });
});

interface PatchCase extends GoldenCase {
  patches: number[][];
  varianceOffset: number;
  expected: { normalised: number[][] };
}

it.each(casesOfKind<PatchCase>('features', 'patchnorm'))('normalises the contrast of patches as in $id', (golden) => {
  const patches = golden.patches.map((patch) => {
    const values = Float64Array.from(patch);
    normalizeContrast(values, golden.varianceOffset);
    return values;
  });

  expectWithin(patches, golden.expected.normalised, toleranceOf(golden), 'patches');
});

interface WordsCase extends GoldenCase {
  x: number[][];
  centers: number[][];
  expected: { assignments: number[]; histogram: number[]; triangle: number[][]; triangleSum: number[] };
}

describe('encodings', () => {
  it.each(casesOfKind<WordsCase>('features', 'bovw'))('agree with SciPy in $id', (golden) => {
    const { expected } = golden;
    const words = matrixOfRows(golden.centers);
    const encoded = (how: 'hard' | 'triangle') =>
      golden.x.map((row) => {
        const into = new Float64Array(words.rows);
        addEncoding(Float64Array.from(row), words, how, into);
        return into;
      });

    const hard = encoded('hard');
    const triangle = encoded('triangle');

    expect(hard.map((row) => row.indexOf(1))).toEqual(expected.assignments);
    expectWithin(columnSums(hard), expected.histogram, toleranceOf(golden, 'histogram'), 'histogram');
    expectWithin(triangle, expected.triangle, toleranceOf(golden, 'float'), 'triangle');
    expectWithin(columnSums(triangle), expected.triangleSum, toleranceOf(golden, 'float'), 'sums');
  });
});

function columnSums(rows: readonly Float64Array[]): Float64Array {
  return rows[0]!.map((_, k) => rows.reduce((total, row) => total + row[k]!, 0));
}
