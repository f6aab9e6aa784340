/** How a check tells how far it is, and how it ends when the person has. */
import { cancelled } from '../../../core/errors.ts';
import type { TaskContext } from '../task.ts';

export type CheckMethod =
  | 'compute.checkGradient'
  | 'compute.numericGradient'
  | 'compute.curvature'
  | 'compute.descent'
  | 'compute.scaling'
  | 'compute.lossGrid'
  | 'compute.noise'
  | 'compute.wandering';

const progressIntervalMs = 100;

/** Counts work, tells it now and then, and ends the task when the person has. */
export class Work {
  #done = 0;
  #toldMs = performance.now();
  readonly #total: number;
  readonly #context: TaskContext<CheckMethod>;

  constructor(context: TaskContext<CheckMethod>, total: number) {
    this.#context = context;
    this.#total = total;
  }

  /** Call before each piece of work. Throws CANCELLED; never answers true, so that no half report is written. */
  readonly next = (): false => {
    if (this.#context.request() === 'discard') throw cancelled();
    const now = performance.now();
    if (now - this.#toldMs >= progressIntervalMs) {
      this.#toldMs = now;
      this.#context.progress({ done: Math.min(this.#done, this.#total), total: this.#total });
    }
    this.#done++;
    return false;
  };
}

/** For work whose total is told with each step. */
export function stopper(context: TaskContext<CheckMethod>): (done: number, total: number) => boolean {
  let toldMs = performance.now();
  return (done, total) => {
    if (context.request() === 'discard') throw cancelled();
    const now = performance.now();
    if (now - toldMs >= progressIntervalMs) {
      toldMs = now;
      context.progress({ done, total });
    }
    return false;
  };
}
