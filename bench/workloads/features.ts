/**
 * Features of pictures beside scikit-image, OpenCV, scikit-learn and PyTorch: HOG, colour histograms, k-means over patches, visual words.
 *
 * Pictures are the test pictures of CIFAR-10. Both sides cluster and encode the same patches from the same first words, and a figure of the
 * result has to agree, or the comparison says so.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { FittedFeatures } from '../../core/features/feature-extractor.ts';
import { dimensionOf } from '../../core/features/index.ts';
import { learnerLayout, type LearnerPhase, learnerPhases, learnWords } from '../../core/features/word-learner.ts';
import { createGenerator } from '../../core/random/generator.ts';
import { defaultFeatures, type FeatureRecipe, type WordFeatures } from '../../core/recipe/feature-recipe.ts';
import { leaderOf } from '../../core/training/shared-memory/team.ts';
import { describeCrew } from '../../main/compute/describe-crew.ts';
import { kernelsOver, sharedMemory } from '../../main/compute/kernel-memory.ts';
import { type LearnData, learnerProgramOf } from '../../main/compute/learn-features.ts';
import { threadFile } from '../../main/compute/thread-file.ts';
import type { BenchOptions, Comparison, Contestant, Workload } from '../comparison.ts';
import { PythonPeer } from '../python-peer.ts';
import { backendsHere } from '../studio-engine.ts';

const shape = { width: 32, height: 32, channels: 3 } as const;
const d = 6 * 6 * 3;
const words = 1_600;

/** What both sides work on. */
interface Material {
  readonly file: string;
  readonly pictures: number;
  /** Start of the names of three files: rows, mean and matrix. */
  readonly patches: string;
  readonly patchCount: number;
}

