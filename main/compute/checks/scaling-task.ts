/** What scaling the inputs does to a linear classifier: see core/landscape/input-scaling.ts. */
import { compareInputScalings } from '../../../core/landscape/input-scaling.ts';
import { checkedModel } from '../checked-model.ts';
import type { TaskContext, TaskInput, TaskOutput } from '../task.ts';
import { Work } from './work.ts';

export function scalingTask(
  input: TaskInput<'compute.scaling'>,
  context: TaskContext<'compute.scaling'>,
): TaskOutput<'compute.scaling'> {
  const { unscaled, labels, model } = checkedModel(input);
  const x = unscaled();
  const work = new Work(context, 3 * (input.steps + 1));
  const scalings = compareInputScalings(x, labels, {
    classes: model.classes,
    steps: input.steps,
    shouldStop: work.next,
  });
  return {
    samples: x.rows,
    inputs: x.columns,
    classes: model.classes,
    scalings: scalings.map((scaling) => ({ ...scaling, losses: [...scaling.losses] })),
  };
}
