/** What the page remembers about itself: one JSON value a key. */
import type { Store } from './open-store.ts';

export class ViewStateRepository {
  readonly #store: Store;
  readonly #all;
  readonly #put;

  constructor(store: Store) {
    this.#store = store;
    this.#all = store.db.prepare<[], { key: string; value: string }>('SELECT key, value FROM view_state');
    this.#put = store.db.prepare<[string, string]>(
      'INSERT INTO view_state VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
    );
  }

  all(): Record<string, unknown> {
    // Without a prototype, so that `__proto__` is a key like any other.
    const values = Object.create(null) as Record<string, unknown>;
    for (const { key, value } of this.#all.all()) values[key] = JSON.parse(value);
    return values;
  }

  put(key: string, value: unknown): void {
    this.#store.transaction(() => this.#put.run(key, JSON.stringify(value ?? null)));
  }
}
