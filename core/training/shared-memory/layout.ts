/**
 * Where everything lies in the shared memory of one engine: plain data, so that every thread can be told.
 *
 *     0 … 64 KiB      the kernels' own data, written again whenever a thread instantiates them
 *     control         words to wait on, then the numbers of the present phase
 *     pixels          bytes of all pictures
 *     tensors         scaling, batch, and per layer parameters, gradient, optimizer vectors, activations
 *
 * Rows of floats are filled up with zeros to a multiple of 16, one cache line: kernels have no ragged ends, and two threads
 * never write to one line.
 */
import type { ActivationName, LossName, OptimizerRecipe } from '../../recipe/recipe.ts';
import { optimizerVectors } from '../step-engine.ts';

/** Pictures that go through the layers together; a larger batch is a sum of such pieces, always the same ones. */
export const chunkRows = 256;

export interface LayerLayout {
  readonly inputs: number;
  readonly outputs: number;
  /** Row lengths: inputs and outputs filled up. */
  readonly inputStride: number;
  readonly outputStride: number;
  /** (outputs filled up to a multiple of 4, inputStride) weights, and the bias of outputStride. */
  readonly weights: number;
  readonly bias: number;
  readonly weightGradient: number;
  readonly biasGradient: number;
  /** Of the optimizer's vectors, in their order. */
  readonly weightVectors: readonly number[];
  readonly biasVectors: readonly number[];
  /** (chunkRows, inputStride): what comes in; the layer below writes it. */
  readonly input: number;
  /** (chunkRows, outputStride): before the activation, and ∂loss of it. */
  readonly output: number;
  readonly outputGradient: number;
  /** The latter in panels of six outputs. */
  readonly panels: number;
}

export interface Layout {
  readonly activation: ActivationName;
  readonly loss: LossName;
  readonly optimizer: OptimizerRecipe;
  readonly penaltyFactor: number;
  readonly featureCount: number;
  readonly classes: number;
  readonly threads: number;
  /** Int32 words that threads wait on. */
  readonly words: number;
  /** Float64 numbers of the present phase. */
  readonly phaseNumbers: number;
  readonly pixels: number;
  readonly mean: number;
  readonly inverseDeviation: number;
  /** (chunkRows) Uint32 picture numbers, Uint32 labels, Float64 losses, Uint32 hits. */
  readonly batch: number;
  readonly labels: number;
  readonly losses: number;
  readonly hits: number;
  readonly layers: readonly LayerLayout[];
  /** Working memory of each thread. */
  readonly scratch: readonly number[];
  /** Bytes of the whole memory. */
  readonly end: number;
}

export interface LayoutOptions extends Pick<Layout, 'activation' | 'loss' | 'optimizer' | 'penaltyFactor' | 'threads'> {
  /** [features, hidden…, classes]. */
  readonly sizes: readonly number[];
  readonly pixelBytes: number;
}

/** wasm32 reaches so far. */
export const largestMemoryBytes = 2 ** 32 - 2 ** 16;

export function layoutOf({ sizes, pixelBytes, ...rest }: LayoutOptions): Layout {
  let end = 2 ** 16;
  const take = (bytes: number): number => {
    const at = end;
    end = Math.ceil((at + bytes) / 64) * 64;
    return at;
  };
  const floats = (count: number) => take(count * 4);
  const vectorCount = optimizerVectors(rest.optimizer).length;
  const vectors = (count: number) => Array.from({ length: vectorCount }, () => floats(count));

  const words = take(4 * wordNames);
  const phaseNumbers = take(8 * phaseNumberCount);
  const pixels = take(pixelBytes);
  const featureStride = filledUp(sizes[0]!);
  const mean = floats(featureStride);
  const inverseDeviation = floats(featureStride);
  const batch = take(4 * chunkRows);
  const labels = take(4 * chunkRows);
  const losses = take(8 * chunkRows);
  const hits = take(4 * chunkRows);
  const layers = sizes.slice(1).map((outputs, l): LayerLayout => {
    const inputs = sizes[l]!;
    const inputStride = filledUp(inputs);
    const outputStride = filledUp(outputs);
    const weightCount = Math.ceil(outputs / 4) * 4 * inputStride;
    return {
      inputs,
      outputs,
      inputStride,
      outputStride,
      weights: floats(weightCount),
      bias: floats(outputStride),
      weightGradient: floats(weightCount),
      biasGradient: floats(outputStride),
      weightVectors: vectors(weightCount),
      biasVectors: vectors(outputStride),
      input: floats(chunkRows * inputStride),
      output: floats(chunkRows * outputStride),
      outputGradient: floats(chunkRows * outputStride),
      panels: floats(Math.ceil(outputs / 6) * chunkRows * 6),
    };
  });
  const scratchFloats = 8 * Math.max(chunkRows, ...sizes);
  const scratch = Array.from({ length: rest.threads }, () => floats(scratchFloats));
  return {
    ...rest,
    featureCount: sizes[0]!,
    classes: sizes.at(-1)!,
    words,
    phaseNumbers,
    pixels,
    mean,
    inverseDeviation,
    batch,
    labels,
    losses,
    hits,
    layers,
    scratch,
    end,
  };
}

/** Numbers of a phase; see step-program.ts. */
export const phaseNumberCount = 8;
/** Words for waiting; see team.ts. */
const wordNames = 16 * 4; // each on a cache line of its own

function filledUp(count: number): number {
  return Math.ceil(count / 16) * 16;
}
