/**
 * Visual words learnt at full speed: float32 kernels over one shared memory, on all threads.
 *
 *     prepare   rows of points whitened or turned, and their squared lengths
 *     assign    each point's nearest word and squared distance: one product of matrices, and then the few words that it does not
 *               rule out. A library of the system's multiplies whole numbers (rounded-words.ts), the kernels the leading directions
 *               where these hold nearly everything (leading-directions.ts)
 *     update    each word the mean of its points, in float64
 *
 * Between two phases all threads meet. Points are handed out in pieces; words are divided among the threads, and every
 * sum goes through all points in their order: the bits do not depend on how many threads there are. The plain version is
 * core/features/visual-words.ts with k-means.ts.
 */
import { product, productTransposedRight } from '../array/linear-algebra.ts';
import { type Matrix, matrixOf, zeros } from '../array/matrix.ts';
import { cancelled } from '../errors.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { NativeGemm } from '../kernels/matrix-product.ts';
import type { RandomGenerator } from '../random/generator.ts';
import { permutation, uniformInteger } from '../random/sampling.ts';
import type { WordFeatures } from '../recipe/feature-recipe.ts';
import type { FitProgress } from './feature-extractor.ts';
import { drawProportional, farthestPoints, moveTowards } from './k-means.ts';
import { leadingDirections } from './leading-directions.ts';
import { filledUp, MemoryPlan } from './memory-plan.ts';
import {
  nearestRoundedWords,
  placeRoundedRows,
  placeRoundedWords,
  type RoundedPlace,
  type RoundedRows,
  writeRoundedWords,
} from './rounded-words.ts';
import { insertNearest, placesOf, seedingPoints, whiteningStep } from './visual-words.ts';
import { fitWhitening, type Whitening } from './whitening.ts';
import { writeWhitening } from './word-encoder.ts';
import {
  mostRowsAtATime,
  panelRowsAtATime,
  placeWords,
  type WordPlace,
  wordProduct,
  writeLeadingWords,
  writeWords,
} from './word-product.ts';

export type LearnerPhase = 'prepare' | 'assign' | 'assign-batch' | 'update';
export const learnerPhases: readonly LearnerPhase[] = ['prepare', 'assign', 'assign-batch', 'update'];

/** Points that a thread takes at a time. */
const rowsAtATime = mostRowsAtATime;
/** Points that the leading directions are found from. */
const turningSample = 5_000;

export interface LearnerLayout {
  /** Points. */
  readonly count: number;
  readonly d: number;
  readonly words: number;
  readonly threads: number;
  readonly rowLength: number;
  readonly outputs: number;
  /** Int32 words that threads wait on, and the next point to be handed out. */
  readonly control: number;
  readonly next: number;
  /** Coordinates that are looked at first; 0 looks at all at once. */
  readonly leading: number;
  /** 1 once every point has a label, which the next round starts from. */
  readonly hasLabels: number;
  readonly rows: number;
  readonly norms: number;
  readonly labels: number;
  readonly squared: number;
  readonly whitening: number;
  readonly whiteningBias: number;
  readonly table: WordPlace;
  readonly rounded: RoundedPlace;
  /** Of each word the length of what the leading coordinates leave out. */
  readonly tails: number;
  /** (K, d) in float32. */
  readonly centers: number;
  readonly sizes: number;
  readonly sums: number;
  /** Points that the first words are drawn from, and the squared distance of each to the nearest so far. */
  readonly seeds: number;
  readonly nearest: number;
  /** Points of a minibatch, copied together, and the nearest word of each. */
  readonly batchCount: number;
  readonly batch: number;
  readonly batchLabels: number;
  /** Of each thread. */
  readonly products: readonly number[];
  readonly values: readonly number[];
  readonly roundedRows: readonly RoundedRows[];
  readonly end: number;
}

export function learnerLayout(options: WordFeatures, channels: number, threads: number): LearnerLayout {
  const { patches: count, words, patchSize, minibatch } = options;
  const batchCount = minibatch ?? 0;
  const d = patchSize * patchSize * channels;
  const rowLength = filledUp(d);
  const outputs = filledUp(words);
  const plan = new MemoryPlan();
  const table = placeWords(plan, words, d);
  const layout = {
    count,
    d,
    words,
    threads,
    rowLength,
    outputs,
    control: plan.words(64),
    next: plan.words(16),
    leading: plan.words(16),
    hasLabels: plan.words(16),
    rows: plan.words(count * rowLength),
    norms: plan.words(count),
    labels: plan.words(count),
    squared: plan.words(count),
    whitening: plan.words(rowLength * d),
    whiteningBias: plan.words(rowLength),
    table,
    rounded: placeRoundedWords(plan, table),
    tails: plan.words(outputs),
    centers: plan.words(words * rowLength),
    sizes: plan.words(words),
    sums: plan.bytes(8 * words * d),
    seeds: plan.words(Math.min(count, seedingPoints(words)) * rowLength),
    nearest: plan.words(Math.min(count, seedingPoints(words))),
    batchCount,
    batch: plan.words(batchCount * rowLength),
    batchLabels: plan.words(batchCount),
    products: Array.from({ length: threads }, () => plan.words(rowsAtATime * Math.max(outputs, rowLength))),
    values: Array.from({ length: threads }, () => plan.words(rowsAtATime)),
    roundedRows: Array.from({ length: threads }, () => placeRoundedRows(plan, table)),
  };
  return { ...layout, end: plan.end };
}

