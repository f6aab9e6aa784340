/** Plain descent just below and above the largest stable rate: see core/landscape/descent-bound.ts. */
import { conditioning } from '../../../core/landscape/conditioning.ts';
import { descentAroundBound } from '../../../core/landscape/descent-bound.ts';
import { hessianAt } from '../../../core/models/hessian.ts';
import { createGenerator } from '../../../core/random/generator.ts';
import { checkedModel } from '../checked-model.ts';
import type { TaskContext, TaskInput, TaskOutput } from '../task.ts';
import { settledAt, stepsThatFit } from './settled-at.ts';
import { stopper, Work } from './work.ts';

export function descentTask(
  input: TaskInput<'compute.descent'>,
  context: TaskContext<'compute.descent'>,
): TaskOutput<'compute.descent'> {
  const { multiples, steps, rise, seed } = input;
  const checked = checkedModel(input);
  const { model, x, labels, objective, turnedOff } = checked;
  const { parameters, ...settled } = settledAt(checked, input.settle, context);
  const found = conditioning(model, parameters, x, labels, objective, {
    random: createGenerator(seed, 'curvature'),
    mostSteps: stepsThatFit(60, parameters.length),
    shouldStop: stopper(context),
  });
  const work = new Work(context, multiples.length * steps);
  const paths = descentAroundBound(
    {
      loss: (theta) => model.loss(theta, x, labels, objective).loss,
      gradient: (theta) => model.lossAndGradient(theta, x, labels, objective).gradient,
    },
    hessianAt(model, parameters, x, labels, objective),
    parameters,
    { value: found.largest.value, vector: found.largestVector },
    { multiples, steps, rise, shouldStop: work.next },
  );
  return {
    parameters: parameters.length,
    samples: x.rows,
    turnedOff,
    settled,
    loss: found.loss,
    gradientNorm: found.gradientNorm,
    largest: found.largest,
    largestStableRate: found.largestStableRate,
    paths: paths.map((path) => ({
      ...path,
      losses: [...path.losses],
      modelLosses: [...path.modelLosses],
      alongTop: [...path.alongTop],
    })),
  };
}
