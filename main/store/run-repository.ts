/** Runs with their curves, and verdicts. One method is one transaction. */
import * as v from 'valibot';
import { RecipeSchema } from '../../core/rpc/contract/recipe.ts';
import type { ErrorValue } from '../../core/rpc/contract/common.ts';
import type { RunSummary } from '../../core/rpc/contract/runs.ts';
import type { EpochRecord, RunStatus, StepRecords } from '../../core/rpc/contract/training.ts';
import type { Recipe } from '../../core/recipe/recipe.ts';
import type { Store } from './open-store.ts';

export type EndReason = NonNullable<RunSummary['endReason']>;

export interface NewRun {
  readonly id: string;
  readonly name: string;
  readonly datasetId: string;
  readonly datasetVersion: string;
  readonly datasetName: string;
  readonly recipe: Recipe;
  readonly trainCount: number;
  readonly validationCount: number;
  readonly threads: number;
  readonly processor: string;
  readonly appVersion: string;
  readonly repeatOf: string | null;
  readonly createdAt: number;
}

/** A run as it is stored. */
export interface StoredRun extends Omit<NewRun, 'createdAt'> {
  readonly number: number;
  readonly note: string;
  readonly status: RunStatus;
  readonly error: ErrorValue | null;
  readonly endReason: EndReason | null;
  /** The last acknowledged step. */
  readonly step: number;
  readonly epochs: number;
  readonly lastEpoch: EpochRecord | null;
  /** The record of `bestEpoch`, else the last one. */
  readonly shownEpoch: EpochRecord | null;
  readonly stepsPerEpoch: number;
  readonly parameters: number;
  readonly bestEpoch: number | null;
  readonly testAccuracy: number | null;
  readonly trainSeconds: number;
  readonly backend: 'wasm' | 'native';
  readonly weightsSha256: string | null;
  readonly repeatIsExact: boolean | null;
  readonly color: number;
  readonly createdAt: number;
  readonly isInTrash: boolean;
}

/** What changes in the life of a run; left out stays as it is. */
export interface RunChange {
  readonly name?: string;
  readonly note?: string;
  readonly status?: RunStatus;
  readonly error?: ErrorValue | null;
  readonly endReason?: EndReason | null;
  readonly stepsPerEpoch?: number;
  readonly parameters?: number;
  readonly bestEpoch?: number | null;
  readonly testAccuracy?: number | null;
  readonly trainSeconds?: number;
  readonly backend?: 'wasm' | 'native';
  readonly threads?: number;
  readonly processor?: string;
  readonly weightsSha256?: string | null;
  readonly repeatIsExact?: boolean | null;
}

export interface StoredVerdicts {
  readonly indices: Uint32Array;
  readonly truth: Uint16Array;
  readonly predicted: Uint16Array;
  readonly probabilities: Float32Array;
  readonly meanLoss: number | null;
}

interface RunRow {
  id: string;
  number: number;
  name: string;
  note: string;
  dataset_id: string;
  dataset_version: string;
  dataset_name: string;
  recipe: string;
  status: RunStatus;
  error: string | null;
  end_reason: EndReason | null;
  step: number;
  steps_per_epoch: number;
  train_count: number;
  validation_count: number;
  parameters: number;
  best_epoch: number | null;
  test_accuracy: number | null;
  train_seconds: number;
  backend: 'wasm' | 'native';
  threads: number;
  processor: string;
  app_version: string;
  weights_sha256: string | null;
  repeat_of: string | null;
  repeat_is_exact: number | null;
  color: number;
  created_at: number;
  trashed_at: number | null;
}

interface EpochRow {
  run_id: string;
  epoch: number;
  step: number;
  train_loss: number | null;
  train_accuracy: number | null;
  validation_loss: number | null;
  validation_accuracy: number | null;
  learning_rate: number;
  seconds: number;
  evaluations: number | null;
}

interface BlockRow {
  first_step: number;
  last_step: number;
  count: number;
  steps: Buffer;
  losses: Buffer;
  accuracies: Buffer;
}

