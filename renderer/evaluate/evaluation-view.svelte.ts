/** The verdicts of one model on one split as the Evaluate place shows them. Only this class changes it. */
import { isStudioError } from '../../core/errors.ts';
import type { SplitName } from '../../core/rpc/contract/common.ts';
import type { StudioContract } from '../../core/rpc/contract/index.ts';
import type { Output } from '../../core/rpc/define.ts';
import type { Studio } from '../studio.svelte.ts';
import { headlineOf, picturesOf } from './headline.ts';

export type SplitVerdicts = Output<StudioContract, 'evaluation.verdicts'>;

export class EvaluationView {
  verdicts = $state.raw<SplitVerdicts | null>(null);
  progress = $state.raw<{ done: number; total: number } | null>(null);
  error = $state.raw<unknown>(null);
  /** The cell that a person chose; null shows the largest mistake. */
  chosen = $state.raw<{ truth: number; verdict: number } | null>(null);
  /** Which of the cell's pictures is looked at. */
  cursor = $state(0);

  readonly headline = $derived(headlineOf(this.verdicts?.confusion ?? []));
  readonly cell = $derived.by(() => {
    const classes = this.verdicts?.classes.length ?? 0;
    if (this.chosen && this.chosen.truth < classes && this.chosen.verdict < classes) return this.chosen;
    const { headline } = this;
    return headline.kind === 'largest' || headline.kind === 'tied'
      ? { truth: headline.truth, verdict: headline.verdict }
      : { truth: 0, verdict: 0 };
  });
  readonly positions = $derived(this.verdicts === null ? [] : picturesOf(this.verdicts, this.cell));
  readonly #studio: Pick<Studio, 'call'>;

  constructor(studio: Pick<Studio, 'call'>) {
    this.#studio = studio;
  }

  async load(runId: string, on: SplitName, which: 'best' | 'last', signal: AbortSignal): Promise<void> {
    this.verdicts = null;
    this.error = null;
    this.progress = null;
    this.cursor = 0;
    const onprogress = (progress: { done: number; total: number }) => (this.progress = progress);
    try {
      const verdicts = await this.#studio.call('evaluation.verdicts', { runId, on, which }, { signal, onprogress });
      if (!signal.aborted) this.verdicts = verdicts;
    } catch (cause) {
      if (!signal.aborted && !isStudioError(cause, 'CANCELLED')) this.error = cause;
    } finally {
      if (!signal.aborted) this.progress = null;
    }
  }

  choose(cell: { truth: number; verdict: number }): void {
    this.chosen = cell;
    this.cursor = 0;
  }
}