export const workload: Workload = {
  name: 'features',
  async *comparisons(options): AsyncGenerator<Comparison> {
    if (options.pictures === null || options.python === null) return;
    const scratch = mkdtempSync(join(tmpdir(), 'tessera-bench-'));
    try {
      const material = await prepared(options, scratch);
      for (const threads of options.threads) yield* describing(options, threads, material);
      for (const threads of options.threads) yield* clustering(options, threads, material);
      for (const threads of options.threads) yield await encoding(options, threads, material);
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  },
};

async function prepared({ python, pictures: folder, isQuick }: BenchOptions, scratch: string): Promise<Material> {
  const [file, patches] = [join(scratch, 'pictures'), join(scratch, 'patches')];
  const patchCount = isQuick ? 40_000 : 400_000;
  const peer = new PythonPeer(python!, 'features', 1);
  const prepare = { folder, pictures: file, patches, count: patchCount, size: 6, seed: 1 };
  const { pictures } = await peer.ask<{ pictures: number }>({ prepare });
  await peer.close();
  return { file, pictures, patches, patchCount };
}

/** One picture after another into numbers: the whole test split each time. */
async function* describing(options: BenchOptions, threads: number, material: Material): AsyncGenerator<Comparison> {
  const { pictures } = material;
  const { hog, color } = defaultFeatures;
  const joint = { ...color, space: 'rgb', isJoint: true, bins: 8, normalization: 'L1' } as const;
  const tasks: { workload: string; what: string; block: FeatureRecipe; peers: [string, string][] }[] = [
    {
      workload: 'hog',
      what: 'HOG, 9 orientations, cells of 8, blocks of 2 × 2',
      block: hog,
      peers: [
        ['scikit-image', 'hog scikit-image'],
        ['OpenCV HOGDescriptor', 'hog opencv'],
      ],
    },
    { workload: 'hsv', what: '3 × 10 bins of HSV', block: color, peers: [['OpenCV calcHist', 'hsv opencv']] },
    { workload: 'rgb', what: '8³ bins of RGB', block: joint, peers: [['OpenCV calcHist', 'rgb opencv']] },
  ];
  for (const { workload, what, block, peers } of tasks) {
    const fitted = { options: block, shape, dimension: dimensionOf(block, shape), arrays: {} };
    const contestants = [studioDescribes(threads, material, fitted, pictures)];
    for (const [name, kind] of peers)
      contestants.push(await peerContestant(options, threads, material, name, { kind }));
    yield {
      workload,
      title: `${what} of ${pictures} pictures`,
      threads,
      unit: 'ms',
      rounds: options.isQuick ? 1 : 5,
      contestants,
    };
  }
}

async function* clustering(options: BenchOptions, threads: number, material: Material): AsyncGenerator<Comparison> {
  const { patchCount } = material;
  const tasks = [
    { workload: 'lloyd', what: 'Lloyd', library: 'scikit-learn KMeans', minibatch: null, iterations: 5 },
    {
      workload: 'minibatch',
      what: 'minibatches of 4,096',
      library: 'scikit-learn MiniBatchKMeans',
      minibatch: 4_096,
      iterations: 2,
    },
  ];
  for (const { workload, what, library, minibatch, iterations } of tasks) {
    const block = { ...defaultFeatures.words, words, patches: patchCount, whitening: null, iterations, minibatch };
    const kind = minibatch === null ? 'lloyd' : 'minibatch';
    const peer = await peerContestant(options, threads, material, library, { kind, words, iterations, minibatch });
    yield {
      workload,
      title: `k-means (${what}), ${patchCount} patches of 6 × 6 × 3, ${words} words, ${iterations} passes`,
      threads,
      unit: 'ms',
      rounds: options.isQuick ? 1 : 3,
      contestants: agreeing(
        backendsHere(options).map((backend) => studioClusters(threads, material, block, backend)),
        peer,
        minibatch === null ? 1e-3 : 0.05,
      ),
    };
  }
}

/** A sample: what 50,000 pictures take is as many times that. */
async function encoding(options: BenchOptions, threads: number, material: Material): Promise<Comparison> {
  const pictures = options.isQuick ? 64 : 1_000;
  const block: WordFeatures = { ...defaultFeatures.words, words };
  const matrix = floatsOf<Float64Array>(`${material.patches}.matrix`, Float64Array);
  const fitted: FittedFeatures = {
    options: block,
    shape,
    dimension: dimensionOf(block, shape),
    arrays: {
      mean: floatsOf(`${material.patches}.mean`, Float64Array),
      whitening: matrix,
      words: floatsOf(`${material.patches}.rows`, Float32Array).slice(0, words * d),
      sizes: new Uint32Array(words),
      examples: new Uint32Array(0),
    },
  };
  const spec = { kind: 'encode', words, pictures };
  const own = backendsHere(options).map((backend) => studioDescribes(threads, material, fitted, pictures, backend));
  const peer = await peerContestant(options, threads, material, 'PyTorch', spec);
  return {
    workload: 'encode',
    title: `triangle encoding of ${pictures} pictures, ${words} words of 6 × 6 pixels, stride 1, quadrant sums`,
    threads,
    unit: 'ms',
    rounds: options.isQuick ? 1 : 3,
    note: `50,000 pictures are ${50_000 / pictures} times that`,
    contestants: agreeing(own, peer, 1e-3),
  };
}

/** A contestant that also says what came out. */
interface Measured extends Contestant {
  readonly figure: () => number;
}

type Backend = ReturnType<typeof backendsHere>[number];

function studioDescribes(
  threads: number,
  material: Material,
  fitted: FittedFeatures,
  count: number,
  backend: Backend = 'wasm',
): Measured {
  const numbers = new SharedArrayBuffer(4 * count);
  new Uint32Array(numbers).set(Uint32Array.from({ length: count }, (_, i) => i));
  const target = new SharedArrayBuffer(4 * count * fitted.dimension);
  const source = { pixelsPath: material.file, headerBytes: 0, count: material.pictures, ...shape };
  const crew = describeCrew({ source, blocks: [fitted], backend, pictures: numbers, target, targetAt: 0 }, threads);
  return {
    name: `studio (${backend})`,
    side: 'studio',
    measure: () => {
      const startedAt = performance.now();
      crew.run(0, count, () => false);
      return Promise.resolve(performance.now() - startedAt);
    },
    figure: () => new Float32Array(target).reduce((sum, value) => sum + value, 0),
    close: () => Promise.resolve(crew.close()),
  };
}

function studioClusters(threads: number, { patches }: Material, block: WordFeatures, backend: Backend): Measured {
  const layout = learnerLayout(block, shape.channels, threads);
  const memory = sharedMemory(layout.end);
  const { kernels, buffer } = kernelsOver(memory);
  const points = floatsOf<Float32Array>(`${patches}.rows`, Float32Array);
  const rows = new Float32Array(buffer, layout.rows, layout.count * layout.rowLength);
  for (let thread = 1; thread < threads; thread++) {
    new Worker(threadFile, { workerData: { learn: thread, memory, layout, backend } satisfies LearnData });
  }
  const program = learnerProgramOf(kernels, buffer, layout, backend);
  const team = leaderOf(buffer, { words: layout.control, threads }, program, learnerPhases);
  const run = (phase: LearnerPhase) => team.run(phase);
  const positions = new Uint32Array(3 * layout.count);
  let inertia = NaN;
  return {
    name: `studio (${backend})`,
    side: 'studio',
    measure: () => {
      // Learning turns the points to their own axes where they lie.
      for (let i = 0; i < layout.count; i++) rows.set(points.subarray(i * d, (i + 1) * d), i * layout.rowLength);
      const random = createGenerator(1, 'bench');
      const start = points.slice(0, words * d);
      const startedAt = performance.now();
      ({ inertia } = learnWords(block, positions, kernels, buffer, layout, run, random, () => false, {
        start,
        isNative: backend === 'native',
      }));
      return Promise.resolve(performance.now() - startedAt);
    },
    figure: () => inertia,
    close: () => Promise.resolve(team.close()),
  };
}

/** A Python library, in the way that is fastest here. */
async function peerContestant(
  { python }: BenchOptions,
  threads: number,
  { file, patches }: Material,
  name: string,
  spec: object,
): Promise<Measured> {
  const peer = new PythonPeer(python!, 'features', threads);
  const isOfPatches = !('kind' in spec && /opencv|scikit-image/.test(String(spec.kind)));
  const { ways } = await peer.ask<{ ways: string[] }>({
    open: { ...spec, file, ...(isOfPatches ? { patches, size: 6 } : {}) },
  });
  let figure = NaN;
  const measure = async (way: string) => {
    const answer = await peer.ask<{ ms: number; figure: number }>({ way });
    figure = answer.figure;
    return answer.ms;
  };
  let best = { way: ways[0]!, ms: Infinity };
  for (const way of ways.length === 1 ? [] : ways) {
    const ms = await measure(way);
    if (ms < best.ms) best = { way, ms };
  }
  return {
    name: `${name} (${best.way})`,
    side: 'peer',
    measure: () => measure(best.way),
    figure: () => figure,
    close: () => peer.close(),
  };
}

/** All have to come to the same result, or nothing is compared. */
function agreeing(own: readonly Measured[], peer: Measured, tolerance: number): Contestant[] {
  const checked = own.map((contestant) => ({
    ...contestant,
    measure: async () => {
      const ms = await contestant.measure();
      const [mine, theirs] = [contestant.figure(), peer.figure()];
      if (Math.abs(mine / theirs - 1) > tolerance) {
        throw new Error(`${contestant.name} and ${peer.name} do not agree: ${mine} and ${theirs}.`);
      }
      return ms;
    },
  }));
  return [...checked, peer];
}

function floatsOf<Floats extends Float32Array | Float64Array>(
  file: string,
  type: new (buffer: ArrayBuffer) => Floats,
): Floats {
  const bytes = readFileSync(file);
  return new type(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
