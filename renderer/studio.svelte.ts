/**
 * The studio as the window sees it: the wire to the backend and what the whole frame needs to know. Places read it;
 * only this class changes it.
 */
import { createContext } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import { toast } from 'svelte-sonner';
import { isStudioError, StudioError } from '../core/errors.ts';
import { createClient } from '../core/rpc/client.ts';
import { type AppInfo, defaultSettings, type EngineStatus, type Settings } from '../core/rpc/contract/app.ts';
import type { DatasetSummary } from '../core/rpc/contract/datasets.ts';
import { studioContract, type StudioContract } from '../core/rpc/contract/index.ts';
import type { Job } from '../core/rpc/contract/jobs.ts';
import type { RunSummary } from '../core/rpc/contract/runs.ts';
import type { CallInput, CallOptions, MethodOf, Output, Progress, RpcClient } from '../core/rpc/define.ts';
import type { Command } from './commands/commands.ts';
import type { Host } from './host/host.ts';
import { language } from './language.svelte.ts';
import type { Dropped } from './import/dropped.ts';
import { errorSentence, m } from './messages.ts';
import { PictureStore } from './pictures/picture-store.ts';

export type ChooseWhat = 'source' | 'folder' | 'pictures';
export interface ChooserQuestion {
  readonly what: ChooseWhat;
  readonly title: string;
  readonly answer: (paths: readonly string[] | null) => void;
}
export interface DropTarget {
  /** What happens with what is dropped, in words: `Drop to predict`. */
  readonly label: string;
  readonly ondrop: (dropped: Dropped) => void;
}

/** The one action that the header offers; the place in view decides what it is. */
export interface PrimaryAction {
  readonly label: string;
  readonly onclick: () => void;
  readonly disabled?: boolean;
}

const activeStates: readonly Job['state'][] = ['queued', 'running', 'paused', 'stopping'];
/** How much larger text is in presenter mode: 18 px for 13 px, so that the last row of a room can read it. */
const presentingTextFactor = 1.38;
/** Pixels of a browser's own text, and of the studio's at 100 %. */
const browserRem = 16;
const studioRem = 13;
/** First and longest pause between attempts to reach a backend that is gone. */
const reconnectMs = { first: 250, longest: 4000 } as const;

export class Studio {
  readonly host: Host;
  readonly pictures: PictureStore = new PictureStore(this);
  connection = $state<'connecting' | 'connected' | 'lost'>('connecting');
  /** The host runs, but no longer knows this page: it has been started anew since. */
  isSignedOut = $state(false);
  info = $state.raw<AppInfo | null>(null);
  engine = $state.raw<EngineStatus | null>(null);
  settings = $state.raw<Settings>(defaultSettings);
  settingsFile = $state('');
  datasets = $state.raw<readonly DatasetSummary[]>([]);
  runs = $state.raw<readonly RunSummary[]>([]);
  /** Active jobs, and for a moment the ones that have ended. */
  jobs = $state.raw<readonly Job[]>([]);
  datasetId = $state<string | null>(null);
  runId = $state<string | null>(null);
  primary = $state.raw<PrimaryAction | null>(null);
  /** Which dialog of the frame is open. */
  dialog = $state<'palette' | 'settings' | 'shortcuts' | null>(null);
  /** What the import dialog is about; null while it is closed. */
  importSource = $state.raw<Dropped | null>(null);
  /** The question that the folder chooser is open for, where the host has no dialog of its own. */
  chooser = $state.raw<ChooserQuestion | null>(null);
  /** Who takes what is dropped on the window; the place in view may set it. Null: the import dialog. */
  dropTarget = $state.raw<DropTarget | null>(null);
  /** True once the backend has answered for the first time. */
  isReady = $state(false);
  /** How often a wire was made. What a place was asking for when one broke is lost, so it begins anew with the next. */
  connectionNumber = $state(0);

