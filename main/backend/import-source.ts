/**
 * From a source to a dataset: reads, has decoded, takes down.
 *
 * Files go in batches to the decoders, several batches at a time, and come back in the order of their paths. Whatever is
 * known from before (an interrupted import, or the reading that an import brings up to date) is taken over for files whose
 * size, time and inode are what they were. Nothing in the source is changed.
 */
import { createHash, hash } from 'node:crypto';
import { lstatSync } from 'node:fs';
import path from 'node:path';
import { isStudioError, StudioError } from '../../core/errors.ts';
import { splitNames, type FitPolicy } from '../../core/rpc/contract/common.ts';
import type { DecodedPicture } from '../../core/rpc/contract/decoder.ts';
import {
  type DatasetRepository,
  type DatasetSource,
  type EntryRecord,
  type FinishedReading,
  type LoadedVersion,
  type Reason,
  type SourceFileFacts,
} from '../store/dataset-repository.ts';
import { excludedFlag } from '../store/dataset-version.ts';
import { PixelCacheReader, type PixelShape } from '../store/pixel-cache.ts';
import type { DecodedBatch, DecoderPool, FileBatch } from './decoder-pool.ts';
import { loadDatasetFile, openSource, type DatasetFiles, type Source } from './open-source.ts';
import { cifarLabel, cifarPixels } from './read-cifar.ts';
import { factsOf, FileReader, noFacts, type FileFacts } from './read-file.ts';
import { readIdx } from './read-idx.ts';
import { ReadingRecorder, unfinishedPixels } from './reading-recorder.ts';
import { TimeSlice } from './time-slice.ts';
import { absolutePath, byteStringOf, isUtf8, textOf, type SourceEntry, type WalkedFolder } from './walk-source.ts';

export type FileSource = Exclude<DatasetSource, { kind: 'sample' }>;

