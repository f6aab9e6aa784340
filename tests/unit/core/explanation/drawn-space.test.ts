import { describe, expect, it } from 'vitest';
import { dot } from '../../../../core/array/linear-algebra.ts';
import { matrixOf, rowOf } from '../../../../core/array/matrix.ts';
import { drawn, drawnInputs } from '../../../../core/explanation/drawn-space.ts';
import { drawnScale } from '../../../../core/explanation/drawn-scale.ts';
import { templatePainter } from '../../../../core/explanation/template-painter.ts';
import { describeImage, dimensionOf, fitFeatures } from '../../../../core/features/index.ts';
import { imageSet } from '../../../../core/image/pixel-image.ts';
import { createGenerator } from '../../../../core/random/generator.ts';
import { defaultFeatures, type FeatureRecipe } from '../../../../core/recipe/feature-recipe.ts';
import { randomPicture } from '../../../support/random-network.ts';

const shape = { width: 16, height: 16, channels: 3 as const };
const size = 16 * 16 * 3;
const noise = randomPicture(40 * size, 3);
const pixels = Uint8Array.from({ length: 40 * size }, (_, i) => Math.max(0, Math.min(255, 128 + 50 * noise[i]!)));
const images = imageSet(shape, pixels);
const pca: FeatureRecipe = { ...defaultFeatures.pca, components: 12 };
const zca: FeatureRecipe = { ...defaultFeatures.zca, components: 9 };
const hog: FeatureRecipe = { ...defaultFeatures.hog, cellSize: 8 };

describe('a template over features, as it is drawn', () => {
  it.each([
    [[defaultFeatures.raw]],
    [[{ ...pca, whiten: true }]],
    [[{ ...pca, whiten: false }]],
    [[zca]],
    [[hog, pca, { ...defaultFeatures.color, grid: 2 as const }]],
  ] as [FeatureRecipe[]][])('gives the same score from what is drawn, %j', (recipes) => {
    const blocks = recipes.map((options) => fitFeatures(images, options, createGenerator(1)));
    const dimension = recipes.reduce((total, options) => total + dimensionOf(options, shape), 0);
    const templates = matrixOf(2, dimension, randomPicture(2 * dimension, 8));
    const biases = Float64Array.of(0.25, -1);
    const image = { ...shape, data: pixels.subarray(7 * size, 8 * size) };

    const pictures = drawn({ templates, biases }, blocks);

    const features = describeImage(image, blocks);
    const inputs = drawnInputs(image, blocks);
    for (const unit of [0, 1]) {
      const score = dot(rowOf(templates, unit), features) + biases[unit]!;
      const again = dot(rowOf(pictures.templates, unit), inputs) + pictures.biases[unit]!;
      expect(again).toBeCloseTo(score, 7);
    }
  });
});

describe('the scale of a template', () => {
  it('is not set by the few largest of its weights', () => {
    const template = Float64Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? 1 : -1) * (i < 997 ? 0.5 : 80));

    expect(drawnScale(template)).toBe(0.5);
  });

  it('is the largest weight where almost all are 0, and the largest of several templates', () => {
    const spike = new Float64Array(1000);
    spike[3] = -7;

    expect(drawnScale(spike)).toBe(7);
    expect(drawnScale(new Float64Array(5))).toBe(0);
    expect(drawnScale(Float64Array.of(1, 1), spike)).toBe(7);
  });
});

describe('a painted template', () => {
  const painterOf = (options: FeatureRecipe, words?: Float32Array) =>
    templatePainter([{ options, dimension: dimensionOf(options, shape), words }], shape);
  /** Red minus blue, summed over a box: above 0 where strokes speak for it. */
  function warmth(painted: Uint8Array, width: number, x0: number, y0: number, w: number, h: number): number {
    let sum = 0;
    for (let y = y0; y < y0 + h; y++) {
      for (let x = x0; x < x0 + w; x++) sum += painted[(y * width + x) * 3]! - painted[(y * width + x) * 3 + 2]!;
    }
    return sum;
  }

  it('is all mid grey without weights, whatever the features', () => {
    for (const options of [hog, { ...defaultFeatures.color, isJoint: true, bins: 4, space: 'rgb' as const }]) {
      const { paint, size: numbers } = painterOf(options);
      expect(new Set(paint(new Float32Array(numbers), 0))).toEqual(new Set([128]));
    }
  });

  it('has a red stroke in the cell of a HOG weight for it, a blue one against it', () => {
    // 2 × 2 cells in one block: number (cell row, cell column, orientation).
    const { paint, shape: painted, size: numbers } = painterOf(hog);
    expect(numbers).toBe(2 * 2 * 9);
    const weights = new Float32Array(numbers);
    weights[0 * 9 + 4] = 1; // upper left
    weights[3 * 9 + 2] = -1; // lower right

    const picture = paint(weights, 1);

    const half = painted.width / 2;
    expect(warmth(picture, painted.width, 0, 0, half, half)).toBeGreaterThan(1000);
    expect(warmth(picture, painted.width, half, half, half, half)).toBeLessThan(-1000);
    expect(warmth(picture, painted.width, half, 0, half, half)).toBe(0);
    expect(warmth(picture, painted.width, 0, half, half, half)).toBe(0);
  });

  it('begins a mosaic with the word of the largest weight, in a frame of its sign', () => {
    const options: FeatureRecipe = { ...defaultFeatures.words, words: 40, patchSize: 4, grid: 1 };
    const d = 4 * 4 * 3;
    const words = Float32Array.from({ length: 40 * d }, (_, i) => (Math.floor(i / d) === 17 ? 1 : -1));
    const { paint, shape: painted, size: numbers } = painterOf(options, words);
    const weights = new Float32Array(numbers).fill(0.1);
    weights[17] = -3;

    const picture = paint(weights, 3);

    expect([...picture.subarray(0, 3)]).toEqual([92, 168, 255]); // blue frame
    expect([...picture.subarray((painted.width + 1) * 3, (painted.width + 1) * 3 + 3)]).toEqual([255, 255, 255]); // word 17
  });
});
