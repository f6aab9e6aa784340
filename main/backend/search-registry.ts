/**
 * Searches and races: each is a job that owns runs, one after the other. What to run next follows from the plan and from
 * what is stored of its runs, so that a search goes on after the end of everything as if nothing had happened.
 */
import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { isStudioError, StudioError } from '../../core/errors.ts';
import type { ErrorValue } from '../../core/rpc/contract/common.ts';
import { AnyPlan, type RaceCurves, type SearchReport, type SearchStatus } from '../../core/rpc/contract/searches.ts';
import {
  goesOn,
  nextSearchTrial,
  requireSearchPlan,
  type SearchPlan,
  trialCount,
} from '../../core/training/hyperparameter-search.ts';
import {
  blockResult,
  blockTrialCount,
  nextBlockTrial,
  type BlockPlan,
  requireBlockPlan,
} from '../../core/training/block-study.ts';
import {
  nextRaceTrial,
  type RacePlan,
  raceProtocol,
  raceResult,
  raceRole,
  raceTrialCount,
  settingOf,
  requireRacePlan,
} from '../../core/training/optimizer-race.ts';
import { bestAccuracy, bestTrial, type Trial, type TrialResult } from '../../core/training/trial.ts';
import type { DatasetVersions } from '../store/dataset-version.ts';
import type { RunRepository, StoredRun } from '../store/run-repository.ts';
import type { SearchRepository, StoredSearch, StoredTrial } from '../store/search-repository.ts';
import { errorValue, type JobRegistry } from './job-registry.ts';
import { checkRecipe, pictureSource } from './picture-source.ts';
import type { RunRegistry } from './run-registry.ts';

export interface SearchRegistryOptions {
  readonly searches: SearchRepository;
  readonly runs: RunRepository;
  readonly registry: RunRegistry;
  readonly datasets: DatasetVersions;
  readonly jobs: JobRegistry;
  readonly logInternalError: (cause: unknown, what: string) => string;
  /** Milliseconds since 1970. */
  readonly today?: () => number;
}

type Plan = SearchPlan | RacePlan | BlockPlan;

interface Active {
  readonly ended: Promise<void>;
  /** Of the trial that runs. */
  runId: string | null;
  wish: 'go' | 'stop';
}

export class SearchRegistry {
  readonly #options: SearchRegistryOptions;
  readonly #active = new Map<string, Active>();
  readonly #watchers = new Map<string, Set<() => void>>();
  #isClosed = false;

  constructor(options: SearchRegistryOptions) {
    this.#options = options;
  }

  /** @throws StudioError INVALID_OPTION, DATASET_NOT_FOUND, DATASET_TOO_SMALL. */
  start(plan: Plan, name?: string): string {
    const { searches, datasets, today = Date.now } = this.#options;
    requirePlan(plan);
    const { dataset, split } = plan.base;
    const version = datasets.version(dataset.id, dataset.version);
    const source = pictureSource(version, split);
    checkRecipe(plan.base, source);
    if (source.validation.length === 0) {
      const expected = 'above 0, as trials are compared on validation pictures';
      throw new StudioError('INVALID_OPTION', { option: 'validation', value: String(split.validation), expected });
    }
    const id = randomBytes(8).toString('hex');
    searches.add({ id, name: name ?? version.name, datasetId: version.datasetId, plan, createdAt: today() });
    this.#begin(id, plan);
    return id;
  }

