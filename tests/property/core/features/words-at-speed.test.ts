import { describe, expect, it } from 'vitest';
import { dot, norm, product, productTransposedRight } from '../../../../core/array/linear-algebra.ts';
import { matrixOf, rowOf, zeros } from '../../../../core/array/matrix.ts';
import { covariance } from '../../../../core/features/covariance.ts';
import { assign, lloyd } from '../../../../core/features/k-means.ts';
import { fitFeatures, transformImage } from '../../../../core/features/index.ts';
import type { FittedFeatures } from '../../../../core/features/feature-extractor.ts';
import { normalizeContrast, readPatch } from '../../../../core/features/patches.ts';
import { leadingDirections } from '../../../../core/features/leading-directions.ts';
import { MemoryPlan } from '../../../../core/features/memory-plan.ts';
import { symmetricEigen } from '../../../../core/features/symmetric-eigen.ts';
import { samplePositions } from '../../../../core/features/visual-words.ts';
import { fitWhitening, whiten } from '../../../../core/features/whitening.ts';
import { wordEncoder, wordLayout } from '../../../../core/features/word-encoder.ts';
import {
  learnerLayout,
  learnerProgram,
  type LearnerPhase,
  learnWords,
} from '../../../../core/features/word-learner.ts';
import type { ImageSet } from '../../../../core/image/pixel-image.ts';
import { createGenerator } from '../../../../core/random/generator.ts';
import { normal } from '../../../../core/random/sampling.ts';
import { defaultFeatures, type WordFeatures } from '../../../../core/recipe/feature-recipe.ts';
import { nativeGemm } from '../../../../main/compute/native-gemm.ts';
import { kernelMemory } from '../../../support/kernel-memory.ts';
import { somePictures } from '../../../support/some-pictures.ts';

const base: WordFeatures = { ...defaultFeatures.words, words: 21, patches: 700, iterations: 4 };

describe('the encoder of pictures in visual words', () => {
  const cases: readonly [string, Partial<WordFeatures>, { width: number; height: number; channels: 1 | 3 }][] = [
    ['triangle', {}, { width: 16, height: 16, channels: 3 }],
    ['triangle, not whitened, 4 × 4', { whitening: null, grid: 4 }, { width: 24, height: 16, channels: 3 }],
    ['triangle, stride 2, grey', { stride: 2, patchSize: 5 }, { width: 17, height: 20, channels: 1 }],
    ['hard', { encoding: 'hard', words: 8 }, { width: 16, height: 16, channels: 3 }],
    ['one pool', { grid: 1, words: 34 }, { width: 16, height: 16, channels: 3 }],
  ];

  it.each(cases)('gives what the plain one gives: %s', (_name, more, shape) => {
    const pictures = somePictures(9, shape, 2);
    const options = { ...base, ...more };
    const fitted = fitFeatures(pictures, options, createGenerator(3)) as FittedFeatures<WordFeatures>;
    const { kernels, buffer } = kernelMemory(wordLayout(options, shape).end);
    const encode = wordEncoder(fitted, kernels, buffer);
    const got = new Float32Array(fitted.dimension);

    for (const picture of [1, 4, 7]) {
      encode(Uint8Array.from(pictures.at(picture).data), got);
      const want = transformImage(pictures.at(picture), fitted);

      // ‖z‖² − 2a is 1e-5 off at most; of a patch that is a word itself the root of that is 3e-3. A few such are summed up.
      want.forEach((value, k) => expect(Math.abs(got[k]! - value)).toBeLessThan(1e-2 + 1e-5 * Math.abs(value)));
      expect(got.some((value) => value > 0)).toBe(true);
    }
  });
});

/** Learns with so many threads, which take turns. */
function learnt(pictures: ImageSet, options: WordFeatures, threads: number, isNative = false) {
  const layout = learnerLayout(options, pictures.channels, threads);
  const { kernels, buffer } = kernelMemory(layout.end);
  const random = createGenerator(options.seed, 'words');
  const positions = samplePositions(pictures, options, random);
  const rows = new Float32Array(buffer, layout.rows, layout.count * layout.rowLength);
  for (let i = 0; i < layout.count; i++) {
    const [picture, x, y] = positions.subarray(3 * i, 3 * i + 3);
    readPatch(pictures.at(picture!), x!, y!, options.patchSize, rows, i * layout.rowLength);
    normalizeContrast(rows, options.contrastOffset, i * layout.rowLength, layout.d);
  }
  const program = learnerProgram(kernels, buffer, layout, isNative ? nativeGemm(buffer) : null);
  const run = (phase: LearnerPhase) => {
    for (let thread = threads - 1; thread >= 0; thread--) program(phase, thread);
  };
  const words = learnWords(options, positions, kernels, buffer, layout, run, random, () => false, { isNative });
  return { ...words, positions, leading: new Int32Array(buffer, layout.leading, 1)[0]! };
}

