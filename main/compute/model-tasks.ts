/** What is asked of a trained model: scores and templates, from a checkpoint file. */
import { drawnDimension } from '../../core/explanation/drawn-space.ts';
import { templatesOf } from '../../core/explanation/templates.ts';
import { classifierOf } from '../../core/training/recipe-model.ts';
import { readCheckpoint } from './checkpoint-file.ts';
import { engineScores, scoresOver } from './scoring.ts';
import type { TaskContext, TaskInput, TaskOutput } from './task.ts';

/** Progress of scores is told this often at most. */
const progressIntervalMs = 50;

export function scores(
  { model, ...judged }: TaskInput<'compute.scores'>,
  context: TaskContext<'compute.scores'>,
): TaskOutput<'compute.scores'> {
  const total = judged.indices.length;
  const all = scoresOver(readCheckpoint(model.path), judged, reportedTo(context, total));
  context.progress({ done: total, total });
  return { scores: all };
}

/** Tells how many pictures are done of how many; true when the person wants no more. */
export function reportedTo(
  context: {
    readonly request: () => string;
    readonly progress: (value: { done: number; total: number }) => void;
  },
  total: number,
): (done: number) => boolean {
  let toldMs = performance.now();
  return (done) => {
    if (performance.now() - toldMs >= progressIntervalMs) {
      toldMs = performance.now();
      context.progress({ done, total });
    }
    return context.request() === 'discard';
  };
}

export function predict({ model, pixels, count }: TaskInput<'compute.predict'>): TaskOutput<'compute.predict'> {
  return { scores: engineScores(readCheckpoint(model.path), pixels, count) };
}

export function templates({ model, offset, limit }: TaskInput<'compute.templates'>): TaskOutput<'compute.templates'> {
  const checkpoint = readCheckpoint(model.path);
  const { recipe, classes, width, height, channels, standardization, state, features } = checkpoint;
  const classifier = classifierOf(recipe, standardization.mean.length, classes.length);
  const parameters = Float64Array.from(state.engine.parameters);
  const all = templatesOf(classifier, parameters, standardization, { width, height, channels }, features);
  const part = (values: Float64Array) => Float32Array.from(values.subarray(offset, offset + limit));
  const size = all.templates.columns;
  return {
    step: state.step,
    layer: all.layer,
    total: all.templates.rows,
    width,
    height,
    channels,
    size,
    templates: Float32Array.from(all.templates.data.subarray(offset * size, (offset + limit) * size)),
    biases: part(all.biases),
    norms: part(all.norms),
    scales: part(all.scales),
    sharedScale: all.sharedScale,
    votes: Float32Array.from(all.votes?.data ?? []),
    roughness: all.roughness === null ? new Float32Array(0) : part(all.roughness),
  };
}

/** How its templates are drawn. */
export function look({ model }: TaskInput<'compute.look'>): TaskOutput<'compute.look'> {
  const { features, width, height, channels } = readCheckpoint(model.path);
  const blocks = features.map((block) => ({
    options: block.options,
    dimension: drawnDimension(block),
    ...(block.options.kind === 'words' && { words: Float32Array.from(block.arrays['words']!) }),
  }));
  return { size: blocks.reduce((total, { dimension }) => total + dimension, 0), width, height, channels, blocks };
}
