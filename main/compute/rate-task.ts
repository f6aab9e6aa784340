/** `compute.findRate`: see core/training/learning-rate-finder.ts. */
import { cancelled, StudioError } from '../../core/errors.ts';
import { findLearningRate } from '../../core/training/learning-rate-finder.ts';
import type { TaskContext, TaskInput, TaskOutput } from './task.ts';
import { openEngine } from './train-task.ts';

const progressIntervalMs = 100;

export function findRateTask(
  { low, high, steps, ...input }: TaskInput<'compute.findRate'>,
  context: TaskContext<'compute.findRate'>,
): TaskOutput<'compute.findRate'> {
  const { optimizer } = input.recipe;
  if (optimizer.kind === 'lbfgs') {
    const expected = 'an optimizer whose learning rate decides the length of a step';
    throw new StudioError('INVALID_OPTION', { option: 'optimizer', value: optimizer.kind, expected });
  }
  const { engine, plan } = openEngine(input, null, context);
  let toldMs = performance.now();
  try {
    const { trainCount, batchSize, seed } = plan;
    return findLearningRate(engine, {
      trainCount,
      batchSize,
      seed,
      low,
      high,
      steps,
      shouldStop(done, total) {
        if (context.request() === 'discard') throw cancelled();
        if (performance.now() - toldMs >= progressIntervalMs) {
          toldMs = performance.now();
          context.progress({ done, total });
        }
        return false;
      },
    });
  } finally {
    engine.close();
  }
}
