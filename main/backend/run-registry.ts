/**
 * Every training run: one trains, the others wait in line. A run goes on without a page, survives the death of compute by
 * going on from its last checkpoint, and after the death of everything is `interrupted` until a person resumes it.
 */
import { randomBytes } from 'node:crypto';
import { isStudioError, StudioError } from '../../core/errors.ts';
import type { Recipe } from '../../core/recipe/recipe.ts';
import { recipeName } from '../../core/recipe/recipe-name.ts';
import type { ErrorValue } from '../../core/rpc/contract/common.ts';
import type { ComputeContract, PictureSource, TrainProgress } from '../../core/rpc/contract/compute.ts';
import type { RunEvent, RunStatus } from '../../core/rpc/contract/training.ts';
import type { CheckpointFiles } from '../store/checkpoint-files.ts';
import type { DatasetVersions } from '../store/dataset-version.ts';
import type { RunChange, RunRepository, StoredRun } from '../store/run-repository.ts';
import type { HelperProcess } from './helper-process.ts';
import type { FeatureCaches } from './feature-caches.ts';
import { errorValue, type JobHandle, type JobRegistry, wait } from './job-registry.ts';
import { checkpointBytes, checkRecipe, pictureSource } from './picture-source.ts';
import { type CommittedBatch, RunWriter } from './run-writer.ts';

export interface RunRegistryOptions {
  readonly runs: RunRepository;
  readonly checkpoints: CheckpointFiles;
  readonly datasets: DatasetVersions;
  readonly features: FeatureCaches;
  readonly compute: Pick<HelperProcess<ComputeContract>, 'call'>;
  readonly jobs: JobRegistry;
  /** Threads where the call does not say. */
  readonly threads: () => number;
  readonly processor: string;
  readonly appVersion: string;
  readonly logInternalError: (cause: unknown, what: string) => string;
  readonly warn: (message: string, details: object) => void;
  /** The backend that a recipe's choice comes to on this machine; throws INVALID_OPTION where there is none. */
  readonly backendOf?: (choice: Recipe['backend']) => Recipe['backend'];
  /** Judges a finished model on the test split; null where there is none, or where it is not to be looked at. */
  readonly testAccuracy: (runId: string) => Promise<number | null>;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
  /** Milliseconds since 1970. */
  readonly today?: () => number;
}

export interface StartRequest {
  readonly recipe: Recipe;
  readonly name?: string | undefined;
  readonly threads?: number | undefined;
  readonly repeatOf?: string | undefined;
}

export interface Ack {
  readonly run: string;
  readonly step: number;
}

/** What a person, or the end of the studio, wants of the run that trains. `park`: stays paused, gives its place away. */
type Wish = 'go' | 'pause' | 'stop' | 'discard' | 'park' | 'close';

interface Active {
  readonly runId: string;
  readonly jobId: string;
  readonly abort: AbortController;
  /** Ends the making of features, which pause and stop do not reach. */
  readonly featuresAbort: AbortController;
  wish: Wish;
  /** Why the studio itself ended the call. */
  trouble: unknown;
  writer: RunWriter | null;
  /** True while compute has the run and can be told to pause or stop. */
  isInCompute: boolean;
  readonly ended: Promise<void>;
}

const endedStatuses: ReadonlySet<RunStatus> = new Set(['interrupted', 'finished', 'stopped', 'diverged', 'failed']);
const resumable: ReadonlySet<RunStatus> = new Set(['paused', 'interrupted', 'stopped', 'failed']);
const stepsPerEvent = 50_000;

export class RunRegistry {
  readonly #options: RunRegistryOptions;
  readonly #now: () => number;
  readonly #queue: string[] = [];
  readonly #jobs = new Map<string, JobHandle>();
  readonly #watchers = new Map<string, Set<(event: RunEvent) => void>>();
  readonly #ackListeners = new Set<(ack: Ack) => void>();
  /** Statuses that a full disk kept from being stored. */
  readonly #unstored = new Map<string, { status: RunStatus; error: ErrorValue | null }>();
  #active: Active | null = null;
  #isWorking = false;
  #isClosed = false;
  #worked: Promise<void> = Promise.resolve();

