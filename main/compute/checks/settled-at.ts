/** Where curvature is measured, and with how many steps. */
import { settle } from '../../../core/landscape/settle.ts';
import type { CheckedModel } from '../checked-model.ts';
import type { TaskContext } from '../task.ts';
import { type CheckMethod, stopper } from './work.ts';

/** The model, or a minimum near it. */
export function settledAt(
  { model, parameters, x, labels, objective }: CheckedModel,
  iterations: number,
  context: TaskContext<CheckMethod>,
) {
  const asked = stopper(context);
  const evaluate = (theta: Float64Array) => model.lossAndGradient(theta, x, labels, objective);
  return settle(evaluate, parameters, iterations, (done) => asked(done, iterations));
}

/** Lanczos keeps a vector a step; together they may take this much memory. */
const lanczosBytes = 512 * 2 ** 20;
export function stepsThatFit(steps: number, parameters: number): number {
  return Math.max(10, Math.min(steps, Math.floor(lanczosBytes / (8 * parameters))));
}
