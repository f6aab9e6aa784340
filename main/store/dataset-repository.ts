/** Datasets, their versions, and every entry of what they were read from. */
import { createHash, randomBytes } from 'node:crypto';
import { rmSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Statement } from 'better-sqlite3';
import { findProblems, standsAlone, type ProblemGroups } from '../../core/dataset/duplicates.ts';
import { requireLength } from '../../core/array/matrix.ts';
import { StudioError } from '../../core/errors.ts';
import { requireInteger } from '../../core/options.ts';
import {
  outcomes as outcomeNames,
  splitNames,
  type FitPolicy,
  type Outcome,
  type OutcomeCounts,
  type SplitName,
} from '../../core/rpc/contract/common.ts';
import type { DatasetSummary, FileReport, Picture, ProblemKind } from '../../core/rpc/contract/datasets.ts';
import { excludedFlag, type DatasetVersion, type DatasetVersions } from './dataset-version.ts';
import { removeOrMove, type Store } from './open-store.ts';
import {
  hasPixelCache,
  pixelCacheHeaderBytes,
  pixelCachePath,
  PixelCacheReader,
  type PixelCacheInfo,
  type PixelShape,
} from './pixel-cache.ts';

export const warnedFlag = 2;
export const inGroupFlag = 4;

export type DatasetKind = DatasetSummary['kind'];
export type ReasonDetails = Readonly<Record<string, string | number>>;
export type Reason = readonly [code: string, details: ReasonDetails];

/** What a dataset was read from, and how; enough to read it again. */
export type DatasetSource =
  | { readonly kind: 'sample'; readonly sampleId: string }
  | {
      readonly kind: 'folder' | 'idx' | 'cifar';
      readonly paths: readonly string[];
      readonly testPath: string | null;
      readonly size: number | null;
      readonly fit: FitPolicy;
      readonly testFraction: number;
      readonly splitSeed: number;
    };

/** What is kept of one entry of a source. */
export interface EntryRecord {
  readonly seq: number;
  /** Byte string: one character a byte. */
  readonly path: string;
  readonly isListed: boolean;
  readonly outcome: Outcome;
  readonly reasons: readonly Reason[];
  readonly className: string | null;
  /** Index into splitNames, as the source says; null where it does not. */
  readonly split: number | null;
  readonly picture: number | null;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  readonly inode: number;
  readonly sha256: Uint8Array | null;
  readonly pixelSha256: Uint8Array | null;
  /** High and low word. */
  readonly differenceHash: readonly [number, number] | null;
  readonly originalWidth: number | null;
  readonly originalHeight: number | null;
}

/** What tells whether a file of a source has changed. */
export type SourceFileFacts = Pick<EntryRecord, 'path' | 'sizeBytes' | 'mtimeMs' | 'inode'>;