interface VerdictRow {
  indices: Buffer;
  truth: Buffer;
  predicted: Buffer;
  probabilities: Buffer;
  mean_loss: number | null;
}

const columnOf = {
  name: 'name',
  note: 'note',
  status: 'status',
  error: 'error',
  endReason: 'end_reason',
  stepsPerEpoch: 'steps_per_epoch',
  parameters: 'parameters',
  bestEpoch: 'best_epoch',
  testAccuracy: 'test_accuracy',
  trainSeconds: 'train_seconds',
  backend: 'backend',
  threads: 'threads',
  processor: 'processor',
  weightsSha256: 'weights_sha256',
  repeatIsExact: 'repeat_is_exact',
} as const satisfies Record<keyof RunChange, string>;

export class RunRepository {
  readonly #store: Store;
  readonly #insertRun;
  readonly #run;
  readonly #runs;
  readonly #lastEpochs;
  readonly #bestEpochs;
  readonly #lastEpoch;
  readonly #epoch;
  readonly #epochs;
  readonly #insertEpoch;
  readonly #blocks;
  readonly #blocksFrom;
  readonly #insertBlock;
  readonly #advance;
  readonly #interrupt;
  readonly #trash;
  readonly #delete;
  readonly #verdicts;
  readonly #insertVerdicts;

