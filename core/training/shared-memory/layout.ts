/**
 * Where everything lies in the shared memory of one engine: plain data, so that every thread can be told.
 *
 *     0 … 64 KiB      the kernels' own data, written again whenever a thread instantiates them
 *     control         words to wait on, then the numbers of the present phase
 *     inputs          all pictures: bytes of pixels or floats of features, packed as they come
 *     tensors         scaling, batch, and per layer parameters, gradient, optimizer vectors, activations
 *
 * Rows of floats are filled up with zeros to a multiple of 16, one cache line: kernels have no ragged ends, and two threads
 * never write to one line.
 */
import { fewOutputs, outputScratch } from '../../kernels/matrix-product.ts';
import { isLookingAhead, type OptimizerRecipe } from '../../recipe/recipe.ts';
import { type EngineShape, isFullBatch, optimizerVectors } from '../step-engine.ts';

/** Pictures that go through the layers together; a larger batch is a sum of such pieces, always the same ones. */
export const chunkRows = 256;

/** A linear model's full batch is a sum of so many parts, each a thread's own from pixels to gradient: more than there are threads. */
export const partCount = 16;
/** Rows of a part that go from pixels to gradient together, while they are in the second-level cache. */
export const partRows = 32;

export interface LayerLayout {
  readonly inputs: number;
  readonly outputs: number;
  /** Row lengths: inputs and outputs filled up. */
  readonly inputStride: number;
  readonly outputStride: number;
  /** (outputStride, inputStride) weights, and the bias of outputStride. */
  readonly weights: number;
  readonly bias: number;
  readonly weightGradient: number;
  readonly biasGradient: number;
  /** Float64 sums of the gradients over a full batch, the bias's right behind the weights'; nothing otherwise. */
  readonly weightSums: number;
  readonly biasSums: number;
  /** Of the optimizer's vectors, in their order. */
  readonly weightVectors: readonly number[];
  readonly biasVectors: readonly number[];
  /** (chunkRows, inputStride): what comes in; the layer below writes it. */
  readonly input: number;
  /** (chunkRows, outputStride): before the activation, and ∂loss of it. */
  readonly output: number;
  readonly outputGradient: number;
  /** The latter in the order that the weights' gradient wants: panels of six outputs, or transposed. */
  readonly panels: number;
}

/** What a thread needs to do a part of a full batch by itself: `partRows` rows of one layer, and the gradient of its weights and bias. */
export interface OwnRows {
  readonly input: number;
  readonly output: number;
  readonly outputGradient: number;
  readonly weightGradient: number;
  readonly biasGradient: number;
}

export interface Layout extends Omit<EngineShape, 'sizes'> {
  readonly backend: 'wasm' | 'native';
  readonly inputType: 'bytes' | 'floats';
  readonly featureCount: number;
  readonly classes: number;
  readonly threads: number;
  /** Int32 words that threads wait on. */
  readonly words: number;
  /** Float64 numbers of the present phase. */
  readonly phaseNumbers: number;
  readonly inputs: number;
  readonly mean: number;
  readonly inverseDeviation: number;
  /** Per row of a chunk, or of a full batch in parts: Uint32 picture numbers, Uint32 labels, Float64 losses, Uint32 hits. */
  readonly batchRows: number;
  readonly batch: number;
  readonly labels: number;
  readonly losses: number;
  readonly hits: number;
  /** (classes) floats. */
  readonly classWeights: number;
  readonly layers: readonly LayerLayout[];
  /** Whether threads divide the outputs of the first layer, not its rows; see step-program.ts. */
  readonly dividesOutputs: boolean;
  /** Where a full batch is a sum of parts: each thread's own rows, and each part's Float64 sums, weights then bias. Empty otherwise. */
  readonly ownRows: readonly OwnRows[];
  readonly partSums: readonly number[];
  /** Working memory of each thread, and room for one picture of bytes with a table of its columns. */
  readonly scratch: readonly number[];
  readonly placed: readonly number[];
  readonly columns: readonly number[];
  /** Bytes of the whole memory. */
  readonly end: number;
}

export interface LayoutOptions extends EngineShape {
  /** Who multiplies large matrices; the kernels where nobody says. */
  readonly backend?: 'wasm' | 'native';
  readonly inputType: 'bytes' | 'floats';
  readonly inputBytes: number;
  readonly threads: number;
}

/** wasm32 reaches so far. */
export const largestMemoryBytes = 2 ** 32 - 2 ** 16;

