import path from 'node:path';
import { generateSample, isSampleId, sampleCatalogue } from '../../../core/samples/sample-dataset.ts';
import type { importsContract } from '../../../core/rpc/contract/imports.ts';
import type { Handlers } from '../../../core/rpc/define.ts';
import type { DatasetRepository } from '../../store/dataset-repository.ts';
import type { DecoderPool } from '../decoder-pool.ts';
import { importSample } from '../import-sample.ts';
import {
  carryEdits,
  compareSource,
  previewClasses,
  readSource,
  shapeOf,
  type FileSource,
  type ImportContext,
} from '../import-source.ts';
import type { JobHandle, JobRegistry } from '../job-registry.ts';
import { openSource, suggestedName } from '../open-source.ts';
import { tryFit } from '../try-fit.ts';

export interface ImportCollaborators {
  readonly datasets: DatasetRepository;
  readonly decoders: DecoderPool;
  readonly jobs: JobRegistry;
}

export function importsHandlers({ datasets, decoders, jobs }: ImportCollaborators) {
  const context = (job: JobHandle): ImportContext => ({
    repository: datasets,
    decoders,
    signal: job.signal,
    onProgress: (done, total) => job.report(done, total),
  });
  /** Samples that are being made, so that two clicks make one. */
  const samples = new Map<string, Promise<string>>();

  return {
    'imports.look': async ({ paths }, { signal, progress }) => {
      const source = await openSource(paths, null, decoders, { signal, onProgress: (files) => progress({ files }) });
      const counts = { file: 0, ignored: 0, skipped: 0 };
      for (const { state } of source.entries) counts[state]++;
      const resolved = paths.map((one) => path.resolve(one));
      const found = datasets.findBySource(
        (known) => known.kind !== 'sample' && known.paths.join('\0') === resolved.join('\0') && known.testPath === null,
      );
      let existing = null;
      if (found !== null) {
        const version = datasets.version(found.id);
        const { state } = await compareSource(datasets, version, datasets.source(found.id), decoders, signal);
        existing = { datasetId: found.id, name: found.name, changed: state !== 'unchanged' };
      }
      return {
        path: paths[0]!,
        kind: source.kind,
        suggestedName: suggestedName(paths),
        ownSize: source.kind === 'folder' ? null : shapeOf(source, null),
        classes: previewClasses(source),
        splits: { train: source.splits[0], validation: source.splits[1], test: source.splits[2] },
        files: source.kind === 'folder' ? counts.file : source.parts.reduce((n, { count }) => n + count, 0),
        ignored: counts.ignored,
        skipped: counts.skipped,
        remarks: source.remarks.map(({ code, details }) => ({ code, details: { ...details } })),
        existing,
      };
    },

    'imports.tryFit': async ({ paths, size, fit, count }, { signal }) => ({
      pictures: await tryFit(paths, { size, fit, count }, decoders, signal),
    }),

    'imports.start': ({ paths, options }) => {
      const { name, size, fit, testFraction, splitSeed, testPath } = options;
      const source: FileSource = {
        kind: 'folder',
        paths: paths.map((one) => path.resolve(one)),
        testPath: testPath === null ? null : path.resolve(testPath),
        size,
        fit,
        testFraction,
        splitSeed,
      };
      const job = jobs.run({ kind: 'import', title: name, unit: 'files' }, async (handle) => {
        const read = await readSource(source, context(handle));
        return { datasetId: datasets.createDataset(name, read.source, read.reading) };
      });
      return { jobId: job.id };
    },

    'imports.again': ({ datasetId }) => {
      const { name } = datasets.get(datasetId);
      const source = datasets.source(datasetId);
      const job = jobs.run({ kind: 'import', title: name, unit: 'files', datasetId }, async (handle) => {
        if (source.kind === 'sample') return { datasetId };
        const previous = datasets.version(datasetId);
        const read = await readSource(source, context(handle), previous);
        datasets.updateDataset(datasetId, read.source, carryEdits(datasets, previous, read.reading));
        return { datasetId };
      });
      return { jobId: job.id };
    },

    'imports.finished': async ({ jobId }, { signal }) => {
      const { datasetId } = await jobs.finished(jobId, signal);
      return { datasetId: datasetId! };
    },

    'samples.list': () => ({
      samples: sampleCatalogue.map(({ id, width, height, channels, classes, trainCount, testCount }) => ({
        id,
        width,
        height,
        channels,
        classes: [...classes],
        train: trainCount,
        test: testCount,
      })),
    }),

    'samples.open': async ({ sampleId }) => {
      const found = datasets.findBySource((source) => source.kind === 'sample' && source.sampleId === sampleId);
      if (found !== null) return { datasetId: found.id };
      let making = samples.get(sampleId);
      if (making === undefined && isSampleId(sampleId)) {
        const job = jobs.run({ kind: 'sample', title: sampleId, unit: 'pictures' }, async (handle) => ({
          datasetId: await importSample(generateSample(sampleId), context(handle)),
        }));
        making = jobs
          .finished(job.id)
          .then(({ datasetId }) => datasetId!)
          .finally(() => samples.delete(sampleId));
        samples.set(sampleId, making);
      }
      return { datasetId: await making! };
    },
  } satisfies Handlers<typeof importsContract>;
}
