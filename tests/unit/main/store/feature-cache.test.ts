import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FeatureCacheFiles, sweepStaging } from '../../../../main/store/feature-cache.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

function someFolders() {
  const root = temporaryFolder('caches');
  const folders = { caches: join(root, 'caches'), staging: join(root, 'staging') };
  mkdirSync(folders.caches);
  mkdirSync(folders.staging);
  return folders;
}

it('gives a staged file its name, and finds it again', () => {
  const files = new FeatureCacheFiles(someFolders());
  expect(files.find('a', 0)).toBeNull();
  writeFileSync(files.stagingPath('a'), 'features');

  const path = files.commit('a', []);

  expect(files.find('a', 0)).toBe(path);
  expect(existsSync(files.stagingPath('a'))).toBe(false);
});

it('drops what has not been used longest when there is no room, but never what is being used', () => {
  const files = new FeatureCacheFiles(someFolders(), 25);
  const add = (key: string, keep: string[] = []) => {
    writeFileSync(files.stagingPath(key), '0123456789');
    return files.commit(key, keep);
  };
  const [a, b] = [add('a'), add('b')];
  files.find('a', 1_000_000); // used long ago
  files.find('b', 2_000_000);
  files.find('a', 3_000_000);

  const c = add('c', [a]);

  expect([a, b, c].map((path) => existsSync(path))).toEqual([true, false, true]);
});

it('has nothing left of what was being written when a studio ended', () => {
  const folders = someFolders();
  writeFileSync(new FeatureCacheFiles(folders).stagingPath('a'), 'half of them');
  writeFileSync(join(folders.staging, 'something-else'), '');

  sweepStaging(folders.staging);

  expect(readdirSync(folders.staging)).toEqual(['something-else']);
});