  constructor(options: RunRegistryOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /**
   * @returns the run's id; it trains as soon as it is its turn.
   * @throws StudioError DATASET_NOT_FOUND, DATASET_TOO_SMALL, INVALID_OPTION, DISK_FULL, RUN_NOT_FOUND, START_NOT_FOUND.
   */
  start({ recipe: wanted, name, threads, repeatOf }: StartRequest): string {
    const { runs, datasets, processor, appVersion, today = Date.now, backendOf } = this.#options;
    // A run names who multiplied, so that a repeat has the same bits wherever it is made.
    const recipe = { ...wanted, backend: backendOf?.(wanted.backend) ?? wanted.backend };
    const dataset = datasets.version(recipe.dataset.id, recipe.dataset.version);
    const source = pictureSource(dataset, recipe.split);
    checkRecipe(recipe, source);
    if (recipe.start !== undefined && this.#startOf(recipe) === null) {
      throw new StudioError('START_NOT_FOUND', { run: recipe.start.run });
    }
    this.#requireRoom(recipe, dataset.version, source);
    const id = randomBytes(8).toString('hex');
    runs.add({
      id,
      name: name ?? recipeName(recipe),
      datasetId: dataset.datasetId,
      datasetVersion: dataset.version,
      datasetName: dataset.name,
      recipe,
      trainCount: source.train.length,
      validationCount: source.validation.length,
      threads: threads === undefined || threads === 0 ? this.#options.threads() : threads,
      processor,
      appVersion,
      repeatOf: repeatOf ?? null,
      createdAt: today(),
    });
    this.#enqueue(id);
    return id;
  }

  /** The same recipe on the same dataset version once more. */
  repeat(id: string): string {
    const run = this.get(id);
    return this.start({ recipe: run.recipe, name: run.name, threads: run.threads, repeatOf: run.repeatOf ?? run.id });
  }

  /** @throws StudioError RUN_NOT_FOUND. */
  get(id: string): StoredRun {
    const run = this.#options.runs.get(id);
    if (run === null) throw new StudioError('RUN_NOT_FOUND', { run: id });
    return this.#asItIs(run);
  }

  list(inTrash: boolean): StoredRun[] {
    return this.#options.runs.list(inTrash).map((run) => this.#asItIs(run));
  }

  isActive(id: string): boolean {
    return this.#active?.runId === id || this.#queue.includes(id);
  }

  /** @throws StudioError RUN_NOT_FOUND, RUN_NOT_ACTIVE. */
  async pause(id: string): Promise<void> {
    if (this.#dequeue(id)) {
      this.#setStatus(id, 'paused');
      this.#endJob(id, null);
      return;
    }
    const active = this.#activeRun(id);
    if (active.wish === 'pause') return;
    active.wish = 'pause';
    await this.#control(active, 'pause');
    if (this.#active !== active || active.wish !== 'pause') return;
    this.#setStatus(id, 'paused');
    this.#jobs.get(id)?.setState('paused');
    if (this.#queue.length > 0) this.#park(active);
  }

  /**
   * Goes on with a paused run, or with an interrupted or stopped one from its newest checkpoint.
   *
   * @throws StudioError RUN_NOT_FOUND, RUN_IS_ACTIVE, RUN_NOT_ACTIVE; DISK_FULL when there still is no room.
   */
  async resume(id: string): Promise<void> {
    const active = this.#active;
    if (active?.runId === id && active.wish === 'pause') {
      active.writer?.flush();
      active.wish = 'go';
      this.#setStatus(id, 'running', null);
      this.#jobs.get(id)?.setState('running');
      await this.#control(active, 'resume');
      return;
    }
    const run = this.get(id);
    if (active?.runId === id) {
      if (active.wish === 'go') return;
      await active.ended; // it is on its way out
    }
    if (this.#queue.includes(id)) return;
    if (!resumable.has(this.get(id).status) || run.isInTrash) throw new StudioError('RUN_NOT_ACTIVE', { run: id });
    const source = pictureSource(this.#options.datasets.version(run.datasetId, run.datasetVersion), run.recipe.split);
    this.#requireRoom(run.recipe, run.datasetVersion, source);
    this.#setStatus(id, 'queued', null, { endReason: null });
    this.#enqueue(id);
  }

  /** Ends the run and keeps its best and last model; returns when both are durable. */
  async stop(id: string): Promise<void> {
    if (this.#dequeue(id)) {
      this.#setStatus(id, 'stopped', null, { endReason: 'person' });
      this.#endJob(id, null);
      return;
    }
    const active = this.#active;
    if (active?.runId !== id) {
      const { status } = this.get(id);
      if (status !== 'paused' && status !== 'interrupted') throw new StudioError('RUN_NOT_ACTIVE', { run: id });
      this.#setStatus(id, 'stopped', null, { endReason: 'person' });
      return;
    }
    active.wish = 'stop';
    active.featuresAbort.abort();
    this.#jobs.get(id)?.setState('stopping');
    await this.#control(active, 'stop');
    await active.ended;
  }

  /** Ends the run and moves it to the trash. */
  async discard(id: string): Promise<void> {
    if (this.#dequeue(id)) {
      this.#setStatus(id, 'stopped', null, { endReason: 'person' });
      this.#endJob(id, null);
    } else if (this.#active?.runId === id) {
      const active = this.#active;
      active.wish = 'discard';
      active.abort.abort();
      await active.ended;
    } else this.get(id);
    this.#options.runs.setTrashed([id], (this.#options.today ?? Date.now)());
  }

  /** Repeats what is stored, then reports what comes, until the run has ended. Returns how it ended. */
  watch(id: string, signal: AbortSignal, report: (event: RunEvent) => void): Promise<RunStatus> {
    const run = this.get(id);
    report({ kind: 'status', status: run.status, error: run.error });
    if (run.stepsPerEpoch > 0) report(planEvent(run));
    const { runs, checkpoints } = this.#options;
    const past = runs.steps(id);
    for (let from = 0; from < past.steps.length; from += stepsPerEvent) {
      const to = from + stepsPerEvent;
      const records = {
        steps: past.steps.slice(from, to),
        losses: past.losses.slice(from, to),
        accuracies: past.accuracies.slice(from, to),
      };
      report({ kind: 'steps', records });
    }
    for (const record of runs.epochs(id)) report({ kind: 'epoch', record });
    const newest = checkpoints.list(id)[0];
    if (newest !== undefined) report({ kind: 'checkpoint', step: newest.step, best: newest.isBest });
    if (endedStatuses.has(run.status)) return Promise.resolve(run.status);

    return new Promise((resolve) => {
      const watchers = this.#watchers.get(id) ?? new Set();
      this.#watchers.set(id, watchers);
      const end = (status: RunStatus) => {
        watchers.delete(watcher);
        signal.removeEventListener('abort', onabort);
        resolve(status);
      };
      const watcher = (event: RunEvent) => {
        report(event);
        if (event.kind === 'status' && endedStatuses.has(event.status)) end(event.status);
      };
      const onabort = () => end(this.#options.runs.get(id)?.status ?? 'stopped');
      watchers.add(watcher);
      signal.addEventListener('abort', onabort, { once: true });
      if (signal.aborted) onabort();
    });
  }

  /** Called after each durable commit of a step or an epoch. */
  onAck(listener: (ack: Ack) => void): () => void {
    this.#ackListeners.add(listener);
    return () => this.#ackListeners.delete(listener);
  }

  /** Brings what is running to a checkpoint, within `deadlineMs`; it is `interrupted` then and can go on. */
  async close(deadlineMs: number): Promise<void> {
    this.#isClosed = true;
    for (const id of this.#queue.splice(0)) {
      this.#setStatus(id, 'interrupted');
      this.#endJob(id, null);
    }
    const active = this.#active;
    if (active === null) return;
    const wasPaused = active.wish === 'pause';
    active.wish = wasPaused ? 'park' : 'close';
    active.featuresAbort.abort();
    const deadline = new AbortController();
    const ended = active.ended.finally(() => deadline.abort());
    void this.#control(active, 'stop').catch(() => null);
    await wait(deadlineMs, deadline.signal);
    if (this.#active === active) {
      active.abort.abort();
      await ended;
    }
    await this.#worked;
  }

  // One run ---------------------------------------------------------------------------------------------------------------

  #enqueue(id: string): void {
    const run = this.get(id);
    const job = this.#options.jobs.start({
      kind: 'train',
      title: run.name,
      unit: 'epochs',
      total: run.recipe.epochs,
      runId: id,
      datasetId: run.datasetId,
      state: 'queued',
      onCancel: () => void this.stop(id).catch((cause: unknown) => this.#options.logInternalError(cause, 'stop')),
    });
    this.#jobs.set(id, job);
    this.#queue.push(id);
    if (this.#active?.wish === 'pause') this.#park(this.#active);
    this.#work();
  }

  #dequeue(id: string): boolean {
    const at = this.#queue.indexOf(id);
    if (at >= 0) this.#queue.splice(at, 1);
    return at >= 0;
  }

  #work(): void {
    if (this.#isWorking) return;
    this.#isWorking = true;
    this.#worked = (async () => {
      try {
        for (;;) {
          await Promise.resolve(); // the caller of `start` gets its id before anything happens to the run
          const id = this.#isClosed ? undefined : this.#queue.shift();
          if (id === undefined) return;
          await this.#train(id);
        }
      } finally {
        this.#isWorking = false;
      }
    })();
  }

  async #train(runId: string): Promise<void> {
    let announceEnded = () => {};
    const active: Active = {
      runId,
      jobId: `${runId}-${randomBytes(4).toString('hex')}`,
      abort: new AbortController(),
      featuresAbort: new AbortController(),
      wish: 'go',
      trouble: null,
      writer: null,
      isInCompute: false,
      ended: new Promise((resolve) => (announceEnded = resolve)),
    };
    this.#active = active;
    let failure: unknown = null;
    try {
      await this.#trainToEnd(active);
    } catch (cause) {
      failure = active.trouble ?? cause;
      this.#endBadly(active, failure);
    } finally {
      active.writer?.discard();
      this.#active = null;
      this.#endJob(runId, failure);
      announceEnded();
    }
  }

  async #trainToEnd(active: Active): Promise<void> {
    const { runId, jobId, abort } = active;
    const { runs, checkpoints, compute, datasets, warn } = this.#options;
    const run = this.get(runId);
    const source = pictureSource(datasets.version(run.datasetId, run.datasetVersion), run.recipe.split);
    this.#setStatus(runId, 'running', null);
    this.#jobs.get(runId)?.setState('running');

    for (;;) {
      const writer = this.#writer(active);
      active.writer = writer;
      const from = checkpoints.newestSound(runId);
      const newest = checkpoints.list(runId)[0];
      if (newest !== undefined && newest.id !== from?.id)
        warn('a damaged checkpoint is passed over', { file: newest.path });
      try {
        const features = await this.#featuresOf(active, run, source);
        active.isInCompute = true;
        const call = compute.call(
          'compute.train',
          {
            jobId,
            recipe: run.recipe,
            source,
            threads: run.threads,
            features,
            stagingFolder: checkpoints.folderOf(runId),
            resumeFrom: from?.path ?? null,
            startFrom: this.#startOf(run.recipe),
          },
          { signal: abort.signal, onprogress: (progress) => this.#take(active, writer, progress) },
        );
        const outcome = await call;
        active.isInCompute = false;
        writer.flush();
        const { endReason, weightsSha256, bestEpoch, trainSeconds } = outcome;
        const results = { weightsSha256, bestEpoch, trainSeconds };
        if (endReason === 'person' && active.wish === 'park')
          return this.#setStatus(runId, 'paused', undefined, results);
        if (endReason === 'person' && active.wish === 'close')
          return this.#setStatus(runId, 'interrupted', null, results);
        runs.change(runId, results);
        const testAccuracy = await this.#testAccuracy(runId);
        const status = endReason === 'person' ? 'stopped' : 'finished';
        // What a difference after a resume left to say stays with the run.
        this.#setStatus(runId, status, undefined, {
          endReason,
          testAccuracy,
          ...this.#repeatVerdict(run, weightsSha256),
        });
        return;
      } catch (cause) {
        active.isInCompute = false;
        if (isStudioError(cause, 'CANCELLED')) writer.discard();
        else writer.flush();
        const canGoOn = isStudioError(cause, 'COMPUTE_LOST') && active.wish === 'go' && !this.#isClosed;
        if (!canGoOn || cause.details.reason === 'closed' || this.#hasGivenUp(cause)) throw cause;
        warn('compute ended; the run goes on from its last checkpoint', { run: runId, reason: cause.details.reason });
      }
    }
  }

