/** Curves of runs that are compared, fetched when wanted and kept. */
import type { StudioContract } from '../../core/rpc/contract/index.ts';
import type { Output } from '../../core/rpc/define.ts';
import type { Studio } from '../studio.svelte.ts';

export type Curves = Output<StudioContract, 'runs.curves'>;

export class RunCurves {
  #curves = $state.raw<ReadonlyMap<string, Curves>>(new Map());
  readonly #asked = new Map<string, string>();
  readonly #studio: Studio;

  constructor(studio: Studio) {
    this.#studio = studio;
  }

  of(runId: string): Curves | null {
    return this.#curves.get(runId) ?? null;
  }

  /** Fetches a run's curves once, and again when `version` (how far it is) has changed. */
  want(runId: string, version = ''): void {
    if (this.#asked.get(runId) === version) return;
    this.#asked.set(runId, version);
    void this.#studio.attempt(this.#studio.call('runs.curves', { runId, points: 100 })).then((curves) => {
      if (curves !== null) this.#curves = new Map(this.#curves).set(runId, curves);
      else this.#asked.delete(runId);
    });
  }
}
