/**
 * Takes down one reading of a source, picture by picture in the order of their numbers: pixels to the cache file, a row of
 * each entry to the database in transactions a quarter of a second apart, and in memory only what duplicates need.
 */
import { findDuplicateGroups, standsAlone } from '../../core/dataset/duplicates.ts';
import { stratifiedSplit } from '../../core/dataset/split.ts';
import { isStudioError } from '../../core/errors.ts';
import { createGenerator } from '../../core/random/generator.ts';
import type { FitPolicy, OutcomeCounts } from '../../core/rpc/contract/common.ts';
import {
  inGroupFlag,
  warnedFlag,
  type DatasetRepository,
  type EntryRecord,
  type FinishedReading,
  type Warning,
} from '../store/dataset-repository.ts';
import { pictureBytes, PixelCacheWriter, readUnfinished, type PixelShape } from '../store/pixel-cache.ts';
import { TimeSlice } from './time-slice.ts';

/** At most four durable commits a second. */
const flushEveryMs = 250;
const mostRows = 5000;

export interface FinishOptions {
  readonly classes: readonly string[];
  /** Which splits the source brings. */
  readonly splits: readonly [boolean, boolean, boolean];
  readonly testFraction: number;
  readonly splitSeed: number;
  readonly warnings: readonly Warning[];
}

export interface RecordedPicture {
  readonly label: number;
  readonly pixels: Uint8Array;
}

export class ReadingRecorder {
  readonly readingId: number;
  readonly #repository: DatasetRepository;
  readonly #writer: PixelCacheWriter;
  readonly #shape: PixelShape;
  readonly #signal: AbortSignal | undefined;
  readonly #outcomes: OutcomeCounts = { imported: 0, warned: 0, rejected: 0, skipped: 0, ignored: 0 };
  readonly #labels: number[] = [];
  readonly #splits: number[] = [];
  readonly #flags: number[] = [];
  readonly #exact: number[] = [];
  readonly #hashes: number[] = [];
  readonly #firstWithPixels = new Map<string, number>();
  #constant = 0;
  #rows: EntryRecord[] = [];
  #seq = 0;
  #flushedMs = performance.now();

  constructor(
    repository: DatasetRepository,
    sourceKey: string,
    shape: PixelShape,
    fit: FitPolicy,
    signal?: AbortSignal,
  ) {
    this.#repository = repository;
    this.#shape = shape;
    this.#signal = signal;
    this.readingId = repository.beginReading(sourceKey, shape, fit);
    this.#writer = new PixelCacheWriter(repository.unfinishedPath(this.readingId), shape);
  }

  get pictureCount(): number {
    return this.#labels.length;
  }

  /** Pixels of pictures that `add` will name next, in their order. */
  appendPixels(pixels: Uint8Array): void {
    this.#writer.append(pixels);
  }