export interface Warning {
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** One version with all that belongs to it in memory. */
export interface LoadedVersion extends DatasetVersion {
  readonly readingId: number;
  readonly cache: PixelCacheInfo;
  /** (n) first picture with the same pixels. */
  readonly exact: Uint32Array;
}

export interface FinishedReading {
  readonly readingId: number;
  readonly cache: PixelCacheInfo;
  readonly outcomes: OutcomeCounts;
  readonly warnings: readonly Warning[];
  readonly classes: readonly string[];
  readonly labels: Uint16Array<ArrayBuffer>;
  readonly splits: Uint8Array<ArrayBuffer>;
  readonly flags: Uint8Array<ArrayBuffer>;
  readonly exact: Uint32Array<ArrayBuffer>;
  readonly groups: Int32Array<ArrayBuffer>;
}

export type PictureChange =
  | { readonly kind: 'label'; readonly label: number }
  | { readonly kind: 'labels'; readonly labels: Uint16Array }
  | { readonly kind: 'exclude' }
  | { readonly kind: 'include' }
  | { readonly kind: 'split'; readonly split: SplitName };

interface DatasetRow {
  id: string;
  name: string;
  kind: DatasetKind;
  source: string;
  version: string;
  created_at: number;
  opened_at: number;
  trashed_at: number | null;
}
interface ReadingRow {
  id: number;
  width: number;
  height: number;
  channels: 1 | 3;
  fit: FitPolicy;
  count: number;
  pixels_sha256: string;
  outcomes: string;
  warnings: string;
  exact: Buffer;
  duplicate_groups: Buffer;
}
interface VersionRow {
  reading_id: number;
  classes: string;
  labels: Buffer;
  splits: Buffer;
  flags: Buffer;
}
interface EntryRow {
  seq: number;
  path: Buffer;
  is_listed: number;
  outcome: number;
  reasons: string | null;
  class_name: string | null;
  split: number | null;
  picture: number | null;
  size_bytes: number;
  mtime_ms: number;
  inode: number;
  sha256: Buffer | null;
  pixel_sha256: Buffer | null;
  difference_hash: Buffer | null;
  original_width: number | null;
  original_height: number | null;
}

type FileRow = [seq: number, path: Buffer, sizeBytes: number, mtimeMs: number, inode: number];

const ignoredOutcome = outcomeNames.indexOf('ignored');

/** Versions whose columns are kept in memory. */
const mostCached = 4;

export class DatasetRepository implements DatasetVersions {
  readonly #store: Store;
  readonly #now: () => number;
  readonly #reader: PixelCacheReader;
  readonly #versions = new Map<string, Omit<LoadedVersion, 'name'>>();
  readonly #problems = new Map<string, ProblemGroups>();
  readonly #sql: Readonly<Record<keyof typeof statements, Statement>>;

  constructor(store: Store, now: () => number = Date.now) {
    this.#store = store;
    this.#now = now;
    this.#reader = new PixelCacheReader(store.folder.caches);
    this.#sql = Object.fromEntries(
      Object.entries(statements).map(([name, text]) => [name, store.db.prepare(text)]),
    ) as Record<keyof typeof statements, Statement>;
  }

  /** Folder of the pixel caches. */
  get caches(): string {
    return this.#store.folder.caches;
  }

  /** Closes files, not the store. */
  close(): void {
    this.#reader.close();
  }

  // Readings ------------------------------------------------------------------------------------------------------------

  beginReading(sourceKey: string, shape: PixelShape, fit: FitPolicy): number {
    return this.#store.transaction(() =>
      Number(this.#sql.insertReading.run(sourceKey, shape.width, shape.height, shape.channels, fit).lastInsertRowid),
    );
  }