export interface ImportContext {
  readonly repository: DatasetRepository;
  readonly decoders: DecoderPool;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

/** Side of pictures of a folder where nothing is said. */
const defaultSize = 32;
/** Files of one batch, at most, and the bytes of it and of its answer. */
const batchFiles = 256;
const batchBytes = 1 << 20;
const batchPixelBytes = 4 << 20;
/** Pictures of an IDX or CIFAR file that are handed over at a time. */
const rawBatch = 1024;

/** What is known of a file from before. */
interface KnownFiles {
  /** By root and path. */
  readonly entries: ReadonlyMap<string, EntryRecord>;
  readonly pixels: (picture: number) => Uint8Array | null;
}

/**
 * Reads a source completely and returns what is to be committed as a dataset. On failure or cancel nothing is left of it;
 * after a crash the next call with the same source goes on where it was.
 *
 * @param previous  the version that this reading brings up to date.
 * @throws StudioError those of openSource; DECODER_LOST, DISK_FULL, CANCELLED.
 */
export async function readSource(
  source: FileSource,
  context: ImportContext,
  previous: LoadedVersion | null = null,
): Promise<{ reading: FinishedReading; source: FileSource }> {
  const { repository, decoders, signal } = context;
  const opened = await openSource(source.paths, source.testPath, decoders, { signal });
  const shape = shapeOf(opened, source.size);
  const key = sourceKey(source);

  const unfinished = repository.unfinishedReading(key);
  const known =
    opened.kind !== 'folder'
      ? noKnownFiles
      : unfinished !== null
        ? knownFiles(repository, unfinished, unfinishedPixels(repository, unfinished, shape))
        : previous !== null && hasShape(previous, shape, source.fit)
          ? knownFiles(repository, previous.readingId, cachedPixels(repository, previous))
          : noKnownFiles;

  const recorder = new ReadingRecorder(repository, key, shape, source.fit, signal);
  try {
    if (opened.kind === 'folder') await readFolder(opened, shape, source.fit, known, recorder, context);
    else await readDatasetFiles(opened, shape, source.fit, recorder, context);
    if (recorder.pictureCount === 0) throw new StudioError('NO_IMAGES_FOUND', { path: source.paths[0]! });
    const reading = await recorder.finish({
      classes: opened.classes,
      splits: opened.splits,
      testFraction: source.testFraction,
      splitSeed: source.splitSeed,
      warnings: opened.remarks.filter(({ code }) => !countedAgain.has(code)),
    });
    if (unfinished !== null) repository.discardReading(unfinished);
    return { reading, source: { ...source, kind: opened.kind } };
  } catch (cause) {
    // When the studio closes, what was read stays: the next import of the source goes on from it.
    if (decoders.isClosed) recorder.suspend();
    else recorder.discard();
    throw cause;
  }
}

/** Remarks of the walk that are made anew from the pictures that were kept. */
const countedAgain = new Set(['empty-class', 'one-picture-class']);

/** What is read and how; two imports with the same key read the same. */
export function sourceKey(source: FileSource): string {
  const { paths, testPath, size, fit } = source;
  return createHash('sha256')
    .update(JSON.stringify([paths, testPath, size, fit]))
    .digest('hex');
}

export function shapeOf(source: Source, size: number | null): PixelShape {
  if (source.kind === 'folder') return { width: size ?? defaultSize, height: size ?? defaultSize, channels: 3 };
  const { width, height, channels } = source;
  return size === null ? { width, height, channels } : { width: size, height: size, channels };
}

// Folders -----------------------------------------------------------------------------------------------------------------

/** One entry on its way. */
interface Pending {
  readonly entry: SourceEntry;
  readonly facts: FileFacts;
  readonly sha256: Uint8Array | null;
  /** Place in the batch that was sent; -1 where there is nothing to decode. */
  readonly slot: number;
  /** Known before it was decoded. */
  readonly refusal: { readonly outcome: EntryRecord['outcome']; readonly reason: Reason } | null;
  /** Taken over from before, with its pixels where it is a picture. */
  readonly known: { readonly entry: EntryRecord; readonly pixels: Uint8Array | null } | null;
}

interface PendingBatch {
  readonly builder: BatchBuilder;
  readonly decoded: Promise<DecodedBatch> | null;
}

async function readFolder(
  walked: WalkedFolder,
  shape: PixelShape,
  fit: FitPolicy,
  known: KnownFiles,
  recorder: ReadingRecorder,
  { decoders, signal, onProgress }: ImportContext,
): Promise<void> {
  const { entries, roots } = walked;
  const reader = new FileReader({ sharesBuffer: true });
  const slice = new TimeSlice(signal);
  const inFlight: PendingBatch[] = [];
  const pictureLimit = Math.max(1, Math.floor(batchPixelBytes / (shape.width * shape.height * shape.channels)));
  /** Builders whose batch has been taken down: their memory serves again, or a large import would be mostly garbage. */
  const free: BatchBuilder[] = [];
  let builder = new BatchBuilder();
  let done = 0;

  const takeOldest = async () => {
    const batch = inFlight.shift()!;
    const decoded = await batch.decoded;
    takeDown(batch.builder.items, decoded, walked, shape, recorder);
    done += batch.builder.items.length;
    onProgress(done, entries.length);
    batch.builder.clear();
    free.push(batch.builder);
    await slice.pause();
  };
  const send = async () => {
    if (builder.items.length === 0) return;
    const decoded = builder.count === 0 ? null : decoders.decode(builder.batch(), { ...shape, fit }, signal);
    decoded?.catch(() => undefined); // awaited in its turn
    inFlight.push({ builder, decoded });
    builder = free.pop() ?? new BatchBuilder();
    while (inFlight.length > decoders.callsAtATime + 1) await takeOldest();
  };

  try {
    for (const entry of entries) {
      if (entry.state !== 'file') {
        builder.refuse(entry, entry.state, [entry.reason!, {}], noFacts);
      } else {
        const file = absolutePath(roots[entry.root]!, entry.path);
        const before = known.entries.get(knownKey(entry.root, entry.path));
        const takenOver = before === undefined ? null : takeOver(file, before, known);
        if (takenOver !== null) builder.reuse(entry, takenOver);
        else {
          const read = await reader.read(file);
          if (read.kind === 'refused') builder.refuse(entry, read.outcome, [read.reason, {}], read.facts);
          else builder.add(entry, read.data, read.facts, read.sha256);
        }
      }
      if (
        builder.count >= Math.min(batchFiles, pictureLimit) ||
        builder.bytes >= batchBytes ||
        builder.items.length >= 1024
      ) {
        await send();
      }
      if (slice.isOver) await slice.pause();
    }
    await send();
    while (inFlight.length > 0) await takeOldest();
  } finally {
    for (const { decoded } of inFlight) await decoded?.catch(() => undefined);
  }
}

class BatchBuilder {
  items: Pending[] = [];
  #ends: number[] = [];
  #names: string[] = [];
  #data = new Uint8Array(batchBytes);
  #fileBytes = 0;
  #knownBytes = 0;

