/**
 * A compute without mathematics: the loss of step s is 1/s, two steps make an epoch, an epoch ends in a checkpoint file that
 * holds the step. A test moves it step by step, so nothing depends on time.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cancelled, StudioError } from '../../core/errors.ts';
import type { ComputeContract, TrainProgress } from '../../core/rpc/contract/compute.ts';
import type { CallInput, CallOptions, MethodOf, Output } from '../../core/rpc/define.ts';

type TrainInput = CallInput<ComputeContract, 'compute.train'>;
type TrainOutput = Output<ComputeContract, 'compute.train'>;

export const stepsPerEpoch = 2;

export class FakeCompute {
  readonly trainings: FakeTraining[] = [];
  readonly controls: string[] = [];
  /** What the loss of a step is. */
  loss: (step: number) => number = (step) => Math.fround(1 / step);
  #waiting: (() => void)[] = [];

  async call<M extends MethodOf<ComputeContract>>(
    method: M,
    input: CallInput<ComputeContract, M>,
    options: CallOptions<never> = {},
  ): Promise<Output<ComputeContract, M>> {
    if (method === 'compute.train') {
      const training = new FakeTraining(input as TrainInput, options as CallOptions<TrainProgress>, (s) =>
        this.loss(s),
      );
      this.trainings.push(training);
      for (const resolve of this.#waiting.splice(0)) resolve();
      return await training.result;
    }
    if (method === 'compute.control') {
      const { jobId, action } = input as CallInput<ComputeContract, 'compute.control'>;
      this.controls.push(action);
      const training = this.trainings.find((one) => one.jobId === jobId && !one.hasEnded);
      if (training === undefined) throw new StudioError('JOB_NOT_FOUND', { job: jobId });
      if (action === 'stop') training.finish('person');
      return {};
    }
    throw new StudioError('UNKNOWN_METHOD', { method });
  }

  /** The training with this number, waiting until it has been started. */
  async training(number: number): Promise<FakeTraining> {
    while (this.trainings.length < number) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.trainings[number - 1]!;
  }
}

export class FakeTraining {
  readonly jobId: string;
  readonly input: TrainInput;
  readonly result: Promise<TrainOutput>;
  hasEnded = false;
  #step: number;
  readonly #report: (progress: TrainProgress) => void;
  readonly #loss: (step: number) => number;
  #settle!: { resolve: (output: TrainOutput) => void; reject: (cause: Error) => void };

  constructor(input: TrainInput, options: CallOptions<TrainProgress>, loss: (step: number) => number) {
    this.jobId = input.jobId;
    this.input = input;
    this.#report = (progress) => options.onprogress?.(progress);
    this.#loss = loss;
    this.#step = input.resumeFrom === null ? 0 : Number(readFileSync(input.resumeFrom, 'utf8'));
    this.result = new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
    options.signal?.addEventListener('abort', () => this.fail(cancelled()));
    const { epochs } = input.recipe;
    this.#report({ kind: 'plan', stepsPerEpoch, epochs, parameters: 10, backend: 'wasm', threads: 1 });
  }

  get step(): number {
    return this.#step;
  }

  /** Does so many steps, with the epochs and checkpoints that fall among them. */
  advance(steps: number): void {
    for (let k = 0; k < steps; k++) {
      const step = ++this.#step;
      const loss = this.#loss(step);
      const records = {
        steps: Float64Array.of(step),
        losses: Float32Array.of(loss),
        accuracies: Float32Array.of(0.5),
      };
      this.#report({ kind: 'steps', records });
      if (step % stepsPerEpoch !== 0) continue;
      const epoch = step / stepsPerEpoch;
      this.#report({
        kind: 'epoch',
        record: {
          epoch,
          step,
          trainLoss: loss,
          trainAccuracy: 0.5,
          validationLoss: loss,
          validationAccuracy: 0.5,
          learningRate: 0.1,
          seconds: epoch,
        },
      });
      this.checkpoint(true);
    }
  }

  checkpoint(best: boolean): void {
    const step = this.#step;
    const path = join(this.input.stagingFolder, `${this.jobId}-${step}.tmp`);
    writeFileSync(path, String(step));
    const sha256 = sha256Of(String(step));
    const sizeBytes = String(step).length;
    const epoch = Math.floor(step / stepsPerEpoch);
    this.#report({ kind: 'checkpoint', file: { path, sha256, sizeBytes, step, epoch, best, weightsSha256: sha256 } });
  }

  finish(endReason: TrainOutput['endReason'] = 'epochs'): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    if (this.#step % stepsPerEpoch !== 0) this.checkpoint(false);
    const weightsSha256 = sha256Of(String(this.#step));
    this.#settle.resolve({
      endReason,
      weightsSha256,
      bestEpoch: Math.floor(this.#step / stepsPerEpoch),
      trainSeconds: 1,
    });
  }

  fail(cause: Error): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.#settle.reject(cause);
  }

  die(): void {
    this.fail(new StudioError('COMPUTE_LOST', { reason: 'signal SIGKILL' }));
  }
}

export function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