  addEntries(readingId: number, entries: readonly EntryRecord[]): void {
    this.#store.transaction(() => {
      for (const entry of entries) {
        this.#sql.insertEntry.run(
          readingId,
          entry.seq,
          Buffer.from(entry.path, 'latin1'),
          entry.isListed ? 1 : 0,
          outcomeNames.indexOf(entry.outcome),
          entry.reasons.length === 0 ? null : JSON.stringify(entry.reasons),
          entry.className,
          entry.split,
          entry.picture,
          entry.sizeBytes,
          entry.mtimeMs,
          entry.inode,
          entry.sha256,
          entry.pixelSha256,
          entry.differenceHash === null ? null : hashBytes(entry.differenceHash),
          entry.originalWidth,
          entry.originalHeight,
        );
      }
    });
  }

  /** An unfinished reading of the same source: the newest, to go on from. */
  unfinishedReading(sourceKey: string): number | null {
    const row = this.#sql.unfinished.get(sourceKey) as { id: number } | undefined;
    return row?.id ?? null;
  }

  /** All that is known of a reading's entries, in their order. */
  *entries(readingId: number): Generator<EntryRecord> {
    // Page by page, because a statement that is open blocks the connection for writing.
    for (let after = -1; ;) {
      const rows = this.#sql.entriesAfter.all(readingId, after) as EntryRow[];
      if (rows.length === 0) return;
      for (const row of rows) yield entryOf(row);
      after = rows.at(-1)!.seq;
    }
  }

  /** The entries of a source that were to be opened, in their order: only what tells whether they have changed. */
  *sourceFiles(readingId: number): Generator<SourceFileFacts> {
    for (let after = -1; ;) {
      const rows = this.#sql.filesAfter.raw().all(readingId, after, ignoredOutcome) as FileRow[];
      if (rows.length === 0) return;
      for (const [, path, sizeBytes, mtimeMs, inode] of rows) {
        yield { path: path.toString('latin1'), sizeBytes, mtimeMs, inode };
      }
      after = rows.at(-1)![0];
    }
  }

  /** Where the pixels of an unfinished reading lie. */
  unfinishedPath(readingId: number): string {
    return join(this.caches, `reading-${readingId}.unfinished`);
  }

  discardReading(readingId: number): void {
    this.#store.transaction(() => this.#sql.deleteReading.run(readingId));
    rmSync(this.unfinishedPath(readingId), { force: true });
  }

  /** Makes a dataset of a finished reading. Its pixel cache has to be committed. */
  createDataset(name: string, source: DatasetSource, reading: FinishedReading): string {
    const id = randomBytes(8).toString('hex');
    const now = this.#now();
    const version = versionOf(reading);
    this.#store.transaction(() => {
      this.#sql.insertDataset.run(id, name, source.kind, JSON.stringify(source), version, now, now, this.#nextOpened());
      this.#keepReading(id, version, reading);
    });
    return id;
  }

  /** Gives a dataset a newer reading of its source. Versions that runs used stay. */
  updateDataset(id: string, source: DatasetSource, reading: FinishedReading): void {
    const version = versionOf(reading);
    this.#store.transaction(() => {
      this.#row(id);
      this.#keepReading(id, version, reading);
      this.#sql.setVersion.run(version, id);
      this.#sql.setSource.run(JSON.stringify(source), id);
    });
  }

  #keepReading(id: string, version: string, reading: FinishedReading): void {
    const { readingId, cache, outcomes, warnings, exact, groups, classes, labels, splits, flags } = reading;
    this.#sql.finishReading.run(
      id,
      cache.count,
      cache.sha256,
      JSON.stringify(outcomes),
      JSON.stringify(warnings),
      bytesOf(exact),
      bytesOf(groups),
      readingId,
    );
    this.#sql.insertVersion.run(
      id,
      version,
      readingId,
      JSON.stringify(classes),
      bytesOf(labels),
      bytesOf(splits),
      bytesOf(flags),
    );
    this.#versions.delete(`${id}/${version}`);
    this.#problems.delete(`${id}/${version}`);
  }

  /**
   * Takes away what crashed imports left and caches that no reading names. Unfinished readings stay, to be gone on with.
   * Returns how many files.
   *
   * @param aside  the folder to move them to, where the rows were lost with a damaged database; else they are deleted.
   */
  tidy(aside: string | null = null): number {
    const kept = new Set<string>();
    for (const { sha } of this.#sql.cacheNames.all() as { sha: string }[]) kept.add(`${sha}.pixels`);
    const unfinished = (this.#sql.allUnfinished.all() as { id: number; source_key: string }[]).toReversed();
    const newest = new Set<string>();
    for (const { id, source_key } of unfinished) {
      if (newest.has(source_key)) this.discardReading(id);
      else kept.add(`reading-${id}.unfinished`);
      newest.add(source_key);
    }
    let cleared = 0;
    for (const name of readdirSync(this.caches)) {
      if (!/\.(pixels|unfinished)$/.test(name) || kept.has(name)) continue;
      removeOrMove(join(this.caches, name), aside);
      cleared++;
    }
    return cleared;
  }

  // Datasets --------------------------------------------------------------------------------------------------------------

  /** Newest opened first. */
  list(trash = false): DatasetSummary[] {
    const rows = (trash ? this.#sql.listTrash : this.#sql.list).all() as DatasetRow[];
    return rows.map((row) => this.#summary(row));
  }

  /** @throws StudioError DATASET_NOT_FOUND. */
  get(id: string): DatasetSummary {
    return this.#summary(this.#row(id));
  }

  /** Marks it as opened. */
  open(id: string): DatasetSummary {
    this.#row(id);
    if (!this.#store.readOnly) {
      this.#store.transaction(() => this.#sql.setOpened.run(this.#now(), this.#nextOpened(), id));
    }
    return this.get(id);
  }

  rename(id: string, name: string): void {
    this.#row(id);
    this.#store.transaction(() => this.#sql.rename.run(name, id));
  }

  trash(id: string): void {
    this.#row(id);
    this.#store.urgentTransaction(() => this.#sql.setTrashed.run(this.#now(), id));
  }

  restore(id: string): void {
    this.#row(id);
    this.#store.transaction(() => this.#sql.setTrashed.run(null, id));
  }

  source(id: string): DatasetSource {
    return JSON.parse(this.#row(id).source) as DatasetSource;
  }

  setSource(id: string, source: DatasetSource): void {
    this.#row(id);
    this.#store.transaction(() => this.#sql.setSource.run(JSON.stringify(source), id));
  }

  /** The dataset that was made from this source before, the newest opened one first. */
  findBySource(matches: (source: DatasetSource) => boolean): { id: string; name: string } | null {
    for (const row of this.#sql.list.all() as DatasetRow[]) {
      if (matches(JSON.parse(row.source) as DatasetSource)) return { id: row.id, name: row.name };
    }
    return null;
  }

  // Versions --------------------------------------------------------------------------------------------------------------

  /** A version of a dataset; the current one when none is named. Fails with DATASET_NOT_FOUND. */
  version(id: string, version: string | null = null): LoadedVersion {
    const dataset = this.#row(id);
    return { ...this.#loadVersion(id, version ?? dataset.version), name: dataset.name };
  }

  #loadVersion(id: string, version: string): Omit<LoadedVersion, 'name'> {
    const key = `${id}/${version}`;
    const known = this.#versions.get(key);
    if (known !== undefined) return known;
    const row = this.#sql.version.get(id, version) as VersionRow | undefined;
    if (row === undefined) throw new StudioError('DATASET_NOT_FOUND', { dataset: id });
    const reading = this.#sql.reading.get(row.reading_id) as ReadingRow;
    const { width, height, channels, count, fit } = reading;
    const loaded: Omit<LoadedVersion, 'name'> = {
      datasetId: id,
      version,
      readingId: row.reading_id,
      cache: { width, height, channels, count, sha256: reading.pixels_sha256 },
      pixelsPath: pixelCachePath(this.caches, reading.pixels_sha256),
      headerBytes: pixelCacheHeaderBytes,
      count,
      width,
      height,
      channels,
      fit,
      classes: JSON.parse(row.classes) as string[],
      labels: new Uint16Array(ownBuffer(row.labels)),
      splits: new Uint8Array(ownBuffer(row.splits)),
      flags: new Uint8Array(ownBuffer(row.flags)),
      exact: new Uint32Array(ownBuffer(reading.exact)),
      groups: new Int32Array(ownBuffer(reading.duplicate_groups)),
    };
    const oldest = this.#versions.size >= mostCached ? [...this.#versions.keys()][0] : undefined;
    if (oldest !== undefined) {
      this.#versions.delete(oldest);
      this.#problems.delete(oldest);
    }
    this.#versions.set(key, loaded);
    return loaded;
  }

  /** The version as it was read, before any edit. */
  versionAsRead(current: LoadedVersion): LoadedVersion {
    const first = this.#sql.firstVersion.get(current.datasetId, current.readingId) as { version: string };
    return this.version(current.datasetId, first.version);
  }

  /** Whether a dataset's current version is this one. */
  isCurrent(id: string, version: string): boolean {
    return (this.#sql.dataset.get(id) as DatasetRow | undefined)?.version === version;
  }

  hasPixels(version: LoadedVersion): boolean {
    return hasPixelCache(this.caches, version.cache);
  }

  /** Pixels of some pictures, one after the other. Fails with INVALID_OPTION for a number that is none. */
  pixels(id: string, indices: Uint32Array): Uint8Array<ArrayBuffer> {
    const version = this.version(id);
    requirePictures(version, indices);
    return this.#reader.read(version.cache, indices);
  }

  /** Mean picture of each class over the training split, excluded pictures left out. */
  classMeans(id: string): Uint8Array<ArrayBuffer> {
    const { cache, classes, labels, splits, flags } = this.version(id);
    const size = cache.width * cache.height * cache.channels;
    const sums = new Float64Array(classes.length * size);
    const counts = new Uint32Array(classes.length);
    const block = 1024;
    for (let from = 0; from < cache.count; from += block) {
      const indices = Uint32Array.from({ length: Math.min(block, cache.count - from) }, (_, i) => from + i);
      const pixels = this.#reader.read(cache, indices);
      for (const i of indices) {
        if (splits[i] !== 0 || (flags[i]! & excludedFlag) !== 0) continue;
        const label = labels[i]!;
        counts[label]!++;
        const offset = (i - from) * size;
        const into = label * size;
        for (let p = 0; p < size; p++) sums[into + p]! += pixels[offset + p]!;
      }
    }
    return Uint8Array.from(sums, (sum, p) => Math.round(sum / Math.max(1, counts[Math.floor(p / size)]!)));
  }

  pictures(id: string, indices: Uint32Array): Picture[] {
    const version = this.version(id);
    requirePictures(version, indices);
    return Array.from(indices, (index) => {
      const row = this.#sql.picture.get(version.readingId, index) as EntryRow;
      const group = version.groups[index]!;
      return {
        index,
        path: row.path.toString('utf8'),
        label: version.labels[index]!,
        split: splitNames[version.splits[index]!]!,
        excluded: (version.flags[index]! & excludedFlag) !== 0,
        outcome: outcomeNames[row.outcome]!,
        reasons: reasonsOf(row).map(([code]) => code),
        originalWidth: row.original_width ?? version.cache.width,
        originalHeight: row.original_height ?? version.cache.height,
        sizeBytes: row.size_bytes,
        sha256: row.sha256?.toString('hex') ?? '0'.repeat(64),
        duplicateGroup: group === standsAlone ? null : group,
      };
    });
  }

  problems(
    id: string,
    kind: ProblemKind,
    offset: number,
    limit: number,
  ): { total: number; groups: { indices: Uint32Array<ArrayBuffer> }[] } {
    const version = this.version(id);
    const all = kind === 'warned' ? warnedPictures(version) : this.#problemsOf(version)[problemLists[kind]];
    return {
      total: all.length,
      groups: all.slice(offset, offset + limit).map((indices) => ({ indices: Uint32Array.from(indices) })),
    };
  }

  /** Entries of the source; all but plain imported ones where no outcome is named. */
  files(id: string, outcome: Outcome | null, offset: number, limit: number): { total: number; files: FileReport[] } {
    const version = this.version(id);
    const { readingId } = version;
    let total: number;
    let rows: EntryRow[];
    if (outcome === null) {
      total = this.#sql.countNotPlain.pluck().get(readingId) as number;
      rows = this.#sql.notPlain.all(readingId, limit, offset) as EntryRow[];
    } else {
      const index = outcomeNames.indexOf(outcome);
      total = this.#sql.countByOutcome.pluck().get(readingId, index) as number;
      rows = this.#sql.byOutcome.all(readingId, index, limit, offset) as EntryRow[];
    }
    return { total, files: rows.map((row) => fileReport(row, version)) };
  }

  /** One change to some pictures. A new version, unless nothing changes. Fails with INVALID_OPTION. */
  edit(id: string, indices: Uint32Array, change: PictureChange): { editId: string; dataset: DatasetSummary } {
    const before = this.version(id);
    requirePictures(before, indices);
    const given = change.kind === 'label' ? [change.label] : change.kind === 'labels' ? change.labels : [];
    for (const label of given) requireInteger('label', label, 0, before.classes.length - 1);
    if (change.kind === 'labels') requireLength('labels', change.labels, indices.length);
    const labels = before.labels.slice();
    const splits = before.splits.slice();
    const flags = before.flags.slice();
    indices.forEach((i, k) => {
      if (change.kind === 'label') labels[i] = change.label;
      else if (change.kind === 'labels') labels[i] = change.labels[k]!;
      else if (change.kind === 'split') splits[i] = splitNames.indexOf(change.split);
      else if (change.kind === 'exclude') flags[i]! |= excludedFlag;
      else flags[i]! &= ~excludedFlag;
    });
    const version = versionOf({ ...before, labels, splits, flags });
    const editId = randomBytes(8).toString('hex');
    this.#store.transaction(() => {
      this.#sql.insertVersion.run(
        id,
        version,
        before.readingId,
        JSON.stringify(before.classes),
        bytesOf(labels),
        bytesOf(splits),
        bytesOf(flags),
      );
      this.#sql.insertEdit.run(editId, id, before.version, version);
      this.#sql.setVersion.run(version, id);
    });
    return { editId, dataset: this.get(id) };
  }

  /** Returns to the version before an edit. Only the latest edit that still holds can be undone. */
  undo(id: string, editId: string): DatasetSummary {
    const row = this.#row(id);
    const edit = this.#sql.edit.get(editId, id) as { version_before: string; version_after: string } | undefined;
    if (edit === undefined || edit.version_after !== row.version) {
      throw new StudioError('INVALID_OPTION', { option: 'editId', value: editId, expected: 'the latest edit' });
    }
    this.#store.transaction(() => {
      this.#sql.setVersion.run(edit.version_before, id);
      this.#sql.deleteEdit.run(editId);
    });
    return this.get(id);
  }

  // -----------------------------------------------------------------------------------------------------------------------

  #row(id: string): DatasetRow {
    const row = this.#sql.dataset.get(id) as DatasetRow | undefined;
    if (row === undefined) throw new StudioError('DATASET_NOT_FOUND', { dataset: id });
    return row;
  }

  #nextOpened(): number {
    return (this.#sql.lastOpened.pluck().get() as number) + 1;
  }

  #problemsOf(version: LoadedVersion): ProblemGroups {
    const key = `${version.datasetId}/${version.version}`;
    let problems = this.#problems.get(key);
    if (problems === undefined) {
      const { groups, exact, labels, splits, flags } = version;
      problems = findProblems(groups, exact, labels, splits, (i) => (flags[i]! & excludedFlag) !== 0);
      this.#problems.set(key, problems);
    }
    return problems;
  }

  #summary(row: DatasetRow): DatasetSummary {
    const version = this.version(row.id, row.version);
    const { cache, classes, labels, splits, flags, fit } = version;
    const reading = this.#sql.reading.get(version.readingId) as ReadingRow;
    const source = JSON.parse(row.source) as DatasetSource;
    const counts = [0, 0, 0];
    const hasSplit = [false, false, false];
    const classCounts = classes.map(() => 0);
    let excluded = 0;
    for (let i = 0; i < labels.length; i++) {
      hasSplit[splits[i]!] = true;
      if ((flags[i]! & excludedFlag) !== 0) {
        excluded++;
        continue;
      }
      counts[splits[i]!]!++;
      classCounts[labels[i]!]!++;
    }
    const problems = this.#problemsOf(version);
    return {
      id: row.id,
      name: row.name,
      version: version.version,
      kind: row.kind,
      sourcePath: source.kind === 'sample' ? null : (source.paths[0] ?? null),
      width: cache.width,
      height: cache.height,
      channels: cache.channels,
      fit,
      classes: [...classes],
      counts: {
        train: counts[0]!,
        validation: hasSplit[1] ? counts[1]! : null,
        test: hasSplit[2] ? counts[2]! : null,
      },
      classCounts,
      excluded,
      outcomes: JSON.parse(reading.outcomes) as OutcomeCounts,
      problems: {
        exactDuplicates: problems.exactDuplicates.length,
        nearDuplicates: problems.nearDuplicates.length,
        leaks: problems.leaks.length,
        conflicts: problems.conflicts.length,
      },
      warnings: JSON.parse(reading.warnings) as { code: string; details: Record<string, unknown> }[],
      createdAt: row.created_at,
      openedAt: row.opened_at,
    };
  }
}

