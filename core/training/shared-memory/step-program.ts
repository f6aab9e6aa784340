/**
 * What each thread does in each phase of a step. Between two phases all threads meet.
 *
 *     rows      each thread takes some rows of the chunk from pixels to scores, loss and gradients of hidden units
 *     weights   each thread takes some columns of every weight gradient and moves its parameters along them
 *
 * Where a library multiplies, the first layer is computed before that, in two phases of its own:
 *
 *     gather    each thread takes some rows of the chunk from pixels to inputs
 *     outputs   each thread takes some outputs of the first layer, those whose weights it will move, over all rows
 *
 * So each weight of this layer is read and written by one thread alone: a cache line that another core has read has to be taken back
 * from there before it can be written.
 *
 * A linear model's full batch takes another way, with one meeting instead of one every chunk:
 *
 *     parts     each thread takes some of the batch's parts from pixels to the sum of their gradients
 *     weights   as above, the gradient being the sum of the parts in their order
 *
 * No sum crosses threads, so the bits do not depend on how many there are.
 */
import { type ActivationName, isAugmented } from '../../recipe/recipe.ts';
import { augmentationKey, placementOf } from '../augmentation.ts';
import { dropoutKey, dropoutThreshold } from '../dropout.ts';
import { isFullBatch } from '../step-engine.ts';
import { denormalLimit, indexOfHighest, lossOfRow } from '../row-loss.ts';
import { type Kernels, smoothKinds } from '../../kernels/kernels.ts';
import { chunkRows, type LayerLayout, type Layout, partCount, partRows, phaseNumberCount } from './layout.ts';
import {
  nativeProduct,
  type NativeGemm,
  shareOfLines,
  shareOfRows,
  type Stretch,
  wasmProduct,
} from '../../kernels/matrix-product.ts';

export type Phase = 'gather' | 'outputs' | 'rows' | 'parts' | 'weights';
export const phases: readonly Phase[] = ['gather', 'outputs', 'rows', 'parts', 'weights'];

/** The numbers that a phase needs, in shared memory. */
export interface PhaseNumbers {
  /** Rows of this chunk. */
  readonly rows: number;
  /** Rows of the whole batch, which the mean loss is over; 0 computes scores only. */
  readonly batchRows: number;
  /** 1 where gradients are wanted. */
  readonly withGradients: number;
  /** 1 in the first chunk of a batch, whose gradients replace what was there. */
  readonly isFirst: number;
  /** 1 in the last, after which the parameters move. */
  readonly isLast: number;
  /** The learning rate. */
  readonly rate: number;
  /** t, counted from 1. */
  readonly step: number;
  /** Counted from 0. */
  readonly epoch: number;
  /** The chunk's first row within the batch. */
  readonly firstRow: number;
  /** 1 where nothing is left to chance: no dropout, no augmentation. */
  readonly isQuiet: number;
  /** 1 where denormal numbers of the optimizer's vectors are to be flushed. */
  readonly flush: number;
  /** 1 where the gradient is the sum of the parts of a full batch. */
  readonly isInParts: number;
}
/** The numbers in their order in memory. */
export function writePhaseNumbers(buffer: SharedArrayBuffer, { phaseNumbers }: Layout, numbers: PhaseNumbers): void {
  const { rows, batchRows, withGradients, isFirst, isLast, rate, step, epoch, firstRow, isQuiet, flush, isInParts } =
    numbers;
  new Float64Array(buffer, phaseNumbers, phaseNumberCount).set([
    rows, batchRows, withGradients, isFirst, isLast, rate, step, epoch, firstRow, isQuiet, flush, isInParts,
  ]); // prettier-ignore
}

function readPhaseNumbers(source: Float64Array): PhaseNumbers {
  const [rows, batchRows, withGradients, isFirst, isLast, rate, step, epoch, firstRow, isQuiet, flush, isInParts] =
    source as unknown as readonly [
      number, number, number, number, number, number, number, number, number, number, number, number,
    ]; // prettier-ignore
  return { rows, batchRows, withGradients, isFirst, isLast, rate, step, epoch, firstRow, isQuiet, flush, isInParts };
}

