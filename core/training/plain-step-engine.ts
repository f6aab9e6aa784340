/**
 * The step engine in plain TypeScript: float32 storage, every sum in float64, one thread.
 *
 * It is the one to read, and what the shared-memory engine is tested against; the formulas are those of
 * core/models/multilayer-perceptron.ts, core/losses and core/optimizers, in their order.
 */
import { StudioError } from '../errors.ts';
import { activations } from '../models/layers/activation.ts';
import type { LossName, OptimizerRecipe } from '../recipe/recipe.ts';
import {
  type EngineSet,
  type EngineSetup,
  type EngineState,
  optimizerVectors,
  parameterCountOf,
  type ShouldStop,
  type StepEngine,
} from './step-engine.ts';
import { indexOfHighest, lossOfRow } from './row-loss.ts';

/** Pictures that an evaluation looks at between two questions whether to stop. */
const evaluationRows = 256;
/** Moments below this are set to 0 every so many steps: denormal numbers make a processor many times slower. */
export const denormalFlushSteps = 64;
export const denormalLimit = 1e-30;

interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  /** First indices in the parameter vector. */
  readonly weightsAt: number;
  readonly biasAt: number;
}

/** @throws StudioError SHAPE_MISMATCH when the initial parameters belong to other sizes. */
export function plainStepEngine(setup: EngineSetup): StepEngine {
  const { sizes, optimizer, pictures, scaling, penaltyFactor } = setup;
  const layers = layersOf(sizes);
  const depth = layers.length;
  const classes = sizes.at(-1)!;
  const parameterCount = parameterCountOf(sizes);
  requireLength('parameters', setup.parameters, parameterCount);
  const parameters = setup.parameters.slice();
  const gradient = new Float32Array(parameterCount);
  const vectors: Record<string, Float32Array> = {};
  for (const name of optimizerVectors(optimizer)) vectors[name] = new Float32Array(parameterCount);
  let stepCount = 0;
  const phi = activations[setup.activation];

  /** inputs[l] of layer l, its pre-activations and their gradient, for up to `capacity` rows. */
  let capacity = 0;
  let inputs: Float32Array[] = [];
  let outputs: Float32Array[] = [];
  let gradients: Float32Array[] = [];
  let batchLabels = new Uint16Array(0);

  function reserve(rows: number): void {
    if (rows <= capacity) return;
    capacity = rows;
    inputs = layers.map((layer) => new Float32Array(rows * layer.inputs));
    outputs = layers.map((layer) => new Float32Array(rows * layer.outputs));
    gradients = layers.map((layer) => new Float32Array(rows * layer.outputs));
    batchLabels = new Uint16Array(rows);
  }

  /** Standardised pixels and labels of pictures set[numbers[from … to)] into the first layer's input. */
  function gather(set: Uint32Array, numbers: Uint32Array | null, from: number, to: number): void {
    const { pixels, featureCount, labels } = pictures;
    const { mean, inverseDeviation } = scaling;
    const x = inputs[0]!;
    for (let i = from; i < to; i++) {
      const picture = set[numbers === null ? i : numbers[i]!]!;
      const source = picture * featureCount;
      const target = (i - from) * featureCount;
      for (let j = 0; j < featureCount; j++) x[target + j] = (pixels[source + j]! - mean[j]!) * inverseDeviation[j]!;
      batchLabels[i - from] = labels[picture]!;
    }
  }

  function forward(rows: number): void {
    for (let l = 0; l < depth; l++) {
      affine(rows, layers[l]!, inputs[l]!, parameters, outputs[l]!);
      if (l + 1 === depth) return;
      const a = outputs[l]!;
      const h = inputs[l + 1]!;
      for (let i = 0; i < rows * layers[l]!.outputs; i++) h[i] = phi.value(a[i]!);
    }
  }

  /** From ∂scores in the last of `gradients` to the gradient of all parameters. */
  function backward(rows: number): void {
    for (let l = depth - 1; l >= 0; l--) {
      const layer = layers[l]!;
      weightGradient(rows, layer, inputs[l]!, gradients[l]!, parameters, penaltyFactor, gradient);
      if (l === 0) return;
      const below = gradients[l - 1]!;
      inputGradient(rows, layer, gradients[l]!, parameters, below);
      const a = outputs[l - 1]!;
      for (let i = 0; i < rows * layer.inputs; i++) below[i] = below[i]! * phi.derivative(a[i]!);
    }
  }

  function forEachBlock(set: EngineSet, shouldStop: ShouldStop, visit: (rows: number, from: number) => void): boolean {
    const numbers = pictures.sets[set];
    reserve(Math.min(evaluationRows, numbers.length));
    for (let from = 0; from < numbers.length; from += evaluationRows) {
      if (shouldStop(from)) return false;
      const to = Math.min(numbers.length, from + evaluationRows);
      gather(numbers, null, from, to);
      forward(to - from);
      visit(to - from, from);
    }
    return true;
  }

  return {
    parameterCount,
    backend: 'wasm',
    threads: 1,

    step(numbers, learningRate) {
      const rows = numbers.length;
      reserve(rows);
      gather(pictures.sets.train, numbers, 0, rows);
      forward(rows);
      const result = judge(setup.loss, rows, classes, outputs[depth - 1]!, batchLabels, gradients[depth - 1]!);
      backward(rows);
      update(optimizer, parameters, gradient, vectors, ++stepCount, learningRate);
      return { loss: result.lossSum / rows, correct: result.correct };
    },

    evaluate(set, shouldStop) {
      let lossSum = 0;
      let correct = 0;
      const isDone = forEachBlock(set, shouldStop, (rows) => {
        const result = judge(setup.loss, rows, classes, outputs[depth - 1]!, batchLabels, null);
        lossSum += result.lossSum;
        correct += result.correct;
      });
      const count = pictures.sets[set].length;
      return isDone ? { loss: lossSum / count, accuracy: correct / count, count } : null;
    },

    scores(set, shouldStop) {
      const all = new Float32Array(pictures.sets[set].length * classes);
      const isDone = forEachBlock(set, shouldStop, (rows, from) => {
        all.set(outputs[depth - 1]!.subarray(0, rows * classes), from * classes);
      });
      return isDone ? all : null;
    },

    save(): EngineState {
      const saved: Record<string, number | Float32Array> = { stepCount };
      for (const [name, vector] of Object.entries(vectors)) saved[name] = vector.slice();
      return { parameters: parameters.slice(), optimizer: saved };
    },

    restore(state) {
      requireEngineState(state, optimizer, parameterCount);
      parameters.set(state.parameters);
      stepCount = state.optimizer['stepCount'] as number;
      for (const [name, vector] of Object.entries(vectors)) vector.set(state.optimizer[name] as Float32Array);
    },

    isFinite: () => isAllFinite(parameters) && Object.values(vectors).every(isAllFinite),
    close: () => undefined,
  };
}

