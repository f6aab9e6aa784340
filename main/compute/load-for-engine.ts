import { cancelled } from '../../core/errors.ts';
import type { FittedFeatures } from '../../core/features/feature-extractor.ts';
import type { PictureSource } from '../../core/rpc/contract/compute.ts';
import type { EnginePictures, EngineShape } from '../../core/training/step-engine.ts';
import { describeCrew } from './describe-crew.ts';
import { FeatureFile } from './feature-file.ts';
import { loadPictures, packedSets, type PictureFile, type PictureSets, requireSource } from './picture-memory.ts';
import { allocateEngine, type EngineMemory } from './shared-engine.ts';
import { threadCount } from './thread-count.ts';

/** Memory for an engine of this shape with the pictures of these sets in it. Throws what both parts throw. */
export function loadForEngine(
  source: PictureSource,
  sets: PictureSets,
  shape: EngineShape,
  threads: number,
  backend: 'wasm' | 'native' = 'wasm',
): { memory: EngineMemory; pictures: EnginePictures } {
  let memory: EngineMemory | undefined;
  const pictures = loadPictures(source, sets, (inputBytes) => {
    memory = allocateEngine({ ...shape, inputType: 'bytes', inputBytes, backend, threads: threadCount(threads) });
    return memory.inputs as Uint8Array;
  });
  return { memory: memory!, pictures };
}

/** The same for rows of features, read from their caches, the blocks side by side. Throws what both parts throw. */
export function loadFeaturesForEngine(
  source: PictureSource,
  sets: PictureSets,
  paths: readonly string[],
  shape: EngineShape,
  threads: number,
  backend: 'wasm' | 'native' = 'wasm',
): { memory: EngineMemory; pictures: EnginePictures; features: FittedFeatures[] } {
  requireSource(source, sets);
  const { wanted, ...packed } = packedSets(source, sets);
  const files = paths.map((path) => new FeatureFile(path));
  try {
    const features = files.map(({ fitted }) => fitted);
    const featureCount = features.reduce((total, { dimension }) => total + dimension, 0);
    const inputBytes = 4 * wanted.length * featureCount;
    const memory = allocateEngine({
      ...shape,
      inputType: 'floats',
      inputBytes,
      backend,
      threads: threadCount(threads),
    });
    const inputs = memory.inputs as Float32Array;
    let offset = 0;
    for (const file of files) {
      file.readRows(wanted, inputs, featureCount, offset);
      offset += file.fitted.dimension;
    }
    return { memory, pictures: { inputs, featureCount, ...packed }, features };
  } finally {
    for (const file of files) file.close();
  }
}

/**
 * The same for pictures that a model describes by what it has learnt.
 *
 * @throws StudioError CANCELLED when told to stop, and what the parts throw.
 */
export function describeForEngine(
  source: PictureFile,
  wanted: Uint32Array,
  features: readonly FittedFeatures[],
  shape: EngineShape,
  threads: number,
  shouldStop: (done: number) => boolean,
): { memory: EngineMemory; pictures: EnginePictures } {
  const featureCount = features.reduce((total, { dimension }) => total + dimension, 0);
  const inputBytes = 4 * wanted.length * featureCount;
  const count = threadCount(threads);
  const memory = allocateEngine({ ...shape, inputType: 'floats', inputBytes, threads: count });
  const numbers = new Uint32Array(new SharedArrayBuffer(4 * wanted.length));
  numbers.set(wanted);
  const target = memory.memory.buffer as unknown as SharedArrayBuffer;
  const crew = describeCrew(
    { source, blocks: features, backend: 'wasm', pictures: numbers.buffer, target, targetAt: memory.layout.inputs },
    Math.min(count, Math.ceil(wanted.length / 16)),
  );
  try {
    if (!crew.run(0, wanted.length, shouldStop)) throw cancelled();
  } finally {
    crew.close();
  }
  const all = Uint32Array.from(wanted.keys());
  const sets = { train: new Uint32Array(0), validation: new Uint32Array(0), test: all };
  const labels = new Uint16Array(wanted.length); // scores know nothing of the truth
  return { memory, pictures: { inputs: memory.inputs, featureCount, labels, sets } };
}
