/**
 * The step engine at full speed: float32 kernels over one shared memory, on all threads.
 *
 * The memory is given, laid out by `layoutOf`, with the pixels already in their place; so are the kernels and the other
 * threads. The plain engine (core/training/plain-step-engine.ts) says what it computes.
 */
import { isLookingAhead } from '../../recipe/recipe.ts';
import { minimizerStep } from '../minimizer-step.ts';
import { addPenalty, denormalFlushSteps, layersOf, lookAhead, requireEngineState } from '../plain-step-engine.ts';
import {
  type EngineSet,
  type EngineSetup,
  type EngineState,
  optimizerVectors,
  parameterCountOf,
  type ShouldStop,
  type StepEngine,
  type StepResult,
} from '../step-engine.ts';
import { StudioError } from '../../errors.ts';
import type { Kernels } from '../../kernels/kernels.ts';
import { chunkRows, type LayerLayout, type Layout } from './layout.ts';
import { type Phase, type PhaseNumbers, writePhaseNumbers } from './step-program.ts';
import type { Team } from './team.ts';

const idle: PhaseNumbers = {
  rows: 0,
  batchRows: 0,
  withGradients: 0,
  isFirst: 1,
  isLast: 1,
  rate: 0,
  step: 0,
  epoch: 0,
  firstRow: 0,
  isQuiet: 0,
  flush: 0,
  isInParts: 0,
};

