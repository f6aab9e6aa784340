/** Both step engines over made-up pictures, so that one test can hold for both. */
import { kernelsBase64 } from '../../core/kernels/compiled/kernels.ts';
import type { Kernels } from '../../core/kernels/kernels.ts';
import type { NativeGemm } from '../../core/kernels/matrix-product.ts';
import { layoutOf } from '../../core/training/shared-memory/layout.ts';
import { sharedMemoryEngine } from '../../core/training/shared-memory/shared-memory-engine.ts';
import { type Phase, stepProgram } from '../../core/training/shared-memory/step-program.ts';
import { type ActivationName, noAugmentation, perLayer } from '../../core/recipe/recipe.ts';
import { createGenerator } from '../../core/random/generator.ts';
import { normal, uniformInteger } from '../../core/random/sampling.ts';
import { plainStepEngine } from '../../core/training/plain-step-engine.ts';
import {
  type EngineSetup,
  type EngineShape,
  parameterCountOf,
  type StepEngine,
} from '../../core/training/step-engine.ts';

export type MakeEngine = (setup: EngineSetup) => StepEngine;

/** The shared-memory engine with its threads taking turns in this one: who computes what is as with real threads. */
export function inTurns(threads: number, gemmOf?: (buffer: SharedArrayBuffer) => NativeGemm): MakeEngine {
  return (setup) => {
    const backend = gemmOf === undefined ? 'wasm' : 'native';
    const { inputs: given } = setup.pictures;
    const inputType = given instanceof Float32Array ? 'floats' : 'bytes';
    const layout = layoutOf({ ...setup, inputType, inputBytes: given.byteLength, backend, threads });
    const pages = Math.ceil(layout.end / 2 ** 16);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    const module = new WebAssembly.Module(Buffer.from(kernelsBase64, 'base64'));
    const kernels = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernels;
    const buffer = memory.buffer as unknown as SharedArrayBuffer;
    const inputs =
      inputType === 'floats'
        ? new Float32Array(buffer, layout.inputs, given.length)
        : new Uint8Array(buffer, layout.inputs, given.length);
    inputs.set(given);
    const program = stepProgram(kernels, buffer, layout, gemmOf?.(buffer) ?? null);
    const team = {
      threads,
      run: (phase: Phase) => {
        for (let thread = threads - 1; thread >= 0; thread--) program(phase, thread);
      },
      close: () => undefined,
    };
    return sharedMemoryEngine({ ...setup, pictures: { ...setup.pictures, inputs } }, layout, buffer, kernels, team);
  };
}

export const engines: readonly { readonly name: string; readonly make: MakeEngine }[] = [
  { name: 'the plain engine', make: plainStepEngine },
  { name: 'the shared-memory engine', make: inTurns(3) },
];

/** The parts of a shape that most tests leave alone; `activation` is that of all hidden layers. */
export function shapeOf({
  activation = 'relu',
  ...shape
}: Partial<EngineShape> & Pick<EngineShape, 'sizes' | 'optimizer'> & { activation?: ActivationName }): EngineShape {
  const hidden = shape.sizes.length - 2;
  return {
    activations: perLayer(activation, hidden),
    dropout: perLayer(0, hidden),
    loss: 'softmax',
    penaltyFactor: 0,
    augmentation: noAugmentation,
    picture: null,
    seed: 1,
    ...shape,
  };
}

/** Random pictures with random labels and random parameters, the same for the same seed. */
export function randomSetup(shape: EngineShape, count: number, seed = 1): EngineSetup {
  const random = createGenerator(seed, 'test');
  const featureCount = shape.sizes[0]!;
  const sets = { train: [] as number[], validation: [] as number[], test: [] as number[] };
  for (let i = 0; i < count; i++) (i % 5 === 4 ? sets.validation : sets.train).push(i);
  return {
    ...shape,
    pictures: {
      inputs: Uint8Array.from({ length: count * featureCount }, () => uniformInteger(random, 256)),
      featureCount,
      labels: Uint16Array.from({ length: count }, () => uniformInteger(random, shape.sizes.at(-1)!)),
      sets: {
        train: Uint32Array.from(sets.train),
        validation: Uint32Array.from(sets.validation),
        test: Uint32Array.from({ length: count }, (_, i) => i),
      },
    },
    scaling: {
      mean: new Float32Array(featureCount).fill(127.5),
      inverseDeviation: new Float32Array(featureCount).fill(1 / 74),
    },
    classWeights: null,
    parameters: Float32Array.from({ length: parameterCountOf(shape.sizes) }, () => 0.3 * normal(random)),
  };
}
