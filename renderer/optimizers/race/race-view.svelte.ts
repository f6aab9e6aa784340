/** Races of a dataset as the page sees them: listed, the one in view followed with its curves and paths. Only this class changes it. */
import type { OptimizerName, Recipe } from '../../../core/recipe/recipe.ts';
import type { PathsReport, RaceCurves, SearchReport } from '../../../core/rpc/contract/searches.ts';
import type { CallInput } from '../../../core/rpc/define.ts';
import { seesPixels } from '../../../core/recipe/feature-recipe.ts';
import type { RunSummary } from '../../../core/rpc/contract/runs.ts';
import type { StudioContract } from '../../../core/rpc/contract/index.ts';
import { defaultRace, raceBase } from '../../../core/training/optimizer-race.ts';
import { count } from '../../format.ts';
import { m } from '../../messages.ts';
import type { Studio } from '../../studio.svelte.ts';

export type RacePlan = Extract<CallInput<StudioContract, 'searches.start'>['plan'], { kind: 'race' }>;
export type RaceReport = SearchReport & { readonly race: NonNullable<SearchReport['race']>; readonly plan: RacePlan };

/** Curves of a race that goes on are asked for this often. */
const curvesEveryMs = 1000;

export interface RaceDraft {
  readonly optimizers: readonly OptimizerName[];
  readonly model: 'linear' | 'mlp';
  /** A run whose model, features, loss and λ everyone gets, instead of `model`. */
  readonly like: string | null;
  readonly hidden: number;
  readonly trials: number;
  readonly seeds: number;
  readonly epochs: number;
  /** Null: as in the dataset's default recipe. */
  readonly batchSize: number | null;
  readonly rateFactor: number;
  readonly l2Low: number;
  readonly l2High: number;
}

export const firstDraft: RaceDraft = {
  optimizers: defaultRace.optimizers,
  model: 'linear',
  like: null,
  hidden: 256,
  trials: defaultRace.trials,
  seeds: defaultRace.seeds,
  epochs: defaultRace.epochs,
  batchSize: null,
  rateFactor: defaultRace.rateFactor,
  l2Low: defaultRace.l2[0],
  l2High: defaultRace.l2[1],
};

export function isRace(report: SearchReport): report is RaceReport {
  return report.plan.kind === 'race' && report.race !== null;
}

export class RaceView {
  races = $state.raw<readonly RaceReport[]>([]);
  curves = $state.raw<RaceCurves | null>(null);
  paths = $state.raw<PathsReport | null>(null);
  /** While paths are computed. */
  pathsProgress = $state.raw<{ readonly done: number; readonly total: number } | null>(null);
  isListed = $state(false);
  isStarting = $state(false);
  readonly #studio: Studio;
  readonly #datasetId: string;
  #paths: AbortController | null = null;

  constructor(studio: Studio, datasetId: string) {
    this.#studio = studio;
    this.#datasetId = datasetId;
  }