/** Slopes left of 0 of the activations that are two lines. */
const slopes = { relu: 0, 'leaky-relu': 0.01, identity: 1 } as const;

function isSmooth(name: ActivationName): name is keyof typeof smoothKinds {
  return name in smoothKinds;
}

/** Where rows of scores lie, and views of them and of their gradients. */
interface ScorePlace {
  readonly output: number;
  readonly outputGradient: number;
}
interface ScoreRows extends ScorePlace {
  readonly scores: readonly Float32Array[];
  readonly gradients: readonly Float32Array[];
}

/** The program of one thread over one memory; without `gemm` all products are those of the kernels. */
export function stepProgram(
  kernels: Kernels,
  buffer: SharedArrayBuffer,
  layout: Layout,
  gemm: NativeGemm | null = null,
): (phase: Phase, thread: number) => void {
  const wasm = wasmProduct(kernels, chunkRows);
  const native = gemm === null ? null : nativeProduct(gemm, kernels, wasm);
  const product = native ?? wasm;
  const { layers, threads, dividesOutputs, classes, optimizer, augmentation, picture: shape, seed } = layout;
  const hasSums = isFullBatch(optimizer);
  const isPlaced = layout.inputType === 'bytes' && shape !== null && isAugmented(augmentation);
  const phaseNumbers = new Float64Array(buffer, layout.phaseNumbers, phaseNumberCount);
  const batch = new Uint32Array(buffer, layout.batch, layout.batchRows);
  const labels = new Uint32Array(buffer, layout.labels, layout.batchRows);
  const losses = new Float64Array(buffer, layout.losses, layout.batchRows);
  const hits = new Uint32Array(buffer, layout.hits, layout.batchRows);
  const classWeights = new Float32Array(buffer, layout.classWeights, classes);
  const last = layers.at(-1)!;
  /** The largest leaves nothing of the others in the second-level cache. */
  const firstLayerLast = layers.toReversed();

  /** Views of rows of scores or of their gradient. */
  const viewsOf = (at: number, rows: number) =>
    Array.from({ length: rows }, (_, i) => new Float32Array(buffer, at + i * last.outputStride * 4, classes));
  const chunkScores: ScoreRows = scoreRows(last, chunkRows);
  const ownScores = layout.ownRows.map((own) => scoreRows(own, partRows));

  function scoreRows({ output, outputGradient }: ScorePlace, rows: number): ScoreRows {
    return { output, outputGradient, scores: viewsOf(output, rows), gradients: viewsOf(outputGradient, rows) };
  }

  function gatherPhase(from: number, to: number, thread: number, numbers: PhaseNumbers): void {
    const { input, inputStride } = layers[0]!;
    if (to > from) gather(input + from * inputStride * 4, from, to, thread, numbers);
  }

  function outputsPhase(thread: number, { rows }: PhaseNumbers): void {
    const [layer] = layers as [LayerLayout];
    const outputs = native!.stretchOf(layer, thread, threads).rows;
    if (outputs.to > outputs.from) native!.forwardOutputs(layer, outputs, rows, layout.scratch[thread]!);
  }

  function rowsPhase(from: number, to: number, thread: number, numbers: PhaseNumbers): void {
    const rows = to - from;
    if (rows === 0) return;
    if (!dividesOutputs) gatherPhase(from, to, thread, numbers);
    layers.forEach((layer, l) => {
      const { output: outputs, outputStride } = layer;
      const output = outputs + from * outputStride * 4;
      if (l > 0 || !dividesOutputs) product.forward(layer, { from, to }, layout.scratch[thread]!);
      const next = layers[l + 1];
      if (next === undefined) return;
      activate(l, output, next.input + from * outputStride * 4, rows);
      dropOut(l, next.input, from, to, numbers);
    });
    if (numbers.batchRows === 0) return;
    judge(chunkScores, from, from, rows, numbers);
    if (numbers.withGradients === 0) return;
    for (let l = layers.length - 1; l >= 0; l--) {
      const layer = layers[l]!;
      product.packGradient(layer, { from, to }, numbers.rows);
      if (l === 0) return;
      const below = layers[l - 1]!;
      const target = below.outputGradient + from * below.outputStride * 4;
      product.inputGradient(layer, { from, to }, target, layout.scratch[thread]!);
      dropOut(l - 1, below.outputGradient, from, to, numbers);
      activateGradient(l - 1, below.output + from * below.outputStride * 4, target, rows);
    }
  }

  /** Losses, hits and, where wanted, gradients of `rows` rows of scores, from the one at `at`, which are the batch's from `first`. */
  function judge(
    place: ScoreRows,
    at: number,
    first: number,
    rows: number,
    { batchRows, withGradients }: PhaseNumbers,
  ): void {
    if (layout.loss === 'softmax') {
      const { outputStride } = last;
      const offset = at * outputStride * 4;
      kernels.softmaxLoss(
        place.output + offset, outputStride, classes, rows, layout.labels + 4 * first, layout.losses + 8 * first,
        layout.hits + 4 * first, place.outputGradient + offset, layout.classWeights, batchRows, withGradients,
      ); // prettier-ignore
      return;
    }
    for (let i = 0; i < rows; i++) {
      const scores = place.scores[at + i]!;
      const label = labels[first + i]!;
      const highest = indexOfHighest(scores);
      hits[first + i] = highest === label ? 1 : 0;
      const gradient = withGradients === 1 ? place.gradients[at + i]! : null;
      const weight = classWeights[label]!;
      losses[first + i] = weight * lossOfRow(layout.loss, scores, label, highest, batchRows / weight, gradient);
    }
  }

  /** Pictures of these rows of the batch into rows of the first layer's input. */
  function gather(
    input: number,
    from: number,
    to: number,
    thread: number,
    { withGradients, isQuiet, epoch }: PhaseNumbers,
  ): void {
    const { featureCount, mean, inverseDeviation, inputs, inputType } = layout;
    const { inputStride } = layers[0]!;
    if (!isPlaced || withGradients === 0 || isQuiet === 1) {
      const gatherRows = inputType === 'bytes' ? kernels.gatherBytes : kernels.gatherFloats;
      gatherRows(
        inputs, layout.batch + 4 * from, to - from, mean, inverseDeviation, input, inputStride, featureCount,
      ); // prettier-ignore
      return;
    }
    const { width, height, channels } = shape;
    const key = augmentationKey(seed, epoch);
    const placed = layout.placed[thread]!;
    for (let i = from; i < to; i++) {
      const number = batch[i]!;
      const { isFlipped, left, top, step } = placementOf(augmentation, shape, key, number);
      kernels.placePicture(
        inputs + number * featureCount, width, height, channels, isFlipped ? 1 : 0, left, top, step, placed,
        layout.columns[thread]!,
      ); // prettier-ignore
      const target = input + (i - from) * inputStride * 4;
      kernels.scaleBytes(placed, mean, inverseDeviation, target, featureCount);
    }
  }

  /** Leaves units of hidden layer l out in these rows of its values or of their gradient. */
  function dropOut(l: number, values: number, from: number, to: number, numbers: PhaseNumbers): void {
    const p = layout.dropout[l]!;
    if (p === 0 || numbers.withGradients === 0 || numbers.isQuiet === 1) return;
    const { outputs, outputStride } = layers[l]!;
    const [key0, key1] = dropoutKey(seed, numbers.step, l);
    for (let i = from; i < to; i++) {
      const counter = (numbers.firstRow + i) * outputs;
      const at = values + i * outputStride * 4;
      kernels.dropOut(at, outputStride, counter, dropoutThreshold(p), 1 / (1 - p), key0, key1);
    }
  }

  /** h = φ(a) of these rows of layer l; what fills rows up stays 0. */
  function activate(l: number, output: number, hidden: number, rows: number): void {
    const { outputs, outputStride } = layers[l]!;
    const name = layout.activations[l]!;
    const n = rows * outputStride;
    if (isSmooth(name)) kernels.activate(smoothKinds[name], output, hidden, n);
    else kernels.rectify(output, hidden, n, slopes[name]);
    if (name === 'sigmoid') kernels.clearTails(hidden, rows, outputs, outputStride); // σ(0) is not 0
  }

  /** ∂a = ∂h ⊙ φ′(a) of these rows of layer l. */
  function activateGradient(l: number, output: number, gradient: number, rows: number): void {
    const name = layout.activations[l]!;
    const n = rows * layers[l]!.outputStride;
    if (isSmooth(name)) kernels.activateGradient(smoothKinds[name], output, gradient, n);
    else kernels.rectifyGradient(output, gradient, n, slopes[name]);
  }

  /** Part after part of a linear model's full batch: a chunk's gradient in float32, the part's sum of them in float64. */
  function partsPhase(thread: number, numbers: PhaseNumbers): void {
    const [layer] = layers as [LayerLayout];
    const { inputStride, outputStride, outputs } = layer;
    const own = layout.ownRows[thread]!;
    const weightCount = outputStride * inputStride;
    const { from, to } = shareOfRows(partCount, 1, thread, threads);
    for (let part = from; part < to; part++) {
      const [start, end] = [part, part + 1].map((k) => Math.floor((numbers.rows * k) / partCount)) as [number, number];
      const sums = layout.partSums[part]!;
      if (start === end) new Float64Array(buffer, sums, weightCount + outputStride).fill(0);
      for (let chunk = start; chunk < end; chunk += chunkRows) {
        const chunkEnd = Math.min(end, chunk + chunkRows);
        for (let first = chunk; first < chunkEnd; first += partRows) {
          const rows = Math.min(partRows, chunkEnd - first);
          const isFirst = first === chunk ? 1 : 0;
          gather(own.input, first, first + rows, thread, numbers);
          wasm.forward({ ...layer, ...own }, { from: 0, to: rows }, layout.scratch[thread]!);
          judge(ownScores[thread]!, 0, first, rows, numbers);
          kernels.narrowWeightGradient(
            own.outputGradient, outputStride, rows, outputs, own.input, inputStride, 0, inputStride,
            own.weightGradient, isFirst,
          ); // prettier-ignore
          kernels.biasGradient(own.outputGradient, outputStride, rows, outputStride, own.biasGradient, isFirst);
        }
        const isFirst = chunk === start ? 1 : 0;
        kernels.accumulate(sums, own.weightGradient, outputs * inputStride, isFirst);
        kernels.accumulate(sums + 8 * weightCount, own.biasGradient, outputStride, isFirst);
      }
    }
  }

  /** A stretch of the sums of all parts, in their order. */
  function addParts(target: number, offset: number, n: number): void {
    layout.partSums.forEach((sums, part) => kernels.addSums(target, sums + offset, n, part === 0 ? 1 : 0));
  }

  function weightsPhase(thread: number, numbers: PhaseNumbers): void {
    const { rows, isFirst, isInParts } = numbers;
    for (const layer of firstLayerLast) {
      const { outputStride } = layer;
      const stretch = product.stretchOf(layer, thread, threads);
      if (stretch.columns.to > stretch.columns.from && stretch.rows.to > stretch.rows.from) {
        if (isInParts === 0)
          product.weightGradient(layer, stretch, rows, layout.scratch[thread]!, hasSums ? 1 : isFirst);
        moveWeights(layer, stretch, numbers);
      }
      const units = shareOfLines(outputStride, thread, threads);
      if (units.to === units.from) continue;
      const at = units.from * 4;
      if (isInParts === 0) {
        kernels.biasGradient(
          layer.outputGradient + at, outputStride, rows, units.to - units.from, layer.biasGradient + at,
          hasSums ? 1 : isFirst,
        ); // prettier-ignore
      }
      if (!isReady(layer.biasSums + 2 * at, layer.biasGradient + at, units.to - units.from, numbers)) continue;
      const vectors = layer.biasVectors.map((vector) => vector + at);
      move(layer.bias + at, layer.biasGradient + at, vectors, units.to - units.from, 0, numbers);
    }
  }

  /**
   * Whether a stretch of gradient is that of the whole batch and parameters are to move along it. Over the chunks of a full batch it
   * is added up in float64; L-BFGS takes the sums from there and moves the parameters itself.
   */
  function isReady(sums: number, gradient: number, n: number, { isFirst, isLast, isInParts }: PhaseNumbers): boolean {
    if (!hasSums) return isLast === 1;
    if (isInParts === 1) addParts(sums, sums - layers[0]!.weightSums, n);
    else kernels.accumulate(sums, gradient, n, isFirst);
    if (isLast === 0 || optimizer.kind === 'lbfgs') return false;
    kernels.roundSums(sums, gradient, n);
    return true;
  }

  function moveWeights(layer: LayerLayout, { rows, columns }: Stretch, numbers: PhaseNumbers): void {
    const { inputStride, weights, weightGradient, weightVectors } = layer;
    const isWhole = columns.from === 0 && columns.to === inputStride;
    const length = isWhole ? (rows.to - rows.from) * inputStride : columns.to - columns.from;
    for (let j = rows.from; j < rows.to; j++) {
      const at = (j * inputStride + columns.from) * 4;
      if (!isReady(layer.weightSums + 2 * at, weightGradient + at, length, numbers)) {
        if (isWhole) return;
        continue;
      }
      const vectors = weightVectors.map((vector) => vector + at);
      move(weights + at, weightGradient + at, vectors, length, layout.penaltyFactor, numbers);
      if (isWhole) return;
    }
  }

  function move(
    parameters: number,
    gradient: number,
    vectors: readonly number[],
    n: number,
    penalty: number,
    { rate, step, flush }: PhaseNumbers,
  ): void {
    const first = vectors[0]!;
    switch (optimizer.kind) {
      case 'gd':
      case 'sgd':
      case 'lbfgs': // its steps are taken elsewhere
        kernels.sgdStep(parameters, gradient, n, penalty, rate);
        break;
      case 'momentum':
        if (optimizer.rate === 'outside')
          kernels.momentumStep(parameters, gradient, first, n, penalty, rate, optimizer.momentum);
        else kernels.momentumInsideStep(parameters, gradient, first, n, penalty, rate, optimizer.momentum);
        break;
      case 'nesterov': {
        const { momentum, form } = optimizer;
        if (form === 'rewritten')
          kernels.nesterovStep(parameters, gradient, first, n, penalty, rate, momentum, 1 + momentum);
        else kernels.lookAheadStep(parameters, gradient, first, vectors[1]!, n, penalty, rate, momentum);
        break;
      }
      case 'adagrad':
        kernels.squareRootStep(parameters, gradient, first, n, penalty, rate, 1, 1, optimizer.epsilon);
        break;
      case 'rmsprop': {
        const { decay, epsilon } = optimizer;
        kernels.squareRootStep(parameters, gradient, first, n, penalty, rate, decay, 1 - decay, epsilon);
        break;
      }
      case 'adam':
      case 'adamw': {
        const { beta1, beta2, epsilon, biasCorrection } = optimizer;
        const shrinkage = optimizer.kind === 'adamw' ? 1 - rate * optimizer.weightDecay : 1;
        kernels.adamStep(
          parameters, gradient, first, vectors[1]!, n, penalty,
          biasCorrection ? rate / (1 - beta1 ** step) : rate,
          biasCorrection ? 1 / Math.sqrt(1 - beta2 ** step) : 1,
          beta1, beta2, 1 - beta1, 1 - beta2, epsilon, shrinkage,
        ); // prettier-ignore
        break;
      }
    }
    if (flush === 1) for (const vector of vectors) kernels.flushDenormals(vector, n, denormalLimit);
  }

  return (phase, thread) => {
    const numbers = readPhaseNumbers(phaseNumbers);
    if (phase === 'weights') return weightsPhase(thread, numbers);
    if (phase === 'parts') return partsPhase(thread, numbers);
    if (phase === 'outputs') return outputsPhase(thread, numbers);
    const { from, to } = shareOfRows(numbers.rows, product.rowBlock, thread, threads);
    if (phase === 'gather') gatherPhase(from, to, thread, numbers);
    else rowsPhase(from, to, thread, numbers);
  };
}
