/** One training run as the window sees it. Components read it; only this class changes it. */
import { isStudioError } from '../../core/errors.ts';
import type { StudioContract } from '../../core/rpc/contract/index.ts';
import type { EpochRecord, RunEvent, RunStatus } from '../../core/rpc/contract/training.ts';
import type { Output } from '../../core/rpc/define.ts';
import type { Studio } from '../studio.svelte.ts';
import { StepColumns } from './step-columns.ts';

export type Templates = Output<StudioContract, 'explanation.templates'>;

export const activeStatuses: readonly RunStatus[] = ['queued', 'running', 'paused'];

/** Curves are drawn at most this often; a run may report a thousand steps a second. */
const drawEveryMs = 150;
/** Templates of a large hidden layer: as many as one takes in. */
const templatesShown = 64;

export class TrainingRun {
  readonly runId: string;
  epochs = $state.raw<readonly EpochRecord[]>([]);
  plan = $state.raw<Extract<RunEvent, { kind: 'plan' }> | null>(null);
  status = $state<RunStatus | null>(null);
  steps = $state.raw<{
    readonly steps: Float64Array;
    readonly losses: Float32Array;
    readonly accuracies: Float32Array;
  }>(new StepColumns().view());
  templates = $state.raw<Templates | null>(null);
  /** Pause, stop and discard take a moment; which of them is under way. */
  pending = $state<'pause' | 'resume' | 'stop' | 'discard' | null>(null);
  #columns = new StepColumns();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #epochs: EpochRecord[] = [];
  #isFetchingTemplates = false;
  #templatesWanted = false;
  readonly #studio: Studio;

  constructor(studio: Studio, runId: string) {
    this.#studio = studio;
    this.runId = runId;
  }

  readonly last = $derived(this.epochs.at(-1) ?? null);
  readonly stepsPerEpoch = $derived.by(() => {
    const first = this.epochs[0];
    return this.plan?.stepsPerEpoch || (first ? Math.max(1, first.step / first.epoch) : 1);
  });

  /** Past and coming events of an active run; thinned curves of one that has ended. */
  async follow(isActive: boolean, signal: AbortSignal): Promise<void> {
    this.#columns = new StepColumns();
    this.#epochs = [];
    if (isActive) {
      void this.#fetchTemplates(signal);
      try {
        const { status } = await this.#studio.call(
          'training.watch',
          { runId: this.runId },
          { signal, onprogress: (event) => this.#take(event, signal) },
        );
        this.status = status;
        await this.#studio.refreshRuns();
      } finally {
        this.#draw();
      }
      return;
    }
    const { epochs, steps } = await this.#studio.call('runs.curves', { runId: this.runId }, { signal });
    this.#epochs = epochs;
    this.#columns.append(steps);
    this.#draw();
    await this.#fetchTemplates(signal);
  }

  #take(event: RunEvent, signal: AbortSignal): void {
    if (event.kind === 'status') {
      this.status = event.status;
      this.#studio.refreshRuns().catch(ignore);
    } else if (event.kind === 'plan') this.plan = event;
    else if (event.kind === 'epoch') {
      const known = this.#epochs.findIndex(({ epoch }) => epoch === event.record.epoch);
      // After an interruption the epochs since the last checkpoint come once more.
      if (known >= 0) this.#epochs = this.#epochs.slice(0, known);
      this.#epochs.push(event.record);
    } else if (event.kind === 'steps') this.#columns.append(event.records);
    else if (event.kind === 'checkpoint') void this.#fetchTemplates(signal);
    this.#timer ??= setTimeout(() => this.#draw(), drawEveryMs);
  }

  #draw(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.epochs = [...this.#epochs];
    this.steps = this.#columns.view();
  }

  /** One request at a time; what comes in between is asked for once afterwards. */
  async #fetchTemplates(signal: AbortSignal): Promise<void> {
    if (this.#isFetchingTemplates) {
      this.#templatesWanted = true;
      return;
    }
    this.#isFetchingTemplates = true;
    try {
      this.templates = await this.#studio.call(
        'explanation.templates',
        { runId: this.runId, which: 'last', limit: templatesShown },
        { signal },
      );
    } catch (cause) {
      if (!isStudioError(cause, 'RUN_NOT_TRAINED')) ignore(cause);
    } finally {
      this.#isFetchingTemplates = false;
    }
    if (this.#templatesWanted && !signal.aborted) {
      this.#templatesWanted = false;
      await this.#fetchTemplates(signal);
    }
  }

  async pause(): Promise<void> {
    await this.#ask('pause', () => this.#studio.call('training.pause', { runId: this.runId }));
  }

  async resume(): Promise<void> {
    await this.#ask('resume', () => this.#studio.call('training.resume', { runId: this.runId }));
  }

  async stop(): Promise<void> {
    await this.#ask('stop', () => this.#studio.call('training.stop', { runId: this.runId }));
  }

  async discard(): Promise<void> {
    await this.#ask('discard', () => this.#studio.call('training.discard', { runId: this.runId }));
  }

  /** Stop and discard do not wait for the answer to a pause or resume; nothing comes after them. */
  async #ask(what: NonNullable<TrainingRun['pending']>, call: () => Promise<unknown>): Promise<void> {
    const isLast = what === 'stop' || what === 'discard';
    if (this.pending === what || (this.pending !== null && !isLast)) return;
    this.pending = what;
    await this.#studio.attempt(call());
    await this.#studio.attempt(this.#studio.refreshRuns());
    if (this.pending === what) this.pending = null;
  }
}

function ignore(cause: unknown): void {
  if (!isStudioError(cause)) throw cause;
}
