/** Which pictures there are to look into, and which one is looked at. */
import { isStudioError } from '../../core/errors.ts';
import type { SplitName } from '../../core/rpc/contract/common.ts';
import { tellingPictures } from '../../core/explanation/telling-pictures.ts';
import type { Studio } from '../studio.svelte.ts';
import type { SplitVerdicts } from '../evaluate/evaluation-view.svelte.ts';
import type { Which } from './templates-view.svelte.ts';

export interface Candidate {
  /** Number of the picture in the dataset. */
  readonly picture: number;
  readonly truth: number;
  /** What the model says. */
  readonly verdict: number;
  /** What the other model says; null without one. */
  readonly other: number | null;
}

/** `telling`: two models disagree and one is right. `mistakes`: the model is wrong. Most telling, or surest, first. */
export type PictureKind = 'telling' | 'mistakes' | 'right';

export class PictureChoice {
  on = $state<SplitName>('test');
  telling = $state.raw<readonly Candidate[]>([]);
  mistakes = $state.raw<readonly Candidate[]>([]);
  right = $state.raw<readonly Candidate[]>([]);
  isLoading = $state(true);
  error = $state.raw<unknown>(null);
  readonly #studio: Pick<Studio, 'call'>;

  constructor(studio: Pick<Studio, 'call'>) {
    this.#studio = studio;
  }

  /** @param other  a run on the same pictures to tell stories with, or null. */
  async load(runId: string, which: Which, other: string | null, on: SplitName, signal: AbortSignal): Promise<void> {
    this.isLoading = true;
    this.on = on;
    const verdictsOf = (id: string, of: Which) =>
      this.#studio.call('evaluation.verdicts', { runId: id, on, which: of }, { signal });
    try {
      const own = await verdictsOf(runId, which);
      const theirs = other === null ? null : await verdictsOf(other, 'best').catch(() => null);
      if (signal.aborted) return;
      this.#take(own, theirs);
      this.error = null;
    } catch (cause) {
      if (!signal.aborted && !isStudioError(cause, 'CANCELLED')) this.error = cause;
    } finally {
      if (!signal.aborted) this.isLoading = false;
    }
  }

  of(kind: PictureKind): readonly Candidate[] {
    return this[kind];
  }

  #take(own: SplitVerdicts, theirs: SplitVerdicts | null): void {
    const says = new Map<number, number>();
    theirs?.indices.forEach((picture, i) => says.set(picture, theirs.predicted[i]!));
    const surest = Array.from(own.indices.keys()).sort((a, b) => own.probabilities[b]! - own.probabilities[a]!);
    const candidates = surest.map((i): Candidate => {
      const picture = own.indices[i]!;
      return { picture, truth: own.truth[i]!, verdict: own.predicted[i]!, other: says.get(picture) ?? null };
    });
    this.mistakes = candidates.filter(({ truth, verdict }) => truth !== verdict);
    this.right = candidates.filter(({ truth, verdict }) => truth === verdict);
    this.telling =
      theirs === null
        ? []
        : tellingPictures(own, theirs).map(({ picture, truth, first, second }) => {
            return { picture, truth, verdict: first, other: second };
          });
  }
}