const problemLists = {
  'exact-duplicate': 'exactDuplicates',
  'near-duplicate': 'nearDuplicates',
  leak: 'leaks',
  conflict: 'conflicts',
} as const;

const statements = {
  insertReading: 'INSERT INTO reading (source_key, width, height, channels, fit) VALUES (?, ?, ?, ?, ?)',
  insertEntry: `INSERT INTO source_entry (reading_id, seq, path, is_listed, outcome, reasons, class_name, split, picture,
    size_bytes, mtime_ms, inode, sha256, pixel_sha256, difference_hash, original_width, original_height)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  unfinished: 'SELECT id FROM reading WHERE source_key = ? AND dataset_id IS NULL ORDER BY id DESC LIMIT 1',
  allUnfinished: 'SELECT id, source_key FROM reading WHERE dataset_id IS NULL ORDER BY id',
  entriesAfter: 'SELECT * FROM source_entry WHERE reading_id = ? AND seq > ? ORDER BY seq LIMIT 2000',
  filesAfter: `SELECT seq, path, size_bytes, mtime_ms, inode FROM source_entry
    WHERE reading_id = ? AND seq > ? AND is_listed = 1 AND outcome <> ? ORDER BY seq LIMIT 2000`,
  deleteReading: 'DELETE FROM reading WHERE id = ? AND dataset_id IS NULL',
  finishReading: `UPDATE reading SET dataset_id = ?, count = ?, pixels_sha256 = ?, outcomes = ?, warnings = ?, exact = ?,
    duplicate_groups = ? WHERE id = ?`,
  cacheNames: 'SELECT DISTINCT pixels_sha256 AS sha FROM reading WHERE pixels_sha256 IS NOT NULL',
  insertDataset: `INSERT INTO dataset (id, name, kind, source, version, created_at, opened_at, opened)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  // The same content read again is the same version; only where it was read from has changed.
  insertVersion: `INSERT INTO dataset_version (dataset_id, version, reading_id, classes, labels, splits, flags)
    VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET reading_id = excluded.reading_id`,
  dataset: 'SELECT * FROM dataset WHERE id = ?',
  list: 'SELECT * FROM dataset WHERE trashed_at IS NULL ORDER BY opened DESC',
  listTrash: 'SELECT * FROM dataset WHERE trashed_at IS NOT NULL ORDER BY opened DESC',
  lastOpened: 'SELECT coalesce(max(opened), 0) FROM dataset',
  setOpened: 'UPDATE dataset SET opened_at = ?, opened = ? WHERE id = ?',
  rename: 'UPDATE dataset SET name = ? WHERE id = ?',
  setTrashed: 'UPDATE dataset SET trashed_at = ? WHERE id = ?',
  setSource: 'UPDATE dataset SET source = ? WHERE id = ?',
  setVersion: 'UPDATE dataset SET version = ? WHERE id = ?',
  firstVersion: 'SELECT version FROM dataset_version WHERE dataset_id = ? AND reading_id = ? ORDER BY rowid LIMIT 1',
  version: 'SELECT * FROM dataset_version WHERE dataset_id = ? AND version = ?',
  reading: 'SELECT * FROM reading WHERE id = ?',
  picture: 'SELECT * FROM source_entry WHERE reading_id = ? AND picture = ?',
  countNotPlain: 'SELECT count(*) FROM source_entry WHERE reading_id = ? AND is_listed = 1 AND outcome > 0',
  notPlain:
    'SELECT * FROM source_entry WHERE reading_id = ? AND is_listed = 1 AND outcome > 0 ORDER BY outcome, seq LIMIT ? OFFSET ?',
  countByOutcome: 'SELECT count(*) FROM source_entry WHERE reading_id = ? AND is_listed = 1 AND outcome = ?',
  byOutcome:
    'SELECT * FROM source_entry WHERE reading_id = ? AND is_listed = 1 AND outcome = ? ORDER BY seq LIMIT ? OFFSET ?',
  insertEdit: 'INSERT INTO dataset_edit (id, dataset_id, version_before, version_after) VALUES (?, ?, ?, ?)',
  edit: 'SELECT version_before, version_after FROM dataset_edit WHERE id = ? AND dataset_id = ?',
  deleteEdit: 'DELETE FROM dataset_edit WHERE id = ?',
} as const;