describe('the nearest words by their leading coordinates', () => {
  const [count, words, d, leading] = [40, 45, 20, 8];
  /** Most of the length in the first coordinates, or all coordinates alike: nothing can be ruled out then. */
  const cases: readonly [string, (j: number) => number][] = [
    ['of points that have most of their length there', (j) => (j < leading ? 1 : 0.1)],
    ['of points that are as long everywhere', () => 1],
    ['of points that have next to nothing there', (j) => (j < leading ? 0.01 : 1)],
  ];

  it.each(cases)('are those of all coordinates: %s', (_name, scale) => {
    const random = createGenerator(11, 'points');
    const drawn = (rows: number) => {
      const values = new Float32Array(rows * d).map((_, i) => (random.next() / 2 ** 31 - 1) * scale(i % d));
      return matrixOf(rows, d, Float64Array.from(values));
    };
    const [points, centers] = [drawn(count), drawn(words)];
    const plan = new MemoryPlan();
    const [x, c, a, tails, labels, values] = [count * d, words * d, count * 48, 48, count, count].map((n) =>
      plan.words(n),
    ) as [number, number, number, number, number, number];
    const { kernels, buffer } = kernelMemory(plan.end);
    const floats = (at: number, n: number) => new Float32Array(buffer, at, n);
    floats(x, count * d).set(points.data);
    floats(c, words * d).set(centers.data);
    for (let k = 0; k < words; k++) {
      const [first, rest] = [rowOf(centers, k).subarray(0, leading), rowOf(centers, k).subarray(leading)];
      floats(tails, words)[k] = norm(rest) * (1 + 1e-6);
      for (let i = 0; i < count; i++) {
        const whole = dot(rowOf(points, i).subarray(0, leading), first);
        floats(a, count * 48)[i * 48 + k] = whole - 0.5 * (dot(first, first) + dot(rest, rest));
      }
    }
    const wanted = assign(points, centers);

    for (const guess of [null, 0, 44]) {
      const got = new Uint32Array(buffer, labels, count).fill(guess ?? 7);
      kernels.nearestOfRows(a, 48, count, words, x, c, d, leading, tails, labels, values, guess === null ? 0 : 1);
      expect([...got]).toEqual([...wanted.labels]);
      floats(values, count).forEach((value, i) => {
        const point = rowOf(points, i);
        expect(dot(point, point) - 2 * value).toBeCloseTo(wanted.squared[i]!, 4);
      });
    }
  });

  it('are looked for along axes that hold all but an eighth of the mean squared length, in steps of 8', () => {
    // 10 of 64 numbers have variance 1, the others 0.02: 90 % in those 10, in a basis that is turned.
    const random = createGenerator(12, 'points');
    const plain = zeros(2_000, 64);
    for (let i = 0; i < plain.data.length; i++) plain.data[i] = normal(random) * (i % 64 < 10 ? 1 : Math.sqrt(0.02));
    const { vectors } = symmetricEigen(covariance(plain, new Float64Array(64), 0));

    const { axes, leading } = leadingDirections(product(plain, vectors));

    expect(leading).toBe(16);
    const gram = productTransposedRight(axes, axes);
    gram.data.forEach((value, i) => expect(value).toBeCloseTo(i % 65 === 0 ? 1 : 0, 9));
    const turned = productTransposedRight(product(plain, vectors), axes);
    const energy = new Float64Array(64);
    turned.data.forEach((value, i) => (energy[i % 64]! += value ** 2));
    const share = energy.slice(0, 16).reduce((a, b) => a + b) / energy.reduce((a, b) => a + b);
    expect(share).toBeGreaterThan(0.88);
    const alike = zeros(500, 64);
    for (let i = 0; i < alike.data.length; i++) alike.data[i] = normal(random);
    expect(leadingDirections(alike).leading).toBe(0);
  });
});

