/** Learns one block of features from the training pictures: by the plain extractors, visual words at full speed. */
import { Worker } from 'node:worker_threads';
import { cancelled } from '../../core/errors.ts';
import { type FitProgress, type FittedFeatures } from '../../core/features/feature-extractor.ts';
import { dimensionOf, fitFeatures } from '../../core/features/index.ts';
import { normalizeContrast, readPatch } from '../../core/features/patches.ts';
import { samplePositions } from '../../core/features/visual-words.ts';
import {
  learnerLayout,
  type LearnerLayout,
  type LearnerPhase,
  learnerPhases,
  learnerProgram,
  learnWords,
} from '../../core/features/word-learner.ts';
import { createGenerator } from '../../core/random/generator.ts';
import type { FeatureRecipe, WordFeatures } from '../../core/recipe/feature-recipe.ts';
import type { PictureSource } from '../../core/rpc/contract/compute.ts';
import { follow, leaderOf } from '../../core/training/shared-memory/team.ts';
import type { Kernels } from '../../core/kernels/kernels.ts';
import { kernelsOver, sharedMemory } from './kernel-memory.ts';
import { nativeGemm } from './native-gemm.ts';
import { PictureReader } from './picture-memory.ts';
import { threadFile } from './thread-file.ts';

/** What a thread needs to help to learn words. */
export interface LearnData {
  readonly learn: number;
  readonly memory: WebAssembly.Memory;
  readonly layout: LearnerLayout;
  readonly backend: 'wasm' | 'native';
}

/**
 * @param threads  of which this is one.
 * @param backend  whose products words are learnt with; see describer.ts.
 * @throws StudioError INVALID_OPTION, CANCELLED.
 */
export function learnFeatures(
  source: PictureSource,
  options: FeatureRecipe,
  threads: number,
  progress: FitProgress,
  backend: 'wasm' | 'native' = 'wasm',
): FittedFeatures {
  const { width, height, channels, train } = source;
  const shape = { width, height, channels };
  const dimension = dimensionOf(options, shape);
  const reader = new PictureReader(source);
  try {
    const images = { ...shape, count: train.length, at: (i: number) => ({ ...shape, data: reader.read(train[i]!) }) };
    if (options.kind !== 'words') {
      return fitFeatures(images, options, createGenerator(0, 'features', options.kind), progress);
    }
    return { options, shape, dimension, arrays: learnedWords(images, options, train, threads, progress, backend) };
  } finally {
    reader.close();
  }
}

function learnedWords(
  images: Parameters<typeof fitFeatures>[0],
  options: WordFeatures,
  train: Uint32Array,
  threads: number,
  progress: FitProgress,
  backend: 'wasm' | 'native',
): FittedFeatures['arrays'] {
  const random = createGenerator(options.seed, 'features', 'words');
  const positions = samplePositions(images, options, random);
  const layout = learnerLayout(options, images.channels, threads);
  const memory = sharedMemory(layout.end);
  const { kernels, buffer } = kernelsOver(memory);
  const { rowLength, d, count } = layout;
  const rows = new Float32Array(buffer, layout.rows, count * rowLength);
  for (let i = 0; i < count; i++) {
    const picture = images.at(positions[3 * i]!);
    readPatch(picture, positions[3 * i + 1]!, positions[3 * i + 2]!, options.patchSize, rows, i * rowLength);
    normalizeContrast(rows, options.contrastOffset, i * rowLength, d);
    if (i % 10_000 === 0 && progress(0, options.iterations + 2)) throw cancelled();
  }
  for (let i = 0; i < count; i++) positions[3 * i] = train[positions[3 * i]!]!; // numbers of the dataset from here on

  for (let thread = 1; thread < threads; thread++) {
    new Worker(threadFile, { workerData: { learn: thread, memory, layout, backend } satisfies LearnData });
  }
  const words = { words: layout.control, threads };
  const team = leaderOf(buffer, words, learnerProgramOf(kernels, buffer, layout, backend), learnerPhases);
  try {
    const run = (phase: LearnerPhase) => team.run(phase);
    const learnt = learnWords(options, positions, kernels, buffer, layout, run, random, progress, {
      isNative: backend === 'native',
    });
    return {
      mean: learnt.whitening?.mean ?? new Float64Array(d),
      whitening: learnt.whitening?.matrix.data ?? new Float64Array(0),
      words: learnt.words,
      sizes: learnt.sizes,
      examples: learnt.examples,
    };
  } finally {
    team.close();
  }
}

/** The life of a helping thread. */
export function helpLearn({ learn, memory, layout, backend }: LearnData): void {
  const { kernels, buffer } = kernelsOver(memory);
  const words = { words: layout.control, threads: layout.threads };
  follow(buffer, words, learn, learnerProgramOf(kernels, buffer, layout, backend), learnerPhases);
}

/** What each thread does, with the library where the backend is native. */
export function learnerProgramOf(
  kernels: Kernels,
  buffer: SharedArrayBuffer,
  layout: LearnerLayout,
  backend: LearnData['backend'],
) {
  return learnerProgram(kernels, buffer, layout, backend === 'native' ? nativeGemm(buffer) : null);
}
