/**
 * What a method is that has to look at the loss itself, several times a step: a first-order optimizer is given one
 * gradient and moves; a minimizer is given the function.
 *
 * It knows no clock, no threads and no pictures: whoever drives it evaluates, counts, reports and stops between two
 * iterations. The function has to be the same every time, to the last bit: no dropout, no augmentation, no minibatch,
 * sums in a fixed order. Otherwise the curvature it measures is noise.
 *
 *     const minimizer = lbfgs();
 *     const state = minimizer.createState(parameters.length);
 *     for (;;) {
 *       const { loss, evaluations, stop } = minimizer.iterate(evaluate, parameters, state);
 *       if (stop !== null) break;
 *     }
 *
 * The state is plain data: `structuredClone(state)` with the parameters is a checkpoint, and going on from it is the same
 * as not having stopped.
 */
import type { OptimizerState } from './optimizer.ts';

export interface Minimizer<State extends OptimizerState = OptimizerState> {
  /** As people call it, for example 'L-BFGS'. */
  readonly name: string;
  /** State before the first iteration, for this many parameters. */
  createState(size: number): State;
  /**
   * One iteration: a direction and a search along it. Moves the parameters in place and brings the state up to date.
   *
   * Where `evaluate` throws, for instance because a person cancels, the parameters are as before the call and the state
   * belongs to them: the same iteration can be done again.
   */
  iterate(evaluate: Evaluate, parameters: Float64Array, state: State): Iteration;
}

/** Value and gradient of the function at a point. The gradient may be a buffer that the next call overwrites. */
export type Evaluate = (parameters: Float64Array) => { readonly loss: number; readonly gradient: Float64Array };

export interface Iteration {
  /** At the parameters as they are now. */
  readonly loss: number;
  /** max |∂loss/∂parameters| there. */
  readonly largestGradient: number;
  /** Evaluations of the function in this iteration, those of the search among them. */
  readonly evaluations: number;
  /** t: how far along the direction; 0 where nothing moved. */
  readonly stepLength: number;
  /** Why to end; null to go on. */
  readonly stop: StopReason | null;
}

/**
 * `gradient`: it is as good as 0. `change`: loss or parameters hardly move any more. `direction`: no way down can be told
 * from rounding. `not-finite`: loss or gradient is no number here, and nothing was moved.
 */
export type StopReason = 'gradient' | 'change' | 'direction' | 'not-finite';
