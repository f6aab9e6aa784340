/** `compute.folds`: the recipe trained once a fold without its pictures, which are then judged by a model that has not seen them. */
import { matrixOf, zeros } from '../../core/array/matrix.ts';
import { indexOfLargest } from '../../core/array/reduce.ts';
import { cancelled, StudioError } from '../../core/errors.ts';
import { judgeLabels } from '../../core/evaluation/label-errors.ts';
import { softmax } from '../../core/losses/softmax-cross-entropy.ts';
import { noStopping } from '../../core/recipe/recipe.ts';
import { minibatches } from '../../core/training/minibatches.ts';
import { train } from '../../core/training/train.ts';
import type { TaskContext, TaskInput, TaskOutput } from './task.ts';
import { openEngine } from './train-task.ts';

const progressIntervalMs = 100;

export function foldsTask(
  { recipe, source, threads, features, indices, folds }: TaskInput<'compute.folds'>,
  context: TaskContext<'compute.folds'>,
): TaskOutput<'compute.folds'> {
  const classes = source.classes.length;
  const count = folds.reduce((most, fold) => Math.max(most, fold + 1), 0);
  const probabilities = zeros(indices.length, classes);
  const isDiscarded = () => context.request() === 'discard';
  let toldMs = 0;
  const tell = (done: number, total: number) => {
    if (performance.now() - toldMs < progressIntervalMs && done < total) return;
    toldMs = performance.now();
    context.progress({ done, total });
  };

  for (let fold = 0; fold < count; fold++) {
    const held = [...indices.keys()].filter((i) => folds[i] === fold);
    const rest = indices.filter((_, i) => folds[i] !== fold);
    if (new Set(Array.from(rest, (picture) => source.labels[picture])).size < 2) {
      throw new StudioError('DATASET_TOO_SMALL', { pictures: rest.length, classes });
    }
    const judged = { ...source, train: rest, validation: Uint32Array.from(held, (i) => indices[i]!) };
    const { engine, plan } = openEngine(
      { recipe: fitting(recipe, rest.length), source: judged, threads, features },
      null,
      context,
    );
    const { batchesPerEpoch } = minibatches({ ...plan, sampleCount: plan.trainCount });
    const perFold = batchesPerEpoch * plan.epochs;
    let taken = 0;
    try {
      // As long as it was told: nothing is chosen by the pictures that are judged.
      train(
        engine,
        { ...plan, validationCount: 0, stopping: noStopping },
        {
          now: () => performance.now(),
          request: () => (isDiscarded() ? 'discard' : 'go'),
          waitWhilePaused: () => undefined,
          onsteps: ({ steps }) => {
            taken += steps.length;
            tell(fold * perFold + taken, count * perFold);
          },
          onepoch: () => undefined,
          oncheckpoint: () => undefined,
        },
      );
      const scores = engine.scores('validation', isDiscarded);
      if (scores === null) throw cancelled();
      const certainty = softmax(matrixOf(held.length, classes, Float64Array.from(scores)));
      held.forEach((i, row) =>
        probabilities.data.set(certainty.data.subarray(row * classes, (row + 1) * classes), i * classes),
      );
    } finally {
      engine.close();
    }
  }
  context.progress({ done: 1, total: 1 });
  const labels = Uint16Array.from(indices, (picture) => source.labels[picture]!);
  const { suggested, given, other, suspected } = judgeLabels(probabilities, labels);
  const right = labels.reduce((sum, label, i) => {
    const row = probabilities.data.subarray(i * classes, (i + 1) * classes);
    return sum + (indexOfLargest(row) === label ? 1 : 0);
  }, 0);
  return { suggested, given, other, suspected, accuracy: right / labels.length };
}

/** A fold leaves fewer pictures than the run had; a batch is no larger than they are. */
function fitting(recipe: TaskInput<'compute.folds'>['recipe'], pictures: number): typeof recipe {
  const { batchSize } = recipe;
  return { ...recipe, batchSize: batchSize === 'full' ? batchSize : Math.min(batchSize, pictures) };
}