export function layoutOf({ sizes, inputBytes, ...rest }: LayoutOptions): Layout {
  let end = 2 ** 16;
  const take = (bytes: number): number => {
    const at = end;
    end = Math.ceil((at + bytes) / 64) * 64;
    return at;
  };
  const floats = (count: number) => take(count * 4);
  const stride = (count: number) => filledUp(count, rest.backend ?? 'wasm');
  const vectorCount = memoryVectors(rest.optimizer).length;
  const vectors = (count: number) => Array.from({ length: vectorCount }, () => floats(count));

  const hasSums = isFullBatch(rest.optimizer);
  const words = take(4 * wordNames);
  const phaseNumbers = take(8 * phaseNumberCount);
  const inputs = take(inputBytes);
  const featureStride = stride(sizes[0]!);
  const mean = floats(featureStride);
  const inverseDeviation = floats(featureStride);
  const isInParts = hasSums && sizes.length === 2 && sizes[1]! <= fewOutputs;
  const pictureCount = inputBytes / sizes[0]! / (rest.inputType === 'floats' ? 4 : 1);
  const batchRows = isInParts ? Math.max(chunkRows, pictureCount) : chunkRows;
  const batch = take(4 * batchRows);
  const labels = take(4 * batchRows);
  const losses = take(8 * batchRows);
  const hits = take(4 * batchRows);
  const classWeights = floats(sizes.at(-1)!);
  const layers = sizes.slice(1).map((outputs, l): LayerLayout => {
    const inputs = sizes[l]!;
    const inputStride = stride(inputs);
    const outputStride = stride(outputs);
    const weightCount = outputStride * inputStride;
    return {
      inputs,
      outputs,
      inputStride,
      outputStride,
      weights: floats(weightCount),
      bias: floats(outputStride),
      weightGradient: floats(weightCount),
      biasGradient: floats(outputStride),
      weightSums: take(hasSums ? 8 * weightCount : 0),
      biasSums: take(hasSums ? 8 * outputStride : 0),
      weightVectors: vectors(weightCount),
      biasVectors: vectors(outputStride),
      input: floats(chunkRows * inputStride),
      output: floats(chunkRows * outputStride),
      outputGradient: floats(chunkRows * outputStride),
      panels: floats(Math.max(Math.ceil(outputs / 6) * 6, outputStride) * chunkRows),
    };
  });
  const { inputStride, outputStride } = layers[0]!;
  const ownRows = Array.from({ length: isInParts ? rest.threads : 0 }, () => ({
    input: floats(partRows * inputStride),
    output: floats(partRows * outputStride),
    outputGradient: floats(partRows * outputStride),
    weightGradient: floats(outputStride * inputStride),
    biasGradient: floats(outputStride),
  }));
  const partSums = Array.from({ length: isInParts ? partCount : 0 }, () => take(8 * outputStride * (inputStride + 1)));
  const dividesOutputs = rest.backend === 'native' && sizes[1]! > fewOutputs;
  const scratchFloats = Math.max(16 * chunkRows, ...sizes.map((size) => 16 * stride(size)), outputScratch(sizes[1]!));
  const scratch = Array.from({ length: rest.threads }, () => floats(scratchFloats));
  const { width, height, channels } = rest.picture ?? { width: 0, height: 0, channels: 0 };
  const placed = Array.from({ length: rest.threads }, () => take(width * height * channels));
  const columns = Array.from({ length: rest.threads }, () => take(12 * width));
  return {
    ...forThreads(rest),
    featureCount: sizes[0]!,
    classes: sizes.at(-1)!,
    words,
    phaseNumbers,
    inputs,
    mean,
    inverseDeviation,
    batchRows,
    batch,
    labels,
    losses,
    hits,
    classWeights,
    layers,
    dividesOutputs,
    ownRows,
    partSums,
    scratch,
    placed,
    columns,
    end,
  };
}

/** The optimizer's vectors as they lie in memory: those that are saved, and w where the parameters lie ahead of it. */
export function memoryVectors(optimizer: OptimizerRecipe): readonly string[] {
  const saved = optimizerVectors(optimizer);
  return isLookingAhead(optimizer) ? [...saved, 'base'] : saved;
}

/** Only what a thread has to know: the options may carry pictures and parameters, and a layout is copied to every thread. */
function forThreads(
  options: Omit<LayoutOptions, 'sizes' | 'inputBytes'>,
): Required<Omit<LayoutOptions, 'sizes' | 'inputBytes'>> {
  const { activations, dropout, loss, penaltyFactor, optimizer, augmentation, picture, seed } = options;
  const { inputType, backend = 'wasm', threads } = options;
  return {
    activations, dropout, loss, penaltyFactor, optimizer, augmentation, picture, seed, inputType, backend, threads,
  }; // prettier-ignore
}

/** Numbers of a phase; see step-program.ts. */
export const phaseNumberCount = 16;
/** Words for waiting; see team.ts. */
const wordNames = 16 * 4; // each on a cache line of its own

/**
 * Whole cache lines; one more where rows would lie a multiple of 2 KiB apart, and so all in the same few places of the cache. The library
 * bears 2 KiB, and would multiply by the zeros too.
 */
function filledUp(count: number, backend: 'wasm' | 'native'): number {
  const whole = Math.ceil(count / 16) * 16;
  return whole % (backend === 'native' ? 1024 : 512) === 0 ? whole + 16 : whole;
}
