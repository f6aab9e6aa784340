/**
 * What each thread does in each phase of a step. Between two phases all threads meet.
 *
 *     rows      each thread takes some rows of the chunk from pixels to scores, loss and gradients of hidden units
 *     weights   each thread takes some columns of every weight gradient and moves its parameters along them
 *
 * No sum crosses threads, so the bits do not depend on how many there are.
 */
import { type Activation, activations } from '../../models/layers/activation.ts';
import type { ActivationName } from '../../recipe/recipe.ts';
import { denormalLimit } from '../plain-step-engine.ts';
import { indexOfHighest, lossOfRow } from '../row-loss.ts';
import type { Kernels } from '../../kernels/kernels.ts';
import { chunkRows, type LayerLayout, type Layout, phaseNumberCount } from './layout.ts';
import { wasmProduct } from '../../kernels/matrix-product.ts';

export type Phase = 'rows' | 'weights';
export const phases: readonly Phase[] = ['rows', 'weights'];

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
  /** The learning rate; for Adam α / (1 − β₁ᵗ). */
  readonly rate: number;
  /** For Adam 1 / √(1 − β₂ᵗ). */
  readonly rootFactor: number;
  /** 1 where denormal numbers of the optimizer's vectors are to be flushed. */
  readonly flush: number;
}
const numberNames: readonly (keyof PhaseNumbers)[] = [
  'rows',
  'batchRows',
  'withGradients',
  'isFirst',
  'isLast',
  'rate',
  'rootFactor',
  'flush',
];

export function writePhaseNumbers(buffer: SharedArrayBuffer, { phaseNumbers }: Layout, numbers: PhaseNumbers): void {
  const target = new Float64Array(buffer, phaseNumbers, phaseNumberCount);
  numberNames.forEach((name, i) => (target[i] = numbers[name]));
}

function readPhaseNumbers(source: Float64Array): PhaseNumbers {
  return Object.fromEntries(numberNames.map((name, i) => [name, source[i]!])) as unknown as PhaseNumbers;
}

/** The slope left of 0 of the activations that the kernels compute; the smooth ones are computed here. */
const slopes: Partial<Record<ActivationName, number>> = { relu: 0, 'leaky-relu': 0.01, identity: 1 };

