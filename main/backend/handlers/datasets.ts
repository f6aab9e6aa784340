import type { datasetsContract } from '../../../core/rpc/contract/datasets.ts';
import type { Handlers } from '../../../core/rpc/define.ts';
import type { DatasetRepository } from '../../store/dataset-repository.ts';
import type { DecoderPool } from '../decoder-pool.ts';
import { compareSource } from '../import-source.ts';

export function datasetsHandlers(datasets: DatasetRepository, decoders: DecoderPool) {
  return {
    'datasets.list': () => ({ datasets: datasets.list() }),
    'datasets.open': ({ datasetId }) => datasets.open(datasetId),
    'datasets.columns': ({ datasetId }) => {
      const { version, labels, splits, flags } = datasets.version(datasetId);
      return { version, labels, splits: new Uint8Array(splits), flags: new Uint8Array(flags) };
    },
    'datasets.pixels': ({ datasetId, indices }) => ({ pixels: datasets.pixels(datasetId, indices) }),
    'datasets.pictures': ({ datasetId, indices }) => ({ pictures: datasets.pictures(datasetId, indices) }),
    'datasets.classMeans': ({ datasetId }) => ({ pixels: datasets.classMeans(datasetId) }),
    'datasets.problems': ({ datasetId, kind, offset, limit }) => datasets.problems(datasetId, kind, offset, limit),
    'datasets.files': ({ datasetId, outcome, offset, limit }) => datasets.files(datasetId, outcome, offset, limit),
    'datasets.rename': ({ datasetId, name }) => {
      datasets.rename(datasetId, name);
      return {};
    },
    'datasets.edit': ({ datasetId, indices, change }) => datasets.edit(datasetId, indices, change),
    'datasets.undo': ({ datasetId, editId }) => ({ dataset: datasets.undo(datasetId, editId) }),
    'datasets.trash': ({ datasetId }) => {
      datasets.trash(datasetId);
      return {};
    },
    'datasets.restore': ({ datasetId }) => {
      datasets.restore(datasetId);
      return {};
    },
    'datasets.checkSource': ({ datasetId }, { signal }) =>
      compareSource(datasets, datasets.version(datasetId), datasets.source(datasetId), decoders, signal),
    'datasets.locate': ({ datasetId, path }) => {
      const source = datasets.source(datasetId);
      if (source.kind !== 'sample') datasets.setSource(datasetId, { ...source, paths: [path] });
      return {};
    },
  } satisfies Handlers<typeof datasetsContract>;
}
