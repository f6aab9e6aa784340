/** What a person's paths are: a folder of class folders, IDX files, or CIFAR batches. */
import { closeSync, fstatSync, openSync, readFileSync, readSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { StudioError } from '../../core/errors.ts';
import type { DecoderPool } from './decoder-pool.ts';
import { cifarClasses, cifarRecordBytes, cifarSide, looksLikeCifar } from './read-cifar.ts';
import { idxDimensions, looksLikeIdx, readIdx } from './read-idx.ts';
import {
  byteStringOf,
  textOf,
  walkFolder,
  type Remark,
  type SourceEntry,
  type WalkedFolder,
  type WalkOptions,
} from './walk-source.ts';

/** IDX or CIFAR files that are one dataset. */
export interface DatasetFiles {
  readonly kind: 'idx' | 'cifar';
  readonly roots: readonly string[];
  readonly parts: readonly DatasetPart[];
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly classes: readonly string[];
  readonly splits: readonly [boolean, boolean, boolean];
  readonly remarks: readonly Remark[];
  /** Files beside those of the dataset. */
  readonly entries: readonly SourceEntry[];
}

export interface DatasetPart {
  readonly split: 0 | 1 | 2;
  readonly pictures: string;
  /** IDX only. */
  readonly labels: string | null;
  readonly count: number;
  /** Pictures of each class. */
  readonly classCounts: readonly number[];
}

/** Unzipped, a dataset file may have so many bytes. */
const largestDatasetFile = 1024 * 2 ** 20;
const mostFiles = 64;

export type Source = WalkedFolder | DatasetFiles;

/**
 * @throws StudioError FOLDER_NOT_FOUND, FOLDER_NOT_READABLE, NO_IMAGES_FOUND, NO_CLASS_FOLDERS, ONE_CLASS,
 *   TOO_MANY_CLASSES, BAD_DATASET_FILE, CANCELLED.
 */
export async function openSource(
  paths: readonly string[],
  testPath: string | null,
  decoders: DecoderPool,
  options: WalkOptions = {},
): Promise<Source> {
  const first = paths[0]!;
  const kinds = paths.map((one) => kindOfPath(one));
  if (kinds.every((kind) => kind === 'file')) {
    const files = await datasetFiles(paths, decoders, options.signal);
    if (files === null) throw new StudioError('NO_CLASS_FOLDERS', { path: first });
    return files;
  }
  if (kinds.includes('file')) throw new StudioError('NO_CLASS_FOLDERS', { path: paths[kinds.indexOf('file')]! });
  if (paths.length > 1) {
    // Several folders dropped together are the classes themselves.
    const parent = path.dirname(path.resolve(first));
    if (paths.some((one) => path.dirname(path.resolve(one)) !== parent)) {
      throw new StudioError('NO_CLASS_FOLDERS', { path: first });
    }
    return walkFolder(parent, options, new Set(paths.map((one) => byteStringOf(path.basename(path.resolve(one))))));
  }
  const inside = await datasetFilesIn(first, decoders, options.signal);
  if (inside !== null) return inside;
  const training = await walkFolder(first, options);
  return testPath === null ? training : withTestFolder(training, await walkFolder(testPath, options));
}

/** Pictures of a second folder become the test split; its classes have to be among those of the first. */
function withTestFolder(training: WalkedFolder, test: WalkedFolder): WalkedFolder {
  const labels = test.classes.map((name) => training.classes.indexOf(name));
  const unknown = labels.indexOf(-1);
  if (unknown >= 0) {
    throw new StudioError('CLASSES_DIFFER', { expected: training.classes.join(', '), actual: test.classes[unknown]! });
  }
  return {
    ...training,
    roots: [...training.roots, ...test.roots],
    splits: [true, training.splits[1], true],
    entries: [
      ...training.entries.map((entry) => ({ ...entry, split: entry.split < 0 ? 0 : entry.split })),
      ...test.entries.map((entry) => ({
        ...entry,
        root: 1,
        label: entry.label < 0 ? -1 : labels[entry.label]!,
        split: 2,
      })),
    ],
  };
}

function kindOfPath(one: string): 'folder' | 'file' {
  try {
    return statSync(one).isDirectory() ? 'folder' : 'file';
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? '';
    if (code === 'EACCES' || code === 'EPERM')
      throw new StudioError('FOLDER_NOT_READABLE', { path: one, reason: code });
    throw new StudioError('FOLDER_NOT_FOUND', { path: one });
  }
}

/** The dataset files of a folder, or of the one folder inside it; null where there are none. */
async function datasetFilesIn(
  folder: string,
  decoders: DecoderPool,
  signal?: AbortSignal,
): Promise<DatasetFiles | null> {
  for (let at = folder, depth = 0; depth < 3; depth++) {
    let names: string[];
    let folders: string[];
    try {
      const listed = readdirSync(at, { withFileTypes: true });
      names = listed.filter((entry) => entry.isFile() && !entry.name.startsWith('.')).map(({ name }) => name);
      folders = listed.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name);
    } catch {
      return null; // the walk says what is wrong
    }
    const likely = names.filter((name) => /ubyte|idx|\.bin$|\.gz$|^batches\.meta\.txt$/i.test(name)).sort();
    if (likely.length > 0 && likely.length <= mostFiles) {
      const found = await datasetFiles(
        likely.map((name) => path.join(at, name)),
        decoders,
        signal,
      );
      if (found !== null) {
        const others = names.filter((name) => !likely.includes(name)).sort();
        return {
          ...found,
          entries: others.map((name) => besideEntry(path.relative(folder, path.join(at, name)))),
          roots: [folder],
        };
      }
    }
    if (folders.length !== 1) return null;
    at = path.join(at, folders[0]!);
  }
  return null;
}

