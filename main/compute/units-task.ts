/** `compute.units`: what the hidden units of a network do over many pictures. */
import { transpose } from '../../core/array/linear-algebra.ts';
import { matrixOf, type Matrix } from '../../core/array/matrix.ts';
import { cancelled, StudioError } from '../../core/errors.ts';
import { drawn } from '../../core/explanation/drawn-space.ts';
import { ablationCurve, classesServed, meanAnswers } from '../../core/explanation/participation.ts';
import { pruningOrder, usefulness } from '../../core/explanation/pruning.ts';
import { nearestTwins } from '../../core/explanation/redundancy.ts';
import { looksOf, type TemplateLook } from '../../core/explanation/template-tags.ts';
import { inPixelSpace } from '../../core/explanation/templates.ts';
import { createGenerator } from '../../core/random/generator.ts';
import { shuffle } from '../../core/random/sampling.ts';
import { readCheckpoint } from './checkpoint-file.ts';
import { answersOver } from './scoring.ts';
import { networkOf } from './stored-network.ts';
import type { TaskContext, TaskInput, TaskOutput } from './task.ts';

export function unitsTask(
  { model, source, on, indices, threads, features }: TaskInput<'compute.units'>,
  context: TaskContext<'compute.units'>,
): TaskOutput<'compute.units'> {
  const checkpoint = readCheckpoint(model.path);
  const network = networkOf(checkpoint);
  if (network.layers.length === 1) {
    throw new StudioError('INVALID_OPTION', { option: 'model', value: 'linear', expected: 'mlp' });
  }
  const first = network.layers[0]!;
  const last = network.layers.at(-1)!;
  const units = last.weights.columns;
  const total = indices.length + first.bias.length;
  let done = 0;
  const told = (now: number) => {
    if (context.request() === 'discard') throw cancelled();
    context.progress({ done: now, total });
  };

  const hidden = answersOf();
  done = indices.length;
  const labels = Uint16Array.from(indices, (picture) => source.labels[picture]!);
  const byClass = meanAnswers(hidden, labels, source.classes.length);
  const { mean, magnitude, active } = overAll(hidden);
  const useful = usefulness(network, network.layers.length - 2, 'contribution', { mean, magnitude });
  const least = pruningOrder(useful);
  const random = shuffle(createGenerator(0, 'ablation'), Uint32Array.from(least.keys()));
  const curve = (order: Uint32Array) => {
    told(done);
    return Float32Array.from(ablationCurve(hidden, last.weights, last.bias, labels, order));
  };
  const ablation = { leastUseful: curve(least), mostUseful: curve(least.toReversed()), random: curve(random) };

  const looks = firstLayerLooks();
  const twins = nearestTwins(first);
  told(total);
  const column = (of: (look: TemplateLook) => number) => Float32Array.from(looks, of);
  return {
    step: checkpoint.state.step,
    on,
    pictures: indices.length,
    tags: looks.map(({ tags }) => tags.map((tag) => ({ ...tag }))),
    orientationRadians: column((look) => look.orientationRadians),
    cyclesPerPicture: column((look) => look.cyclesPerPicture),
    colourAxisRadians: column((look) => look.colourAxisRadians),
    nearestTwin: Uint32Array.from(twins.nearest, (twin, unit) => (twin < 0 ? unit : twin)),
    twinCosine: Float32Array.from(twins.cosines, (cosine) => (Number.isFinite(cosine) ? cosine : 0)),
    outgoing: Float32Array.from(transpose(last.weights).data),
    meanAnswers: Float32Array.from(byClass.data),
    activeShare: Float32Array.from(active),
    classesServed: Float32Array.from(classesServed(last.weights, mean)),
    ablation,
  };

  /** (pictures, units) of the last hidden layer, the layers below computed by the engine. */
  function answersOf(): Matrix {
    const judged = { source, indices, threads, features };
    const answers = answersOver(checkpoint, network, network.layers.length - 2, judged, (at) => {
      context.progress({ done: at, total });
      return context.request() === 'discard';
    });
    return matrixOf(indices.length, units, Float64Array.from(answers));
  }

  function firstLayerLooks(): TemplateLook[] {
    const { templates } = drawn(inPixelSpace(first, checkpoint.standardization), checkpoint.features);
    const { width, height, channels } = checkpoint;
    if (templates.columns !== width * height * channels) return []; // no picture, so nothing that it looks like
    return looksOf(templates, checkpoint, (unit) => {
      if (unit % 32 === 0) told(done + unit);
    });
  }
}

/** (units) means of hⱼ and |hⱼ|, and the share of pictures with hⱼ > 0. */
function overAll(hidden: Matrix): { mean: Float64Array; magnitude: Float64Array; active: Float64Array } {
  const { rows, columns, data } = hidden;
  const mean = new Float64Array(columns);
  const magnitude = new Float64Array(columns);
  const active = new Float64Array(columns);
  data.forEach((h, k) => {
    const unit = k % columns;
    mean[unit]! += h / rows;
    magnitude[unit]! += Math.abs(h) / rows;
    if (h > 0) active[unit]! += 1 / rows;
  });
  return { mean, magnitude, active };
}