/** sha256 over the pixel cache's name, classes, labels, splits and exclusions: all that decides what is learnt from. */
function versionOf(content: Pick<LoadedVersion, 'cache' | 'classes' | 'labels' | 'splits' | 'flags'>): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([content.cache.sha256, content.classes]));
  hash.update(bytesOf(content.labels));
  hash.update(bytesOf(content.splits));
  hash.update(content.flags.map((flag) => flag & excludedFlag));
  return hash.digest('hex');
}

function warnedPictures({ flags }: DatasetVersion): Uint32Array[] {
  const warned: Uint32Array[] = [];
  for (let i = 0; i < flags.length; i++) if ((flags[i]! & warnedFlag) !== 0) warned.push(Uint32Array.of(i));
  return warned;
}

function requirePictures({ cache }: LoadedVersion, indices: Uint32Array): void {
  for (const index of indices) {
    if (index >= cache.count) {
      throw new StudioError('INVALID_OPTION', {
        option: 'indices',
        value: String(index),
        expected: `0 … ${cache.count - 1}`,
      });
    }
  }
}

function fileReport(row: EntryRow, version: LoadedVersion): FileReport {
  const path = row.path.toString('utf8');
  const isUtf8 = Buffer.from(path, 'utf8').equals(row.path);
  const first = reasonsOf(row)[0];
  const isKept = row.picture !== null;
  const group = isKept ? version.groups[row.picture!]! : standsAlone;
  const split = isKept ? version.splits[row.picture!]! : row.split;
  return {
    path,
    ...(isUtf8 ? {} : { pathB64: row.path.toString('base64') }),
    outcome: outcomeNames[row.outcome]!,
    reason: first === undefined ? null : { code: first[0], details: { ...first[1] } },
    label: isKept ? version.classes[version.labels[row.picture!]!]! : row.class_name,
    split: split === null ? null : splitNames[split]!,
    dupGroup: group === standsAlone ? null : group,
  };
}