/** Throws SHAPE_MISMATCH unless a saved state belongs to this optimizer and this many parameters. */
export function requireEngineState(state: EngineState, optimizer: OptimizerRecipe, parameterCount: number): void {
  requireLength('parameters', state.parameters, parameterCount);
  if (typeof state.optimizer['stepCount'] !== 'number') {
    throw new StudioError('SHAPE_MISMATCH', { what: 'stepCount', expected: 'a number', actual: 'none' });
  }
  for (const name of optimizerVectors(optimizer)) {
    const vector = state.optimizer[name];
    requireLength(name, vector instanceof Float32Array ? vector : new Float32Array(0), parameterCount);
  }
}

/** A sum over all is not finite when one is not; finite numbers alone cannot bring a float64 sum of float32s past its end. */
export function isAllFinite(values: Float32Array): boolean {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return Number.isFinite(sum);
}

function requireLength(what: string, values: Float32Array, length: number): void {
  if (values.length === length) return;
  throw new StudioError('SHAPE_MISMATCH', { what, expected: `(${length})`, actual: `(${values.length})` });
}

function layersOf(sizes: readonly number[]): Layer[] {
  const layers: Layer[] = [];
  let offset = 0;
  for (let l = 1; l < sizes.length; l++) {
    const inputs = sizes[l - 1]!;
    const outputs = sizes[l]!;
    layers.push({ inputs, outputs, weightsAt: offset, biasAt: offset + inputs * outputs });
    offset += (inputs + 1) * outputs;
  }
  return layers;
}

/** A = X·Wᵀ + b. */
function affine(rows: number, layer: Layer, x: Float32Array, parameters: Float32Array, a: Float32Array): void {
  const { inputs, outputs, weightsAt, biasAt } = layer;
  for (let i = 0; i < rows; i++) {
    const xAt = i * inputs;
    for (let j = 0; j < outputs; j++) {
      const wAt = weightsAt + j * inputs;
      let sum = parameters[biasAt + j]!;
      for (let k = 0; k < inputs; k++) sum += x[xAt + k]! * parameters[wAt + k]!;
      a[i * outputs + j] = sum;
    }
  }
}

