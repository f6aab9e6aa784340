/** Everything an import needs, in a temporary data folder, with real decoder processes. */
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { FileReport } from '../../core/rpc/contract/datasets.ts';
import { outcomes } from '../../core/rpc/contract/common.ts';
import type { HelperLauncher } from '../../core/rpc/helper.ts';
import { DecoderPool } from '../../main/backend/decoder-pool.ts';
import { readSource, type FileSource, type ImportContext } from '../../main/backend/import-source.ts';
import { childLauncher } from '../../main/children/launcher.ts';
import { prepareDataFolder } from '../../main/store/data-folder.ts';
import { DatasetRepository } from '../../main/store/dataset-repository.ts';
import { openStore, type Store } from '../../main/store/open-store.ts';
import { temporaryFolder } from './temporary-folder.ts';

export const decoderLauncher: HelperLauncher = childLauncher({
  entry: () => fileURLToPath(new URL('../../main/decoder/index.ts', import.meta.url)),
});

export interface Studio {
  readonly path: string;
  readonly store: Store;
  readonly datasets: DatasetRepository;
  readonly decoders: DecoderPool;
  close(): Promise<void>;
}

export async function openStudio(
  path = temporaryFolder('import'),
  decoders = new DecoderPool({ launcher: decoderLauncher }),
): Promise<Studio> {
  const store = await openStore({ folder: prepareDataFolder(path).folder, readOnly: false, appVersion: '0.1.0' });
  const datasets = new DatasetRepository(store);
  return {
    path,
    store,
    datasets,
    decoders,
    close: async () => {
      await decoders.close();
      datasets.close();
      store.close();
    },
  };
}

export async function removeStudio(studio: Studio): Promise<void> {
  await studio.close();
  rmSync(studio.path, { recursive: true, force: true });
}

export function folderSource(path: string, changes: Partial<FileSource> = {}): FileSource {
  return {
    kind: 'folder',
    paths: [path],
    testPath: null,
    size: null,
    fit: 'crop',
    testFraction: 0.2,
    splitSeed: 0,
    ...changes,
  };
}

/** Imports and returns the dataset's id. */
export async function importFrom(
  studio: Studio,
  source: FileSource,
  context: Partial<ImportContext> = {},
): Promise<string> {
  const { datasets: repository, decoders } = studio;
  const read = await readSource(source, {
    repository,
    decoders,
    signal: new AbortController().signal,
    onProgress: () => {},
    ...context,
  });
  return repository.createDataset('imported', read.source, read.reading);
}

export function allFiles({ datasets }: Studio, id: string): FileReport[] {
  return outcomes.flatMap((outcome) => datasets.files(id, outcome, 0, 1_000_000).files);
}