  async list(): Promise<void> {
    const listed = await this.#studio.attempt(this.#studio.call('searches.list', {}));
    if (listed !== null)
      this.races = listed.searches.filter(isRace).filter(({ datasetId }) => datasetId === this.#datasetId);
    this.isListed = true;
  }

  /** Follows one race until the signal says otherwise: its report, its curves, and paths that were computed before. */
  async follow(searchId: string, signal: AbortSignal): Promise<void> {
    this.curves = null;
    this.paths = null;
    let askedMs = -Infinity;
    const ask = async () => {
      askedMs = performance.now();
      const curves = await this.#studio.call('searches.curves', { searchId }, { signal });
      if (!signal.aborted) this.curves = curves;
    };
    const onprogress = (report: SearchReport) => {
      if (signal.aborted || !isRace(report)) return;
      this.races = this.races.map((other) => (other.id === searchId ? report : other));
      if (performance.now() - askedMs >= curvesEveryMs) ask().catch(() => undefined);
    };
    try {
      await ask();
      this.paths = await this.#studio.call('searches.paths', { searchId, onlyKept: true }, { signal });
      await this.#studio.call('searches.watch', { searchId }, { signal, onprogress });
      await ask();
    } catch (cause) {
      // A page that looks elsewhere has ended the call itself.
      if (!signal.aborted) this.#studio.showError(cause);
    }
  }

  async start(draft: RaceDraft): Promise<string | null> {
    this.isStarting = true;
    try {
      const defaults = await this.#studio.call('training.defaults', { datasetId: this.#datasetId, model: draft.model });
      const like = this.#studio.runs.find(({ id }) => id === draft.like)?.recipe ?? null;
      const plan = planOf(draft, defaults, like);
      const { searchId } = await this.#studio.call('searches.start', { plan });
      await this.list();
      return searchId;
    } catch (cause) {
      this.#studio.showError(cause);
      return null;
    } finally {
      this.isStarting = false;
    }
  }

  async stop(searchId: string): Promise<void> {
    await this.#studio.attempt(this.#studio.call('searches.stop', { searchId }));
  }

  async resume(searchId: string): Promise<void> {
    await this.#studio.attempt(this.#studio.call('searches.resume', { searchId }));
    await this.list();
  }

  /** Into the trash with all of its runs; the race goes where they go. */
  async remove({ trials }: RaceReport): Promise<void> {
    const runIds = trials.map(({ runId }) => runId);
    const refresh = () => Promise.all([this.#studio.refreshRuns(), this.list()]);
    const work = async () => {
      await this.#studio.call('runs.trash', { runIds });
      await refresh();
      this.#studio.say(m.race_removed({ count: count(runIds.length) }), async () => {
        await this.#studio.call('runs.restore', { runIds });
        await refresh();
      });
    };
    await this.#studio.attempt(work());
  }

  async drawPaths(searchId: string): Promise<void> {
    this.#paths?.abort();
    const own = (this.#paths = new AbortController());
    this.pathsProgress = { done: 0, total: 1 };
    const onprogress = (progress: { done: number; total: number }) => (this.pathsProgress = progress);
    const report = await this.#studio.attempt(
      this.#studio.call('searches.paths', { searchId }, { signal: own.signal, onprogress }),
    );
    if (this.#paths !== own) return;
    this.pathsProgress = null;
    if (report !== null) this.paths = report;
  }

  stopPaths(): void {
    this.#paths?.abort();
  }
}

/** Everyone gets the recipe of the form, or of a run, with an optimizer of its own. */
export function planOf(draft: RaceDraft, defaults: Recipe, like: Recipe | null = null): RacePlan {
  const model =
    draft.model === 'mlp' && defaults.model.kind === 'mlp'
      ? { ...defaults.model, hidden: [draft.hidden] }
      : defaults.model;
  const recipe = like === null ? { ...defaults, model } : asOf(like, defaults);
  return {
    kind: 'race',
    base: { ...raceBase(recipe), batchSize: draft.batchSize ?? defaults.batchSize, epochs: draft.epochs },
    optimizers: [...draft.optimizers],
    trials: draft.trials,
    seeds: draft.seeds,
    seed: defaultRace.seed,
    rateFactor: draft.rateFactor,
    l2: [draft.l2Low, draft.l2High],
  };
}

/** What a recipe says of the model and of what it sees; everything about the way there is the race's own. */
function asOf(like: Recipe, defaults: Recipe): Recipe {
  const { features, model, loss, classWeights, augmentation, l2, l2Convention } = like;
  return { ...defaults, features, model, loss, classWeights, augmentation, l2, l2Convention };
}

/** Runs of a dataset whose recipes differ in what a race takes from them, newest first; those that the form offers anyway left out. */
export function kindsOf(runs: readonly RunSummary[], datasetId: string): readonly RunSummary[] {
  const seen = new Set<string>();
  return runs.filter(({ recipe, datasetId: own, datasetIsCurrent }) => {
    const { features, model, loss, classWeights, augmentation } = recipe;
    const key = JSON.stringify([features, model, loss, classWeights, augmentation]);
    if (own !== datasetId || !datasetIsCurrent || seen.has(key)) return false;
    seen.add(key);
    return !seesPixels(features) || loss !== 'softmax' || (model.kind === 'mlp' && model.hidden.length > 1);
  });
}

/** Runs of a race, tuning and both final rounds. */
export function runCount({ optimizers, trials, seeds }: Pick<RaceDraft, 'optimizers' | 'trials' | 'seeds'>): number {
  return optimizers.length * (trials + 2 * seeds);
}
