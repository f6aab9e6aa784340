/**
 * Walks to a minimum nearby, by L-BFGS on the whole function: what is said about curvature "near the minimum" has to be
 * said of a point that is one.
 *
 * Source: Nocedal & Wright 2006, chapter 7; see core/optimizers/lbfgs.ts.
 */
import { lbfgs } from '../optimizers/lbfgs.ts';
import type { Evaluate, StopReason } from '../optimizers/minimizer.ts';

export interface Settled {
  readonly parameters: Float64Array;
  readonly iterations: number;
  /** Of loss and gradient, those of the searches among them. */
  readonly evaluations: number;
  /** Why it ended; null where the iterations did. */
  readonly stop: StopReason | null;
}

/**
 * @param iterations  at most; 0 stays where it is.
 * @param shouldStop  asked before every iteration with how many are done.
 */
export function settle(
  evaluate: Evaluate,
  start: Float64Array,
  iterations: number,
  shouldStop: (done: number) => boolean = () => false,
): Settled {
  const minimizer = lbfgs({ gradientTolerance: 1e-8, changeTolerance: 1e-14 });
  const parameters = start.slice();
  const state = minimizer.createState(parameters.length);
  let done = 0;
  let evaluations = 0;
  let stop: StopReason | null = null;
  while (done < iterations && stop === null && !shouldStop(done)) {
    const iteration = minimizer.iterate(evaluate, parameters, state);
    evaluations += iteration.evaluations;
    stop = iteration.stop;
    done++;
  }
  return { parameters, iterations: done, evaluations, stop };
}
