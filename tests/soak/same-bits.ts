/**
 * `npm run soak -- same-bits`: the weights after 200 steps of workloads A and C have one hash a backend, whatever the number of
 * threads, and also after a stop half-way. Ends with 1 where they do not.
 */
import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { createGenerator } from '../../core/random/generator.ts';
import { normal, uniformInteger } from '../../core/random/sampling.ts';
import { defaultOptimizers, noAugmentation } from '../../core/recipe/recipe.ts';
import { minibatches } from '../../core/training/minibatches.ts';
import {
  type EngineSetup,
  type EngineShape,
  parameterCountOf,
  type StepEngine,
} from '../../core/training/step-engine.ts';
import { allocateEngine, startEngine } from '../../main/compute/shared-engine.ts';

const count = 2048;
const features = 3072;
const steps = Number(process.argv[2] ?? 200);
const workloads = [
  { name: 'A', sizes: [features, 256, 10], batchSize: 128 },
  { name: 'C', sizes: [features, 1024, 512, 10], batchSize: 256 },
];

/** Pictures and weights drawn from a seed, in the memory of an engine with real threads. */
function engineOf(sizes: readonly number[], backend: 'wasm' | 'native', threads: number): StepEngine {
  const shape: EngineShape = {
    sizes,
    activations: sizes.slice(1, -1).map(() => 'relu'),
    dropout: sizes.slice(1, -1).map(() => 0.1),
    loss: 'softmax',
    penaltyFactor: 1e-4,
    optimizer: defaultOptimizers.adam,
    augmentation: noAugmentation,
    picture: null,
    seed: 1,
  };
  const memory = allocateEngine({ ...shape, inputType: 'bytes', inputBytes: count * features, backend, threads });
  const random = createGenerator(1, 'same bits');
  for (let i = 0; i < count * features; i++) memory.inputs[i] = uniformInteger(random, 256);
  const labels = Uint16Array.from({ length: count }, () => uniformInteger(random, 10));
  const all = Uint32Array.from({ length: count }, (_, i) => i);
  const setup: EngineSetup = {
    ...shape,
    pictures: {
      inputs: memory.inputs,
      featureCount: features,
      labels,
      sets: { train: all, validation: all, test: all },
    },
    scaling: {
      mean: new Float32Array(features).fill(127.5),
      inverseDeviation: new Float32Array(features).fill(1 / 74),
    },
    classWeights: null,
    parameters: Float32Array.from({ length: parameterCountOf(sizes) }, () => 0.02 * normal(random)),
  };
  return startEngine(memory, setup);
}

function run(engine: StepEngine, batchSize: number, from: number, to: number): void {
  const batches = minibatches({ sampleCount: count, batchSize, seed: 1 });
  for (let step = from; step < to; step++) {
    const epoch = Math.floor(step / batches.batchesPerEpoch);
    engine.step(batches.batch({ epoch, batch: step % batches.batchesPerEpoch }), 1e-3, epoch);
  }
}

const hashOf = ({ parameters }: ReturnType<StepEngine['save']>) =>
  createHash('sha256').update(new Uint8Array(parameters.buffer)).digest('hex').slice(0, 16);

console.log(`${steps} steps of Adam with dropout; this machine has ${availableParallelism()} cores`);
for (const { name, sizes, batchSize } of workloads) {
  for (const backend of ['wasm', 'native'] as const) {
    const hashes: string[] = [];
    for (const threads of [1, 2, 3, 4, 8]) {
      const engine = engineOf(sizes, backend, threads);
      run(engine, batchSize, 0, steps);
      hashes.push(hashOf(engine.save()));
      engine.close();
    }
    const first = engineOf(sizes, backend, 2);
    run(first, batchSize, 0, steps / 2);
    const second = engineOf(sizes, backend, 3);
    second.restore(first.save());
    run(second, batchSize, steps / 2, steps);
    hashes.push(hashOf(second.save()));
    first.close();
    second.close();
    const isSame = new Set(hashes).size === 1;
    if (!isSame) process.exitCode = 1;
    console.log(
      `${name} ${backend.padEnd(6)} 1, 2, 3, 4, 8 threads, resumed: ${isSame ? hashes[0] : hashes.join(' ')}`,
    );
  }
}
