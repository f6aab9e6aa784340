/**
 * The step engine in plain TypeScript: float32 storage, every sum in float64, one thread.
 *
 * It is the one to read, and what the shared-memory engine is tested against; the formulas are those of
 * core/models/multilayer-perceptron.ts, core/losses and core/optimizers, in their order.
 */
import { StudioError } from '../errors.ts';
import { activations } from '../models/layers/activation.ts';
import { isAugmented, isLookingAhead, type OptimizerRecipe } from '../recipe/recipe.ts';
import { augmentationKey, placementOf, placePicture } from './augmentation.ts';
import { dropOut, dropoutKey } from './dropout.ts';
import {
  type EngineSet,
  type EngineSetup,
  type EngineState,
  optimizerState,
  optimizerVectors,
  parameterCountOf,
  type ShouldStop,
  type StepEngine,
  type StepResult,
} from './step-engine.ts';
import { minimizerStep } from './minimizer-step.ts';
import { denormalLimit, indexOfHighest, lossOfRow } from './row-loss.ts';

/** Pictures that an evaluation looks at between two questions whether to stop. */
const evaluationRows = 256;
/** Moments below this are set to 0 every so many steps: denormal numbers make a processor many times slower. */
export const denormalFlushSteps = 64;

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
  const phis = setup.activations.map((name) => activations[name]);
  /** w, while the parameters are w + ρ·v; see core/optimizers/sgd.ts. */
  const base = isLookingAhead(optimizer) ? parameters.slice() : null;

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

  /** Scaled inputs and labels of pictures set[numbers[from … to)] into the first layer's input. */
  function gather(set: Uint32Array, numbers: Uint32Array | null, from: number, to: number, epoch: number | null): void {
    const { featureCount, labels } = pictures;
    const { augmentation, picture: shape, seed } = setup;
    const { inputs: values } = pictures;
    const mean = scaling?.mean;
    const inverseDeviation = scaling?.inverseDeviation;
    const placed =
      epoch !== null && shape !== null && values instanceof Uint8Array && isAugmented(augmentation)
        ? { values, shape, key: augmentationKey(seed, epoch), target: new Uint8Array(featureCount) }
        : null;
    const x = inputs[0]!;
    for (let i = from; i < to; i++) {
      const picture = set[numbers === null ? i : numbers[i]!]!;
      const target = (i - from) * featureCount;
      if (placed !== null) {
        const placement = placementOf(augmentation, placed.shape, placed.key, picture);
        placePicture(placed.values, picture * featureCount, placed.shape, placement, placed.target);
      }
      const source = placed?.target ?? values;
      const at = placed === null ? picture * featureCount : 0;
      for (let j = 0; j < featureCount; j++) {
        x[target + j] = (source[at + j]! - (mean?.[j] ?? 0)) * (inverseDeviation?.[j] ?? 1);
      }
      batchLabels[i - from] = labels[picture]!;
    }
  }

  /** `step` leaves units out by dropout, null none. */
  function forward(rows: number, step: number | null): void {
    for (let l = 0; l < depth; l++) {
      affine(rows, layers[l]!, inputs[l]!, parameters, outputs[l]!);
      if (l + 1 === depth) return;
      const a = outputs[l]!;
      const h = inputs[l + 1]!;
      const phi = phis[l]!;
      for (let i = 0; i < rows * layers[l]!.outputs; i++) h[i] = phi.value(a[i]!);
      if (step !== null) dropUnits(h, rows, l, step);
    }
  }

  function dropUnits(values: Float32Array, rows: number, l: number, step: number): void {
    const p = setup.dropout[l]!;
    if (p > 0) dropOut(values, 0, rows * layers[l]!.outputs, p, dropoutKey(setup.seed, step, l), 0);
  }

  /** From ∂scores in the last of `gradients` to the gradient of all parameters; without the penalty where `step` is null. */
  function backward(rows: number, step: number | null): void {
    for (let l = depth - 1; l >= 0; l--) {
      const layer = layers[l]!;
      weightGradient(rows, layer, inputs[l]!, gradients[l]!, parameters, step === null ? 0 : penaltyFactor, gradient);
      if (l === 0) return;
      const below = gradients[l - 1]!;
      inputGradient(rows, layer, gradients[l]!, parameters, below);
      if (step !== null) dropUnits(below, rows, l - 1, step);
      const a = outputs[l - 1]!;
      const phi = phis[l - 1]!;
      for (let i = 0; i < rows * layer.inputs; i++) below[i] = below[i]! * phi.derivative(a[i]!);
    }
  }

  function forEachBlock(set: EngineSet, shouldStop: ShouldStop, visit: (rows: number, from: number) => void): boolean {
    const numbers = pictures.sets[set];
    reserve(Math.min(evaluationRows, numbers.length));
    swapBase();
    try {
      for (let from = 0; from < numbers.length; from += evaluationRows) {
        if (shouldStop(from)) return false;
        const to = Math.min(numbers.length, from + evaluationRows);
        gather(numbers, null, from, to, null);
        forward(to - from, null);
        visit(to - from, from);
      }
      return true;
    } finally {
      swapBase();
    }
  }

  /** Pictures are judged with w, not with the point that is looked at. */
  function swapBase(): void {
    if (base === null) return;
    const ahead = parameters.slice();
    parameters.set(base);
    base.set(ahead);
  }

  /** Loss and hits of a block of scores; with `dS`, also ∂(mean loss)/∂scores. */
  function judge(rows: number, dS: Float32Array | null, n = rows): { lossSum: number; correct: number } {
    const scores = outputs[depth - 1]!;
    let lossSum = 0;
    let correct = 0;
    for (let i = 0; i < rows; i++) {
      const row = scores.subarray(i * classes, (i + 1) * classes);
      const y = batchLabels[i]!;
      const weight = setup.classWeights?.[y] ?? 1;
      const highest = indexOfHighest(row);
      if (highest === y) correct++;
      const gradientRow = dS?.subarray(i * classes, (i + 1) * classes) ?? null;
      lossSum += weight * lossOfRow(setup.loss, row, y, highest, n / weight, gradientRow);
    }
    return { lossSum, correct };
  }

  const minimizer = optimizer.kind === 'lbfgs' ? minimizerStep(optimizer, parameterCount) : null;
  minimizer?.restore({ parameters, optimizer: {} });

  function minimize(numbers: Uint32Array): StepResult {
    const sums = new Float64Array(parameterCount);
    const n = numbers.length;
    const result = minimizer!.step((point) => {
      parameters.set(point);
      sums.fill(0);
      let lossSum = 0;
      let correct = 0;
      for (let from = 0; from < n; from += evaluationRows) {
        const to = Math.min(n, from + evaluationRows);
        reserve(to - from);
        gather(pictures.sets.train, numbers, from, to, null);
        forward(to - from, null);
        const judged = judge(to - from, gradients[depth - 1]!, n);
        lossSum += judged.lossSum;
        correct += judged.correct;
        backward(to - from, null);
        for (let i = 0; i < parameterCount; i++) sums[i]! += gradient[i]!;
      }
      const penalty = addPenalty(layers, parameters, penaltyFactor, sums);
      return { loss: lossSum / n + penalty, dataLoss: lossSum / n, correct, gradient: sums };
    });
    parameters.set(minimizer!.parameters());
    stepCount++;
    return result;
  }

  return {
    parameterCount,
    backend: 'wasm',
    threads: 1,

    step(numbers, learningRate, epoch) {
      if (minimizer !== null) return minimize(numbers);
      const rows = numbers.length;
      const t = ++stepCount;
      reserve(rows);
      gather(pictures.sets.train, numbers, 0, rows, epoch);
      forward(rows, t);
      const result = judge(rows, gradients[depth - 1]!);
      backward(rows, t);
      update(optimizer, parameters, gradient, vectors, base, t, learningRate);
      return { loss: result.lossSum / rows, correct: result.correct };
    },

    evaluate(set, shouldStop) {
      let lossSum = 0;
      let correct = 0;
      const isDone = forEachBlock(set, shouldStop, (rows) => {
        const result = judge(rows, null);
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
      if (minimizer !== null) return { parameters: minimizer.parameters(), optimizer: minimizer.save() };
      const saved: Record<string, number | Float32Array> = { stepCount };
      for (const [name, vector] of Object.entries(vectors)) saved[name] = vector.slice();
      return { parameters: (base ?? parameters).slice(), optimizer: saved };
    },

    restore(state) {
      requireEngineState(state, optimizer, parameterCount);
      parameters.set(state.parameters);
      stepCount = state.optimizer['stepCount'] as number;
      minimizer?.restore(state);
      for (const [name, vector] of Object.entries(vectors)) vector.set(state.optimizer[name] as Float32Array);
      if (base === null || optimizer.kind !== 'nesterov') return;
      base.set(state.parameters);
      lookAhead(parameters, base, vectors['velocity']!, optimizer.momentum);
    },

    isFinite: () => isAllFinite(parameters) && Object.values(vectors).every(isAllFinite),
    close: () => undefined,
  };
}

/** Throws SHAPE_MISMATCH unless a saved state belongs to this optimizer and this many parameters. */
export function requireEngineState(state: EngineState, optimizer: OptimizerRecipe, parameterCount: number): void {
  requireLength('parameters', state.parameters, parameterCount);
  const { blocks, numbers } = optimizerState(optimizer, parameterCount);
  for (const what of numbers) {
    if (typeof state.optimizer[what] === 'number') continue;
    throw new StudioError('SHAPE_MISMATCH', { what, expected: 'a number', actual: 'none' });
  }
  for (const { name, type, length } of blocks) {
    const vector = state.optimizer[name];
    const isOfType = type === 'float64' ? vector instanceof Float64Array : vector instanceof Float32Array;
    requireLength(name, isOfType ? (vector as Float64Array) : new Float64Array(0), length);
  }
}

/** A sum over all is not finite when one is not; finite numbers alone cannot bring a float64 sum of float32s past its end. */
export function isAllFinite(values: Float32Array | Float64Array): boolean {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return Number.isFinite(sum);
}

function requireLength(what: string, values: Float32Array | Float64Array, length: number): void {
  if (values.length === length) return;
  throw new StudioError('SHAPE_MISMATCH', { what, expected: `(${length})`, actual: `(${values.length})` });
}

export function layersOf(sizes: readonly number[]): Layer[] {
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

/** Adds ½·factor·Σ w² of all weights to a loss and its gradient; returns the first. In float64, for full batches. */
export function addPenalty(
  layers: readonly { inputs: number; outputs: number; weightsAt: number }[],
  parameters: Float32Array,
  factor: number,
  gradient: Float64Array,
): number {
  let squares = 0;
  for (const { inputs, outputs, weightsAt } of layers) {
    for (let i = weightsAt; i < weightsAt + inputs * outputs; i++) {
      const w = parameters[i]!;
      squares += w * w;
      gradient[i]! += factor * w;
    }
  }
  return 0.5 * factor * squares;
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

/** One step of the optimizer; t counts from 1. The formulas are in core/optimizers. */
function update(
  optimizer: OptimizerRecipe,
  parameters: Float32Array,
  gradient: Float32Array,
  vectors: Readonly<Record<string, Float32Array>>,
  base: Float32Array | null,
  t: number,
  learningRate: number,
): void {
  const n = parameters.length;
  switch (optimizer.kind) {
    case 'gd':
    case 'sgd':
    case 'lbfgs': // its steps are taken elsewhere
      for (let i = 0; i < n; i++) parameters[i] = parameters[i]! - learningRate * gradient[i]!;
      break;
    case 'momentum': {
      const { momentum, rate } = optimizer;
      const velocity = vectors['velocity']!;
      for (let i = 0; i < n; i++) {
        const g = gradient[i]!;
        const v = (velocity[i] = momentum * velocity[i]! + (rate === 'outside' ? g : -learningRate * g));
        parameters[i] = parameters[i]! + (rate === 'outside' ? -learningRate * v : v);
      }
      break;
    }
    case 'nesterov': {
      const { momentum } = optimizer;
      const velocity = vectors['velocity']!;
      for (let i = 0; i < n; i++) {
        const before = velocity[i]!;
        const v = (velocity[i] = momentum * before - learningRate * gradient[i]!);
        if (base === null) parameters[i] = parameters[i]! - momentum * before + (1 + momentum) * v;
        else base[i] = base[i]! + v;
      }
      if (base !== null) lookAhead(parameters, base, velocity, momentum);
      break;
    }
    case 'adagrad': {
      const { epsilon } = optimizer;
      const squareSum = vectors['squareSum']!;
      for (let i = 0; i < n; i++) {
        const g = gradient[i]!;
        const s = (squareSum[i] = squareSum[i]! + g * g);
        parameters[i] = parameters[i]! - (learningRate * g) / (Math.sqrt(s) + epsilon);
      }
      break;
    }
    case 'rmsprop': {
      const { decay, epsilon } = optimizer;
      const squareAverage = vectors['squareAverage']!;
      for (let i = 0; i < n; i++) {
        const g = gradient[i]!;
        const s = (squareAverage[i] = decay * squareAverage[i]! + (1 - decay) * g * g);
        parameters[i] = parameters[i]! - (learningRate * g) / (Math.sqrt(s) + epsilon);
      }
      break;
    }
    case 'adam':
    case 'adamw': {
      const { beta1, beta2, epsilon, biasCorrection } = optimizer;
      const shrinkage = optimizer.kind === 'adamw' ? 1 - learningRate * optimizer.weightDecay : 1;
      const firstMoment = vectors['firstMoment']!;
      const secondMoment = vectors['secondMoment']!;
      const correction1 = biasCorrection ? 1 - beta1 ** t : 1;
      const correction2 = biasCorrection ? 1 - beta2 ** t : 1;
      for (let i = 0; i < n; i++) {
        const g = gradient[i]!;
        const m = (firstMoment[i] = beta1 * firstMoment[i]! + (1 - beta1) * g);
        const v = (secondMoment[i] = beta2 * secondMoment[i]! + (1 - beta2) * g * g);
        const theta = shrinkage * parameters[i]!;
        parameters[i] = theta - (learningRate * (m / correction1)) / (Math.sqrt(v / correction2) + epsilon);
      }
      break;
    }
  }
  if (t % denormalFlushSteps === 0) for (const vector of Object.values(vectors)) flushDenormals(vector);
}

/** θ = w + ρ·v, with the roundings of float32, so that a saved w gives θ back. */
export function lookAhead(theta: Float32Array, w: Float32Array, velocity: Float32Array, momentum: number): void {
  const rho = Math.fround(momentum);
  for (let i = 0; i < theta.length; i++) theta[i] = w[i]! + Math.fround(rho * velocity[i]!);
}

function flushDenormals(values: Float32Array): void {
  for (let i = 0; i < values.length; i++) if (Math.abs(values[i]!) < denormalLimit) values[i] = 0;
}
