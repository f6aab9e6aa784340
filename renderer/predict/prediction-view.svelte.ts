/** What a model says about new pictures, as the Predict place shows it. Only this class changes it. */
import { isStudioError } from '../../core/errors.ts';
import type { Prediction } from '../../core/rpc/contract/prediction.ts';
import { type Dropped, pathsOfDropped, type UploadProgress } from '../import/dropped.ts';
import type { Studio } from '../studio.svelte.ts';

/** Originals are up to 200 kB each: those of later pictures are not kept, what the model sees always is. */
const originalsKept = 500;
const noPixels = new Uint8Array(0);

export class PredictionView {
  state = $state<'empty' | 'uploading' | 'working' | 'stopping' | 'done' | 'stopped'>('empty');
  results = $state.raw<readonly Prediction[]>([]);
  total = $state(0);
  upload = $state.raw<UploadProgress | null>(null);
  error = $state.raw<unknown>(null);
  /** Position in `results`. */
  selected = $state(0);
  readonly refused = $derived(this.results.filter(({ kind }) => kind === 'refused').length);
  readonly isWorking = $derived(this.state === 'uploading' || this.state === 'working' || this.state === 'stopping');
  readonly #studio: Pick<Studio, 'call'>;
  #source: Dropped | null = null;
  /** Kept, so that another model can judge the same files without another upload. */
  #paths: readonly string[] = [];
  #working: AbortController | null = null;

  constructor(studio: Pick<Studio, 'call'>) {
    this.#studio = studio;
  }

  async predict(source: Dropped, runId: string, which: 'best' | 'last'): Promise<void> {
    this.#source = source;
    this.#paths = [];
    await this.again(runId, which);
  }

  /** The same files through another model. */
  async again(runId: string, which: 'best' | 'last'): Promise<void> {
    const source = this.#source;
    if (source === null) return;
    this.#working?.abort();
    const working = (this.#working = new AbortController());
    const { signal } = working;
    this.results = [];
    this.total = 0;
    this.selected = 0;
    this.error = null;
    try {
      if (this.#paths.length === 0) {
        this.state = source.kind === 'entries' ? 'uploading' : 'working';
        this.#paths = await pathsOfDropped(this.#studio, source, signal, (progress) => (this.upload = progress));
      }
      this.state = 'working';
      let originals = 0;
      // Uploaded files are called what they were called where they came from, not after the place they were put.
      const root = source.kind === 'entries' ? this.#paths[0]! : null;
      const ownPath = (path: string) => (root !== null && path.startsWith(root) ? path.slice(root.length + 1) : path);
      const onprogress = ({ total, results }: { total: number; results: readonly Prediction[] }) => {
        if (signal.aborted) return;
        this.total = total;
        const kept = results.map((result) => {
          const path = ownPath(result.path);
          if (result.kind === 'refused' || originals++ < originalsKept) return { ...result, path };
          return { ...result, path, original: { ...result.original, pixels: noPixels } };
        });
        this.results = [...this.results, ...kept];
      };
      const input = { runId, which, paths: [...this.#paths] };
      await this.#studio.call('prediction.predict', input, { signal, onprogress });
      this.state = 'done';
    } catch (cause) {
      if (this.#working !== working) return;
      this.state = this.results.length > 0 ? 'stopped' : 'empty';
      if (!isStudioError(cause, 'CANCELLED')) this.error = cause;
    }
  }

  /** What has been judged stays. */
  stop(): void {
    if (!this.isWorking) return;
    this.state = 'stopping';
    this.#working?.abort();
  }

  leave(): void {
    this.#working?.abort();
  }
}
