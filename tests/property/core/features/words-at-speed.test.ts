import { describe, expect, it } from 'vitest';
import { matrixOf, rowOf, zeros } from '../../../../core/array/matrix.ts';
import { lloyd } from '../../../../core/features/k-means.ts';
import { fitFeatures, transformImage } from '../../../../core/features/index.ts';
import type { FittedFeatures } from '../../../../core/features/feature-extractor.ts';
import { normalizeContrast, readPatch } from '../../../../core/features/patches.ts';
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
import { defaultFeatures, type WordFeatures } from '../../../../core/recipe/feature-recipe.ts';
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
function learnt(pictures: ImageSet, options: WordFeatures, threads: number) {
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
  const program = learnerProgram(kernels, buffer, layout);
  const run = (phase: LearnerPhase) => {
    for (let thread = threads - 1; thread >= 0; thread--) program(phase, thread);
  };
  return { ...learnWords(options, positions, kernels, buffer, layout, run, random, () => false), positions };
}

describe('the learner of visual words', () => {
  const pictures = somePictures(30, { width: 16, height: 16, channels: 3 }, 5);

  it('learns the same bits whatever the number of threads', () => {
    const one = learnt(pictures, base, 1);

    for (const threads of [2, 3, 8]) expect(learnt(pictures, base, threads)).toEqual(one);
  });

  it('ends where plain k-means from its words stays', () => {
    const options = { ...base, iterations: 60 };
    const { words, whitening, inertia, sizes, positions } = learnt(pictures, options, 2);
    const patches = zeros(options.patches, 108);
    for (let i = 0; i < options.patches; i++) {
      const [picture, x, y] = positions.subarray(3 * i, 3 * i + 3);
      readPatch(pictures.at(picture!), x!, y!, 6, rowOf(patches, i));
      normalizeContrast(rowOf(patches, i), options.contrastOffset);
    }
    const plain = fitWhitening(patches, 0.1);
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
