/** From a folder or file to a dataset. Nothing in the source is ever changed. */
import * as v from 'valibot';
import { bytes, Count, FitPolicy, Fraction, Id, Name, Seed } from './common.ts';

export const importSides = { min: 8, max: 128 } as const;

const Paths = v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(16));
const Side = v.pipe(v.number(), v.integer(), v.minValue(importSides.min), v.maxValue(importSides.max));

/** What was found, before anything is written. */
export const SourcePreview = v.object({
  path: v.string(),
  kind: v.picklist(['folder', 'idx', 'cifar']),
  suggestedName: v.string(),
  /** Own size where the source has one (IDX, CIFAR); null for folders. */
  ownSize: v.nullable(v.object({ width: Count, height: Count, channels: v.picklist([1, 3]) })),
  classes: v.array(v.object({ name: v.string(), train: Count, validation: Count, test: Count })),
  /** Which splits the source brings itself. */
  splits: v.object({ train: v.boolean(), validation: v.boolean(), test: v.boolean() }),
  files: Count,
  ignored: Count,
  skipped: Count,
  /** Remarks as codes for `import_remark_<code>`: `one-class`, `empty-class`, `loose-files`, `nested-folders`, … */
  remarks: v.array(v.object({ code: v.string(), details: v.record(v.string(), v.union([v.string(), v.number()])) })),
  /** A dataset that was made from this source before, with how to go on: open it, or read only what changed. */
  existing: v.nullable(v.object({ datasetId: Id, name: v.string(), changed: v.boolean() })),
});
export type SourcePreview = v.InferOutput<typeof SourcePreview>;

export const ImportOptions = v.object({
  name: Name,
  /** Side in pixels; null keeps the own size of IDX and CIFAR. */
  size: v.nullable(Side),
  fit: FitPolicy,
  /** Part of the pictures that becomes the test split where the source has none; 0 makes none. */
  testFraction: v.optional(v.pipe(Fraction, v.maxValue(0.9)), 0.2),
  splitSeed: v.optional(Seed, 0),
  /** A second folder of the same classes whose pictures become the test split. */
  testPath: v.optional(v.nullable(v.string()), null),
});
export type ImportOptions = v.InferOutput<typeof ImportOptions>;

export const SamplePreview = v.object({
  id: v.picklist(['shapes', 'handwriting']),
  width: Count,
  height: Count,
  channels: v.picklist([1, 3]),
  classes: v.array(v.string()),
  train: Count,
  test: Count,
});

export const importsContract = {
  /**
   * Walks a source and says what it holds. Fails with FOLDER_NOT_FOUND, FOLDER_NOT_READABLE, NO_IMAGES_FOUND,
   * NO_CLASS_FOLDERS, BAD_DATASET_FILE, CANCELLED.
   */
  'imports.look': {
    input: v.object({ paths: Paths }),
    progress: v.object({ files: Count }),
    output: SourcePreview,
  },
  /** A few pictures of the source as they would be stored with this size and fit, beside their own size. */
  'imports.tryFit': {
    input: v.object({ paths: Paths, size: Side, fit: FitPolicy, count: v.pipe(Count, v.maxValue(24)) }),
    output: v.object({
      pictures: v.array(
        v.object({
          path: v.string(),
          originalWidth: Count,
          originalHeight: Count,
          width: Count,
          height: Count,
          channels: v.picklist([1, 3]),
          pixels: bytes,
          /** Turned upright, at most 256 pixels a side, so that a person sees what the fit cut off. RGB. */
          original: v.object({ width: Count, height: Count, pixels: bytes }),
        }),
      ),
    }),
  },
  /** Starts the import as a job and returns at once; the job's `datasetId` is set when it has finished. */
  'imports.start': {
    input: v.object({ paths: Paths, options: ImportOptions }),
    output: v.object({ jobId: Id }),
  },
  /** Reads what was added or changed since, drops what is gone; unchanged files are not read again. */
  'imports.again': { input: v.object({ datasetId: Id }), output: v.object({ jobId: Id }) },
  /** Waits for a job's end. Fails with the job's error. */
  'imports.finished': { input: v.object({ jobId: Id }), output: v.object({ datasetId: Id }) },
  'samples.list': { input: v.object({}), output: v.object({ samples: v.array(SamplePreview) }) },
  /** Opens the studio's own sample, making it on first use. */
  'samples.open': { input: v.object({ sampleId: SamplePreview.entries.id }), output: v.object({ datasetId: Id }) },
} as const;