/** @throws StudioError SHAPE_MISMATCH when the parameters belong to other sizes or the pictures do not lie in the memory. */
export function sharedMemoryEngine(
  setup: EngineSetup,
  layout: Layout,
  buffer: SharedArrayBuffer,
  kernels: Kernels,
  team: Team<Phase>,
): StepEngine {
  const { pictures, scaling, optimizer } = setup;
  const { layers, classes } = layout;
  const parameterCount = parameterCountOf(setup.sizes);
  const vectorNames = optimizerVectors(optimizer);
  /** Which of the vectors in memory is w, while the parameters are w + ρ·v; see core/optimizers/sgd.ts. */
  const base = isLookingAhead(optimizer) ? vectorNames.length : null;
  const last = layers.at(-1)!;
  const { inputs } = pictures;
  const isOfType = inputs instanceof Float32Array === (layout.inputType === 'floats');
  if (inputs.buffer !== buffer || inputs.byteOffset !== layout.inputs || !isOfType) {
    throw new StudioError('SHAPE_MISMATCH', { what: 'pictures', expected: 'in shared memory', actual: 'elsewhere' });
  }
  let stepCount = 0;
  const batch = new Uint32Array(buffer, layout.batch, layout.batchRows);
  const labels = new Uint32Array(buffer, layout.labels, layout.batchRows);
  const losses = new Float64Array(buffer, layout.losses, layout.batchRows);
  const hits = new Uint32Array(buffer, layout.hits, layout.batchRows);
  const floats = (at: number, length: number) => new Float32Array(buffer, at, length);
  if (scaling !== null) floats(layout.mean, layout.featureCount).set(scaling.mean);
  const inverseDeviation = floats(layout.inverseDeviation, layout.featureCount);
  if (scaling === null) inverseDeviation.fill(1);
  else inverseDeviation.set(scaling.inverseDeviation);
  const classWeights = floats(layout.classWeights, classes);
  if (setup.classWeights === null) classWeights.fill(1);
  else classWeights.set(setup.classWeights);
  const zeros: Record<string, Float32Array> = {};
  for (const name of vectorNames) zeros[name] = new Float32Array(parameterCount);
  const minimizer = optimizer.kind === 'lbfgs' ? minimizerStep(optimizer, parameterCount) : null;
  if (minimizer === null) restore({ parameters: setup.parameters, optimizer: { stepCount, ...zeros } });
  else {
    spread(setup.parameters, parameterRows());
    minimizer.restore({ parameters: setup.parameters, optimizer: {} });
  }

  /** Views of a vector of all parameters, row by row, in the order of the model's blocks. */
  function rowsOf(weightsAt: (layer: LayerLayout) => number, biasAt: (layer: LayerLayout) => number): Float32Array[] {
    return layers.flatMap((layer) => [
      ...Array.from({ length: layer.outputs }, (_, j) =>
        floats(weightsAt(layer) + j * layer.inputStride * 4, layer.inputs),
      ),
      floats(biasAt(layer), layer.outputs),
    ]);
  }

  function vectorRows(v: number): Float32Array[] {
    return rowsOf(
      (layer) => layer.weightVectors[v]!,
      (layer) => layer.biasVectors[v]!,
    );
  }

  function parameterRows(): Float32Array[] {
    return rowsOf(
      (layer) => layer.weights,
      (layer) => layer.bias,
    );
  }

  function restore(state: EngineState): void {
    requireEngineState(state, optimizer, parameterCount);
    spread(state.parameters, parameterRows());
    vectorNames.forEach((name, v) => spread(state.optimizer[name] as Float32Array, vectorRows(v)));
    stepCount = state.optimizer['stepCount'] as number;
    minimizer?.restore(state);
    if (base === null || optimizer.kind !== 'nesterov') return;
    const ahead = new Float32Array(parameterCount);
    lookAhead(ahead, state.parameters, state.optimizer['velocity'] as Float32Array, optimizer.momentum);
    spread(state.parameters, vectorRows(base));
    spread(ahead, parameterRows());
  }

  /** Pictures are judged with w, not with the point that is looked at. */
  function swapBase(): void {
    if (base === null) return;
    const ahead = joined(parameterRows(), parameterCount);
    spread(joined(vectorRows(base), parameterCount), parameterRows());
    spread(ahead, vectorRows(base));
  }

  /** Puts pictures `numbers[from … to)` of a set before the threads, or the set's own when there are none, and runs a phase. */
  function runRows(
    set: Uint32Array,
    numbers: Uint32Array | null,
    from: number,
    to: number,
    phase: PhaseNumbers,
    name: 'rows' | 'parts' = 'rows',
  ): void {
    for (let i = from; i < to; i++) {
      const picture = set[numbers === null ? i : numbers[i]!]!;
      batch[i - from] = picture;
      labels[i - from] = pictures.labels[picture]!;
    }
    writePhaseNumbers(buffer, layout, phase);
    if (layout.dividesOutputs && name === 'rows') {
      team.run('gather');
      team.run('outputs');
    }
    team.run(name);
  }

  /** A batch through both phases, chunk by chunk or in parts; the sums of its losses and hits. */
  function runBatch(
    numbers: Uint32Array,
    phase: Pick<PhaseNumbers, 'rate' | 'step' | 'epoch' | 'isQuiet' | 'flush'>,
  ): { loss: number; correct: number } {
    const n = numbers.length;
    const isInParts = layout.partSums.length > 0 && n <= layout.batchRows;
    const length = isInParts ? n : chunkRows;
    const total = { loss: 0, correct: 0 };
    for (let from = 0; from < n; from += length) {
      const to = Math.min(n, from + length);
      const chunk: PhaseNumbers = {
        ...phase,
        rows: to - from,
        batchRows: n,
        withGradients: 1,
        isFirst: from === 0 ? 1 : 0,
        isLast: to === n ? 1 : 0,
        firstRow: from,
        isInParts: isInParts ? 1 : 0,
      };
      runRows(pictures.sets.train, numbers, from, to, chunk, isInParts ? 'parts' : 'rows');
      const { loss, correct } = sumOf(to - from);
      total.loss += loss;
      total.correct += correct;
      team.run('weights');
    }
    return total;
  }

  /** Losses and hits of the present chunk, added up in the order of its rows. */
  function sumOf(rows: number): { loss: number; correct: number } {
    let loss = 0;
    let correct = 0;
    for (let i = 0; i < rows; i++) {
      loss += losses[i]!;
      correct += hits[i]!;
    }
    return { loss, correct };
  }

  function forEachChunk(
    set: EngineSet,
    batchRows: number,
    shouldStop: ShouldStop,
    visit: (rows: number, from: number) => void,
  ): boolean {
    const numbers = pictures.sets[set];
    swapBase();
    try {
      for (let from = 0; from < numbers.length; from += chunkRows) {
        if (shouldStop(from)) return false;
        const to = Math.min(numbers.length, from + chunkRows);
        runRows(numbers, null, from, to, { ...idle, rows: to - from, batchRows });
        visit(to - from, from);
      }
      return true;
    } finally {
      swapBase();
    }
  }

  /** L-BFGS's step: the engine is the function it looks at. */
  function minimize(numbers: Uint32Array): StepResult {
    const gradient = new Float64Array(parameterCount);
    const n = numbers.length;
    const result = minimizer!.step((point) => {
      const rounded = Float32Array.from(point);
      spread(rounded, parameterRows());
      // Without a step or an epoch of its own: nothing of it is left to chance.
      const { loss: lossSum, correct } = runBatch(numbers, { ...idle, isQuiet: 1 });
      let offset = 0;
      for (const { outputs, inputs, inputStride, weightSums, biasSums } of layers) {
        for (let j = 0; j < outputs; j++) {
          gradient.set(new Float64Array(buffer, weightSums + 8 * j * inputStride, inputs), offset);
          offset += inputs;
        }
        gradient.set(new Float64Array(buffer, biasSums, outputs), offset);
        offset += outputs;
      }
      const penalty = addPenalty(layersOf(setup.sizes), rounded, setup.penaltyFactor, gradient);
      return { loss: lossSum / n + penalty, dataLoss: lossSum / n, correct, gradient };
    });
    spread(minimizer!.parameters(), parameterRows());
    stepCount++;
    return result;
  }

  return {
    parameterCount,
    backend: layout.backend,
    threads: team.threads,

    step(numbers, learningRate, epoch) {
      if (minimizer !== null) return minimize(numbers);
      const t = ++stepCount;
      const total = runBatch(numbers, {
        rate: learningRate,
        step: t,
        epoch,
        isQuiet: 0,
        flush: t % denormalFlushSteps === 0 ? 1 : 0,
      });
      return { loss: total.loss / numbers.length, correct: total.correct };
    },

    evaluate(set, shouldStop) {
      const total = { loss: 0, correct: 0 };
      const count = pictures.sets[set].length;
      const isDone = forEachChunk(set, count, shouldStop, (rows) => {
        const { loss, correct } = sumOf(rows);
        total.loss += loss;
        total.correct += correct;
      });
      return isDone ? { loss: total.loss / count, accuracy: total.correct / count, count } : null;
    },

    scores(set, shouldStop) {
      const all = new Float32Array(pictures.sets[set].length * classes);
      const isDone = forEachChunk(set, 0, shouldStop, (rows, from) => {
        for (let i = 0; i < rows; i++) {
          all.set(floats(last.output + i * last.outputStride * 4, classes), (from + i) * classes);
        }
      });
      return isDone ? all : null;
    },

    save() {
      if (minimizer !== null) return { parameters: minimizer.parameters(), optimizer: minimizer.save() };
      const saved: Record<string, number | Float32Array> = { stepCount };
      vectorNames.forEach((name, v) => (saved[name] = joined(vectorRows(v), parameterCount)));
      const rows = base === null ? parameterRows() : vectorRows(base);
      return { parameters: joined(rows, parameterCount), optimizer: saved };
    },

    restore,
    isFinite: () =>
      layers.every((layer) => {
        const { weights, bias, weightVectors, biasVectors, outputs, inputStride, outputStride } = layer;
        return (
          [weights, ...weightVectors].every((at) => Number.isFinite(kernels.sumOf(at, outputs * inputStride))) &&
          [bias, ...biasVectors].every((at) => Number.isFinite(kernels.sumOf(at, outputStride)))
        );
      }),
    close: () => team.close(),
  };
}

function spread(source: Float32Array, rows: readonly Float32Array[]): void {
  let offset = 0;
  for (const row of rows) {
    row.set(source.subarray(offset, offset + row.length));
    offset += row.length;
  }
}

function joined(rows: readonly Float32Array[], length: number): Float32Array {
  const all = new Float32Array(length);
  let offset = 0;
  for (const row of rows) {
    all.set(row, offset);
    offset += row.length;
  }
  return all;
}
