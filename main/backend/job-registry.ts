/**
 * Everything that takes longer than a second: what it does, how far it is, how long it will take, how to end it.
 *
 * Durations come from a clock that never goes back. A rate, and with it a time left, is given only from three samples on:
 * the first numbers of a job say little about the next ones.
 */
import { randomBytes } from 'node:crypto';
import { cancelled, isStudioError, StudioError } from '../../core/errors.ts';
import type { ErrorValue } from '../../core/rpc/contract/common.ts';
import type { Job } from '../../core/rpc/contract/jobs.ts';

export interface JobRequest {
  readonly kind: Job['kind'];
  readonly title: string;
  readonly unit: Job['unit'];
  readonly total?: number | null;
  readonly datasetId?: string | null;
  readonly runId?: string | null;
  readonly state?: 'queued' | 'running';
  /** What `jobs.cancel` does; by default it aborts the handle's signal. */
  readonly onCancel?: () => void;
}

/** A job as the one who does it sees it. */
export interface JobHandle {
  readonly id: string;
  /** Aborted when a person cancels the job. */
  readonly signal: AbortSignal;
  report(done: number, total?: number | null): void;
  setState(state: 'queued' | 'running' | 'paused' | 'stopping'): void;
  finish(result?: { datasetId?: string; runId?: string }): void;
  /** CANCELLED ends it as cancelled, anything else as failed. */
  fail(cause: unknown): void;
}

export interface JobRegistryOptions {
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
  readonly logInternalError?: (cause: unknown, what: string) => string;
}

type Listener = () => void;

/** At most 20 reports a second. */
const reportEveryMs = 50;
/** Ended jobs are remembered for those who ask a moment later. */
const rememberedEnds = 100;
const rateWindowMs = 5000;
const rateSampleEveryMs = 200;
const neededSamples = 3;

export class JobRegistry {
  readonly #jobs = new Map<string, RunningJob>();
  readonly #ended = new Map<string, Job>();
  readonly #listeners = new Set<Listener>();
  readonly #now: () => number;
  readonly #logInternalError: (cause: unknown, what: string) => string;
  /** Counts changes, so that a watcher knows whether it has missed one while it was waiting. */
  #changes = 0;

  constructor(options: JobRegistryOptions = {}) {
    this.#now = options.now ?? (() => performance.now());
    this.#logInternalError = options.logInternalError ?? ((_cause, what) => what);
  }