function besideEntry(relative: string): SourceEntry {
  const entryPath = byteStringOf(relative.split(path.sep).join('/'));
  return { path: entryPath, root: 0, state: 'ignored', reason: 'not-a-picture', label: -1, split: -1 };
}

async function datasetFiles(
  paths: readonly string[],
  decoders: DecoderPool,
  signal?: AbortSignal,
): Promise<DatasetFiles | null> {
  const pictures: string[] = [];
  const labels: string[] = [];
  const batches: string[] = [];
  let names: string[] | null = null;
  for (const file of withoutTwins(paths)) {
    try {
      if (path.basename(file).toLowerCase() === 'batches.meta.txt') {
        names = readFileSync(file, 'utf8')
          .split(/\r?\n/)
          .map((line) => line.trim())
          .filter((line) => line !== '');
        continue;
      }
      const head = await headOf(file, decoders, signal);
      if (looksLikeIdx(head)) (idxDimensions(head) === 1 ? labels : pictures).push(file);
      else if (isCifarFile(file)) batches.push(file);
    } catch (cause) {
      const { code, syscall } = cause as NodeJS.ErrnoException;
      if (code === undefined || syscall === undefined) throw cause;
      throw new StudioError('BAD_DATASET_FILE', { path: file, reason: code });
    }
  }
  if (pictures.length > 0) return idxDataset(pictures, labels, decoders, signal);
  if (batches.length > 0) return cifarDataset(batches, names, signal);
  return null;
}

/** `x` and `x.gz` are the same file twice: the plain one is read. */
function withoutTwins(paths: readonly string[]): string[] {
  const all = new Set(paths);
  return paths.filter((file) => !(file.endsWith('.gz') && all.has(file.slice(0, -3))));
}

async function headOf(file: string, decoders: DecoderPool, signal?: AbortSignal): Promise<Uint8Array> {
  const head = new Uint8Array(16);
  const fd = openSync(file, 'r');
  try {
    if (!fstatSync(fd).isFile()) return head.subarray(0, 0);
    const length = readSync(fd, head, 0, head.length, 0);
    if (head[0] !== 0x1f || head[1] !== 0x8b) return head.subarray(0, length);
  } finally {
    closeSync(fd);
  }
  return (await loadDatasetFile(file, decoders, signal)).subarray(0, 16);
}

function isCifarFile(file: string): boolean {
  const { size } = statSync(file);
  return size > 0 && size % cifarRecordBytes === 0 && size <= largestDatasetFile && looksLikeCifar(readFileSync(file));
}

/** All bytes of a dataset file, unzipped by the decoder where it is gzipped. Fails with BAD_DATASET_FILE. */
export async function loadDatasetFile(file: string, decoders: DecoderPool, signal?: AbortSignal): Promise<Uint8Array> {
  let data: Uint8Array<ArrayBuffer>;
  try {
    if (statSync(file).size > largestDatasetFile)
      throw new StudioError('BAD_DATASET_FILE', { path: file, reason: '> 1 GiB' });
    data = new Uint8Array(readFileSync(file));
  } catch (cause) {
    if (cause instanceof StudioError) throw cause;
    throw new StudioError('BAD_DATASET_FILE', {
      path: file,
      reason: (cause as NodeJS.ErrnoException).code ?? String(cause),
    });
  }
  if (data[0] !== 0x1f || data[1] !== 0x8b) return data;
  try {
    return await decoders.gunzip(data, largestDatasetFile, signal);
  } catch (cause) {
    if (!(cause instanceof StudioError) || cause.code !== 'BAD_DATASET_FILE') throw cause;
    const { reason } = cause.details as { reason: string };
    throw new StudioError('BAD_DATASET_FILE', { path: file, reason });
  }
}

