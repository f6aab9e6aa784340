/** Pictures are scored once: verdicts, thresholds and a later start all take what is kept. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { defaultRecipe } from '../../../../core/recipe/recipe.ts';
import { Evaluation, type EvaluationOptions } from '../../../../main/backend/evaluation.ts';
import { ScoreFiles } from '../../../../main/store/score-files.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const labels = Uint16Array.of(0, 1, 1);
const dataset = {
  ...{ pixelsPath: '', headerBytes: 0, count: 3, width: 1, height: 1, channels: 1, classes: ['a', 'b'], labels },
  ...{ splits: Uint8Array.of(2, 2, 2), flags: new Uint8Array(3), groups: new Int32Array(3).fill(-1) },
};
const run = {
  id: 'r',
  datasetId: 'd',
  datasetVersion: 'v',
  recipe: defaultRecipe({ id: 'd', version: 'v' }, 'linear'),
};

/** A studio over these folders whose model was asked `asked.length` times; verdicts that are kept are forgotten at once. */
function studioOver(folders: { caches: string; staging: string }) {
  const asked: string[] = [];
  const parts = {
    runs: { get: () => run, verdicts: () => null, keepVerdicts: () => undefined },
    checkpoints: { bestSound: () => ({ sha256: 'model', path: '' }) },
    datasets: { version: () => dataset },
    features: { existing: () => null },
    compute: {
      call: (method: string) => {
        asked.push(method);
        return Promise.resolve({ scores: Float32Array.of(1, 0, 0, 1, 1, 0) });
      },
    },
    scores: new ScoreFiles(folders),
    threads: () => 1,
    isReadOnly: false,
  };
  return { evaluation: new Evaluation(parts as unknown as EvaluationOptions), asked };
}

it('asks the model once for verdicts and probabilities of all classes, and not again after a restart', async () => {
  const root = temporaryFolder('evaluation');
  const folders = { caches: join(root, 'caches'), staging: join(root, 'staging') };
  Object.values(folders).forEach((folder) => mkdirSync(folder));
  const { evaluation, asked } = studioOver(folders);

  const { predicted, accuracy } = await evaluation.verdicts('r', 'test', 'best');
  const { ranks } = await evaluation.probabilities('r', 'test', 'best', 0);
  const { probabilities } = await evaluation.probabilities('r', 'test', 'best', 1);

  expect([[...predicted], accuracy, [...ranks]]).toEqual([[0, 1, 0], 2 / 3, [1, 1, 2]]);
  const larger = 1 / (1 + Math.exp(-1));
  expect([...probabilities]).toEqual([1 - larger, larger, 1 - larger].map((p) => expect.closeTo(p, 6) as number));
  expect(asked).toEqual(['compute.scores']);

  const restarted = studioOver(folders);
  expect((await restarted.evaluation.probabilities('r', 'test', 'best', 1)).probabilities).toEqual(probabilities);
  expect(restarted.asked).toEqual([]);
});