  constructor(store: Store) {
    this.#store = store;
    const { db } = store;
    this.#insertRun = db.prepare(
      `INSERT INTO run (id, number, name, dataset_id, dataset_version, dataset_name, recipe, status, train_count,
         validation_count, threads, processor, app_version, repeat_of, color, created_at)
       SELECT @id, 1 + coalesce(max(number), 0), coalesce(nullif(@name, ''), '#' || (1 + coalesce(max(number), 0))),
         @datasetId, @datasetVersion, @datasetName, @recipe, 'queued', @trainCount, @validationCount, @threads,
         @processor, @appVersion, @repeatOf, coalesce(max(number), 0), @createdAt
       FROM run`,
    );
    this.#run = db.prepare<[string], RunRow>('SELECT * FROM run WHERE id = ?');
    this.#runs = db.prepare<[number], RunRow>(
      'SELECT * FROM run WHERE (trashed_at IS NOT NULL) = ? ORDER BY number DESC',
    );
    this.#lastEpochs = db.prepare<[], EpochRow>(
      'SELECT epoch.* FROM epoch JOIN (SELECT run_id, max(epoch) AS last FROM epoch GROUP BY run_id) AS newest ' +
        'ON epoch.run_id = newest.run_id AND epoch.epoch = newest.last',
    );
    this.#bestEpochs = db.prepare<[], EpochRow>(
      'SELECT epoch.* FROM epoch JOIN run ON epoch.run_id = run.id AND epoch.epoch = run.best_epoch',
    );
    this.#lastEpoch = db.prepare<[string], EpochRow>(
      'SELECT * FROM epoch WHERE run_id = ? ORDER BY epoch DESC LIMIT 1',
    );
    this.#epoch = db.prepare<[string, number], EpochRow>('SELECT * FROM epoch WHERE run_id = ? AND epoch = ?');
    this.#epochs = db.prepare<[string], EpochRow>('SELECT * FROM epoch WHERE run_id = ? ORDER BY epoch');
    this.#insertEpoch = db.prepare(
      `INSERT INTO epoch VALUES (@runId, @epoch, @step, @trainLoss, @trainAccuracy, @validationLoss,
         @validationAccuracy, @learningRate, @seconds, @evaluations)`,
    );
    this.#blocks = db.prepare<[string], BlockRow>('SELECT * FROM step_block WHERE run_id = ? ORDER BY first_step');
    this.#blocksFrom = db.prepare<[string, number, number], BlockRow>(
      'SELECT * FROM step_block WHERE run_id = ? AND last_step >= ? AND first_step <= ? ORDER BY first_step',
    );
    this.#insertBlock = db.prepare<[string, number, number, number, Uint8Array, Uint8Array, Uint8Array]>(
      'INSERT INTO step_block VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    this.#advance = db.prepare<[number, string, number]>('UPDATE run SET step = ? WHERE id = ? AND step < ?');
    this.#interrupt = db
      .prepare<[], string>("UPDATE run SET status = 'interrupted' WHERE status IN ('queued', 'running') RETURNING id")
      .pluck();
    this.#trash = db.prepare<[number | null, string]>('UPDATE run SET trashed_at = ? WHERE id = ?');
    this.#delete = db.prepare<[string]>('DELETE FROM run WHERE id = ?');
    this.#verdicts = db.prepare<[string, string, string], VerdictRow>(
      'SELECT * FROM verdict WHERE run_id = ? AND checkpoint_sha256 = ? AND split = ?',
    );
    this.#insertVerdicts = db.prepare(
      `INSERT OR REPLACE INTO verdict
       VALUES (@runId, @checkpoint, @split, @indices, @truth, @predicted, @probabilities, @meanLoss)`,
    );
  }

  /** A new run, queued. An empty name becomes its number, `#42`. */
  add(run: NewRun): void {
    this.#store.transaction(() => this.#insertRun.run({ ...run, recipe: JSON.stringify(run.recipe) }));
  }

  /** null where there is none. */
  get(id: string): StoredRun | null {
    const row = this.#run.get(id);
    if (row === undefined) return null;
    const last = this.#lastEpoch.get(id);
    const best = row.best_epoch === null ? undefined : this.#epoch.get(id, row.best_epoch);
    return storedRun(row, last, best);
  }

  /** Newest first. */
  list(inTrash: boolean): StoredRun[] {
    const last = new Map(this.#lastEpochs.all().map((row) => [row.run_id, row]));
    const best = new Map(this.#bestEpochs.all().map((row) => [row.run_id, row]));
    return this.#runs.all(inTrash ? 1 : 0).map((row) => storedRun(row, last.get(row.id), best.get(row.id)));
  }

  change(id: string, change: RunChange): void {
    const names = (Object.keys(change) as (keyof RunChange)[]).filter((name) => change[name] !== undefined);
    if (names.length === 0) return;
    const assignments = names.map((name) => `${columnOf[name]} = ?`).join(', ');
    const values = names.map((name) => {
      const value = change[name];
      if (typeof value === 'boolean') return Number(value);
      return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
    });
    this.#store.transaction(() =>
      this.#store.db.prepare(`UPDATE run SET ${assignments} WHERE id = ?`).run(...values, id),
    );
  }

  /**
   * Rows of steps and epochs that are not stored yet, and the run's acknowledged step with them. Part of the transaction
   * around it, if there is one.
   */
  append(id: string, steps: StepRecords, epochs: readonly EpochRecord[], step: number): void {
    this.#store.transaction(() => {
      const count = steps.steps.length;
      if (count > 0) {
        const numbers = Uint32Array.from(steps.steps);
        this.#insertBlock.run(
          id,
          numbers[0]!,
          numbers[count - 1]!,
          count,
          bytesOf(numbers),
          bytesOf(steps.losses),
          bytesOf(steps.accuracies),
        );
      }
      for (const record of epochs)
        this.#insertEpoch.run({ runId: id, ...record, evaluations: record.evaluations ?? null });
      this.#advance.run(step, id, step);
    });
  }

  epochs(id: string): EpochRecord[] {
    return this.#epochs.all(id).map(epochRecord);
  }

  epoch(id: string, epoch: number): EpochRecord | null {
    const row = this.#epoch.get(id, epoch);
    return row === undefined ? null : epochRecord(row);
  }

  /** All minibatches, in order; or those of the blocks that touch the steps `from` … `to`. */
  steps(id: string, from?: number, to?: number): StepRecords {
    const rows =
      from === undefined ? this.#blocks.all(id) : this.#blocksFrom.all(id, from, to ?? Number.MAX_SAFE_INTEGER);
    const total = rows.reduce((sum, row) => sum + row.count, 0);
    const records = {
      steps: new Float64Array(total),
      losses: new Float32Array(total),
      accuracies: new Float32Array(total),
    };
    let at = 0;
    for (const row of rows) {
      records.steps.set(new Uint32Array(ownBuffer(row.steps)), at);
      records.losses.set(new Float32Array(ownBuffer(row.losses)), at);
      records.accuracies.set(new Float32Array(ownBuffer(row.accuracies)), at);
      at += row.count;
    }
    return records;
  }

  /** At start: what was going on when the process ended. Returns the runs. */
  markInterrupted(): string[] {
    return this.#store.transaction(() => this.#interrupt.all());
  }

  setTrashed(ids: readonly string[], at: number | null): void {
    this.#store.urgentTransaction(() => ids.forEach((id) => this.#trash.run(at, id)));
  }

  /** With everything that belongs to it, except its files. */
  delete(id: string): void {
    this.#store.urgentTransaction(() => this.#delete.run(id));
  }

  verdicts(id: string, checkpointSha256: string, split: string): StoredVerdicts | null {
    const row = this.#verdicts.get(id, checkpointSha256, split);
    if (row === undefined) return null;
    return {
      indices: new Uint32Array(ownBuffer(row.indices)),
      truth: new Uint16Array(ownBuffer(row.truth)),
      predicted: new Uint16Array(ownBuffer(row.predicted)),
      probabilities: new Float32Array(ownBuffer(row.probabilities)),
      meanLoss: row.mean_loss,
    };
  }

  keepVerdicts(id: string, checkpointSha256: string, split: string, verdicts: StoredVerdicts): void {
    const { indices, truth, predicted, probabilities, meanLoss } = verdicts;
    this.#store.transaction(() =>
      this.#insertVerdicts.run({
        runId: id,
        checkpoint: checkpointSha256,
        split,
        indices: bytesOf(indices),
        truth: bytesOf(truth),
        predicted: bytesOf(predicted),
        probabilities: bytesOf(probabilities),
        meanLoss,
      }),
    );
  }
}

