/** Judgements of labels that took a training each, kept with the run they are about. One method is one transaction. */
import type { LabelStudy } from '../../core/rpc/contract/explanation.ts';
import type { Store } from './open-store.ts';

interface LabelStudyRow {
  readonly folds: number;
  readonly seed: number;
  readonly epochs: number;
  readonly indices: Buffer;
  readonly labels: Buffer;
  readonly suggested: Buffer;
  readonly given: Buffer;
  readonly other: Buffer;
  readonly suspected: Buffer;
  readonly accuracy: number;
}

export class LabelStudyRepository {
  readonly #store: Store;
  readonly #get;
  readonly #put;

  constructor(store: Store) {
    this.#store = store;
    this.#get = store.db.prepare<[string, number, number, number], LabelStudyRow>(
      'SELECT * FROM label_study WHERE run_id = ? AND folds = ? AND seed = ? AND epochs = ?',
    );
    this.#put = store.db.prepare(
      `INSERT OR REPLACE INTO label_study
       VALUES (@runId, @folds, @seed, @epochs, @indices, @labels, @suggested, @given, @other, @suspected, @accuracy)`,
    );
  }

  /** null where there is none. */
  get(runId: string, { folds, seed, epochs }: Pick<LabelStudy, 'folds' | 'seed' | 'epochs'>): LabelStudy | null {
    const row = this.#get.get(runId, folds, seed, epochs);
    if (row === undefined) return null;
    return {
      folds,
      seed,
      epochs,
      indices: new Uint32Array(ownBuffer(row.indices)),
      labels: new Uint16Array(ownBuffer(row.labels)),
      suggested: new Uint16Array(ownBuffer(row.suggested)),
      given: new Float32Array(ownBuffer(row.given)),
      other: new Float32Array(ownBuffer(row.other)),
      suspected: new Uint8Array(ownBuffer(row.suspected)),
      accuracy: row.accuracy,
    };
  }

  put(runId: string, study: LabelStudy): void {
    const { indices, labels, suggested, given, other, suspected } = study;
    const columns = { indices, labels, suggested, given, other, suspected };
    const blobs = Object.fromEntries(
      Object.entries(columns).map(([name, a]) => [name, new Uint8Array(a.buffer, a.byteOffset, a.byteLength)]),
    );
    this.#store.transaction(() => this.#put.run({ runId, ...study, ...blobs }));
  }
}

/** A copy that starts at 0, as a wider array needs. */
function ownBuffer(bytes: Buffer): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}