/** What each thread does in each phase; `gemm` is the library that multiplies by the words, null where the kernels do. */
export function learnerProgram(
  kernels: Kernels,
  buffer: ArrayBufferLike,
  layout: LearnerLayout,
  gemm: NativeGemm | null = null,
): (phase: LearnerPhase, thread: number) => void {
  const { count, d, words, threads, rowLength, outputs } = layout;
  const whole = wordProduct(layout.table, kernels, null);
  const next = new Int32Array(buffer, layout.next, 1);
  const leading = new Int32Array(buffer, layout.leading, 1);
  const hasLabels = new Int32Array(buffer, layout.hasLabels, 1);
  const rows = new Float32Array(buffer, layout.rows, count * rowLength);
  const norms = new Float32Array(buffer, layout.norms, count);
  const labels = new Uint32Array(buffer, layout.labels, count);
  const squared = new Float32Array(buffer, layout.squared, count);
  const centers = new Float32Array(buffer, layout.centers, words * rowLength);
  const sizes = new Uint32Array(buffer, layout.sizes, words);
  const sums = new Float64Array(buffer, layout.sums, words * d);

  function forEachPiece(of: number, visit: (from: number, length: number) => void): void {
    for (;;) {
      const from = Atomics.add(next, 0, rowsAtATime);
      if (from >= of) return;
      visit(from, Math.min(rowsAtATime, of - from));
    }
  }

  function prepare(thread: number): void {
    const scratch = layout.products[thread]!;
    const { whitening, whiteningBias } = layout;
    forEachPiece(count, (from, length) => {
      const at = layout.rows + 4 * from * rowLength;
      kernels.panelProduct(at, length, rowLength, whitening, Math.ceil(d / 8), d, whiteningBias, scratch, rowLength);
      rows.set(new Float32Array(buffer, scratch, length * rowLength), from * rowLength);
      kernels.squaredNorms(at, length, rowLength, layout.norms + 4 * from);
    });
  }

  /** The nearest words of some rows, into their labels; x·c − ½‖c‖² of each stays in the thread's values. */
  function nearestWords(rowsAt: number, length: number, labelsAt: number, thread: number, hasGuess: number): void {
    const products = layout.products[thread]!;
    const values = layout.values[thread]!;
    if (gemm !== null) {
      const { centers, rounded, roundedRows } = layout;
      const rows = { points: rowsAt, count: length, centers, products, labels: labelsAt, values, hasGuess };
      nearestRoundedWords(kernels, gemm, layout.table, rounded, roundedRows[thread]!, rows);
      return;
    }
    const { table, bias } = layout.table;
    const first = leading[0]!;
    for (let from = 0; from < length; from += panelRowsAtATime) {
      const rows = Math.min(panelRowsAtATime, length - from);
      const points = rowsAt + 4 * from * rowLength;
      const [into, valuesAt] = [labelsAt + 4 * from, values + 4 * from];
      if (first === 0) {
        whole.multiply(points, rows, products);
        kernels.largestOfRows(products, outputs, rows, words, into, valuesAt);
      } else {
        kernels.panelProduct(points, rows, rowLength, table, Math.ceil(words / 8), first, bias, products, outputs);
        kernels.nearestOfRows(
          products, outputs, rows, words, points, layout.centers, rowLength, first, layout.tails, into, valuesAt, hasGuess,
        ); // prettier-ignore
      }
    }
  }

  function assign(thread: number): void {
    const values = new Float32Array(buffer, layout.values[thread], rowsAtATime);
    forEachPiece(count, (from, length) => {
      nearestWords(layout.rows + 4 * from * rowLength, length, layout.labels + 4 * from, thread, hasLabels[0]!);
      for (let i = 0; i < length; i++) squared[from + i] = Math.max(0, norms[from + i]! - 2 * values[i]!);
    });
  }

  function assignBatch(thread: number): void {
    forEachPiece(layout.batchCount, (from, length) => {
      nearestWords(layout.batch + 4 * from * rowLength, length, layout.batchLabels + 4 * from, thread, 0);
    });
  }

  /** Words of this thread: sums over all points, in their order. */
  function update(thread: number): void {
    const first = Math.floor((words * thread) / threads);
    const end = Math.floor((words * (thread + 1)) / threads);
    sums.fill(0, first * d, end * d);
    sizes.fill(0, first, end);
    for (let i = 0; i < count; i++) {
      const k = labels[i]!;
      if (k < first || k >= end) continue;
      sizes[k]!++;
      const from = i * rowLength;
      const to = k * d;
      for (let j = 0; j < d; j++) sums[to + j]! += rows[from + j]!;
    }
    for (let k = first; k < end; k++) {
      const size = sizes[k]!;
      for (let j = 0; j < d && size > 0; j++) centers[k * rowLength + j] = sums[k * d + j]! / size;
    }
  }

  return (phase, thread) => {
    if (phase === 'prepare') prepare(thread);
    else if (phase === 'assign') assign(thread);
    else if (phase === 'assign-batch') assignBatch(thread);
    else update(thread);
  };
}