  /** All but those whose every run is in the trash or gone: a search is thrown away with its runs, and comes back with one. */
  list(): SearchReport[] {
    return this.#options.searches.list().flatMap((search) => {
      const plan = planOf(search);
      return plan === null || this.#isThrownAway(search) ? [] : [this.#report(search, plan)];
    });
  }

  #isThrownAway({ id, status }: StoredSearch): boolean {
    if (status === 'running') return false;
    const { searches, runs } = this.#options;
    const trials = searches.trials(id);
    return trials.length > 0 && trials.every(({ runId }) => runs.get(runId)?.isInTrash ?? true);
  }

  /** @throws StudioError JOB_NOT_FOUND. */
  get(id: string): SearchReport {
    const { search, plan } = this.#known(id);
    return this.#report(search, plan);
  }

  /** @throws StudioError JOB_NOT_FOUND. */
  async stop(id: string): Promise<void> {
    const { search } = this.#known(id);
    const active = this.#active.get(id);
    if (active === undefined) {
      if (search.status === 'interrupted') this.#setStatus(id, 'stopped');
      return;
    }
    active.wish = 'stop';
    if (active.runId !== null) await this.#stopRun(active.runId);
    await active.ended;
  }

  /** @throws StudioError JOB_NOT_FOUND. One that runs or has finished is left as it is. */
  resume(id: string): void {
    const { search, plan } = this.#known(id);
    if (this.#active.has(id) || search.status === 'finished') return;
    this.#setStatus(id, 'running');
    this.#begin(id, plan);
  }

  /** Reports at once and after every change; resolves with how it ended. */
  watch(id: string, signal: AbortSignal, report: (value: SearchReport) => void): Promise<SearchStatus> {
    report(this.get(id));
    return new Promise((resolve) => {
      const watchers = this.#watchers.get(id) ?? new Set();
      this.#watchers.set(id, watchers);
      const end = () => {
        watchers.delete(changed);
        signal.removeEventListener('abort', end);
        resolve(this.get(id).status);
      };
      const changed = () => {
        const value = this.get(id);
        report(value);
        if (value.status !== 'running') end();
      };
      watchers.add(changed);
      signal.addEventListener('abort', end, { once: true });
      if (signal.aborted || this.get(id).status !== 'running') end();
    });
  }

  /** Before the runs are closed, so that no further trial starts. */
  close(): void {
    this.#isClosed = true;
  }

  /** Resolves when every search has noticed that its run has ended. */
  async closed(): Promise<void> {
    await Promise.all([...this.#active.values()].map(({ ended }) => ended));
  }

  /** The runs of a race that its chart is made of. Throws StudioError JOB_NOT_FOUND. */
  curves(id: string): RaceCurves {
    const { runs, searches, datasets } = this.#options;
    const plan = this.racePlan(id);
    const { dataset, split } = plan.base;
    const { validation } = pictureSource(datasets.version(dataset.id, dataset.version), split);
    return {
      validationPictures: validation.length,
      runs: searches.trials(id).flatMap(({ trial, runId }) => {
        const { optimizer, part } = raceRole(plan, trial);
        const run = runs.get(runId);
        if (run === null || part === 'tuning') return [];
        const { recipe, status } = run;
        return [{ optimizer, part, seed: recipe.seed, runId, status, epochs: runs.epochs(runId) }];
      }),
    };
  }

  /**
   * Whether settings are chosen by what comes of a run. The test split is not looked at then: an accuracy that many settings were compared
   * by says little of pictures that nobody has seen. Of a race that is its tuning, of a search or a block study everything.
   */
  choosesBy(runId: string): boolean {
    const { searches } = this.#options;
    const found = searches.trialOf(runId);
    const search = found === null ? null : searches.get(found.searchId);
    const plan = search === null ? null : planOf(search);
    return plan !== null && (plan.kind !== 'race' || raceRole(plan, found!.trial).part === 'tuning');
  }

  /** @throws StudioError JOB_NOT_FOUND, also for a search that is no race. */
  racePlan(id: string): RacePlan {
    const { plan } = this.#known(id);
    if (plan.kind !== 'race') throw new StudioError('JOB_NOT_FOUND', { job: id });
    return plan;
  }

  // One search -----------------------------------------------------------------------------------------------------------

  #begin(id: string, plan: Plan): void {
    let announceEnded = () => {};
    const active: Active = { ended: new Promise((resolve) => (announceEnded = resolve)), runId: null, wish: 'go' };
    this.#active.set(id, active);
    const { name, datasetId } = this.#known(id).search;
    const job = this.#options.jobs.start({
      kind: plan.kind,
      title: name,
      unit: 'trials',
      total: totalOf(plan),
      datasetId,
      onCancel: () => void this.stop(id).catch((cause: unknown) => this.#options.logInternalError(cause, 'stop')),
    });
    this.#runTrials(id, plan, active, (done) => job.report(done, totalOf(plan)))
      .then((status) => {
        this.#active.delete(id);
        this.#setStatus(id, status);
        job.finish({});
      })
      .catch((cause: unknown) => {
        this.#active.delete(id);
        this.#setStatus(
          id,
          this.#isClosed ? 'interrupted' : 'failed',
          errorValue(cause, (defect) => this.#options.logInternalError(defect, 'search')),
        );
        job.fail(cause);
      })
      .finally(announceEnded);
  }

  async #runTrials(id: string, plan: Plan, active: Active, report: (done: number) => void): Promise<SearchStatus> {
    const { searches, registry } = this.#options;
    for (;;) {
      if (this.#isClosed) return 'interrupted';
      if (active.wish === 'stop') return 'stopped';
      const results = this.#results(id);
      report(results.length);
      const trial = nextTrial(plan, results);
      if (trial === null) return 'finished';
      const known = searches.trials(id).find((row) => row.trial === trial.index);
      const stored = known === undefined ? null : this.#options.runs.get(known.runId);
      const run = stored === null || stored.isInTrash ? null : stored;
      const runId = run?.id ?? registry.start({ recipe: trial.recipe, name: trial.name });
      active.runId = runId;
      if (run === null) searches.putTrial(id, { trial: trial.index, runId, rejectedEpoch: null });
      else if (!registry.isActive(runId)) await registry.resume(runId);
      await this.#runTrial(id, plan, trial, runId, results);
      active.runId = null;
      this.#changed(id);
      const row = searches.trials(id).find((other) => other.trial === trial.index)!;
      const { status } = registry.get(runId);
      // A person who ends a trial ends the search; a trial that lost its process more than once waits to be gone on with.
      if (row.rejectedEpoch === null && status === 'stopped') return 'stopped';
      if (row.rejectedEpoch === null && status === 'interrupted') return 'interrupted';
    }
  }

  /** Waits for a run to end, and ends it when it is hopeless. */
  async #runTrial(id: string, plan: Plan, trial: Trial, runId: string, others: TrialResult[]): Promise<void> {
    const { searches, registry } = this.#options;
    let isRejected = false;
    await registry.watch(runId, new AbortController().signal, (event) => {
      if (event.kind !== 'epoch') return;
      const { epoch, validationAccuracy } = event.record;
      if (plan.kind === 'search' && !isRejected && !goesOn(plan, epoch, validationAccuracy, others)) {
        isRejected = true;
        searches.putTrial(id, { trial: trial.index, runId, rejectedEpoch: epoch });
        void this.#stopRun(runId);
      }
      this.#changed(id);
    });
  }

  async #stopRun(runId: string): Promise<void> {
    try {
      await this.#options.registry.stop(runId);
    } catch (cause) {
      if (!isStudioError(cause, 'RUN_NOT_ACTIVE')) this.#options.logInternalError(cause, 'search');
    }
  }

  /** Of trials that have ended. One that a person or the end of the studio broke off is to be gone on with. */
  #results(id: string): TrialResult[] {
    return this.#options.searches.trials(id).flatMap((row) => {
      const run = this.#options.runs.get(row.runId);
      if (run === null) return [];
      const result = this.#resultOf(row, run);
      return result === null ? [] : [result];
    });
  }

  #resultOf({ trial: index, runId, rejectedEpoch }: StoredTrial, run: StoredRun): TrialResult | null {
    const outcome = outcomeOf(run, rejectedEpoch);
    if (outcome === null) return null;
    const epochs = this.#epochsOf({ runId, rejectedEpoch });
    return { index, runId, epochs, outcome, seconds: run.trainSeconds };
  }

  /** After it was rejected a run may have come a little further, as chance would have it: that does not count. */
  #epochsOf({ runId, rejectedEpoch }: Pick<StoredTrial, 'runId' | 'rejectedEpoch'>) {
    return this.#options.runs.epochs(runId).filter(({ epoch }) => rejectedEpoch === null || epoch <= rejectedEpoch);
  }

  #report(search: StoredSearch, plan: Plan): SearchReport {
    const { searches, runs } = this.#options;
    const rows = searches.trials(search.id);
    const results = this.#results(search.id);
    const trials = rows.flatMap((row) => {
      const run = runs.get(row.runId);
      if (run === null) return [];
      const epochs = this.#epochsOf(row);
      const accuracy = bestAccuracy({ outcome: 'finished', epochs });
      const best = epochs.find((record) => record.validationAccuracy === accuracy);
      return [
        {
          index: row.trial,
          name: run.name,
          runId: row.runId,
          status: run.status,
          epochs: run.epochs,
          ...(plan.kind === 'race'
            ? settingOf(run.recipe)
            : { learningRate: run.recipe.optimizer.learningRate, l2: run.recipe.l2 }),
          accuracy: Number.isFinite(accuracy) ? accuracy : null,
          loss: best?.validationLoss ?? null,
          rejectedEpoch: row.rejectedEpoch,
          seconds: run.trainSeconds,
        },
      ];
    });
    return {
      id: search.id,
      name: search.name,
      datasetId: search.datasetId,
      plan: plan as SearchReport['plan'],
      status: search.status,
      error: search.error,
      createdAt: search.createdAt,
      total: totalOf(plan),
      trials,
      best: bestTrial(results)?.index ?? null,
      race:
        plan.kind === 'race'
          ? ({ ...raceResult(plan, results), protocol: raceProtocol(plan) } as unknown as SearchReport['race'])
          : null,
      blocks:
        plan.kind === 'blocks'
          ? ({
              ...blockResult(plan, results),
              pictures: rows.reduce((most, row) => Math.max(most, runs.get(row.runId)?.validationCount ?? 0), 0),
            } as unknown as SearchReport['blocks'])
          : null,
    };
  }

  #known(id: string): { search: StoredSearch; plan: Plan } {
    const search = this.#options.searches.get(id);
    const plan = search === null ? null : planOf(search);
    if (search === null || plan === null) throw new StudioError('JOB_NOT_FOUND', { job: id });
    return { search, plan };
  }

  #setStatus(id: string, status: SearchStatus, error: ErrorValue | null = null): void {
    this.#options.searches.setStatus(id, status, error);
    this.#changed(id);
  }

  #changed(id: string): void {
    for (const watcher of [...(this.#watchers.get(id) ?? [])]) watcher();
  }
}

/** null while it goes on, or can. */
function outcomeOf({ status }: StoredRun, rejectedEpoch: number | null): TrialResult['outcome'] | null {
  if (rejectedEpoch !== null) return 'rejected';
  switch (status) {
    case 'finished':
      return 'finished';
    case 'diverged':
    case 'failed':
      return 'failed';
    default:
      return null;
  }
}

/** null for a plan of another version. */
function planOf({ plan }: StoredSearch): Plan | null {
  const parsed = v.safeParse(AnyPlan, plan);
  return parsed.success ? parsed.output : null;
}

/** @throws StudioError INVALID_OPTION for a plan that makes no sense. */
function requirePlan(plan: Plan): void {
  if (plan.kind === 'search') requireSearchPlan(plan);
  else if (plan.kind === 'race') requireRacePlan(plan);
  else requireBlockPlan(plan);
}

function nextTrial(plan: Plan, results: readonly TrialResult[]): Trial | null {
  if (plan.kind === 'search') return nextSearchTrial(plan, results);
  return plan.kind === 'race' ? nextRaceTrial(plan, results) : nextBlockTrial(plan, results);
}

function totalOf(plan: Plan): number {
  if (plan.kind === 'search') return trialCount(plan);
  return plan.kind === 'race' ? raceTrialCount(plan) : blockTrialCount(plan);
}