function splitOf(file: string): 0 | 1 | 2 {
  const name = path.basename(file).toLowerCase();
  if (/t10k|test/.test(name)) return 2;
  return /valid|val[-_.]/.test(name) ? 1 : 0;
}

async function idxDataset(
  pictures: readonly string[],
  labels: readonly string[],
  decoders: DecoderPool,
  signal?: AbortSignal,
): Promise<DatasetFiles> {
  const parts: DatasetPart[] = [];
  let shape: { width: number; height: number; channels: 1 | 3 } | null = null;
  let classes = 0;
  for (const split of [0, 1, 2] as const) {
    const own = pictures.filter((file) => splitOf(file) === split);
    const ownLabels = labels.filter((file) => splitOf(file) === split);
    if (own.length === 0) continue;
    if (own.length > 1)
      throw new StudioError('BAD_DATASET_FILE', {
        path: own[1]!,
        reason: `${path.basename(own[0]!)} + ${path.basename(own[1]!)}`,
      });
    if (ownLabels.length !== 1)
      throw new StudioError('BAD_DATASET_FILE', { path: own[0]!, reason: `${ownLabels.length} × labels (idx1)` });
    const { dimensions } = readIdx(await loadDatasetFile(own[0]!, decoders, signal), own[0]!);
    const data = await loadDatasetFile(ownLabels[0]!, decoders, signal);
    const labelFile = readIdx(data, ownLabels[0]!);
    const count = dimensions[0]!;
    if (labelFile.dimensions[0] !== count) {
      throw new StudioError('BAD_DATASET_FILE', {
        path: ownLabels[0]!,
        reason: `${labelFile.dimensions[0]} ≠ ${count}`,
      });
    }
    const partShape = {
      width: dimensions[2]!,
      height: dimensions[1]!,
      channels: dimensions.length === 4 ? 3 : 1,
    } as const;
    if (
      shape !== null &&
      (shape.width !== partShape.width || shape.height !== partShape.height || shape.channels !== partShape.channels)
    ) {
      throw new StudioError('BAD_DATASET_FILE', {
        path: own[0]!,
        reason: `${partShape.width} × ${partShape.height} ≠ ${shape.width} × ${shape.height}`,
      });
    }
    shape = partShape;
    const classCounts: number[] = [];
    for (const label of data.subarray(labelFile.offset)) classCounts[label] = (classCounts[label] ?? 0) + 1;
    classes = Math.max(classes, classCounts.length);
    parts.push({
      split,
      pictures: own[0]!,
      labels: ownLabels[0]!,
      count,
      classCounts: Array.from(classCounts, (n) => n ?? 0),
    });
  }
  requireTwoClasses(classes, pictures[0]!);
  return {
    kind: 'idx',
    roots: [path.dirname(pictures[0]!)],
    parts,
    ...shape!,
    classes: Array.from({ length: classes }, (_, label) => String(label)),
    splits: splitsOf(parts),
    remarks: [],
    entries: [],
  };
}

async function cifarDataset(
  files: readonly string[],
  names: readonly string[] | null,
  signal?: AbortSignal,
): Promise<DatasetFiles> {
  const parts: DatasetPart[] = [];
  for (const file of files) {
    signal?.throwIfAborted();
    const data = readFileSync(file);
    const classCounts = new Array<number>(cifarClasses).fill(0);
    for (let at = 0; at < data.length; at += cifarRecordBytes) classCounts[data[at]!]!++;
    parts.push({
      split: splitOf(file),
      pictures: file,
      labels: null,
      count: data.length / cifarRecordBytes,
      classCounts,
    });
  }
  return {
    kind: 'cifar',
    roots: [path.dirname(files[0]!)],
    parts,
    width: cifarSide,
    height: cifarSide,
    channels: 3,
    classes: names?.length === cifarClasses ? names : Array.from({ length: cifarClasses }, (_, label) => String(label)),
    splits: splitsOf(parts),
    remarks: [],
    entries: [],
  };
}

function requireTwoClasses(classes: number, file: string): void {
  if (classes < 2) throw new StudioError('ONE_CLASS', { path: file, className: '0' });
}

function splitsOf(parts: readonly DatasetPart[]): [boolean, boolean, boolean] {
  const has = (split: number) => parts.some((part) => part.split === split);
  return [has(0), has(1), has(2)];
}

/** For people: the folder's name, or that of the only file. */
export function suggestedName(paths: readonly string[]): string {
  const one = path.resolve(paths.length === 1 ? paths[0]! : path.dirname(paths[0]!));
  return textOf(byteStringOf(path.basename(one))).slice(0, 200) || 'dataset';
}
