/**
 * Brings what one run reports to disk: at most four durable commits a second, each with the rows of its steps and epochs
 * and its checkpoints in one transaction. Only then is anything acknowledged.
 *
 * After a resume the steps up to the last acknowledged one are computed once more. Their rows stand already, so they are
 * compared instead of written: the same recipe has to give the same values.
 */
import { rmSync } from 'node:fs';
import type { CheckpointFile } from '../../core/rpc/contract/compute.ts';
import type { EpochRecord, StepRecords } from '../../core/rpc/contract/training.ts';
import type { CheckpointFiles } from '../store/checkpoint-files.ts';
import type { RunRepository } from '../store/run-repository.ts';

export interface CommittedBatch {
  readonly steps: StepRecords;
  readonly epochs: readonly EpochRecord[];
  readonly checkpoints: readonly CheckpointFile[];
  /** The last acknowledged step from now on. */
  readonly step: number;
}

export interface RunWriterOptions {
  readonly runId: string;
  readonly runs: RunRepository;
  readonly checkpoints: CheckpointFiles;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  readonly onCommitted: (batch: CommittedBatch) => void;
  /** A commit of the writer's own accord failed; everything is kept in memory for the next `flush`. */
  readonly onTrouble: (cause: unknown) => void;
  /** A step that was computed once more came out differently. */
  readonly onDifference: (step: number) => void;
}

const commitEveryMs = 250;

export class RunWriter {
  readonly #options: RunWriterOptions;
  /** The last acknowledged step and epoch. */
  #step: number;
  #epoch: number;
  #steps: StepRecords[] = [];
  #epochs: EpochRecord[] = [];
  #checkpoints: CheckpointFile[] = [];
  #lastCommitMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #differs = false;

  constructor(options: RunWriterOptions) {
    this.#options = options;
    const run = options.runs.get(options.runId)!;
    this.#step = run.step;
    this.#epoch = run.epochs;
  }

  steps(records: StepRecords): void {
    const { steps, losses, accuracies } = records;
    const newest = this.#steps.at(-1)?.steps.at(-1) ?? this.#step;
    const firstNew = steps.findIndex((step) => step > newest);
    const repeated = firstNew < 0 ? steps.length : firstNew;
    if (repeated > 0) this.#compareSteps(records, repeated);
    if (firstNew < 0) return;
    this.#steps.push({
      steps: steps.slice(firstNew),
      losses: losses.slice(firstNew),
      accuracies: accuracies.slice(firstNew),
    });
    this.#schedule();
  }

  epoch(record: EpochRecord): void {
    const newest = this.#epochs.at(-1)?.epoch ?? this.#epoch;
    if (record.epoch <= newest) return this.#compareEpoch(record);
    this.#epochs.push(record);
    this.#schedule();
  }

  checkpoint(file: CheckpointFile): void {
    this.#checkpoints.push(file);
    // Only the newest and the newest best will be kept, so only they need a row.
    const best = this.#checkpoints.findLast((other) => other.best);
    for (const other of this.#checkpoints) if (other !== file && other !== best) rmSync(other.path, { force: true });
    this.#checkpoints = this.#checkpoints.filter((other) => other === file || other === best);
    this.#schedule();
  }

  /**
   * Commits what has come in so far and acknowledges it.
   *
   * @throws StudioError DISK_FULL; then nothing was committed and the same can be tried again.
   */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#steps.length === 0 && this.#epochs.length === 0 && this.#checkpoints.length === 0) return;
    const { runId, runs, checkpoints, now, onCommitted } = this.#options;
    const steps = joined(this.#steps);
    const epochs = this.#epochs;
    const files = this.#checkpoints;
    const step = Math.max(this.#step, steps.steps.at(-1) ?? 0, epochs.at(-1)?.step ?? 0);
    checkpoints.commit(runId, files, () => runs.append(runId, steps, epochs, step));
    this.#lastCommitMs = now();
    this.#steps = [];
    this.#epochs = [];
    this.#checkpoints = [];
    this.#step = step;
    this.#epoch = epochs.at(-1)?.epoch ?? this.#epoch;
    onCommitted({ steps, epochs, checkpoints: files, step });
  }

  /** Forgets what is not committed. */
  discard(): void {
    clearTimeout(this.#timer);
    for (const { path } of this.#checkpoints) rmSync(path, { force: true });
    this.#steps = [];
    this.#epochs = [];
    this.#checkpoints = [];
  }

  #schedule(): void {
    if (this.#timer !== undefined) return;
    const waitMs = Math.max(0, this.#lastCommitMs + commitEveryMs - this.#options.now());
    this.#timer = setTimeout(() => {
      try {
        this.flush();
      } catch (cause) {
        this.#options.onTrouble(cause);
      }
    }, waitMs);
  }

  #compareSteps({ steps, losses, accuracies }: StepRecords, count: number): void {
    if (this.#differs) return;
    const stored = this.#options.runs.steps(this.#options.runId, steps[0], steps[count - 1]);
    const position = new Map(Array.from(stored.steps, (step, i) => [step, i]));
    for (let k = 0; k < count; k++) {
      const i = position.get(steps[k]!);
      if (i === undefined) continue; // still in memory: it was computed by the same process a moment ago
      const isSame = Object.is(stored.losses[i], losses[k]) && Object.is(stored.accuracies[i], accuracies[k]);
      if (!isSame) return this.#difference(steps[k]!);
    }
  }

  #compareEpoch(record: EpochRecord): void {
    const stored = this.#options.runs.epoch(this.#options.runId, record.epoch);
    if (this.#differs || stored === null) return;
    const isSame = (['trainLoss', 'trainAccuracy', 'validationLoss', 'validationAccuracy'] as const).every(
      (name) => stored[name] === record[name],
    );
    if (!isSame) this.#difference(record.step);
  }

  #difference(step: number): void {
    this.#differs = true;
    this.#options.onDifference(step);
  }
}

function joined(parts: readonly StepRecords[]): StepRecords {
  const total = parts.reduce((sum, part) => sum + part.steps.length, 0);
  const all = { steps: new Float64Array(total), losses: new Float32Array(total), accuracies: new Float32Array(total) };
  let at = 0;
  for (const part of parts) {
    all.steps.set(part.steps, at);
    all.losses.set(part.losses, at);
    all.accuracies.set(part.accuracies, at);
    at += part.steps.length;
  }
  return all;
}
