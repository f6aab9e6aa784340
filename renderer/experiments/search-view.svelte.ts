/** Searches and races as the page sees them: listed once, the running ones followed. Only this class changes it. */
import type { RunSummary } from '../../core/rpc/contract/runs.ts';
import type { SearchReport } from '../../core/rpc/contract/searches.ts';
import type { CallInput } from '../../core/rpc/define.ts';
import type { StudioContract } from '../../core/rpc/contract/index.ts';
import type { Studio } from '../studio.svelte.ts';

export type SearchPlanInput = CallInput<StudioContract, 'searches.start'>['plan'];

/** Learning rates are searched from the run's divided by this to the run's times this. */
const rateFactor = 10;

export class SearchView {
  searches = $state.raw<readonly SearchReport[]>([]);
  readonly #studio: Studio;
  readonly #watched = new Set<string>();

  constructor(studio: Studio) {
    this.#studio = studio;
  }

  async refresh(signal: AbortSignal): Promise<void> {
    const listed = await this.#studio.attempt(this.#studio.call('searches.list', {}));
    if (listed === null || signal.aborted) return;
    this.searches = listed.searches;
    for (const { id, status } of listed.searches) if (status === 'running') void this.#watch(id, signal);
  }

  /** Learning rate and λ around those of a run, hopeless trials ended early. */
  async start(run: RunSummary, trials: number, signal: AbortSignal): Promise<void> {
    const { recipe } = run;
    const { learningRate } = recipe.optimizer;
    const plan = {
      kind: 'search' as const,
      method: 'random' as const,
      base: recipe,
      space: {
        learningRate: [learningRate / rateFactor, learningRate * rateFactor] as [number, number],
        l2: [1e-5, 1e-1] as [number, number],
      },
      trials,
      // Short runs say too little early on.
      halving: recipe.epochs >= 9 ? { firstRung: Math.round(recipe.epochs / 9), eta: 3 } : null,
    };
    await this.begin(plan, run.name, signal);
  }

  async begin(plan: SearchPlanInput, name: string, signal: AbortSignal): Promise<void> {
    const started = await this.#studio.attempt(this.#studio.call('searches.start', { plan, name }));
    if (started !== null) await this.refresh(signal);
  }

  async stop(searchId: string): Promise<void> {
    await this.#studio.attempt(this.#studio.call('searches.stop', { searchId }));
  }

  async resume(searchId: string, signal: AbortSignal): Promise<void> {
    await this.#studio.attempt(this.#studio.call('searches.resume', { searchId }));
    await this.refresh(signal);
  }

  async #watch(searchId: string, signal: AbortSignal): Promise<void> {
    if (this.#watched.has(searchId)) return;
    this.#watched.add(searchId);
    const onprogress = (report: SearchReport) => {
      this.searches = this.searches.map((other) => (other.id === searchId ? report : other));
    };
    try {
      await this.#studio.call('searches.watch', { searchId }, { signal, onprogress });
    } catch {
      // The connection's own banner says what happened.
    } finally {
      this.#watched.delete(searchId);
      if (!signal.aborted) await this.#studio.attempt(this.#studio.refreshRuns());
    }
  }
}