  /** The current dataset, or else the one that was open last. */
  readonly dataset = $derived(
    this.datasets.find((dataset) => dataset.id === this.datasetId) ?? this.datasets[0] ?? null,
  );
  readonly run = $derived(this.runs.find((run) => run.id === this.runId) ?? null);
  readonly activeJobs = $derived(this.jobs.filter((job) => activeStates.includes(job.state)));

  #client: RpcClient<StudioContract> | null = null;
  #isClosed = false;
  #undo: (() => Promise<void>) | null = null;
  readonly #view = new SvelteMap<string, unknown>();
  /** Keys whose value the backend does not have yet. */
  readonly #unsavedViews = new Set<string>();
  readonly #viewTimers = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #commands = new SvelteMap<symbol, readonly Command[]>();
  readonly #jobListeners = new Set<(job: Job) => void>();

  constructor(host: Host) {
    this.host = host;
  }

  /** Connects, and again each time the wire is lost, until `close`. */
  async start(): Promise<void> {
    let pauseMs: number = reconnectMs.first;
    while (!this.#isClosed) {
      let client: RpcClient<StudioContract> | null = null;
      try {
        client = createClient(studioContract, await this.host.connect());
        this.#client = client;
        await this.#load();
        this.connectionNumber++;
        this.connection = 'connected';
        this.isSignedOut = false;
        this.isReady = true;
        pauseMs = reconnectMs.first;
        await client.closed;
      } catch (cause) {
        // The next attempt says whether it is still so; the banner says what is going on meanwhile.
        this.isSignedOut = isStudioError(cause, 'BACKEND_LOST') && cause.details.reason === 'signed-out';
      }
      // A wire over which the first questions failed is not kept beside the next one.
      client?.close();
      this.#client = null;
      if (this.#isClosed) return;
      this.connection = 'lost';
      this.engine = null;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      pauseMs = Math.min(pauseMs * 2, reconnectMs.longest);
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#client?.close();
  }

  /** Asks the backend. Rejects with BACKEND_LOST while there is none. */
  call<M extends MethodOf<StudioContract>>(
    method: M,
    input: CallInput<StudioContract, M>,
    options?: CallOptions<Progress<StudioContract, M>>,
  ): Promise<Output<StudioContract, M>> {
    if (this.#client === null) return Promise.reject(new StudioError('BACKEND_LOST', { reason: 'not connected' }));
    return this.#client.call(method, input, options);
  }

  async #load(): Promise<void> {
    const [info, { settings, file }, { values }] = await Promise.all([
      this.call('app.info', {}),
      this.call('settings.get', {}),
      this.call('view.get', {}),
    ]);
    this.info = info;
    this.settingsFile = file;
    this.#applySettings(settings);
    for (const [key, value] of Object.entries(values)) if (!this.#unsavedViews.has(key)) this.#view.set(key, value);
    for (const key of this.#unsavedViews) this.#saveView(key);
    this.datasetId ??= this.view<string | null>('current.dataset', null);
    this.runId ??= this.view<string | null>('current.run', null);
    await Promise.all([this.refreshDatasets(), this.refreshRuns()]);
    // Both end with the wire; that it closed is seen at `closed`.
    this.call('app.watch', {}, { onprogress: (engine) => (this.engine = engine) }).catch(ignoreLoss);
    this.call('jobs.watch', {}, { onprogress: ({ jobs }) => this.#seeJobs(jobs) }).catch(ignoreLoss);
  }

  async refreshDatasets(): Promise<void> {
    this.datasets = (await this.call('datasets.list', {})).datasets;
  }

  async refreshRuns(): Promise<void> {
    this.runs = (await this.call('runs.list', {})).runs;
  }

  /** Makes a dataset the current one. Nothing large is loaded. */
  async openDataset(datasetId: string): Promise<DatasetSummary> {
    const dataset = await this.call('datasets.open', { datasetId });
    this.datasets = [dataset, ...this.datasets.filter(({ id }) => id !== datasetId)];
    if (this.datasetId !== datasetId) {
      this.datasetId = datasetId;
      if (this.run?.datasetId !== datasetId)
        this.openRun(this.runs.find((run) => run.datasetId === datasetId)?.id ?? null);
    }
    this.setView('current.dataset', datasetId);
    return dataset;
  }

  /** Makes a run, and its dataset, the current ones. */
  openRun(runId: string | null): void {
    this.runId = runId;
    this.setView('current.run', runId);
    const run = this.run;
    if (run && this.datasets.some(({ id }) => id === run.datasetId)) {
      this.datasetId = run.datasetId;
      this.setView('current.dataset', run.datasetId);
    }
  }

  /** Puts a dataset that an edit has changed into the list. */
  replaceDataset(dataset: DatasetSummary): void {
    this.datasets = this.datasets.map((other) => (other.id === dataset.id ? dataset : other));
  }

  /** Settings apply at once; the backend keeps them. */
  async changeSettings(changes: Partial<Settings>): Promise<void> {
    const before = this.settings;
    this.#applySettings({ ...before, ...changes });
    try {
      this.#applySettings((await this.call('settings.set', { changes })).settings);
    } catch (cause) {
      this.#applySettings(before);
      this.showError(cause);
    }
  }

  #applySettings(settings: Settings): void {
    this.settings = settings;
    const root = document.documentElement;
    language.choose(settings.language);
    if (settings.theme === 'system') delete root.dataset['theme'];
    else root.dataset['theme'] = settings.theme;
    root.toggleAttribute('data-presenting', settings.presenting);
    root.style.fontSize = `${(100 * this.rem) / browserRem}%`;
  }

  /** Pixels of 1rem, for what is laid out by numbers. */
  get rem(): number {
    const { textSize, presenting } = this.settings;
    return (studioRem * textSize * (presenting ? presentingTextFactor : 1)) / 100;
  }

  /** View state that survives a restart: zoom, hidden series, the last place. Keys are `place.what`. */
  view<T>(key: string, fallback: T): T {
    return this.#view.has(key) ? (this.#view.get(key) as T) : fallback;
  }

  setView(key: string, value: unknown): void {
    if (this.#view.get(key) === value) return;
    this.#view.set(key, value);
    this.#unsavedViews.add(key);
    clearTimeout(this.#viewTimers.get(key));
    this.#viewTimers.set(
      key,
      setTimeout(() => this.#saveView(key), 250),
    );
  }

  /** What cannot be saved because the wire is gone is saved over the next one. */
  #saveView(key: string): void {
    const value = this.#view.get(key);
    this.call('view.set', { key, value: $state.snapshot(value) ?? null })
      .then(() => {
        if (this.#view.get(key) === value) this.#unsavedViews.delete(key);
      })
      .catch(ignoreLoss);
  }

  /** Calls `listener` with each job that ends. Returns how to stop. */
  onJobEnd(listener: (job: Job) => void): () => void {
    this.#jobListeners.add(listener);
    return () => this.#jobListeners.delete(listener);
  }

  #seeJobs(jobs: readonly Job[]): void {
    const before = new Map(this.jobs.map((job) => [job.id, job]));
    this.jobs = jobs;
    this.#showProgress();
    for (const job of jobs) {
      const previous = before.get(job.id);
      if (activeStates.includes(job.state)) {
        // A run that has begun belongs into every list at once.
        if (previous === undefined && job.kind === 'train') this.refreshRuns().catch(ignoreLoss);
        continue;
      }
      if (previous !== undefined && !activeStates.includes(previous.state)) continue;
      for (const listener of this.#jobListeners) listener(job);
      if (job.kind === 'import' && job.datasetId !== null) this.pictures.forget(job.datasetId);
      if (job.kind === 'train') this.refreshRuns().catch(ignoreLoss);
      else this.refreshDatasets().catch(ignoreLoss);
      if (this.settings.notifyWhenDone && job.elapsedSeconds > 5) {
        this.host.notify(job.title, job.error ? errorSentence(job.error) : m.job_finished());
      }
    }
  }

  #showProgress(): void {
    const job = this.activeJobs[0];
    this.host.showProgress(job?.total ? job.done / job.total : null);
  }

  async cancelJob(jobId: string): Promise<void> {
    // Shown at once; the backend's own report follows.
    this.jobs = this.jobs.map((job) => (job.id === jobId ? { ...job, state: 'stopping' as const } : job));
    await this.attempt(this.call('jobs.cancel', { jobId }));
  }

  /** Awaits something a person asked for and shows its error; null then. Cancelling is no error. */
  async attempt<T>(work: Promise<T>): Promise<T | null> {
    try {
      return await work;
    } catch (cause) {
      this.showError(cause);
      return null;
    }
  }

  showError(cause: unknown): void {
    if (isStudioError(cause, 'CANCELLED')) return;
    if (isStudioError(cause, 'BACKEND_LOST') && this.connection !== 'connected') return; // the page or its banner says it
    const sentence = errorSentence(cause);
    toast.error(sentence, {
      duration: 12_000,
      action: { label: m.error_copy_details(), onClick: () => void navigator.clipboard.writeText(errorDetails(cause)) },
    });
  }

  /** Says what was done, with Undo where it can be undone; Ctrl/Cmd+Z undoes the newest. */
  say(sentence: string, undo?: () => Promise<void>): void {
    if (undo === undefined) {
      toast(sentence);
      return;
    }
    const id = toast(sentence, { duration: 10_000, action: { label: m.undo(), onClick: () => void once() } });
    let isDone = false;
    const once = async () => {
      if (isDone) return;
      isDone = true;
      if (this.#undo === once) this.#undo = null;
      toast.dismiss(id);
      await this.attempt(undo());
    };
    this.#undo = once;
  }

  /** Undoes what `say` offered last. */
  async undoLast(): Promise<void> {
    await this.#undo?.();
  }

  /** Offers commands for as long as a component lives; call it in an effect and return what it returns. */
  offerCommands(commands: readonly Command[]): () => void {
    const key = Symbol('commands');
    this.#commands.set(key, commands);
    return () => this.#commands.delete(key);
  }

  get commands(): readonly Command[] {
    return [...this.#commands.values()].flat();
  }

  /** Opens the import dialog on a source; without one a person chooses it first. */
  async openImport(source?: Dropped): Promise<void> {
    this.dialog = null;
    if (source === undefined) {
      const paths = await this.choosePaths('source', m.choose_source_title());
      if (paths === null) return;
      source = { kind: 'paths', paths };
    }
    this.importSource = source;
  }

  /** The source of a dataset was moved: a person says where it is now. */
  async openLocate(dataset: DatasetSummary): Promise<boolean> {
    const paths = await this.choosePaths('source', m.choose_locate_title({ name: dataset.name }));
    const path = paths?.[0];
    if (path === undefined) return false;
    const located = await this.attempt(this.call('datasets.locate', { datasetId: dataset.id, path }));
    if (located === null) return false;
    await this.attempt(this.refreshDatasets());
    return true;
  }

  /** The system's dialog where the host has one, the studio's chooser elsewhere. Null when a person changed their mind. */
  async choosePaths(what: ChooseWhat, title: string): Promise<readonly string[] | null> {
    const { chooseFolder, chooseFiles } = this.host;
    if (what === 'pictures' && chooseFiles) return chooseFiles();
    if (chooseFolder) {
      const path = await chooseFolder();
      return path === null ? null : [path];
    }
    this.chooser?.answer(null);
    return new Promise((resolve) => {
      this.chooser = {
        what,
        title,
        answer: (paths) => {
          this.chooser = null;
          resolve(paths);
        },
      };
    });
  }
}

/** A code and its details, for a person to pass on; no sentence, so that it reads the same in every language. */
export function errorDetails(cause: unknown): string {
  if (isStudioError(cause)) return JSON.stringify({ code: cause.code, details: cause.details }, null, 2);
  if (cause instanceof Error) return cause.stack ?? cause.message;
  return JSON.stringify(cause, null, 2);
}

function ignoreLoss(cause: unknown): void {
  if (!isStudioError(cause, 'BACKEND_LOST') && !isStudioError(cause, 'CANCELLED')) console.error(cause);
}

export const [getStudio, setStudio] = createContext<Studio>();