/** The program of one thread over one memory. */
export function stepProgram(
  kernels: Kernels,
  buffer: SharedArrayBuffer,
  layout: Layout,
): (phase: Phase, thread: number) => void {
  const product = wasmProduct(kernels);
  const { layers, threads, classes, optimizer } = layout;
  const phi = activations[layout.activation];
  const slope = slopes[layout.activation];
  const phaseNumbers = new Float64Array(buffer, layout.phaseNumbers, phaseNumberCount);
  const batch = new Uint32Array(buffer, layout.batch, chunkRows);
  const labels = new Uint32Array(buffer, layout.labels, chunkRows);
  const losses = new Float64Array(buffer, layout.losses, chunkRows);
  const hits = new Uint32Array(buffer, layout.hits, chunkRows);
  const last = layers.at(-1)!;
  const rowOf = (at: number, stride: number, i: number, length: number) =>
    new Float32Array(buffer, at + i * stride * 4, length);
  const scoreRows = Array.from({ length: chunkRows }, (_, i) => rowOf(last.output, last.outputStride, i, classes));
  const scoreGradientRows = scoreRows.map((_, i) => rowOf(last.outputGradient, last.outputStride, i, classes));

  function rowsPhase(from: number, to: number, thread: number, numbers: PhaseNumbers): void {
    const rows = to - from;
    if (rows === 0) return;
    const { featureCount, mean, inverseDeviation, pixels } = layout;
    const first = layers[0]!;
    for (let i = from; i < to; i++) {
      const picture = pixels + batch[i]! * featureCount;
      kernels.gather(picture, mean, inverseDeviation, first.input + i * first.inputStride * 4, featureCount);
    }
    layers.forEach((layer, l) => {
      const { inputStride, outputStride, outputs } = layer;
      const input = layer.input + from * inputStride * 4;
      const output = layer.output + from * outputStride * 4;
      product.forward(
        input,
        rows,
        layer.weights,
        inputStride,
        Math.ceil(outputs / 4) * 4,
        layer.bias,
        output,
        outputStride,
      );
      const next = layers[l + 1];
      if (next === undefined) return;
      if (slope !== undefined)
        kernels.rectify(output, next.input + from * outputStride * 4, rows * outputStride, slope);
      else activate(layer, next, from, to, phi);
    });
    if (numbers.batchRows === 0) return;
    for (let i = from; i < to; i++) {
      const scores = scoreRows[i]!;
      const highest = indexOfHighest(scores);
      hits[i] = highest === labels[i]! ? 1 : 0;
      const gradient = numbers.withGradients === 1 ? scoreGradientRows[i]! : null;
      losses[i] = lossOfRow(layout.loss, scores, labels[i]!, highest, numbers.batchRows, gradient);
    }
    if (numbers.withGradients === 0) return;
    for (let l = layers.length - 1; l >= 0; l--) {
      const layer = layers[l]!;
      const { outputGradient, outputStride, outputs, panels } = layer;
      kernels.packGradient(outputGradient, outputStride, from, to, outputs, panels, chunkRows);
      if (l === 0) return;
      const below = layers[l - 1]!;
      const target = below.outputGradient + from * below.outputStride * 4;
      const source = outputGradient + from * outputStride * 4;
      const scratch = layout.scratch[thread]!;
      product.inputGradient(source, outputStride, rows, layer.weights, layer.inputStride, outputs, scratch, target);
      if (slope === undefined) activateGradient(below, from, to, phi);
      else
        kernels.rectifyGradient(below.output + from * below.outputStride * 4, target, rows * below.outputStride, slope);
    }
  }

  /** h = φ(a) of these rows; what fills rows up stays 0. */
  function activate(
    { output, outputs, outputStride }: LayerLayout,
    next: LayerLayout,
    from: number,
    to: number,
    { value }: Activation,
  ): void {
    for (let i = from; i < to; i++) {
      const a = rowOf(output, outputStride, i, outputs);
      const h = rowOf(next.input, outputStride, i, outputs);
      for (let j = 0; j < outputs; j++) h[j] = value(a[j]!);
    }
  }

  /** ∂a = ∂h ⊙ φ′(a) of these rows. */
  function activateGradient(
    { output, outputGradient, outputs, outputStride }: LayerLayout,
    from: number,
    to: number,
    { derivative }: Activation,
  ): void {
    for (let i = from; i < to; i++) {
      const a = rowOf(output, outputStride, i, outputs);
      const d = rowOf(outputGradient, outputStride, i, outputs);
      for (let j = 0; j < outputs; j++) d[j] = d[j]! * derivative(a[j]!);
    }
  }

  function weightsPhase(thread: number, numbers: PhaseNumbers): void {
    const { rows, isFirst, isLast } = numbers;
    for (const layer of layers) {
      const { inputStride, outputs, outputStride } = layer;
      const columns = share(inputStride, thread, threads);
      if (columns.to > columns.from) {
        product.weightGradient(
          layer.panels, chunkRows, rows, outputs, layer.input, inputStride, columns.from, columns.to,
          layout.scratch[thread]!, layer.weightGradient, isFirst,
        ); // prettier-ignore
        if (isLast === 1) moveWeights(layer, columns.from, columns.to, numbers);
      }
      const units = share(outputStride, thread, threads);
      if (units.to === units.from) continue;
      const at = units.from * 4;
      kernels.biasGradient(
        layer.outputGradient + at,
        outputStride,
        rows,
        units.to - units.from,
        layer.biasGradient + at,
        isFirst,
      );
      if (isLast === 0) continue;
      const vectors = layer.biasVectors.map((vector) => vector + at);
      move(layer.bias + at, layer.biasGradient + at, vectors, units.to - units.from, 0, numbers);
    }
  }

  function moveWeights(layer: LayerLayout, from: number, to: number, numbers: PhaseNumbers): void {
    const { inputStride, outputs, weights, weightGradient, weightVectors } = layer;
    if (from === 0 && to === inputStride) {
      move(weights, weightGradient, weightVectors, outputs * inputStride, layout.penaltyFactor, numbers);
      return;
    }
    for (let j = 0; j < outputs; j++) {
      const at = (j * inputStride + from) * 4;
      const vectors = weightVectors.map((vector) => vector + at);
      move(weights + at, weightGradient + at, vectors, to - from, layout.penaltyFactor, numbers);
    }
  }

  function move(
    parameters: number,
    gradient: number,
    vectors: readonly number[],
    n: number,
    penalty: number,
    { rate, rootFactor, flush }: PhaseNumbers,
  ): void {
    switch (optimizer.kind) {
      case 'sgd':
        kernels.sgdStep(parameters, gradient, n, penalty, rate);
        break;
      case 'momentum':
        kernels.momentumStep(parameters, gradient, vectors[0]!, n, penalty, rate, optimizer.momentum);
        break;
      case 'adam': {
        const { beta1, beta2, epsilon } = optimizer;
        kernels.adamStep(
          parameters, gradient, vectors[0]!, vectors[1]!, n, penalty, rate, rootFactor, beta1, beta2, 1 - beta1,
          1 - beta2, epsilon,
        ); // prettier-ignore
        break;
      }
    }
    if (flush === 1) for (const vector of vectors) kernels.flushDenormals(vector, n, denormalLimit);
  }

  return (phase, thread) => {
    const numbers = readPhaseNumbers(phaseNumbers);
    if (phase === 'weights') return weightsPhase(thread, numbers);
    const from = Math.floor((numbers.rows * thread) / threads);
    const to = Math.floor((numbers.rows * (thread + 1)) / threads);
    rowsPhase(from, to, thread, numbers);
  };
}

/** A thread's stretch of a row, in whole cache lines. */
function share(stride: number, thread: number, threads: number): { from: number; to: number } {
  const lines = stride / 16;
  return { from: 16 * Math.floor((lines * thread) / threads), to: 16 * Math.floor((lines * (thread + 1)) / threads) };
}
