/**
 * Datasets: what was imported, how it is split, what is wrong with it.
 *
 * Pictures are numbered 0…n−1 within a dataset, in the order of their paths; only kept ones (imported or warned) have
 * numbers. A *version* is the immutable answer to "what would a run train on": pixels, labels, splits, exclusions.
 * Every edit makes a new version, undoing an edit returns to the one before, and runs name the version they used.
 */
import * as v from 'valibot';
import {
  bytes,
  Count,
  FitPolicy,
  Id,
  Name,
  Outcome,
  OutcomeCounts,
  Sha256,
  SplitName,
  Timestamp,
  uint16s,
  uint32s,
} from './common.ts';

const SplitCounts = v.object({ train: Count, validation: v.nullable(Count), test: v.nullable(Count) });

/** `leak`: the same or nearly the same picture in two splits. `conflict`: the same picture under two labels. */
export const ProblemKind = v.picklist(['exact-duplicate', 'near-duplicate', 'leak', 'conflict', 'warned']);
export type ProblemKind = v.InferOutput<typeof ProblemKind>;

export const DatasetSummary = v.object({
  id: Id,
  name: v.string(),
  version: Sha256,
  kind: v.picklist(['folder', 'idx', 'cifar', 'sample']),
  /** Where it came from, for people; null for samples. */
  sourcePath: v.nullable(v.string()),
  width: Count,
  height: Count,
  channels: v.picklist([1, 3]),
  fit: FitPolicy,
  classes: v.array(v.string()),
  counts: SplitCounts,
  /** Pictures of each class, over all splits, without the excluded ones. */
  classCounts: v.array(Count),
  excluded: Count,
  outcomes: OutcomeCounts,
  /** Groups of each kind of problem. */
  problems: v.object({ exactDuplicates: Count, nearDuplicates: Count, leaks: Count, conflicts: Count }),
  /** Warnings about the whole: codes such as `one-picture-class`, `empty-class`, `constant-pictures`, `split-made`. */
  warnings: v.array(v.object({ code: v.string(), details: v.record(v.string(), v.unknown()) })),
  createdAt: Timestamp,
  openedAt: Timestamp,
});
export type DatasetSummary = v.InferOutput<typeof DatasetSummary>;

export const Picture = v.object({
  index: Count,
  path: v.string(),
  label: Count,
  split: SplitName,
  excluded: v.boolean(),
  outcome: Outcome,
  /** Codes of warnings, for `import_reason_<code>` messages. */
  reasons: v.array(v.string()),
  originalWidth: Count,
  originalHeight: Count,
  sizeBytes: Count,
  sha256: Sha256,
  /** Pictures with the same number are duplicates or near duplicates of each other; null stands alone. */
  duplicateGroup: v.nullable(Count),
});
export type Picture = v.InferOutput<typeof Picture>;

/** One entry of the source, in the list that can be copied and saved. */
export const FileReport = v.object({
  path: v.string(),
  /** The name's bytes in base64 where they are not valid UTF-8. */
  pathB64: v.optional(v.string()),
  outcome: Outcome,
  /** Code and details of the sentence, for `import_reason_<code>`. */
  reason: v.nullable(v.object({ code: v.string(), details: v.record(v.string(), v.union([v.string(), v.number()])) })),
  label: v.nullable(v.string()),
  split: v.nullable(SplitName),
  dupGroup: v.nullable(Count),
});
export type FileReport = v.InferOutput<typeof FileReport>;

const Dataset = v.object({ datasetId: Id });

export const datasetsContract = {
  /** Newest opened first; without those in the trash. */
  'datasets.list': { input: v.object({}), output: v.object({ datasets: v.array(DatasetSummary) }) },
  /** Marks it as opened, for the list of recents. Fails with DATASET_NOT_FOUND. */
  'datasets.open': { input: Dataset, output: DatasetSummary },
  /** Label, split and flags (bit 0: excluded, bit 1: warned, bit 2: in a problem group) of every picture, by number. */
  'datasets.columns': {
    input: Dataset,
    output: v.object({ version: Sha256, labels: uint16s, splits: bytes, flags: bytes }),
  },
  /** The pixels of some pictures one after the other (row by row, channels interleaved); at most 1,024 a call. */
  'datasets.pixels': {
    input: v.object({
      datasetId: Id,
      indices: v.pipe(
        uint32s,
        v.check((a) => a.length <= 1024, 'at most 1024'),
      ),
    }),
    output: v.object({ pixels: bytes }),
  },
  'datasets.pictures': {
    input: v.object({
      datasetId: Id,
      indices: v.pipe(
        uint32s,
        v.check((a) => a.length <= 1024, 'at most 1024'),
      ),
    }),
    output: v.object({ pictures: v.array(Picture) }),
  },
  /** Mean picture of each class over the training split, as bytes. */
  'datasets.classMeans': { input: Dataset, output: v.object({ pixels: bytes }) },
  /** Groups of pictures with a problem, largest first. */
  'datasets.problems': {
    input: v.object({ datasetId: Id, kind: ProblemKind, offset: Count, limit: v.pipe(Count, v.maxValue(1000)) }),
    output: v.object({ total: Count, groups: v.array(v.object({ indices: uint32s })) }),
  },
  /** Every entry of the source with its outcome; `outcome` null means all but plain `imported`. */
  'datasets.files': {
    input: v.object({
      datasetId: Id,
      outcome: v.nullable(Outcome),
      offset: Count,
      limit: v.pipe(Count, v.maxValue(5000)),
    }),
    output: v.object({ total: Count, files: v.array(FileReport) }),
  },
  'datasets.rename': { input: v.object({ datasetId: Id, name: Name }), output: v.object({}) },
  /** Labels, excludes or includes pictures, never touching the source. One step, undone by `datasets.undo`. */
  'datasets.edit': {
    input: v.object({
      datasetId: Id,
      indices: uint32s,
      change: v.variant('kind', [
        v.object({ kind: v.literal('label'), label: Count }),
        /** Each picture its own label, in the order of `indices`. */
        v.object({ kind: v.literal('labels'), labels: uint16s }),
        v.object({ kind: v.literal('exclude') }),
        v.object({ kind: v.literal('include') }),
        v.object({ kind: v.literal('split'), split: SplitName }),
      ]),
    }),
    output: v.object({ editId: Id, dataset: DatasetSummary }),
  },
  'datasets.undo': { input: v.object({ datasetId: Id, editId: Id }), output: v.object({ dataset: DatasetSummary }) },
  'datasets.trash': { input: Dataset, output: v.object({}) },
  'datasets.restore': { input: Dataset, output: v.object({}) },
  /** Has the source changed since it was read? Compares names, sizes and times; reads no picture. */
  'datasets.checkSource': {
    input: Dataset,
    output: v.object({
      state: v.picklist(['unchanged', 'changed', 'missing', 'none']),
      added: Count,
      removed: Count,
      modified: Count,
    }),
  },
  /** The source was moved: says where it is now. */
  'datasets.locate': { input: v.object({ datasetId: Id, path: v.string() }), output: v.object({}) },
} as const;