  /** Files to decode. */
  get count(): number {
    return this.#ends.length;
  }

  /** What the batch holds in memory. */
  get bytes(): number {
    return this.#fileBytes + this.#knownBytes;
  }

  add(entry: SourceEntry, data: Uint8Array, facts: FileFacts, sha256: Uint8Array): void {
    this.items.push({ entry, facts, sha256, slot: this.count, refusal: null, known: null });
    const end = this.#fileBytes + data.length;
    if (end > this.#data.length) {
      const larger = new Uint8Array(Math.max(end, 2 * this.#data.length));
      larger.set(this.#data.subarray(0, this.#fileBytes));
      this.#data = larger;
    }
    this.#data.set(data, this.#fileBytes);
    this.#fileBytes = end;
    this.#ends.push(end);
    this.#names.push(textOf(entry.path.slice(entry.path.lastIndexOf('/') + 1)));
  }

  refuse(entry: SourceEntry, outcome: EntryRecord['outcome'], reason: Reason, facts: FileFacts): void {
    this.items.push({ entry, facts, sha256: null, slot: -1, refusal: { outcome, reason }, known: null });
  }

  reuse(entry: SourceEntry, known: NonNullable<Pending['known']>): void {
    const { sha256, sizeBytes, mtimeMs, inode } = known.entry;
    this.items.push({ entry, facts: { sizeBytes, mtimeMs, inode }, sha256, slot: -1, refusal: null, known });
    this.#knownBytes += known.pixels?.length ?? 0;
  }

  /** Holds until `clear`. */
  batch(): FileBatch {
    return { data: this.#data.subarray(0, this.#fileBytes), ends: this.#ends, names: this.#names };
  }

  clear(): void {
    this.items = [];
    this.#ends = [];
    this.#names = [];
    this.#fileBytes = 0;
    this.#knownBytes = 0;
    if (this.#data.length > 4 * batchBytes) this.#data = new Uint8Array(batchBytes);
  }
}

/** Writes a batch down: pixels of neighbours in one piece, then a row each. */
function takeDown(
  items: readonly Pending[],
  decoded: DecodedBatch | null,
  { classes, roots }: WalkedFolder,
  shape: PixelShape,
  recorder: ReadingRecorder,
): void {
  const size = shape.width * shape.height * shape.channels;
  let from = 0;
  let to = 0;
  const writePending = () => {
    if (to > from) recorder.appendPixels(decoded!.pixels.subarray(from * size, to * size));
    from = to;
  };
  for (const item of items) {
    const { entry, facts, slot } = item;
    const base = {
      path: entry.root === 0 ? entry.path : `${byteStringOf(path.basename(roots[entry.root]!))}/${entry.path}`,
      isListed: true,
      className: entry.label < 0 ? null : classes[entry.label]!,
      split: entry.split < 0 ? null : entry.split,
      ...facts,
      sha256: item.sha256,
    };
    if (item.known !== null && item.known.pixels !== null) {
      const { pixels, entry: before } = item.known;
      writePending();
      recorder.appendPixels(pixels);
      const { outcome, reasons, pixelSha256, differenceHash, originalWidth, originalHeight } = before;
      recorder.add(
        { ...base, outcome, reasons, pixelSha256, differenceHash, originalWidth, originalHeight },
        { label: entry.label, pixels },
      );
      continue;
    }
    const picture = slot < 0 ? null : decoded!.pictures[slot]!;
    if (picture?.kind === 'picture') {
      if (slot !== to) {
        writePending();
        from = slot;
      }
      to = slot + 1;
      const reasons = warningsOf(picture, entry.path);
      recorder.add(
        {
          ...base,
          outcome: reasons.length > 0 ? 'warned' : 'imported',
          reasons,
          pixelSha256: decoded!.pixelHashes.subarray(slot * 32, slot * 32 + 32),
          differenceHash: [decoded!.perceptualHashes[slot * 2]!, decoded!.perceptualHashes[slot * 2 + 1]!],
          originalWidth: picture.originalWidth,
          originalHeight: picture.originalHeight,
        },
        { label: entry.label, pixels: decoded!.pixels.subarray(slot * size, (slot + 1) * size) },
      );
      continue;
    }
    const refusal =
      item.refusal ??
      (item.known === null
        ? { outcome: 'rejected' as const, reason: [picture!.code, picture!.details] as const }
        : { outcome: item.known.entry.outcome, reason: item.known.entry.reasons[0] ?? (['corrupt', {}] as const) });
    recorder.add(
      {
        ...base,
        outcome: refusal.outcome,
        reasons: [refusal.reason],
        pixelSha256: null,
        differenceHash: null,
        originalWidth: null,
        originalHeight: null,
      },
      null,
    );
  }
  writePending();
  recorder.flush();
}

function warningsOf(picture: Extract<DecodedPicture, { kind: 'picture' }>, name: string): Reason[] {
  const reasons: Reason[] = picture.reasons.map((code) => [code, { format: picture.format }]);
  if (!isUtf8(name)) reasons.push(['name-not-utf8', {}]);
  return reasons;
}

// What is known from before -----------------------------------------------------------------------------------------------

const noKnownFiles: KnownFiles = { entries: new Map(), pixels: () => null };

function knownKey(root: number, relative: string): string {
  return `${root}/${relative}`;
}

function knownFiles(repository: DatasetRepository, readingId: number, pixels: KnownFiles['pixels']): KnownFiles {
  const entries = new Map<string, EntryRecord>();
  // Only files that were opened; rows of a second root carry its name and are read again.
  for (const entry of repository.entries(readingId)) {
    if (entry.outcome !== 'skipped' && entry.outcome !== 'ignored') entries.set(knownKey(0, entry.path), entry);
  }
  return { entries, pixels };
}

/** What is known of a file that has not changed; null where it has to be read, also because the kept pixels are damaged. */
function takeOver(file: Buffer, entry: EntryRecord, known: KnownFiles): Pending['known'] {
  if (!isUnchanged(file, entry)) return null;
  if (entry.picture === null) return { entry, pixels: null };
  const pixels = known.pixels(entry.picture);
  if (pixels === null || Buffer.compare(hash('sha256', pixels, 'buffer'), entry.pixelSha256!) !== 0) return null;
  return { entry, pixels };
}

function cachedPixels(repository: DatasetRepository, version: LoadedVersion): KnownFiles['pixels'] {
  const reader = new PixelCacheReader(repository.caches, 1);
  return (picture) => {
    try {
      return reader.read(version.cache, [picture]);
    } catch {
      return null;
    }
  };
}

function hasShape(version: LoadedVersion, shape: PixelShape, fit: FitPolicy): boolean {
  const { width, height, channels } = version;
  return width === shape.width && height === shape.height && channels === shape.channels && version.fit === fit;
}

function isUnchanged(file: Buffer, { sizeBytes, mtimeMs, inode }: FileFacts): boolean {
  try {
    const stats = lstatSync(file);
    return stats.isFile() && stats.size === sizeBytes && stats.mtimeMs === mtimeMs && stats.ino === inode;
  } catch {
    return false;
  }
}

// IDX and CIFAR -----------------------------------------------------------------------------------------------------------

async function readDatasetFiles(
  files: DatasetFiles,
  shape: PixelShape,
  fit: FitPolicy,
  recorder: ReadingRecorder,
  { decoders, signal, onProgress }: ImportContext,
): Promise<void> {
  const total = files.parts.reduce((n, part) => n + part.count, 0);
  const slice = new TimeSlice(signal);
  const size = shape.width * shape.height * shape.channels;
  const { width, height, channels } = files;
  const sourceBytes = width * height * channels;
  const listed = (file: string, split: number | null): Omit<EntryRecord, 'seq' | 'picture'> => ({
    path: byteStringOf(path.relative(files.roots[0]!, file).split(path.sep).join('/')),
    isListed: true,
    outcome: 'imported',
    reasons: [],
    className: null,
    split,
    ...factsOf(lstatSync(file)),
    sha256: null,
    pixelSha256: null,
    differenceHash: null,
    originalWidth: null,
    originalHeight: null,
  });
  for (const entry of files.entries) {
    recorder.add(
      {
        ...listed(path.join(files.roots[0]!, textOf(entry.path)), null),
        outcome: entry.state === 'ignored' ? 'ignored' : 'skipped',
        reasons: [[entry.reason!, {}]],
      },
      null,
    );
  }
  for (const part of files.parts) {
    const data = await loadDatasetFile(part.pictures, decoders, signal);
    const labelData = part.labels === null ? null : await loadDatasetFile(part.labels, decoders, signal);
    const file = listed(part.pictures, part.split);
    recorder.add({ ...file, sha256: hash('sha256', data, 'buffer') }, null);
    if (part.labels !== null)
      recorder.add({ ...listed(part.labels, part.split), sha256: hash('sha256', labelData!, 'buffer') }, null);
    const pixelsAt = part.labels === null ? 0 : readIdx(data, part.pictures).offset;
    const labelsAt = labelData === null ? 0 : readIdx(labelData, part.labels!).offset;
    for (let from = 0; from < part.count; from += rawBatch) {
      const to = Math.min(part.count, from + rawBatch);
      const raw =
        labelData === null
          ? cifarPixels(data, from, to)
          : new Uint8Array(data.subarray(pixelsAt + from * sourceBytes, pixelsAt + to * sourceBytes));
      const fitted = await decoders.fit(
        { pixels: raw, count: to - from, from: { width, height, channels }, ...shape, fit },
        signal,
      );
      recorder.appendPixels(fitted.pixels);
      for (let i = from; i < to; i++) {
        const slot = i - from;
        const label = labelData === null ? cifarLabel(data, i) : labelData[labelsAt + i]!;
        recorder.add(
          {
            path: `${file.path}[${i}]`,
            isListed: false,
            outcome: 'imported',
            reasons: [],
            className: files.classes[label]!,
            split: part.split,
            sizeBytes: sourceBytes,
            mtimeMs: file.mtimeMs,
            inode: file.inode,
            sha256: fitted.pixelHashes.subarray(slot * 32, slot * 32 + 32),
            pixelSha256: fitted.pixelHashes.subarray(slot * 32, slot * 32 + 32),
            differenceHash: [fitted.perceptualHashes[slot * 2]!, fitted.perceptualHashes[slot * 2 + 1]!],
            originalWidth: width,
            originalHeight: height,
          },
          { label, pixels: fitted.pixels.subarray(slot * size, (slot + 1) * size) },
        );
      }
      recorder.flush();
      onProgress(recorder.pictureCount, total);
      await slice.pause();
    }
  }
}

// Bringing up to date -----------------------------------------------------------------------------------------------------

/** Labels, splits and exclusions that a person gave to pictures that are still the same, in the new reading. */
export function carryEdits(
  repository: DatasetRepository,
  previous: LoadedVersion,
  reading: FinishedReading,
): FinishedReading {
  const asRead = repository.versionAsRead(previous);
  if (asRead.version === previous.version) return reading;
  const edits = new Map<string, number>();
  for (const { path: entryPath, picture, sha256 } of repository.entries(previous.readingId)) {
    if (picture === null) continue;
    const isEdited =
      asRead.labels[picture] !== previous.labels[picture] ||
      asRead.splits[picture] !== previous.splits[picture] ||
      ((asRead.flags[picture]! ^ previous.flags[picture]!) & excludedFlag) !== 0;
    if (isEdited) edits.set(`${entryPath}\0${Buffer.from(sha256!).toString('latin1')}`, picture);
  }
  if (edits.size === 0) return reading;
  const labels = reading.labels.slice();
  const splits = reading.splits.slice();
  const flags = reading.flags.slice();
  for (const { path: entryPath, picture, sha256 } of repository.entries(reading.readingId)) {
    if (picture === null) continue;
    const before = edits.get(`${entryPath}\0${Buffer.from(sha256!).toString('latin1')}`);
    if (before === undefined) continue;
    const label = reading.classes.indexOf(previous.classes[previous.labels[before]!]!);
    if (label >= 0) labels[picture] = label;
    splits[picture] = previous.splits[before]!;
    flags[picture] = (flags[picture]! & ~excludedFlag) | (previous.flags[before]! & excludedFlag);
  }
  return { ...reading, labels, splits, flags };
}

export interface SourceChanges {
  readonly state: 'unchanged' | 'changed' | 'missing' | 'none';
  readonly added: number;
  readonly removed: number;
  readonly modified: number;
}

/** Compares names, sizes and times of a source with what was read; opens no picture. */
export async function compareSource(
  repository: DatasetRepository,
  version: LoadedVersion,
  source: DatasetSource,
  decoders: DecoderPool,
  signal?: AbortSignal,
): Promise<SourceChanges> {
  if (source.kind === 'sample') return { state: 'none', added: 0, removed: 0, modified: 0 };
  let now: Generator<FileNow>;
  try {
    now = filesNow(await openSource(source.paths, source.testPath, decoders, signal === undefined ? {} : { signal }));
  } catch (cause) {
    const code = isStudioError(cause) ? cause.code : '';
    if (code === 'FOLDER_NOT_FOUND') return { state: 'missing', added: 0, removed: 0, modified: 0 };
    if (['NO_IMAGES_FOUND', 'NO_CLASS_FOLDERS', 'ONE_CLASS', 'BAD_DATASET_FILE'].includes(code)) {
      return { state: 'changed', added: 0, removed: version.count, modified: 0 };
    }
    throw cause;
  }
  // Both come in the order of the walk, so that a folder that has not changed is compared pair by pair; only what finds no
  // partner is remembered.
  const unmetFiles = new Map<string, Buffer>();
  const unmetEntries = new Map<string, SourceFileFacts>();
  let modified = 0;
  const compare = (file: Buffer, facts: SourceFileFacts) => {
    // An entry that could not be opened is without facts: it counts as neither new nor changed.
    if (facts.inode !== 0 && !isUnchanged(file, facts)) modified++;
  };
  const slice = new TimeSlice(signal);
  for (const facts of repository.sourceFiles(version.readingId)) {
    if (slice.isOver) await slice.pause();
    const met = unmetFiles.get(facts.path);
    if (met !== undefined) {
      unmetFiles.delete(facts.path);
      compare(met, facts);
      continue;
    }
    unmetEntries.set(facts.path, facts);
    // Goes on in the folder until the entry is found or one file has been put aside for it.
    for (let aside = 0; aside === 0 && unmetEntries.has(facts.path);) {
      const next = now.next();
      if (next.done === true) break;
      const [path, file] = next.value;
      const entry = unmetEntries.get(path);
      if (entry === undefined) {
        unmetFiles.set(path, file);
        aside++;
      } else {
        unmetEntries.delete(path);
        compare(file, entry);
      }
    }
  }
  for (const [path, file] of now) {
    const entry = unmetEntries.get(path);
    if (entry === undefined) unmetFiles.set(path, file);
    else {
      unmetEntries.delete(path);
      compare(file, entry);
    }
    if (slice.isOver) await slice.pause();
  }
  const added = unmetFiles.size;
  const removed = [...unmetEntries.values()].filter(({ sizeBytes, inode }) => sizeBytes + inode !== 0).length;
  return { state: added + removed + modified === 0 ? 'unchanged' : 'changed', added, removed, modified };
}

/** The path under which an entry of it is kept, and where it lies. */
type FileNow = readonly [path: string, file: Buffer];

function* filesNow(opened: Source): Generator<FileNow> {
  if (opened.kind !== 'folder') {
    const root = opened.roots[0]!;
    for (const { pictures, labels } of opened.parts) {
      for (const file of labels === null ? [pictures] : [pictures, labels]) {
        yield [byteStringOf(path.relative(root, file).split(path.sep).join('/')), Buffer.from(file)];
      }
    }
    return;
  }
  const prefixes = opened.roots.map((root, i) => (i === 0 ? '' : `${byteStringOf(path.basename(root))}/`));
  for (const { state, root, path: relative } of opened.entries) {
    if (state === 'file') yield [prefixes[root]! + relative, absolutePath(opened.roots[root]!, relative)];
  }
}

/** How many pictures each class has in each split, before anything is read. */
export function previewClasses(source: Source): { name: string; train: number; validation: number; test: number }[] {
  const counts = source.classes.map((name) => ({ name, train: 0, validation: 0, test: 0 }));
  if (source.kind === 'folder') {
    for (const { state, label, split } of source.entries) {
      if (state === 'file' && label >= 0) counts[label]![splitNames[Math.max(0, split)]!]++;
    }
  } else {
    for (const { split, classCounts } of source.parts) {
      for (const [label, count] of classCounts.entries()) counts[label]![splitNames[split]] += count;
    }
  }
  return counts;
}