export interface LearnerOptions {
  /** (K, d) first words; k-means++ draws them where none are given. */
  readonly start?: Float32Array | null;
  /** Whether the threads multiply by a library. */
  readonly isNative?: boolean;
}

export interface LearntWords {
  readonly whitening: Whitening | null;
  /** (K, d). */
  readonly words: Float32Array;
  readonly sizes: Uint32Array;
  /** As in visual-words.ts. */
  readonly examples: Uint32Array;
  readonly inertia: number;
}

/** Brings the words from `layout.centers` to where the product that finds the nearest looks for them. */
export function showWords(layout: LearnerLayout, buffer: ArrayBufferLike, isNative: boolean): void {
  const { words, rowLength, outputs, table, rounded } = layout;
  const centers = new Float32Array(buffer, layout.centers, words * rowLength);
  const leading = new Int32Array(buffer, layout.leading, 1)[0]!;
  if (isNative) writeRoundedWords(table, rounded, centers, rowLength, buffer);
  else if (leading === 0) writeWords(table, centers, rowLength, buffer, false);
  else {
    const tails = new Float32Array(buffer, layout.tails, outputs);
    writeLeadingWords(table, centers, rowLength, leading, buffer, tails);
  }
}

/**
 * Learns from patches that lie, contrast-normalised, in the first d columns of `layout.rows`.
 *
 * @param positions  of the patches, three numbers each; see samplePositions.
 * @param run        does one phase on all threads.
 * @throws StudioError CANCELLED.
 */
