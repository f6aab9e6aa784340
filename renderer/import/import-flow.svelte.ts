/** One import on its way from a source to a dataset. The import dialog reads it; only this class changes it. */
import { isStudioError, StudioError } from '../../core/errors.ts';
import type { FitPolicy } from '../../core/rpc/contract/common.ts';
import type { DatasetSummary } from '../../core/rpc/contract/datasets.ts';
import type { SourcePreview } from '../../core/rpc/contract/imports.ts';
import type { StudioContract } from '../../core/rpc/contract/index.ts';
import type { Output } from '../../core/rpc/define.ts';
import { type Dropped, pathsOfDropped, type UploadProgress } from './dropped.ts';
import { m } from '../messages.ts';
import type { Studio } from '../studio.svelte.ts';

type Tried = Output<StudioContract, 'imports.tryFit'>['pictures'];

/** How many pictures the preview of size and fit shows. */
const triedPictures = 6;
const settleMs = 150;

export class ImportFlow {
  step = $state<'uploading' | 'looking' | 'preview' | 'importing' | 'report' | 'failed'>('looking');
  upload = $state.raw<UploadProgress | null>(null);
  filesSeen = $state(0);
  preview = $state.raw<SourcePreview | null>(null);
  name = $state('');
  size = $state(32);
  fit = $state<FitPolicy>('crop');
  testFraction = $state(0.2);
  tried = $state.raw<Tried | null>(null);
  jobId = $state<string | null>(null);
  isStopping = $state(false);
  dataset = $state.raw<DatasetSummary | null>(null);
  error = $state.raw<unknown>(null);
  readonly #studio: Studio;
  readonly #working = new AbortController();
  #paths: readonly string[] = [];
  #uploadedName: string | null = null;
  #trying: AbortController | null = null;
  #settle: ReturnType<typeof setTimeout> | undefined;

  readonly keepsOwnSize = $derived(this.preview !== null && this.preview.ownSize !== null);
  readonly bringsTest = $derived(this.preview?.splits.test ?? false);

  constructor(studio: Studio) {
    this.#studio = studio;
    this.size = studio.settings.importSize;
    this.fit = studio.settings.importFit;
  }

  /** Uploads where needed and looks into the source. */
  async look(source: Dropped): Promise<void> {
    const { signal } = this.#working;
    try {
      this.step = source.kind === 'entries' ? 'uploading' : 'looking';
      if (source.kind === 'entries') this.#uploadedName = source.name || m.import_dropped_files();
      this.#paths = await pathsOfDropped(this.#studio, source, signal, (progress) => (this.upload = progress));
      this.step = 'looking';
      const input = { paths: [...this.#paths] };
      const onprogress = ({ files }: { files: number }) => (this.filesSeen = files);
      this.preview = await this.#studio.call('imports.look', input, { signal, onprogress });
      this.name = this.preview.suggestedName;
      this.step = 'preview';
      if (!this.keepsOwnSize) void this.#try();
    } catch (cause) {
      this.#fail(cause);
    }
  }

  change(options: { size?: number; fit?: FitPolicy }): void {
    this.size = options.size ?? this.size;
    this.fit = options.fit ?? this.fit;
    clearTimeout(this.#settle);
    this.#settle = setTimeout(() => void this.#try(), settleMs);
  }

  async #try(): Promise<void> {
    this.#trying?.abort();
    const trying = (this.#trying = new AbortController());
    try {
      const input = { paths: [...this.#paths], size: this.size, fit: this.fit, count: triedPictures };
      this.tried = (await this.#studio.call('imports.tryFit', input, trying)).pictures;
    } catch (cause) {
      if (!trying.signal.aborted) this.#studio.showError(cause);
    }
  }

  async start(): Promise<void> {
    const { name, size, fit, testFraction } = this;
    const options = {
      name: name.trim(),
      size: this.keepsOwnSize ? null : size,
      fit,
      testFraction: this.bringsTest ? 0 : testFraction,
    };
    try {
      const { jobId } = await this.#studio.call('imports.start', { paths: [...this.#paths], options });
      this.jobId = jobId;
      this.step = 'importing';
      void this.#studio.changeSettings({ importSize: size, importFit: fit });
      const { datasetId } = await this.#studio.call('imports.finished', { jobId });
      this.dataset = await this.#studio.openDataset(datasetId);
      this.step = 'report';
    } catch (cause) {
      this.#fail(cause);
    }
  }

  /** Only what is new in a source that was imported before. */
  async readAgain(datasetId: string): Promise<void> {
    try {
      const { jobId } = await this.#studio.call('imports.again', { datasetId });
      this.jobId = jobId;
      this.step = 'importing';
      await this.#studio.call('imports.finished', { jobId });
      this.dataset = await this.#studio.openDataset(datasetId);
      this.step = 'report';
    } catch (cause) {
      this.#fail(cause);
    }
  }

  /** Ends what runs; nothing of it is kept. */
  async cancel(): Promise<void> {
    this.isStopping = true;
    if (this.step === 'importing' && this.jobId !== null) await this.#studio.cancelJob(this.jobId);
    else this.#working.abort();
  }

  /** The dialog has gone: what only it was waiting for ends; a running import goes on. */
  leave(): void {
    clearTimeout(this.#settle);
    this.#trying?.abort();
    if (this.step === 'uploading' || this.step === 'looking') this.#working.abort();
  }

  #fail(cause: unknown): void {
    this.isStopping = false;
    this.error = this.#named(cause);
    this.step = 'failed';
  }

  /** What was uploaded lies in a folder of the studio's own; a person knows it by the name of what they dropped. */
  #named(cause: unknown): unknown {
    const uploaded = this.#uploadedName === null ? undefined : this.#paths[0];
    if (uploaded === undefined || !isStudioError(cause) || !('path' in cause.details)) return cause;
    const path = cause.details.path.replace(uploaded, this.#uploadedName!);
    return new StudioError(cause.code, { ...cause.details, path }, { cause });
  }

  get wasCancelled(): boolean {
    return isStudioError(this.error, 'CANCELLED');
  }
}
