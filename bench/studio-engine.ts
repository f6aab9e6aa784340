/** The studio's own engine as a contestant: the one that trains in compute, with its real threads. */
import { createGenerator } from '../core/random/generator.ts';
import { normal, shuffle, uniformInteger } from '../core/random/sampling.ts';
import { defaultOptimizers, noAugmentation, perLayer } from '../core/recipe/recipe.ts';
import { type EngineShape, parameterCountOf, type StepEngine } from '../core/training/step-engine.ts';
import { allocateEngine, startEngine } from '../main/compute/shared-engine.ts';
import { nativeGemm } from '../main/compute/native-gemm.ts';
import { millisecondsOf, type BenchOptions, type Contestant } from './comparison.ts';

export interface StepTask {
  readonly sizes: readonly number[];
  readonly batch: number;
  readonly optimizer: 'adam' | 'momentum' | 'gd';
}

/**
 * A step as in training: pictures are gathered by number, in a random order or, of a full batch, as they lie, scaled, sent forward and
 * back, and the update made. Peers are given their batch ready in float32.
 */
export function engineContestant(
  { isQuick, missing }: BenchOptions,
  threads: number,
  backend: 'wasm' | 'native',
  { sizes, batch, optimizer }: StepTask,
): Contestant | null {
  let engine: StepEngine;
  const count = Math.max(batch, 2048);
  try {
    engine = openEngine(sizes, optimizer, count, threads, backend);
  } catch (cause) {
    missing(`the ${backend} backend: ${(cause as Error).message}`);
    return null;
  }
  if (engine.backend !== backend) {
    engine.close();
    missing(`the ${backend} backend: the engine chose ${engine.backend}`);
    return null;
  }
  const asTheyLie = Uint32Array.from({ length: count }, (_, i) => i);
  const order = optimizer === 'gd' ? asTheyLie : shuffle(createGenerator(1, 'order'), asTheyLie);
  let at = 0;
  const step = () => {
    if (at + batch > count) at = 0;
    engine.step(order.subarray(at, at + batch), 1e-4, 0);
    at += batch;
  };
  for (let i = 0; i < 20; i++) step(); // short calls first: the compiler has no way to improve a long one that runs
  return {
    name: `studio (${backend})`,
    side: 'studio',
    measure: () => Promise.resolve(millisecondsOf(step, isQuick ? 30 : 250)),
    close: () => Promise.resolve(engine.close()),
  };
}

function openEngine(
  sizes: readonly number[],
  optimizer: StepTask['optimizer'],
  count: number,
  threads: number,
  backend: 'wasm' | 'native',
): StepEngine {
  const hidden = sizes.length - 2;
  const [featureCount] = sizes as [number];
  const shape: EngineShape = {
    sizes,
    activations: perLayer('relu', hidden),
    dropout: perLayer(0, hidden),
    loss: 'softmax',
    penaltyFactor: 0,
    optimizer: defaultOptimizers[optimizer],
    augmentation: noAugmentation,
    picture: null,
    seed: 1,
  };
  const options = { ...shape, inputType: 'bytes' as const, inputBytes: count * featureCount, threads, backend };
  const memory = allocateEngine(options);
  const random = createGenerator(1, 'bench');
  const inputs = memory.inputs as Uint8Array;
  for (let i = 0; i < inputs.length; i++) inputs[i] = random.next() & 255;
  const all = Uint32Array.from({ length: count }, (_, i) => i);
  return startEngine(memory, {
    ...shape,
    pictures: {
      inputs,
      featureCount,
      labels: Uint16Array.from({ length: count }, () => uniformInteger(random, sizes.at(-1)!)),
      sets: { train: all, validation: new Uint32Array(0), test: new Uint32Array(0) },
    },
    scaling: {
      mean: new Float32Array(featureCount).fill(127.5),
      inverseDeviation: new Float32Array(featureCount).fill(1 / 74),
    },
    classWeights: null,
    parameters: Float32Array.from({ length: parameterCountOf(sizes) }, () => 0.02 * normal(random)),
  });
}

/** The kernels, and the native library where it is there. */
export function backendsHere({ missing }: Pick<BenchOptions, 'missing'>): ('wasm' | 'native')[] {
  try {
    nativeGemm(new SharedArrayBuffer(2 ** 16));
    return ['wasm', 'native'];
  } catch (cause) {
    missing(`the native backend: ${(cause as Error).message}`);
    return ['wasm'];
  }
}