/** ∂W = ∂Aᵀ·X + penaltyFactor·W,  ∂b = Σᵢ ∂Aᵢ. */
function weightGradient(
  rows: number,
  layer: Layer,
  x: Float32Array,
  dA: Float32Array,
  parameters: Float32Array,
  penaltyFactor: number,
  gradient: Float32Array,
): void {
  const { inputs, outputs, weightsAt, biasAt } = layer;
  const sums = new Float64Array(inputs);
  for (let j = 0; j < outputs; j++) {
    const wAt = weightsAt + j * inputs;
    let biasSum = 0;
    sums.fill(0);
    for (let i = 0; i < rows; i++) {
      const g = dA[i * outputs + j]!;
      const xAt = i * inputs;
      biasSum += g;
      for (let k = 0; k < inputs; k++) sums[k]! += g * x[xAt + k]!;
    }
    gradient[biasAt + j] = biasSum;
    for (let k = 0; k < inputs; k++) gradient[wAt + k] = sums[k]! + penaltyFactor * parameters[wAt + k]!;
  }
}

/** ∂X = ∂A·W. */
function inputGradient(rows: number, layer: Layer, dA: Float32Array, parameters: Float32Array, dX: Float32Array): void {
  const { inputs, outputs, weightsAt } = layer;
  const sums = new Float64Array(inputs);
  for (let i = 0; i < rows; i++) {
    sums.fill(0);
    for (let j = 0; j < outputs; j++) {
      const g = dA[i * outputs + j]!;
      const wAt = weightsAt + j * inputs;
      for (let k = 0; k < inputs; k++) sums[k]! += g * parameters[wAt + k]!;
    }
    dX.set(sums, i * inputs);
  }
}

/** Loss and hits of a block of scores; with `dS`, also ∂(mean loss)/∂scores. */
function judge(
  loss: LossName,
  rows: number,
  classes: number,
  scores: Float32Array,
  labels: Uint16Array,
  dS: Float32Array | null,
): { lossSum: number; correct: number } {
  let lossSum = 0;
  let correct = 0;
  for (let i = 0; i < rows; i++) {
    const row = scores.subarray(i * classes, (i + 1) * classes);
    const y = labels[i]!;
    const highest = indexOfHighest(row);
    if (highest === y) correct++;
    lossSum += lossOfRow(loss, row, y, highest, rows, dS?.subarray(i * classes, (i + 1) * classes) ?? null);
  }
  return { lossSum, correct };
}

/** One step of the optimizer; t counts from 1. The formulas are in core/optimizers. */
function update(
  optimizer: OptimizerRecipe,
  parameters: Float32Array,
  gradient: Float32Array,
  vectors: Readonly<Record<string, Float32Array>>,
  t: number,
  learningRate: number,
): void {
  switch (optimizer.kind) {
    case 'sgd':
      for (let i = 0; i < parameters.length; i++) parameters[i] = parameters[i]! - learningRate * gradient[i]!;
      break;
    case 'momentum': {
      const { momentum } = optimizer;
      const velocity = vectors['velocity']!;
      for (let i = 0; i < parameters.length; i++) {
        const v = (velocity[i] = momentum * velocity[i]! + gradient[i]!);
        parameters[i] = parameters[i]! - learningRate * v;
      }
      break;
    }
    case 'adam': {
      const { beta1, beta2, epsilon } = optimizer;
      const firstMoment = vectors['firstMoment']!;
      const secondMoment = vectors['secondMoment']!;
      const correction1 = 1 - beta1 ** t;
      const correction2 = 1 - beta2 ** t;
      for (let i = 0; i < parameters.length; i++) {
        const g = gradient[i]!;
        const m = (firstMoment[i] = beta1 * firstMoment[i]! + (1 - beta1) * g);
        const v = (secondMoment[i] = beta2 * secondMoment[i]! + (1 - beta2) * g * g);
        parameters[i] = parameters[i]! - (learningRate * (m / correction1)) / (Math.sqrt(v / correction2) + epsilon);
      }
      break;
    }
  }
  if (t % denormalFlushSteps === 0) for (const vector of Object.values(vectors)) flushDenormals(vector);
}

function flushDenormals(values: Float32Array): void {
  for (let i = 0; i < values.length; i++) if (Math.abs(values[i]!) < denormalLimit) values[i] = 0;
}
