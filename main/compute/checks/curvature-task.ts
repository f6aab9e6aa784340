/** Largest and smallest curvature of a model's loss: see core/landscape/conditioning.ts. */
import { stableRateFactor } from '../../../core/landscape/stable-rate.ts';
import { conditioning } from '../../../core/landscape/conditioning.ts';
import { createGenerator } from '../../../core/random/generator.ts';
import { checkedModel } from '../checked-model.ts';
import type { TaskContext, TaskInput, TaskOutput } from '../task.ts';
import { settledAt, stepsThatFit } from './settled-at.ts';
import { stopper } from './work.ts';

export function curvatureTask(
  input: TaskInput<'compute.curvature'>,
  context: TaskContext<'compute.curvature'>,
): TaskOutput<'compute.curvature'> {
  const { steps, cutOff, gradientTolerance, momentum, seed } = input;
  const checked = checkedModel(input);
  const { model, x, labels, objective, turnedOff } = checked;
  const { parameters, ...settled } = settledAt(checked, input.settle, context);
  const found = conditioning(model, parameters, x, labels, objective, {
    random: createGenerator(seed, 'curvature'),
    mostSteps: stepsThatFit(steps, parameters.length),
    cutOff,
    gradientTolerance,
    shouldStop: stopper(context),
  });
  const { largestStableRate } = found;
  return {
    parameters: found.parameters,
    samples: found.samples,
    turnedOff,
    settled,
    method: found.method,
    products: found.products,
    isConverged: found.isConverged,
    loss: found.loss,
    gradientNorm: found.gradientNorm,
    largest: found.largest,
    smallest: found.smallest,
    smallestPositive: found.smallestPositive,
    cutOff: found.cutOff,
    conditionNumber: found.conditionNumber,
    largestStableRate,
    largestStableRateWithMomentum:
      largestStableRate === null ? null : largestStableRate * stableRateFactor({ kind: 'momentum', momentum })!,
    nullDirections: [...found.nullDirections],
    point: found.point,
    spectrum: [...found.spectrum],
  };
}
