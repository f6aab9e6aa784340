/** Searches and races with their trials. A plan that this version cannot read is refused by whoever reads it. */
import type { SearchStatus } from '../../core/rpc/contract/searches.ts';
import type { ErrorValue } from '../../core/rpc/contract/common.ts';
import type { Store } from './open-store.ts';

export interface StoredSearch {
  readonly id: string;
  readonly name: string;
  readonly datasetId: string;
  readonly plan: unknown;
  readonly status: SearchStatus;
  readonly error: ErrorValue | null;
  readonly createdAt: number;
}

export interface StoredTrial {
  readonly trial: number;
  readonly runId: string;
  readonly rejectedEpoch: number | null;
}

interface Row {
  id: string;
  name: string;
  dataset_id: string;
  plan: string;
  status: SearchStatus;
  error: string | null;
  created_at: number;
}

export class SearchRepository {
  readonly #store: Store;
  readonly #add;
  readonly #get;
  readonly #list;
  readonly #setStatus;
  readonly #interrupt;
  readonly #trials;
  readonly #trialOf;
  readonly #putTrial;
  readonly #paths;
  readonly #putPaths;

  constructor(store: Store) {
    const { db } = store;
    this.#store = store;
    this.#add = db.prepare<[string, string, string, string, number]>(
      `INSERT INTO search (id, name, dataset_id, plan, status, created_at) VALUES (?, ?, ?, ?, 'running', ?)`,
    );
    this.#get = db.prepare<[string], Row>('SELECT * FROM search WHERE id = ?');
    this.#list = db.prepare<[], Row>('SELECT * FROM search ORDER BY created_at DESC, id');
    this.#setStatus = db.prepare<[string, string | null, string]>(
      'UPDATE search SET status = ?, error = ? WHERE id = ?',
    );
    this.#interrupt = db.prepare<[]>(`UPDATE search SET status = 'interrupted' WHERE status = 'running'`);
    this.#trials = db.prepare<[string], { trial: number; run_id: string; rejected_epoch: number | null }>(
      'SELECT trial, run_id, rejected_epoch FROM search_trial WHERE search_id = ? ORDER BY trial',
    );
    this.#trialOf = db.prepare<[string], { search_id: string; trial: number }>(
      'SELECT search_id, trial FROM search_trial WHERE run_id = ?',
    );
    this.#putTrial = db.prepare<[string, number, string, number | null]>(
      `INSERT INTO search_trial VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET run_id = excluded.run_id, rejected_epoch = excluded.rejected_epoch`,
    );
    this.#paths = db.prepare<[string], { report: string }>('SELECT report FROM race_paths WHERE search_id = ?');
    this.#putPaths = db.prepare<[string, string]>('INSERT OR REPLACE INTO race_paths VALUES (?, ?)');
  }

  add({ id, name, datasetId, plan, createdAt }: Omit<StoredSearch, 'status' | 'error'>): void {
    this.#store.transaction(() => this.#add.run(id, name, datasetId, JSON.stringify(plan), createdAt));
  }

  get(id: string): StoredSearch | null {
    const row = this.#get.get(id);
    return row === undefined ? null : searchOf(row);
  }

  /** The newest first. */
  list(): StoredSearch[] {
    return this.#list.all().map(searchOf);
  }

  setStatus(id: string, status: SearchStatus, error: ErrorValue | null): void {
    this.#store.transaction(() => this.#setStatus.run(status, error === null ? null : JSON.stringify(error), id));
  }

  /** What ran when the studio ended. */
  markInterrupted(): void {
    this.#store.transaction(() => this.#interrupt.run());
  }

  trials(id: string): StoredTrial[] {
    return this.#trials
      .all(id)
      .map(({ trial, run_id, rejected_epoch }) => ({ trial, runId: run_id, rejectedEpoch: rejected_epoch }));
  }

  /** The search that a run belongs to, and its number there. */
  trialOf(runId: string): { readonly searchId: string; readonly trial: number } | null {
    const row = this.#trialOf.get(runId);
    return row === undefined ? null : { searchId: row.search_id, trial: row.trial };
  }

  putTrial(id: string, { trial, runId, rejectedEpoch }: StoredTrial): void {
    this.#store.transaction(() => this.#putTrial.run(id, trial, runId, rejectedEpoch));
  }

  /** Where the optimizers of a race went; null before it was computed. */
  paths(id: string): unknown {
    const row = this.#paths.get(id);
    return row === undefined ? null : (JSON.parse(row.report) as unknown);
  }

  putPaths(id: string, report: object): void {
    this.#store.transaction(() => this.#putPaths.run(id, JSON.stringify(report)));
  }
}

function searchOf({ id, name, dataset_id, plan, status, error, created_at }: Row): StoredSearch {
  return {
    id,
    name,
    datasetId: dataset_id,
    plan: JSON.parse(plan) as unknown,
    status,
    error: error === null ? null : (JSON.parse(error) as ErrorValue),
    createdAt: created_at,
  };
}
