/** The templates of one run as the Templates place shows them. Only this class changes it. */
import { isStudioError } from '../../core/errors.ts';
import type { StudioContract } from '../../core/rpc/contract/index.ts';
import type { Output } from '../../core/rpc/define.ts';
import type { Studio } from '../studio.svelte.ts';

export type Templates = Output<StudioContract, 'explanation.templates'>;
export type Which = 'best' | 'last';

/** Weights of a call, up to 32 MB. Compute reads the whole model for each call, so a bank of 2,048 small templates is one. */
const weightsPerCall = 8_000_000;
/** No oftener than this, however fast checkpoints come. */
const refreshMs = 1000;

export class TemplatesView {
  templates = $state.raw<Templates | null>(null);
  error = $state.raw<unknown>(null);
  isLoading = $state(true);
  readonly #studio: Pick<Studio, 'call' | 'datasets' | 'runs'>;
  readonly runId: string;
  readonly which: Which;

  constructor(studio: Pick<Studio, 'call' | 'datasets' | 'runs'>, runId: string, which: Which) {
    this.#studio = studio;
    this.runId = runId;
    this.which = which;
  }

  /** Loads them once, and while the run learns again at each checkpoint; resolves when there is nothing more to come. */
  async follow(isLearning: boolean, signal: AbortSignal): Promise<void> {
    await this.#load(signal);
    if (!isLearning) return;
    let isStale = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refresh = () => {
      if (timer !== undefined) {
        isStale = true;
        return;
      }
      isStale = false;
      timer = setTimeout(() => {
        timer = undefined;
        void this.#load(signal).then(() => {
          if (isStale) refresh();
        });
      }, refreshMs);
    };
    try {
      await this.#studio.call(
        'training.watch',
        { runId: this.runId },
        {
          signal,
          onprogress: (event) => {
            if (event.kind === 'checkpoint' && (this.which === 'last' || event.best)) refresh();
          },
        },
      );
      await this.#load(signal);
    } catch (cause) {
      if (!isStudioError(cause, 'CANCELLED') && !isStudioError(cause, 'BACKEND_LOST')) this.error = cause;
    } finally {
      clearTimeout(timer);
    }
  }

  async #load(signal: AbortSignal): Promise<void> {
    try {
      const templates = await loadTemplates(this.#studio, this.runId, this.which, signal);
      if (signal.aborted) return;
      this.templates = templates;
      this.error = null;
    } catch (cause) {
      if (!signal.aborted && !isStudioError(cause, 'CANCELLED')) this.error = cause;
    } finally {
      this.isLoading = false;
    }
  }
}

/** All templates of a model, in a few calls; begins again when a newer checkpoint came between two of them. */
export async function loadTemplates(
  studio: Pick<Studio, 'call' | 'datasets' | 'runs'>,
  runId: string,
  which: Which,
  signal: AbortSignal,
): Promise<Templates> {
  const run = studio.runs.find(({ id }) => id === runId);
  const dataset = studio.datasets.find(({ id }) => id === run?.datasetId);
  // Without the dataset: as large as a common one.
  const templateSize = dataset ? dataset.width * dataset.height * dataset.channels : 64 * 64 * 3;
  const limit = Math.min(2048, Math.max(16, Math.floor(weightsPerCall / templateSize)));
  for (;;) {
    const first = await studio.call('explanation.templates', { runId, which, limit }, { signal });
    const parts = [first];
    let offset = first.norms.length;
    while (offset < first.total) {
      const part = await studio.call('explanation.templates', { runId, which, offset, limit }, { signal });
      if (part.step !== first.step || part.norms.length === 0) break;
      parts.push(part);
      offset += part.norms.length;
    }
    if (offset >= first.total) return parts.length === 1 ? first : { ...first, ...merged(parts) };
  }
}

/** What a call gives for its own units only; votes come whole each time. */
type Columns = Pick<Templates, 'templates' | 'biases' | 'norms' | 'scales' | 'roughness'>;

function merged(parts: readonly Templates[]): Columns {
  const join = (column: keyof Columns) => {
    const all = new Float32Array(parts.reduce((sum, part) => sum + part[column].length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part[column], at);
      at += part[column].length;
    }
    return all;
  };
  return {
    templates: join('templates'),
    biases: join('biases'),
    norms: join('norms'),
    scales: join('scales'),
    roughness: join('roughness'),
  };
}
