/** One dataset as the Dataset place shows it: what is filtered, chosen and selected. Only this class changes it. */
import type { SplitName } from '../../core/rpc/contract/common.ts';
import type { DatasetSummary, ProblemKind } from '../../core/rpc/contract/datasets.ts';
import type { Output } from '../../core/rpc/define.ts';
import type { StudioContract } from '../../core/rpc/contract/index.ts';
import type { Studio } from '../studio.svelte.ts';
import { editPictures, type PictureChange } from './edit-pictures.ts';

export type SplitFilter = 'all' | SplitName | 'problems';
export type ProblemFilter = 'any' | ProblemKind | 'excluded';
type Columns = Output<StudioContract, 'datasets.columns'>;

/** Bits of the `flags` column. */
export const flag = { excluded: 1, warned: 2, problem: 4 } as const;
const splitIndex: Readonly<Record<SplitName, number>> = { train: 0, validation: 1, test: 2 };

export class DatasetView {
  columns = $state.raw<Columns | null>(null);
  classMeans = $state.raw<Uint8Array | null>(null);
  source = $state.raw<Output<StudioContract, 'datasets.checkSource'> | null>(null);
  split = $state<SplitFilter>('all');
  problem = $state<ProblemFilter>('any');
  classFilter = $state<number | null>(null);
  /** Pictures of the chosen kind of problem, group after group; null until they are known. */
  problemPictures = $state.raw<Uint32Array | null>(null);
  selected = $state.raw<ReadonlySet<number>>(new Set());
  /** Position in `shown` that the keyboard is at. */
  cursor = $state(0);
  #anchor = 0;
  readonly #studio: Studio;
  readonly datasetId: string;

  /** Numbers of the pictures in view, in order. */
  readonly shown = $derived.by(() => this.#filter());
  readonly problemCount = $derived.by(() => {
    let total = 0;
    for (const flags of this.columns?.flags ?? []) if (flags & (flag.warned | flag.problem | flag.excluded)) total++;
    return total;
  });

  constructor(studio: Studio, datasetId: string) {
    this.#studio = studio;
    this.datasetId = datasetId;
  }

  get #dataset(): DatasetSummary | null {
    return this.#studio.datasets.find(({ id }) => id === this.datasetId) ?? null;
  }

  async load(signal: AbortSignal): Promise<void> {
    const { datasetId } = this;
    this.columns = await this.#studio.call('datasets.columns', { datasetId }, { signal });
    const { pixels } = await this.#studio.call('datasets.classMeans', { datasetId }, { signal });
    this.classMeans = pixels;
  }

  async checkSource(signal: AbortSignal): Promise<void> {
    this.source = await this.#studio.call('datasets.checkSource', { datasetId: this.datasetId }, { signal });
  }

  #filter(): Uint32Array {
    const { columns, classFilter, split, problem } = this;
    if (columns === null) return new Uint32Array(0);
    const { labels, splits, flags } = columns;
    if (split === 'problems' && problem !== 'any' && problem !== 'excluded') {
      const pictures = this.problemPictures ?? new Uint32Array(0);
      return classFilter === null ? pictures : pictures.filter((i) => labels[i] === classFilter);
    }
    const mask = problem === 'excluded' ? flag.excluded : flag.warned | flag.problem | flag.excluded;
    const wantedSplit = split === 'all' || split === 'problems' ? null : splitIndex[split];
    const shown = new Uint32Array(labels.length);
    let n = 0;
    for (let i = 0; i < labels.length; i++) {
      if (classFilter !== null && labels[i] !== classFilter) continue;
      if (wantedSplit !== null && splits[i] !== wantedSplit) continue;
      if (split === 'problems' && !(flags[i]! & mask)) continue;
      shown[n++] = i;
    }
    return shown.subarray(0, n);
  }

  show(split: SplitFilter, problem: ProblemFilter = 'any'): void {
    this.split = split;
    this.problem = problem;
    this.#reset();
    if (split === 'problems' && problem !== 'any' && problem !== 'excluded') void this.#loadProblems(problem);
  }

  showClass(label: number | null): void {
    this.classFilter = this.classFilter === label ? null : label;
    this.#reset();
  }

  #reset(): void {
    this.cursor = this.#anchor = 0;
    this.selected = new Set();
  }

  async #loadProblems(kind: ProblemKind): Promise<void> {
    this.problemPictures = null;
    const found = await this.#studio.attempt(
      this.#studio.call('datasets.problems', { datasetId: this.datasetId, kind, offset: 0, limit: 1000 }),
    );
    if (found === null || this.problem !== kind) return;
    this.problemPictures = Uint32Array.from(found.groups.flatMap(({ indices }) => [...indices]));
  }

  /** Moves the keyboard's place; with `extend` selects from where the extension began. */
  moveTo(position: number, extend: boolean): void {
    const last = this.shown.length - 1;
    if (last < 0) return;
    this.cursor = Math.max(0, Math.min(last, position));
    if (extend) this.#selectRange(this.#anchor, this.cursor);
    else this.#anchor = this.cursor;
  }

  #selectRange(a: number, b: number): void {
    this.selected = new Set(this.shown.subarray(Math.min(a, b), Math.max(a, b) + 1));
  }

  toggle(position: number): void {
    const index = this.shown[position];
    if (index === undefined) return;
    const selected = new Set(this.selected);
    if (!selected.delete(index)) selected.add(index);
    this.selected = selected;
    this.cursor = this.#anchor = position;
  }

  selectOnly(position: number): void {
    const index = this.shown[position];
    if (index === undefined) return;
    this.selected = new Set([index]);
    this.cursor = this.#anchor = position;
  }

  extendTo(position: number): void {
    this.moveTo(position, true);
  }

  selectAll(): void {
    this.selected = new Set(this.shown);
  }

  clearSelection(): void {
    this.selected = new Set();
  }

  /** What a command acts on: the selection, or the picture the keyboard is at. */
  get target(): Uint32Array<ArrayBuffer> {
    if (this.selected.size > 0) return Uint32Array.from(this.selected).sort();
    const index = this.shown[this.cursor];
    return index === undefined ? new Uint32Array(0) : Uint32Array.of(index);
  }

  exclude(): Promise<void> {
    return this.#edit({ kind: 'exclude' });
  }

  include(): Promise<void> {
    return this.#edit({ kind: 'include' });
  }

  relabel(label: number): Promise<void> {
    return this.#edit({ kind: 'label', label });
  }

  async #edit(change: PictureChange): Promise<void> {
    const dataset = this.#dataset;
    if (dataset !== null) await editPictures(this.#studio, dataset, this.target, change, () => this.#showEdited());
  }

  async #showEdited(): Promise<void> {
    this.columns = await this.#studio.call('datasets.columns', { datasetId: this.datasetId });
    this.cursor = Math.min(this.cursor, Math.max(0, this.shown.length - 1));
  }
}