function storedRun(row: RunRow, last: EpochRow | undefined, best: EpochRow | undefined): StoredRun {
  const lastEpoch = last === undefined ? null : epochRecord(last);
  return {
    id: row.id,
    number: row.number,
    name: row.name,
    note: row.note,
    datasetId: row.dataset_id,
    datasetVersion: row.dataset_version,
    datasetName: row.dataset_name,
    recipe: v.parse(RecipeSchema, JSON.parse(row.recipe)), // also one of an earlier version
    status: row.status,
    error: row.error === null ? null : (JSON.parse(row.error) as ErrorValue),
    endReason: row.end_reason,
    step: row.step,
    epochs: lastEpoch?.epoch ?? 0,
    lastEpoch,
    shownEpoch: best === undefined ? lastEpoch : epochRecord(best),
    stepsPerEpoch: row.steps_per_epoch,
    trainCount: row.train_count,
    validationCount: row.validation_count,
    parameters: row.parameters,
    bestEpoch: row.best_epoch,
    testAccuracy: row.test_accuracy,
    trainSeconds: row.train_seconds,
    backend: row.backend,
    threads: row.threads,
    processor: row.processor,
    appVersion: row.app_version,
    weightsSha256: row.weights_sha256,
    repeatOf: row.repeat_of,
    repeatIsExact: row.repeat_is_exact === null ? null : row.repeat_is_exact === 1,
    color: row.color,
    createdAt: row.created_at,
    isInTrash: row.trashed_at !== null,
  };
}

function epochRecord(row: EpochRow): EpochRecord {
  return {
    epoch: row.epoch,
    step: row.step,
    trainLoss: row.train_loss,
    trainAccuracy: row.train_accuracy,
    validationLoss: row.validation_loss,
    validationAccuracy: row.validation_accuracy,
    learningRate: row.learning_rate,
    ...(row.evaluations !== null && { evaluations: row.evaluations }),
    seconds: row.seconds,
  };
}

function bytesOf(array: Uint32Array | Uint16Array | Float32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** A copy that starts at 0, as a wider array needs. */
function ownBuffer(bytes: Buffer): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}
