/**
 * What every first-order optimizer is.
 *
 * The state is plain data passed in, so a checkpoint is `structuredClone(state)`. The learning rate of a step may be
 * given: a schedule belongs to the loop, not to the optimizer.
 */
export interface Optimizer<State extends OptimizerState = OptimizerState> {
  /** As people call it, for example 'AdamW'. */
  readonly name: string;
  /** State before the first step, for this many parameters. */
  createState(size: number): State;
  /**
   * Where the gradient of the next step is wanted, when that is not at the parameters themselves: a copy. The argument is
   * left as it is.
   */
  gradientPoint?(parameters: Float64Array, state: State): Float64Array;
  /**
   * Moves the parameters one step, in place, and brings the state up to date.
   *
   * @param gradient      as long as the parameters, taken at `gradientPoint` where there is one; read only.
   * @param learningRate  of this step; the optimizer's own when left out.
   */
  step(parameters: Float64Array, gradient: Float64Array, state: State, learningRate?: number): void;
}

/** Numbers and vectors by name; nothing else, so that it survives a checkpoint. */
export type OptimizerState = { [name: string]: number | Float64Array };