  /** An entry; with `picture` it is kept, and its pixels have been or will be appended in the same order. */
  add(entry: Omit<EntryRecord, 'seq' | 'picture'>, picture: RecordedPicture | null): void {
    if (entry.isListed) this.#outcomes[entry.outcome]++;
    this.#rows.push({ ...entry, seq: this.#seq++, picture: picture === null ? null : this.#labels.length });
    if (picture === null) return;
    const number = this.#labels.length;
    this.#labels.push(picture.label);
    this.#splits.push(entry.split ?? 0);
    this.#flags.push(entry.outcome === 'warned' ? warnedFlag : 0);
    const key = Buffer.from(entry.pixelSha256!).toString('latin1');
    const first = this.#firstWithPixels.get(key);
    if (first === undefined) this.#firstWithPixels.set(key, number);
    this.#exact.push(first ?? number);
    this.#hashes.push(...entry.differenceHash!);
    if (isConstant(picture.pixels, this.#shape.channels)) this.#constant++;
  }

  flush(force = false): void {
    const isDue = force || this.#rows.length >= mostRows || performance.now() - this.#flushedMs > flushEveryMs;
    if (!isDue || this.#rows.length === 0) return;
    this.#repository.addEntries(this.readingId, this.#rows);
    this.#rows = [];
    this.#flushedMs = performance.now();
  }

  /** Leaves what was read so far, to be gone on with. */
  suspend(): void {
    this.flush(true);
    this.#writer.close();
  }

  /** Undoes everything. */
  discard(): void {
    this.#writer.discard();
    this.#repository.discardReading(this.readingId);
  }

  /** Finds duplicates, makes the test split where the source brings none, and makes the pixels durable. */
  async finish(options: FinishOptions): Promise<FinishedReading> {
    this.flush(true);
    const labels = Uint16Array.from(this.#labels);
    const exact = Uint32Array.from(this.#exact);
    const groups = await this.#groups(exact);
    const splits = Uint8Array.from(this.#splits);
    const flags = Uint8Array.from(this.#flags, (flag, i) => (groups[i] === standsAlone ? flag : flag | inGroupFlag));
    const warnings = [...options.warnings, ...this.#classWarnings(options.classes, labels)];
    if (!options.splits[2] && options.testFraction > 0) {
      warnings.push(...makeTestSplit(options, labels, groups, splits));
    }
    const cache = this.#writer.commit(this.#repository.caches);
    return {
      readingId: this.readingId,
      cache,
      outcomes: this.#outcomes,
      warnings,
      classes: options.classes,
      labels,
      splits,
      flags,
      exact,
      groups,
    };
  }

  async #groups(exact: Uint32Array): Promise<Int32Array<ArrayBuffer>> {
    const slice = new TimeSlice(this.#signal);
    const size = pictureBytes(this.#shape);
    const slots = [new Uint8Array(size), new Uint8Array(size)] as const;
    const at = [-1, -1];
    const search = findDuplicateGroups({
      exact,
      perceptualHashes: Uint32Array.from(this.#hashes),
      pixels: (i, slot) => {
        if (at[slot] !== i) {
          this.#writer.read(i, slots[slot]);
          at[slot] = i;
        }
        return slots[slot];
      },
    });
    for (;;) {
      const step = search.next();
      if (step.done === true) return step.value;
      await slice.pause();
    }
  }

  #classWarnings(classes: readonly string[], labels: Uint16Array): Warning[] {
    const counts = classes.map(() => 0);
    for (const label of labels) counts[label]!++;
    const warnings: Warning[] = [];
    for (const [label, className] of classes.entries()) {
      if (counts[label] === 0) warnings.push({ code: 'empty-class', details: { className } });
      else if (counts[label] === 1) warnings.push({ code: 'one-picture-class', details: { className } });
    }
    if (this.#constant > 0) warnings.push({ code: 'constant-pictures', details: { count: this.#constant } });
    return warnings;
  }
}

/** Pixels of an interrupted reading. */
export function unfinishedPixels(
  repository: DatasetRepository,
  readingId: number,
  shape: PixelShape,
): (picture: number) => Uint8Array | null {
  const path = repository.unfinishedPath(readingId);
  return (picture) => readUnfinished(path, shape, picture, 1);
}

/** Marks pictures in `splits`, and says what was done. */
function makeTestSplit(
  { classes, testFraction, splitSeed }: FinishOptions,
  labels: Uint16Array,
  groups: Int32Array,
  splits: Uint8Array,
): Warning[] {
  const candidates: number[] = [];
  for (let i = 0; i < splits.length; i++) if (splits[i] === 0) candidates.push(i);
  try {
    const made = stratifiedSplit({
      labels: candidates.map((i) => labels[i]!),
      groups: candidates.map((i) => (groups[i] === standsAlone ? null : groups[i]!)),
      heldOut: { fraction: testFraction },
      random: createGenerator(splitSeed, 'test split'),
    });
    for (const k of made.heldOut) splits[candidates[k]!] = 2;
    const unmeasured = made.warnings.filter(({ kind }) => kind === 'not-held-out');
    return [
      { code: 'split-made', details: { percent: Math.round(testFraction * 100), seed: splitSeed } },
      ...unmeasured.map(({ label }) => ({ code: 'class-not-in-test', details: { className: classes[label]! } })),
    ];
  } catch (cause) {
    if (!isStudioError(cause, 'NOTHING_TO_HOLD_OUT')) throw cause;
    return [{ code: 'no-test-split', details: {} }];
  }
}

function isConstant(pixels: Uint8Array, channels: number): boolean {
  for (let i = channels; i < pixels.length; i++) if (pixels[i] !== pixels[i - channels]) return false;
  return true;
}
