import { defaultRecipe } from '../../../core/recipe/recipe.ts';
import type { trainingContract } from '../../../core/rpc/contract/training.ts';
import type { Handlers } from '../../../core/rpc/define.ts';
import type { DatasetVersions } from '../../store/dataset-version.ts';
import { pictureSource, possibleSplit } from '../picture-source.ts';
import type { NativeProbe } from '../native-probe.ts';
import type { RunRegistry } from '../run-registry.ts';
import type { SettingsFile } from '../settings-file.ts';

export function trainingHandlers(
  registry: RunRegistry,
  datasets: DatasetVersions,
  settings: SettingsFile,
  native: NativeProbe,
) {
  return {
    'training.defaults': ({ datasetId, model, features }) => {
      const dataset = datasets.version(datasetId, null);
      const recipe = defaultRecipe({ id: datasetId, version: dataset.version }, model, features);
      const split = possibleSplit(dataset, recipe.split);
      const trainCount = pictureSource(dataset, split).train.length;
      return {
        ...recipe,
        split,
        features: [...recipe.features],
        batchSize: recipe.batchSize === 'full' ? 'full' : Math.max(1, Math.min(recipe.batchSize, trainCount)),
        backend: settings.current.computeBackend,
        model: recipe.model.kind === 'mlp' ? { ...recipe.model, hidden: [...recipe.model.hidden] } : recipe.model,
      };
    },
    'training.start': async ({ recipe, name, threads }) => {
      if (recipe.backend !== 'wasm') await native.ready();
      return { runId: registry.start({ recipe, name, threads }) };
    },
    'training.watch': async ({ runId }, { signal, progress }) => ({
      status: await registry.watch(runId, signal, progress),
    }),
    'training.pause': async ({ runId }) => {
      await registry.pause(runId);
      return {};
    },
    'training.resume': async ({ runId }) => {
      await registry.resume(runId);
      return {};
    },
    'training.stop': async ({ runId }) => {
      await registry.stop(runId);
      return {};
    },
    'training.discard': async ({ runId }) => {
      await registry.discard(runId);
      return {};
    },
  } satisfies Handlers<typeof trainingContract>;
}
