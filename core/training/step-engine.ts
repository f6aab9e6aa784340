/**
 * What the training loop needs of the arithmetic, and nothing about how it is done.
 *
 * One engine holds one model, its optimizer's state and the training, validation and test pictures. The plain engine
 * (plain-step-engine.ts) is float64 TypeScript over core's references; the shared-memory engine of core/kernels does
 * the same with float32 kernels on all threads. The loop (train.ts) owns order, schedule, stopping and reports.
 */
export interface StepEngine {
  /** One parameter update from the mean loss over these pictures (numbers within the training set). */
  step(pictures: Uint32Array, learningRate: number): StepResult;
  /** Loss without penalty and accuracy over one set, without an update. */
  evaluate(set: EngineSet, shouldStop: () => boolean): EvaluationResult;
  /** (n, classes) scores of one set, row-major. */
  scores(set: EngineSet): Float32Array;
  /** A copy of everything that decides the next step: parameters and optimizer state, as plain data. */
  save(): EngineState;
  restore(state: EngineState): void;
  /** True when every parameter is a finite number. */
  isFinite(): boolean;
  readonly parameterCount: number;
  readonly backend: 'wasm' | 'native';
  readonly threads: number;
  close(): void;
}

export type EngineSet = 'train' | 'validation' | 'test';

export interface StepResult {
  /** Mean data loss over the batch plus the penalty; may be non-finite, which ends the run. */
  readonly loss: number;
  /** Pictures of the batch whose highest score is the true class, before the update. */
  readonly correct: number;
}

export interface EvaluationResult {
  readonly loss: number;
  readonly accuracy: number;
  readonly count: number;
}

/** Float32 parameters in the order of the model's blocks, and the optimizer's state by name. */
export interface EngineState {
  readonly parameters: Float32Array;
  readonly optimizer: Readonly<Record<string, number | Float32Array>>;
}
