/** Losses of single steps as growing columns, so that a step costs nothing but its three numbers. */
export interface StepBlock {
  readonly steps: Float64Array;
  readonly losses: Float32Array;
  readonly accuracies: Float32Array;
}

export class StepColumns {
  #size = 0;
  #steps = new Float64Array(1024);
  #losses = new Float32Array(1024);
  #accuracies = new Float32Array(1024);

  /** Adds a block. Steps that came before (a run that went on from a checkpoint) replace what was there from them on. */
  append({ steps, losses, accuracies }: StepBlock): void {
    if (steps.length === 0) return;
    while (this.#size > 0 && this.#steps[this.#size - 1]! >= steps[0]!) this.#size--;
    const needed = this.#size + steps.length;
    if (needed > this.#steps.length) this.#grow(needed);
    this.#steps.set(steps, this.#size);
    this.#losses.set(losses, this.#size);
    this.#accuracies.set(accuracies, this.#size);
    this.#size = needed;
  }

  #grow(needed: number): void {
    const capacity = Math.max(needed, 2 * this.#steps.length);
    const { steps, losses, accuracies } = this.view();
    this.#steps = new Float64Array(capacity);
    this.#losses = new Float32Array(capacity);
    this.#accuracies = new Float32Array(capacity);
    this.#steps.set(steps);
    this.#losses.set(losses);
    this.#accuracies.set(accuracies);
  }

  /** The columns so far; valid until the next block. */
  view(): StepBlock {
    return {
      steps: this.#steps.subarray(0, this.#size),
      losses: this.#losses.subarray(0, this.#size),
      accuracies: this.#accuracies.subarray(0, this.#size),
    };
  }
}
