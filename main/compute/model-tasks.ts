/** What is asked of a trained model: scores and templates, from a checkpoint file. */
import { templatesOf } from '../../core/explanation/templates.ts';
import { classifierOf } from '../../core/training/recipe-model.ts';
import { readCheckpoint } from './checkpoint-file.ts';
import { engineScores, scoresOver } from './scoring.ts';
import { requirePixels } from './stored-network.ts';
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
  requirePixels(checkpoint);
  const { recipe, classes, width, height, channels, standardization, state } = checkpoint;
  const featureCount = width * height * channels;
  const classifier = classifierOf(recipe, featureCount, classes.length);
  const parameters = Float64Array.from(state.engine.parameters);
  const all = templatesOf(classifier, parameters, standardization, { width, height, channels });
  const part = (values: Float64Array) => Float32Array.from(values.subarray(offset, offset + limit));
  return {
    step: state.step,
    layer: all.layer,
    total: all.templates.rows,
    width,
    height,
    channels,
    templates: Float32Array.from(all.templates.data.subarray(offset * featureCount, (offset + limit) * featureCount)),
    biases: part(all.biases),
    norms: part(all.norms),
    scales: part(all.scales),
    sharedScale: all.sharedScale,
    votes: Float32Array.from(all.votes?.data ?? []),
    roughness: part(all.roughness),
  };
}
