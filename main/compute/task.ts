/** What the compute process asks of a worker thread, and what the thread answers. */
import type { HandlerInput, Output, Progress } from '../../core/rpc/define.ts';
import type { computeContract } from '../../core/rpc/contract/compute.ts';
import type { WireError } from '../../core/rpc/transport.ts';
import type { TrainingRequest } from '../../core/training/train.ts';

type Compute = typeof computeContract;
export type TaskMethod =
  | 'compute.probe'
  | 'compute.train'
  | 'compute.features'
  | 'compute.learn'
  | 'compute.conditioning'
  | 'compute.shares'
  | 'compute.scores'
  | 'compute.folds'
  | 'compute.predict'
  | 'compute.templates'
  | 'compute.look'
  | 'compute.exactness'
  | 'compute.units'
  | 'compute.collapse'
  | 'compute.pruning'
  | 'compute.compare'
  | 'compute.checkGradient'
  | 'compute.numericGradient'
  | 'compute.descent'
  | 'compute.scaling'
  | 'compute.curvature'
  | 'compute.lossGrid'
  | 'compute.noise'
  | 'compute.wandering'
  | 'compute.findRate'
  | 'compute.paths';
export type TaskInput<M extends TaskMethod> = HandlerInput<Compute, M>;
export type TaskOutput<M extends TaskMethod> = Output<Compute, M>;
export type TaskProgress<M extends TaskMethod> = Progress<Compute, M>;

/** A thread does one task and ends. */
export interface Task<M extends TaskMethod = TaskMethod> {
  readonly method: M;
  readonly input: TaskInput<M>;
  /** One Int32: index into `requests`, written by the process, read by the thread. */
  readonly control: SharedArrayBuffer;
  /** What the thread and its helpers call the native library through. */
  readonly gate: SharedArrayBuffer;
}

/** What the person may want of a thread, by the number that stands for it in shared memory. */
export const requests: readonly TrainingRequest[] = ['go', 'pause', 'stop', 'discard'];

export type ThreadMessage =
  | { readonly kind: 'progress'; readonly value: unknown }
  | { readonly kind: 'result'; readonly value: unknown }
  | { readonly kind: 'error'; readonly error: WireError };

/** What a task in a thread can reach. */
export interface TaskContext<M extends TaskMethod> {
  request(): TrainingRequest;
  waitWhilePaused(): void;
  progress(value: TaskProgress<M>): void;
}