  start(request: JobRequest): JobHandle {
    const job = new RunningJob(request, this.#now);
    this.#jobs.set(job.id, job);
    this.#changed();
    const end = (state: 'finished' | 'failed' | 'cancelled', error: ErrorValue | null) => {
      if (!this.#jobs.delete(job.id)) return;
      job.state = state;
      job.error = error;
      this.#ended.set(job.id, job.view());
      for (const id of this.#ended.keys()) {
        if (this.#ended.size <= rememberedEnds) break;
        this.#ended.delete(id);
      }
      this.#changed();
    };
    return {
      id: job.id,
      signal: job.controller.signal,
      report: (done, total) => {
        job.report(done, total);
        this.#changed();
      },
      setState: (state) => {
        job.state = state;
        this.#changed();
      },
      finish: ({ datasetId, runId } = {}) => {
        if (datasetId !== undefined) job.datasetId = datasetId;
        if (runId !== undefined) job.runId = runId;
        end('finished', null);
      },
      fail: (cause) => {
        if (isStudioError(cause, 'CANCELLED')) end('cancelled', null);
        else
          end(
            'failed',
            errorValue(cause, (defect) => this.#logInternalError(defect, `job ${job.kind}`)),
          );
      },
    };
  }

  /**
   * Runs `work` as a job: it ends when the work does, and fails with what the work throws.
   *
   * @param work  gets the handle; its result may name what the job made.
   */
  run<T extends { datasetId?: string; runId?: string } | void>(
    request: JobRequest,
    work: (job: JobHandle) => Promise<T>,
  ): JobHandle {
    const job = this.start(request);
    work(job).then(
      (result) => job.finish(result ?? {}),
      (cause: unknown) => job.fail(cause),
    );
    return job;
  }

  get activeCount(): number {
    return this.#jobs.size;
  }

  active(): Job[] {
    return [...this.#jobs.values()].map((job) => job.view());
  }

  /** @throws StudioError JOB_NOT_FOUND. An ended job has nothing left to cancel, which is no error. */
  cancel(id: string): void {
    const job = this.#jobs.get(id);
    if (job === undefined) {
      if (this.#ended.has(id)) return;
      throw new StudioError('JOB_NOT_FOUND', { job: id });
    }
    job.state = 'stopping';
    this.#changed();
    if (job.onCancel !== null) job.onCancel();
    else job.controller.abort(cancelled());
  }

  /**
   * The job as it ended, waiting for the end.
   *
   * @throws StudioError JOB_NOT_FOUND; the job's own error; CANCELLED.
   */
  async finished(id: string, signal?: AbortSignal): Promise<Job> {
    for (;;) {
      const ended = this.#ended.get(id);
      if (ended !== undefined) {
        if (ended.state === 'cancelled') throw cancelled();
        if (ended.error !== null)
          throw new StudioError(ended.error.code as 'INTERNAL', ended.error.details as { reference: string });
        return ended;
      }
      if (!this.#jobs.has(id)) throw new StudioError('JOB_NOT_FOUND', { job: id });
      await this.#change(signal);
    }
  }

  /** Reports all active jobs and each end once more, at most 20 times a second, until the signal is aborted. */
  async watch(signal: AbortSignal, report: (jobs: Job[]) => void): Promise<void> {
    const reported = new Set(this.#ended.keys());
    let last: string | null = null;
    while (!signal.aborted) {
      const changes = this.#changes;
      const jobs = this.active();
      for (const [id, job] of this.#ended) {
        if (reported.has(id)) continue;
        reported.add(id);
        jobs.push(job);
      }
      const text = JSON.stringify(jobs);
      if (text !== last) report(jobs);
      last = text;
      await wait(reportEveryMs, signal);
      // With work going on elapsed times change by themselves; otherwise there is nothing to say until something changes.
      if (!signal.aborted && this.#jobs.size === 0 && changes === this.#changes)
        await this.#change(signal).catch(() => null);
    }
  }

  #changed(): void {
    this.#changes++;
    for (const listener of [...this.#listeners]) listener();
  }

  #change(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(cancelled());
      const done = () => {
        this.#listeners.delete(done);
        signal?.removeEventListener('abort', onabort);
        resolve();
      };
      const onabort = () => {
        this.#listeners.delete(done);
        reject(cancelled());
      };
      this.#listeners.add(done);
      signal?.addEventListener('abort', onabort, { once: true });
    });
  }
}

class RunningJob {
  readonly id = randomBytes(8).toString('hex');
  readonly kind: Job['kind'];
  readonly title: string;
  readonly unit: Job['unit'];
  readonly onCancel: (() => void) | null;
  readonly controller = new AbortController();
  readonly #now: () => number;
  readonly #startedMs: number;
  readonly #samples: { atMs: number; done: number }[] = [];
  state: Job['state'];
  datasetId: string | null;
  runId: string | null;
  error: ErrorValue | null = null;
  #done = 0;
  #total: number | null;

  constructor(request: JobRequest, now: () => number) {
    this.kind = request.kind;
    this.title = request.title;
    this.unit = request.unit;
    this.state = request.state ?? 'running';
    this.datasetId = request.datasetId ?? null;
    this.runId = request.runId ?? null;
    this.onCancel = request.onCancel ?? null;
    this.#total = request.total ?? null;
    this.#now = now;
    this.#startedMs = now();
  }

  report(done: number, total?: number | null): void {
    const atMs = this.#now();
    this.#done = done;
    if (total !== undefined) this.#total = total;
    const newest = this.#samples.at(-1);
    if (newest !== undefined && atMs - newest.atMs < rateSampleEveryMs) return;
    this.#samples.push({ atMs, done });
    while (this.#samples.length > neededSamples && atMs - this.#samples[0]!.atMs > rateWindowMs) this.#samples.shift();
  }

  view(): Job {
    const rate = this.#rate();
    const left = this.#total === null ? null : this.#total - this.#done;
    return {
      id: this.id,
      kind: this.kind,
      title: this.title,
      state: this.state,
      done: this.#done,
      total: this.#total,
      unit: this.unit,
      rate,
      etaSeconds: rate === null || left === null || rate <= 0 ? null : roundedSeconds(left / rate),
      elapsedSeconds: Math.round((this.#now() - this.#startedMs) / 100) / 10,
      datasetId: this.datasetId,
      runId: this.runId,
      error: this.error,
    };
  }

  #rate(): number | null {
    const samples = this.#samples;
    if (samples.length < neededSamples || this.state === 'paused') return null;
    const first = samples[0]!;
    const last = samples.at(-1)!;
    return last.atMs > first.atMs ? ((last.done - first.done) * 1000) / (last.atMs - first.atMs) : null;
  }
}

/** As exact as a guess deserves: seconds up to 10, then steps of 5, 15 and 60. */
export function roundedSeconds(seconds: number): number {
  const step = seconds <= 10 ? 1 : seconds <= 60 ? 5 : seconds <= 600 ? 15 : 60;
  return Math.ceil(seconds / step) * step;
}

/** An error as a value; a defect of the studio keeps only the reference under which it was logged. */
export function errorValue(cause: unknown, logInternalError: (cause: unknown) => string): ErrorValue {
  if (isStudioError(cause)) return { code: cause.code, details: { ...cause.details } };
  return { code: 'INTERNAL', details: { reference: logInternalError(cause) } };
}

/** Resolves after the time or when the signal is aborted, whichever comes first. */
export function wait(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
  });
}