describe('the learner of visual words', () => {
  const pictures = somePictures(30, { width: 16, height: 16, channels: 3 }, 5);

  it.each([false, true])('learns the same bits whatever the number of threads, by the library: %s', (isNative) => {
    const one = learnt(pictures, base, 1, isNative);

    for (const threads of [2, 3, 8]) expect(learnt(pictures, base, threads, isNative)).toEqual(one);
  });

  /** Waves of any direction and length, so that patches vary along few directions. */
  const smooth: ImageSet = {
    ...pictures,
    at: (i) => {
      const { width, height, channels } = pictures;
      const data = Uint8Array.from({ length: width * height * channels }, (_, at) => {
        const [x, y, c] = [Math.floor(at / 3) % width, Math.floor(at / 3 / width), at % 3];
        return 128 + 90 * Math.sin((0.3 + i / 40) * (x * Math.cos(i) + y * Math.sin(i)) + i + c / 4);
      });
      return { width, height, channels, data };
    },
  };

  it.each([
    ['noise', pictures, false, false],
    ['waves', smooth, true, false],
    ['noise, by the library', pictures, false, true],
    ['waves, by the library', smooth, false, true],
  ])('ends where plain k-means from its words stays: %s', (_name, pictures, hasLeading, isNative) => {
    const options = { ...base, iterations: 60 };
    const { words, whitening, inertia, sizes, positions, leading } = learnt(pictures, options, 2, isNative);
    expect(leading > 0).toBe(hasLeading);
    const patches = zeros(options.patches, 108);
    for (let i = 0; i < options.patches; i++) {
      const [picture, x, y] = positions.subarray(3 * i, 3 * i + 3);
      readPatch(pictures.at(picture!), x!, y!, 6, rowOf(patches, i));
      normalizeContrast(rowOf(patches, i), options.contrastOffset);
    }
    const plain = fitWhitening(patches, options.whitening!);
    const points = whiten(patches, plain);

    const stayed = lloyd(points, matrixOf(options.words, 108, Float64Array.from(words)), 5);

    whitening!.matrix.data.forEach((value, i) => expect(Math.abs(value - plain.matrix.data[i]!)).toBeLessThan(1e-4));
    expect(Math.abs(stayed.inertia - inertia) / inertia).toBeLessThan(1e-4);
    expect([...stayed.sizes]).toEqual([...sizes]);
    expect(sizes.reduce((a, b) => a + b, 0)).toBe(options.patches);
    expect(Math.min(...sizes)).toBeGreaterThan(0);
  });

  it('starts every word at a point that has it as its nearest example', () => {
    const { examples, sizes } = learnt(pictures, base, 2);

    expect(examples.length).toBe(base.words * 8 * 3);
    for (let k = 0; k < base.words; k++) {
      const places = Array.from({ length: 8 }, (_, e) => [...examples.slice((k * 8 + e) * 3, (k * 8 + e) * 3 + 3)]);
      expect(places.every(([picture, x, y]) => picture! < 30 && x! <= 10 && y! <= 10)).toBe(true);
      if (sizes[k]! >= 8) expect(new Set(places.map(String)).size).toBeGreaterThan(1);
    }
  });

  it('starts from patches themselves where it is told to, and no worse for k-means', () => {
    const spread = learnt(pictures, { ...base, iterations: 20 }, 2);
    const drawn = learnt(pictures, { ...base, iterations: 20, start: 'points' }, 2);

    expect(drawn.words).not.toEqual(spread.words);
    expect(learnt(pictures, { ...base, iterations: 20, start: 'points' }, 1)).toEqual(drawn);
    expect(drawn.inertia).toBeLessThan(spread.inertia * 1.15);
  });

  it('by minibatches comes near the inertia of all points', () => {
    const whole = learnt(pictures, { ...base, iterations: 20 }, 2);
    const batches = learnt(pictures, { ...base, iterations: 20, minibatch: 100 }, 2);

    expect(batches.inertia).toBeLessThan(whole.inertia * 1.15);
  });

  it('can be stopped', () => {
    const layout = learnerLayout(base, 3, 1);
    const { kernels, buffer } = kernelMemory(layout.end);

    expect(() =>
      learnWords(
        base,
        new Uint32Array(2100),
        kernels,
        buffer,
        layout,
        () => undefined,
        createGenerator(0),
        () => true,
      ),
    ).toThrow('CANCELLED');
  });
});
