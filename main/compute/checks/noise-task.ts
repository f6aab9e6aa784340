/** How much a minibatch's gradient varies with its size: see core/landscape/gradient-variance.ts. */
import { norm } from '../../../core/array/linear-algebra.ts';
import { selectRows } from '../../../core/array/matrix.ts';
import { gradientVariance } from '../../../core/landscape/gradient-variance.ts';
import { createGenerator } from '../../../core/random/generator.ts';
import { checkedModel } from '../checked-model.ts';
import type { TaskContext, TaskInput, TaskOutput } from '../task.ts';
import { Work } from './work.ts';

export function noiseTask(
  input: TaskInput<'compute.noise'>,
  context: TaskContext<'compute.noise'>,
): TaskOutput<'compute.noise'> {
  const { batchSizes, draws, seed } = input;
  const { model, parameters, x, labels, objective, turnedOff } = checkedModel(input);
  const work = new Work(context, batchSizes.filter((size) => size < x.rows).length * draws);
  const sizes = gradientVariance(
    (samples) => {
      const own = Uint16Array.from(samples, (i) => labels[i]!);
      return model.lossAndGradient(parameters, selectRows(x, samples), own, objective).gradient;
    },
    {
      sampleCount: x.rows,
      batchSizes: [...new Set(batchSizes.map((size) => Math.min(size, x.rows)))],
      draws,
      random: createGenerator(seed, 'noise'),
      shouldStop: work.next,
    },
  );
  const { gradient } = model.lossAndGradient(parameters, x, labels, objective);
  return { parameters: parameters.length, samples: x.rows, turnedOff, gradientNorm: norm(gradient), sizes };
}
