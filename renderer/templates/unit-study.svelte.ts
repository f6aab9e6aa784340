/** What the hidden units of a run do over many pictures, as the Templates place shows it. */
import { isStudioError } from '../../core/errors.ts';
import type { UnitStudy } from '../../core/rpc/contract/explanation.ts';
import type { Studio } from '../studio.svelte.ts';
import type { Which } from './templates-view.svelte.ts';

export class UnitStudyView {
  study = $state.raw<UnitStudy | null>(null);
  progress = $state.raw<{ done: number; total: number } | null>(null);
  error = $state.raw<unknown>(null);
  readonly #studio: Pick<Studio, 'call'>;
  readonly runId: string;
  readonly which: Which;

  constructor(studio: Pick<Studio, 'call'>, runId: string, which: Which) {
    this.#studio = studio;
    this.runId = runId;
    this.which = which;
  }

  async load(signal: AbortSignal): Promise<void> {
    const { runId, which } = this;
    const onprogress = (progress: { done: number; total: number }) => (this.progress = progress);
    try {
      this.study = await this.#studio.call('explanation.units', { runId, which }, { signal, onprogress });
    } catch (cause) {
      if (!signal.aborted && !isStudioError(cause, 'CANCELLED')) this.error = cause;
    } finally {
      this.progress = null;
    }
  }
}