  /** The checkpoint that a recipe starts from; null where it starts afresh, or where that one is gone. */
  #startOf({ start }: Recipe): string | null {
    if (start === undefined) return null;
    const all = this.#options.checkpoints.list(start.run);
    return all.find(({ weightsSha256 }) => weightsSha256 === start.weightsSha256)?.path ?? null;
  }

  /** For checkpoints, and for features that are still to be made. Throws DISK_FULL. */
  #requireRoom(recipe: Recipe, datasetVersion: string, source: PictureSource): void {
    const { checkpoints, features } = this.#options;
    const { backend } = recipe;
    const featureBytes = features.missingBytes({ datasetVersion, features: recipe.features, source, backend });
    checkpoints.requireRoom(checkpointBytes(recipe, source), featureBytes);
  }

  #featuresOf(active: Active, run: StoredRun, source: PictureSource): Promise<string[] | null> {
    const { runId } = active;
    return this.#options.features.ensure(
      {
        datasetVersion: run.datasetVersion,
        datasetId: run.datasetId,
        features: run.recipe.features,
        source,
        threads: run.threads,
        backend: run.recipe.backend,
        title: run.name,
        runId,
      },
      {
        signal: AbortSignal.any([active.abort.signal, active.featuresAbort.signal]),
        report: (event) => this.#publish(runId, { kind: 'features', ...event }),
      },
    );
  }

  /** Compute kept dying: `call` then fails at once, and going on would spin. */
  #lastLossMs: number[] = [];
  #hasGivenUp(cause: unknown): boolean {
    if (!isStudioError(cause, 'COMPUTE_LOST')) return false;
    const now = this.#now();
    this.#lastLossMs = [...this.#lastLossMs.filter((at) => now - at < 60_000), now];
    return this.#lastLossMs.length > 6;
  }

  #writer(active: Active): RunWriter {
    const { runId } = active;
    const { runs, checkpoints, warn, logInternalError } = this.#options;
    return new RunWriter({
      runId,
      runs,
      checkpoints,
      now: this.#now,
      onCommitted: (batch) => this.#committed(runId, batch),
      onTrouble: (cause) => {
        if (isStudioError(cause, 'DISK_FULL')) void this.#pauseForSpace(active, cause);
        else {
          logInternalError(cause, 'commit');
          active.trouble = cause;
          active.abort.abort();
        }
      },
      onDifference: (step) => {
        warn('a step came out differently after a resume', { run: runId, step });
        this.#setStatus(runId, 'running', { code: 'RESUME_DIFFERS', details: { step } });
      },
    });
  }

  #take(active: Active, writer: RunWriter, progress: TrainProgress): void {
    switch (progress.kind) {
      case 'plan': {
        const { stepsPerEpoch, parameters, backend, threads } = progress;
        this.#options.runs.change(active.runId, { stepsPerEpoch, parameters, backend, threads });
        this.#publish(active.runId, planEvent(this.get(active.runId)));
        // What was wished before compute knew the run has been lost on it.
        if (active.wish === 'pause') void this.#control(active, 'pause').catch(() => null);
        else if (active.wish !== 'go') void this.#control(active, 'stop').catch(() => null);
        return;
      }
      case 'steps':
        return writer.steps(progress.records);
      case 'epoch':
        return writer.epoch(progress.record);
      case 'checkpoint':
        return writer.checkpoint(progress.file);
    }
  }

  #committed(runId: string, { steps, epochs, checkpoints, step }: CommittedBatch): void {
    if (steps.steps.length > 0) this.#publish(runId, { kind: 'steps', records: steps });
    for (const record of epochs) this.#publish(runId, { kind: 'epoch', record });
    for (const file of checkpoints) this.#publish(runId, { kind: 'checkpoint', step: file.step, best: file.best });
    if (steps.steps.length > 0 || epochs.length > 0) {
      for (const listener of [...this.#ackListeners]) listener({ run: runId, step });
    }
    const { stepsPerEpoch, recipe } = this.get(runId);
    if (stepsPerEpoch > 0) this.#jobs.get(runId)?.report(step / stepsPerEpoch, recipe.epochs);
  }

  /** The run waits in compute's memory; what is not stored waits in the writer's. */
  async #pauseForSpace(active: Active, cause: StudioError): Promise<void> {
    active.wish = 'pause';
    this.#setStatus(
      active.runId,
      'paused',
      errorValue(cause, () => ''),
    );
    this.#jobs.get(active.runId)?.setState('paused');
    await this.#control(active, 'pause').catch(() => null);
  }

  #park(active: Active): void {
    active.wish = 'park';
    void this.#control(active, 'stop').catch((cause: unknown) => this.#options.logInternalError(cause, 'park'));
  }

  async #testAccuracy(runId: string): Promise<number | null> {
    try {
      return await this.#options.testAccuracy(runId);
    } catch (cause) {
      if (!isStudioError(cause)) this.#options.logInternalError(cause, 'test accuracy');
      return null;
    }
  }

  #repeatVerdict(run: StoredRun, weightsSha256: string): RunChange {
    if (run.repeatOf === null) return {};
    const original = this.#options.runs.get(run.repeatOf);
    if (original === null || original.weightsSha256 === null || original.status !== 'finished') return {};
    return { repeatIsExact: original.weightsSha256 === weightsSha256 };
  }

  #endBadly(active: Active, cause: unknown): void {
    const { runId, wish } = active;
    const { logInternalError } = this.#options;
    if (this.#isClosed) return this.#setStatus(runId, wish === 'park' ? 'paused' : 'interrupted');
    const isCancelled = isStudioError(cause, 'CANCELLED'); // while features were made
    if (wish === 'discard' || isCancelled) return this.#setStatus(runId, 'stopped', null, { endReason: 'person' });
    const error = errorValue(cause, (defect) => logInternalError(defect, 'training'));
    if (isStudioError(cause, 'TRAINING_DIVERGED')) {
      return this.#setStatus(runId, 'diverged', error, { endReason: 'diverged' });
    }
    if (isStudioError(cause, 'DISK_FULL')) return this.#setStatus(runId, 'paused', error);
    if (isStudioError(cause, 'COMPUTE_LOST')) {
      if (wish === 'stop') return this.#setStatus(runId, 'stopped', null, { endReason: 'person' });
      if (wish === 'pause' || wish === 'park') return this.#setStatus(runId, 'paused', null);
      return this.#setStatus(runId, 'interrupted', error);
    }
    this.#setStatus(runId, 'failed', error);
  }

  // Small things ------------------------------------------------------------------------------------------------------------

  #activeRun(id: string): Active {
    if (this.#active?.runId === id) return this.#active;
    this.get(id);
    throw new StudioError('RUN_NOT_ACTIVE', { run: id });
  }

  /** Tells compute, unless the run is not there; a dead compute is noticed by the call that trains. */
  async #control(active: Active, action: 'pause' | 'resume' | 'stop'): Promise<void> {
    if (!active.isInCompute) return;
    try {
      await this.#options.compute.call('compute.control', { jobId: active.jobId, action });
    } catch (cause) {
      if (isStudioError(cause, 'COMPUTE_LOST') || isStudioError(cause, 'JOB_NOT_FOUND')) return;
      throw cause;
    }
  }

  /** Error undefined leaves the one there is. */
  #setStatus(id: string, status: RunStatus, error?: ErrorValue | null, more: RunChange = {}): void {
    const change = { status, ...(error === undefined ? {} : { error }), ...more };
    try {
      this.#options.runs.change(id, change);
      this.#unstored.delete(id);
    } catch (cause) {
      if (!isStudioError(cause, 'DISK_FULL')) throw cause;
      this.#unstored.set(id, { status, error: error ?? null });
    }
    this.#publish(id, { kind: 'status', status, error: this.get(id).error });
  }

  #asItIs(run: StoredRun): StoredRun {
    return { ...run, ...this.#unstored.get(run.id) };
  }

  #publish(id: string, event: RunEvent): void {
    for (const watcher of [...(this.#watchers.get(id) ?? [])]) watcher(event);
  }

  #endJob(id: string, failure: unknown): void {
    const job = this.#jobs.get(id);
    this.#jobs.delete(id);
    if (job === undefined) return;
    if (failure === null) job.finish({ runId: id });
    else job.fail(failure);
  }
}

function planEvent({ stepsPerEpoch, recipe, trainCount, validationCount }: StoredRun): RunEvent {
  return { kind: 'plan', stepsPerEpoch, epochs: recipe.epochs, trainCount, validationCount };
}
