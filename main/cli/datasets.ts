/** Finding or making the dataset that a command names. */
import { stat } from 'node:fs/promises';
import { StudioError } from '../../core/errors.ts';
import type { DatasetSummary } from '../../core/rpc/contract/datasets.ts';
import type { ImportOptions } from '../../core/rpc/contract/imports.ts';
import { followJob } from './jobs.ts';
import { personalPath, type Studio } from './studio.ts';

/** The fields of a dataset that `--json` prints, in `import`, `datasets` and `train`. */
export function datasetFields(dataset: DatasetSummary): object {
  const { id, name, version, width, height, channels, classes, counts } = dataset;
  return { id, name, version, width, height, channels, classes, counts };
}

/** A dataset by id, or by its exact name when only one has it. */
export async function findDataset(studio: Studio, named: string): Promise<DatasetSummary | null> {
  const { datasets } = await studio.rpc.call('datasets.list', {});
  const byId = datasets.find((dataset) => dataset.id === named);
  if (byId !== undefined) return byId;
  const byName = datasets.filter((dataset) => dataset.name === named);
  return byName.length === 1 ? byName[0]! : null;
}

export interface ImportRequest {
  readonly paths: readonly string[];
  readonly name?: string | undefined;
  readonly size?: number | undefined;
  readonly fit?: ImportOptions['fit'] | undefined;
  readonly testPath?: string | undefined;
}

/** Imports a source as a new dataset, with progress. */
export async function importSource(studio: Studio, request: ImportRequest): Promise<DatasetSummary> {
  const { rpc, output, signal } = studio;
  const paths = request.paths.map(personalPath);
  const preview = await rpc.call(
    'imports.look',
    { paths },
    { signal, onprogress: ({ files }) => output.progress('look', files, null) },
  );
  output.endProgress();
  const { settings } = await rpc.call('settings.get', {});
  const { jobId } = await rpc.call('imports.start', {
    paths,
    options: {
      name: request.name ?? preview.suggestedName,
      size: request.size ?? (preview.ownSize === null ? settings.importSize : null),
      fit: request.fit ?? settings.importFit,
      testPath: request.testPath === undefined ? null : personalPath(request.testPath),
    },
  });
  const { datasetId } = await followJob(studio, jobId, rpc.call('imports.finished', { jobId }));
  return rpc.call('datasets.open', { datasetId });
}

/**
 * What `DATASET|FOLDER` means: a dataset by id or name, else a folder or file; a source that was imported before and
 * has not changed is not read again.
 */
export async function datasetOrSource(
  studio: Studio,
  named: string,
  testPath?: string,
): Promise<{ dataset: DatasetSummary; importSeconds: number }> {
  const found = testPath === undefined ? await findDataset(studio, named) : null;
  if (found !== null) return { dataset: found, importSeconds: 0 };
  const path = personalPath(named);
  if (!(await exists(path))) throw new StudioError('DATASET_NOT_FOUND', { dataset: named });
  const startedAt = performance.now();
  const preview = await studio.rpc.call('imports.look', { paths: [path] }, { signal: studio.signal });
  const existing = testPath === undefined ? preview.existing : null;
  let dataset: DatasetSummary;
  if (existing === null) {
    dataset = await importSource(studio, { paths: [path], testPath });
  } else {
    if (existing.changed) {
      const { jobId } = await studio.rpc.call('imports.again', { datasetId: existing.datasetId });
      await followJob(studio, jobId, studio.rpc.call('imports.finished', { jobId }));
    }
    dataset = await studio.rpc.call('datasets.open', { datasetId: existing.datasetId });
  }
  return { dataset, importSeconds: (performance.now() - startedAt) / 1000 };
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