function reasonsOf(row: EntryRow): Reason[] {
  return row.reasons === null ? [] : (JSON.parse(row.reasons) as Reason[]);
}

function entryOf(row: EntryRow): EntryRecord {
  return {
    seq: row.seq,
    path: row.path.toString('latin1'),
    isListed: row.is_listed === 1,
    outcome: outcomeNames[row.outcome]!,
    reasons: reasonsOf(row),
    className: row.class_name,
    split: row.split,
    picture: row.picture,
    sizeBytes: row.size_bytes,
    mtimeMs: row.mtime_ms,
    inode: row.inode,
    sha256: row.sha256,
    pixelSha256: row.pixel_sha256,
    differenceHash:
      row.difference_hash === null ? null : [row.difference_hash.readUInt32BE(0), row.difference_hash.readUInt32BE(4)],
    originalWidth: row.original_width,
    originalHeight: row.original_height,
  };
}

function hashBytes([high, low]: readonly [number, number]): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeUInt32BE(high, 0);
  bytes.writeUInt32BE(low, 4);
  return bytes;
}

function bytesOf(column: ArrayBufferView): Buffer {
  return Buffer.from(column.buffer, column.byteOffset, column.byteLength);
}

/** SQLite's buffers may lie anywhere in a larger one, at any alignment. */
function ownBuffer(blob: Buffer): ArrayBuffer {
  const own = new ArrayBuffer(blob.length);
  new Uint8Array(own).set(blob);
  return own;
}
