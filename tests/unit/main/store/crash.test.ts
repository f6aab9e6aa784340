import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultRecipe } from '../../../../core/recipe/recipe.ts';
import { CheckpointFiles, checkpointSteps } from '../../../../main/store/checkpoint-files.ts';
import { prepareDataFolder, type DataFolder } from '../../../../main/store/data-folder.ts';
import { openStore, type Store } from '../../../../main/store/open-store.ts';
import { RunRepository } from '../../../../main/store/run-repository.ts';
import { sha256Of } from '../../../support/fake-compute.ts';
import { startProgram } from '../../../support/programs.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

let path: string;
let folder: DataFolder;
beforeEach(() => {
  path = temporaryFolder('crash');
  folder = prepareDataFolder(path).folder;
});
afterEach(() => rmSync(path, { recursive: true, force: true }));

function open(): Promise<Store> {
  return openStore({ folder, readOnly: false, appVersion: '0.1.0' });
}

describe('a process that is killed while it saves a checkpoint', () => {
  it.each(checkpointSteps)('after "%s" leaves the old one or the new one, and no other file', async (step) => {
    const store = await open();
    new RunRepository(store).add({
      id: 'r',
      name: '',
      datasetId: 'd',
      datasetVersion: 'v',
      datasetName: 'D',
      recipe: defaultRecipe({ id: 'd', version: 'v' }),
      trainCount: 1,
      validationCount: 0,
      threads: 1,
      processor: '',
      appVersion: '0.1.0',
      repeatOf: null,
      createdAt: 0,
    });
    store.close();
    expect((await startProgram('commit-checkpoint', path, 'r', 'never', 'old').ended).code).toBe(0);

    const { signal } = await startProgram('commit-checkpoint', path, 'r', step, 'new').ended;

    expect(signal).toBe('SIGKILL');
    const afterwards = await open();
    const checkpoints = new CheckpointFiles(afterwards);
    checkpoints.clearOrphans();
    const isCommitted = checkpointSteps.indexOf(step) >= checkpointSteps.indexOf('committed');
    expect(checkpoints.newestSound('r')?.sha256).toBe(sha256Of(isCommitted ? 'new' : 'old'));
    expect(readdirSync(checkpoints.folderOf('r'))).toHaveLength(checkpoints.list('r').length);
    expect(afterwards.db.pragma('integrity_check', { simple: true })).toBe('ok');

    // One that was sound and has been touched since is read again.
    const [newest] = checkpoints.list('r');
    writeFileSync(newest!.path, 'bad');
    expect(checkpoints.newestSound('r')?.id).not.toBe(newest!.id);
    afterwards.close();
  });
});

describe('ten studios that start at once on one data folder', () => {
  it.each([1, 2, 3])('have one writer, and another when that one is killed (time %i)', async () => {
    const programs = Array.from({ length: 10 }, () => startProgram('hold', path));

    const words = await Promise.all(programs.map((program) => program.line('')));

    const writers = programs.filter((_, i) => words[i] === 'HELD');
    expect(writers).toHaveLength(1);
    expect(words.filter((word) => word?.startsWith('REFUSED'))).toHaveLength(9);
    writers[0]!.kill();
    await writers[0]!.ended;
    const next = startProgram('hold', path);
    expect(await next.line('')).toBe('HELD');
    next.kill();
    await next.ended;
  });
});
