/** `compute.pruning`: how accurate a network stays as one of its hidden layers is made smaller, and which units have twins. */
import type { Network } from '../../core/explanation/network.ts';
import { parametersOf } from '../../core/explanation/pruning.ts';
import { layerPruning, overAllUnits, unitsLeft } from '../../core/explanation/smaller-network.ts';
import { cancelled, StudioError } from '../../core/errors.ts';
import { requireInteger } from '../../core/options.ts';
import { pruningCriteria } from '../../core/recipe/recipe.ts';
import { readCheckpoint } from './checkpoint-file.ts';
import { allocateEngine, startEngine } from './shared-engine.ts';
import { unitAnswers } from './smaller-model.ts';
import { answersOver, scoringShape } from './scoring.ts';
import { networkOf } from './stored-network.ts';
import type { TaskContext, TaskInput, TaskOutput } from './task.ts';
import { threadCount } from './thread-count.ts';

/** Sizes of a curve: each this much of the one before, down to one unit. */
const shrink = 0.75;

export function pruningTask(
  { model, layer, on, ...judged }: TaskInput<'compute.pruning'>,
  context: TaskContext<'compute.pruning'>,
): TaskOutput<'compute.pruning'> {
  const checkpoint = readCheckpoint(model.path);
  const network = networkOf(checkpoint);
  if (network.layers.length === 1) {
    throw new StudioError('INVALID_OPTION', { option: 'model', value: 'linear', expected: 'mlp' });
  }
  requireInteger('layer', layer, 0, network.layers.length - 2);
  const units = network.layers[layer]!.bias.length;
  const sizes = sizesOf(units);
  const total = pruningCriteria.length + 2;
  let done = 0;
  const isDiscarded = () => context.request() === 'discard';
  const tell = () => {
    if (isDiscarded()) throw cancelled();
    context.progress({ done: done++, total });
  };

  tell();
  const means = unitAnswers(checkpoint, network, layer, judged, isDiscarded);
  tell();
  const rest = restAfter();
  try {
    const whole = rest.scoresOf(network, 0, new Uint32Array(0));
    const curves = pruningCriteria.map((by) => {
      const pruning = layerPruning(network, layer, by, by === 'twins' ? null : means);
      const kept = sizes.filter((size) => units - size <= pruning.order.length);
      if (by === 'twins') kept.push(...(pruning.order.length > 0 ? [units - pruning.order.length] : []));
      const accuracy = kept.map((size) => {
        const dropped = units - size;
        return rest.accuracyOf(pruning.without(dropped), unitsLeft(units, pruning.order, dropped));
      });
      tell();
      return { by, order: pruning.order, kept: Uint32Array.from(kept), accuracy: Float32Array.from(accuracy) };
    });
    const twins = layerPruning(network, layer, 'twins', null);
    const merged = rest.scoresOf(twins.without(twins.order.length), twins.order.length, twins.order);
    const largestDifference = merged.reduce((most, score, k) => Math.max(most, Math.abs(score - whole[k]!)), 0);
    return {
      step: checkpoint.state.step,
      layer,
      hidden: network.layers.slice(0, -1).map(({ bias }) => bias.length),
      on,
      pictures: judged.indices.length,
      curves,
      twins: { count: twins.order.length, largestDifference },
    };
  } finally {
    rest.close();
  }

  /** The network from the layer's answers on, over all pictures at once; units that are gone have weight 0. */
  function restAfter() {
    const answers = answersOver(checkpoint, network, layer, judged, isDiscarded);
    const above = (of: Network, left: Uint32Array): Float32Array => {
      const [next, ...others] = of.layers.slice(layer + 1);
      return Float32Array.from(
        parametersOf({ layers: [overAllUnits(next!, left, units), ...others], activations: [] }),
      );
    };
    const activations = network.activations.slice(layer + 1);
    const shape = {
      ...scoringShape(checkpoint),
      sizes: [units, ...network.layers.slice(layer + 1).map(({ bias }) => bias.length)],
      activations,
      dropout: activations.map(() => 0),
      picture: null,
    };
    const threads = threadCount(judged.threads);
    const memory = allocateEngine({ ...shape, inputType: 'floats', inputBytes: answers.byteLength, threads });
    memory.inputs.set(answers);
    const labels = Uint16Array.from(judged.indices, (picture) => judged.source.labels[picture]!);
    const none = new Uint32Array(0);
    const sets = { train: none, validation: none, test: Uint32Array.from(labels.keys()) };
    const pictures = { inputs: memory.inputs, featureCount: units, labels, sets };
    const all = above(
      network,
      Uint32Array.from({ length: units }, (_, unit) => unit),
    );
    const engine = startEngine(memory, { ...shape, pictures, scaling: null, classWeights: null, parameters: all });
    const { optimizer } = engine.save();
    const become = (of: Network, left: Uint32Array) => engine.restore({ optimizer, parameters: above(of, left) });
    return {
      accuracyOf: (of: Network, left: Uint32Array): number => {
        become(of, left);
        const result = engine.evaluate('test', isDiscarded);
        if (result === null) throw cancelled();
        return result.accuracy;
      },
      scoresOf: (of: Network, dropped: number, order: Uint32Array): Float32Array => {
        become(of, unitsLeft(units, order, dropped));
        const scores = engine.scores('test', isDiscarded);
        if (scores === null) throw cancelled();
        return scores;
      },
      close: () => engine.close(),
    };
  }
}

/** Falling from all units to one. */
function sizesOf(units: number): number[] {
  const sizes = [units];
  while (sizes.at(-1)! > 1) sizes.push(Math.min(sizes.at(-1)! - 1, Math.round(sizes.at(-1)! * shrink)));
  return sizes;
}
