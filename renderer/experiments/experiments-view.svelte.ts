/** The runs as the Experiments place shows them: what is filtered, selected and compared. Only this class changes it. */
import type { RunSummary } from '../../core/rpc/contract/runs.ts';
import { bytes, count } from '../format.ts';
import { m } from '../messages.ts';
import type { Studio } from '../studio.svelte.ts';
import { optimizerLabels, modelLabel } from '../train/recipe-facts.ts';
import { statusLabel } from '../train/run-sentences.ts';
import { activeStatuses } from '../train/training-run.svelte.ts';

export class ExperimentsView {
  isTrash = $state(false);
  filter = $state('');
  trashed = $state.raw<readonly RunSummary[]>([]);
  selected = $state.raw<ReadonlySet<string>>(new Set());
  readonly #studio: Studio;

  constructor(studio: Studio) {
    this.#studio = studio;
  }

  readonly all = $derived.by(() => (this.isTrash ? this.trashed : this.#studio.runs));
  readonly #words = $derived.by(() => new Map(this.all.map((run) => [run.id, wordsOf(run)])));
  readonly shown = $derived.by(() => {
    const wanted = fold(this.filter).split(/\s+/).filter(Boolean);
    return this.all.filter(({ id }) => wanted.every((word) => this.#words.get(id)!.includes(word)));
  });
  readonly chosen = $derived.by(() =>
    this.all.filter(({ id }) => this.selected.has(id)).toSorted((a, b) => a.number - b.number),
  );
  /** Those of the chosen that may go into the trash. */
  readonly removable = $derived.by(() => this.chosen.filter(({ status }) => !activeStatuses.includes(status)));

  async show(isTrash: boolean): Promise<void> {
    this.isTrash = isTrash;
    this.selected = new Set();
    await this.refreshTrash();
  }

  async refreshTrash(): Promise<void> {
    const listed = await this.#studio.attempt(this.#studio.call('runs.list', { trash: true }));
    if (listed) this.trashed = listed.runs;
  }

  toggle(runId: string): void {
    const selected = new Set(this.selected);
    if (!selected.delete(runId)) selected.add(runId);
    this.selected = selected;
  }

  selectOnly(runId: string): void {
    this.selected = new Set([runId]);
  }

  clear(): void {
    this.selected = new Set();
  }

  async #refresh(): Promise<void> {
    await Promise.all([this.#studio.refreshRuns(), this.refreshTrash()]);
  }

  async trash(): Promise<void> {
    const runIds = this.removable.map(({ id }) => id);
    if (runIds.length === 0) return;
    const work = async () => {
      await this.#studio.call('runs.trash', { runIds });
      this.selected = new Set();
      await this.#refresh();
      this.#studio.say(
        runIds.length === 1 ? m.experiments_removed_one() : m.experiments_removed({ count: count(runIds.length) }),
        async () => {
          await this.#studio.call('runs.restore', { runIds });
          await this.#refresh();
        },
      );
    };
    await this.#studio.attempt(work());
  }

  async restore(): Promise<void> {
    const runIds = this.chosen.map(({ id }) => id);
    if (runIds.length === 0) return;
    const work = async () => {
      await this.#studio.call('runs.restore', { runIds });
      this.selected = new Set();
      await this.#refresh();
      this.#studio.say(
        runIds.length === 1 ? m.experiments_restored_one() : m.experiments_restored({ count: count(runIds.length) }),
        async () => {
          await this.#studio.call('runs.trash', { runIds });
          await this.#refresh();
        },
      );
    };
    await this.#studio.attempt(work());
  }

  async emptyTrash(): Promise<void> {
    const gone = await this.#studio.attempt(this.#studio.call('runs.emptyTrash', {}));
    await this.#studio.attempt(this.#refresh());
    this.selected = new Set();
    if (gone) this.#studio.say(m.experiments_emptied({ count: count(gone.deleted), size: bytes(gone.freedBytes) }));
  }

  async rename(run: RunSummary, name: string): Promise<void> {
    const after = name.trim();
    if (after === '' || after === run.name) return;
    const set = async (value: string) => {
      await this.#studio.call('runs.rename', { runId: run.id, name: value });
      await this.#refresh();
    };
    await this.#studio.attempt(set(after));
  }

  async note(run: RunSummary, note: string): Promise<void> {
    if (note === run.note) return;
    const work = async () => {
      await this.#studio.call('runs.note', { runId: run.id, note });
      await this.#refresh();
    };
    await this.#studio.attempt(work());
  }
}

function fold(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

/** What a run is found by. */
export function wordsOf(run: RunSummary): string {
  const { recipe } = run;
  return fold(
    [
      `#${run.number}`,
      run.name,
      run.note,
      run.datasetName,
      modelLabel(recipe.model),
      recipe.model.kind,
      optimizerLabels[recipe.optimizer.kind](),
      recipe.optimizer.kind,
      recipe.loss,
      String(recipe.optimizer.learningRate),
      statusLabel(run.status),
      run.status,
    ].join(' '),
  );
}