export function learnWords(
  options: WordFeatures,
  positions: Uint32Array,
  kernels: Kernels,
  buffer: ArrayBufferLike,
  layout: LearnerLayout,
  run: (phase: LearnerPhase) => void,
  random: RandomGenerator,
  progress: FitProgress,
  { start = null, isNative = false }: LearnerOptions = {},
): LearntWords {
  const { count, d, words, rowLength } = layout;
  const { iterations, minibatch } = options;
  const floats = (at: number, length: number) => new Float32Array(buffer, at, length);
  const rows = floats(layout.rows, count * rowLength);
  const labels = new Uint32Array(buffer, layout.labels, count);
  const squared = floats(layout.squared, count);
  const centers = floats(layout.centers, words * rowLength);
  const sizes = new Uint32Array(buffer, layout.sizes, words);
  const total = iterations + 2;
  const goOn = (done: number) => {
    if (progress(done, total)) throw cancelled();
  };
  const phase = (name: LearnerPhase) => {
    Atomics.store(new Int32Array(buffer, layout.next, 1), 0, 0);
    run(name);
  };
  const pointOf = (i: number) => rows.subarray(i * rowLength, i * rowLength + d);
  const centerOf = (k: number) => centers.subarray(k * rowLength, k * rowLength + d);
  const leading = new Int32Array(buffer, layout.leading, 1);

  goOn(0);
  const whitening = options.whitening === null ? null : whiteningOfSample(rows, layout, options.whitening);
  if (whitening === null) kernels.squaredNorms(layout.rows, count, rowLength, layout.norms);
  else {
    writeWhitening(whitening, floats, layout, d);
    phase('prepare');
  }
  const turned = isNative ? null : leadingDirections(sampleOf(rows, layout, Math.ceil(count / turningSample)));
  leading[0] = turned?.leading ?? 0;
  const axes = leading[0] === 0 ? null : turned!.axes;
  if (axes !== null) {
    writeWhitening({ mean: new Float64Array(d), matrix: axes }, floats, layout, d);
    phase('prepare');
  }

  goOn(1);
  if (start === null) seed();
  else for (let k = 0; k < words; k++) centerOf(k).set(intoAxes(start.subarray(k * d, (k + 1) * d)));
  showWords(layout, buffer, isNative);
  if (minibatch !== null) moveByMinibatches(minibatch);
  const hasLabels = new Int32Array(buffer, layout.hasLabels, 1);
  hasLabels[0] = 0;
  phase('assign');
  hasLabels[0] = 1;
  for (let done = 0; minibatch === null && done < iterations; done++) {
    goOn(2 + done);
    const before = centers.slice();
    phase('update');
    fillEmpty();
    showWords(layout, buffer, isNative);
    phase('assign');
    if (before.every((value, i) => value === centers[i]!)) break;
  }
  goOn(total);
  sizes.fill(0);
  for (let i = 0; i < count; i++) sizes[labels[i]!]!++;
  let inertia = 0;
  for (let i = 0; i < count; i++) inertia += squared[i]!;
  return {
    whitening,
    words: wordsOfPoints(),
    sizes: sizes.slice(),
    examples: examples(),
    inertia,
  };

  /** A point as the rows hold it. */
  function intoAxes(point: Float32Array): ArrayLike<number> {
    if (axes === null) return point;
    return productTransposedRight(matrixOf(1, d, Float64Array.from(point)), axes).data;
  }

  /** (K, d), where the points lay before they were turned. */
  function wordsOfPoints(): Float32Array {
    const packed = zeros(words, d);
    for (let k = 0; k < words; k++) packed.data.set(centerOf(k), k * d);
    return Float32Array.from((axes === null ? packed : product(packed, axes)).data);
  }

  /** Random points, or k-means++ over some of them. */
  function seed(): void {
    const order = permutation(random, count);
    if (options.start === 'points') {
      for (let k = 0; k < words; k++) copyCenter(k, order[k]!);
      return;
    }
    const chosen = order.slice(0, Math.min(count, seedingPoints(words)));
    const n = chosen.length;
    const nearest = floats(layout.nearest, n).fill(Infinity);
    const seeds = floats(layout.seeds, n * rowLength);
    chosen.forEach((point, i) => seeds.set(rows.subarray(point * rowLength, (point + 1) * rowLength), i * rowLength));
    copyCenter(0, chosen[uniformInteger(random, n)]!);
    for (let k = 1; k < words; k++) {
      const at = layout.centers + 4 * (k - 1) * rowLength;
      const sum = kernels.nearerDistances(layout.seeds, n, rowLength, at, layout.nearest);
      copyCenter(k, chosen[sum > 0 ? drawProportional(nearest, sum, random) : uniformInteger(random, n)]!);
      if (k % 64 === 0) goOn(1 + k / words);
    }
  }

  function copyCenter(k: number, point: number): void {
    centerOf(k).set(pointOf(point));
  }

  /** Words without points go to the points that are farthest from theirs. */
  function fillEmpty(): void {
    const empty: number[] = [];
    for (let k = 0; k < words; k++) if (sizes[k] === 0) empty.push(k);
    const farthest = farthestPoints(squared, empty.length);
    empty.forEach((k, i) => copyCenter(k, farthest[i]!));
  }

  function moveByMinibatches(batchSize: number): void {
    const steps = Math.ceil((iterations * count) / batchSize);
    const counts = new Float64Array(words);
    const batch = floats(layout.batch, batchSize * rowLength);
    const batchLabels = new Uint32Array(buffer, layout.batchLabels, batchSize);
    for (let step = 0; step < steps; step++) {
      if (step % 16 === 0) goOn(2 + (iterations * step) / steps);
      const chosen = Uint32Array.from({ length: batchSize }, () => uniformInteger(random, count));
      chosen.forEach((point, i) => batch.set(pointOf(point), i * rowLength));
      phase('assign-batch');
      chosen.forEach((point, i) => moveTowards(centerOf(batchLabels[i]!), pointOf(point), ++counts[batchLabels[i]!]!));
      showWords(layout, buffer, isNative);
    }
  }

  function examples(): Uint32Array {
    const nearest: { distance: number; point: number }[][] = Array.from({ length: words }, () => []);
    for (let i = 0; i < count; i++) insertNearest(nearest[labels[i]!]!, squared[i]!, i);
    return placesOf(nearest, positions);
  }
}

function whiteningOfSample(rows: Float32Array, layout: LearnerLayout, epsilon: number): Whitening {
  return fitWhitening(sampleOf(rows, layout, whiteningStep(layout.count)), epsilon);
}

/** Every so-manieth point. */
function sampleOf(rows: Float32Array, { count, d, rowLength }: LearnerLayout, step: number): Matrix {
  const n = Math.ceil(count / step);
  const sample = zeros(n, d);
  for (let i = 0; i < n; i++) sample.data.set(rows.subarray(i * step * rowLength, i * step * rowLength + d), i * d);
  return sample;
}
