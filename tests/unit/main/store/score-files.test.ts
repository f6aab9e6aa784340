import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ScoreFiles } from '../../../../main/store/score-files.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

function someFolders() {
  const root = temporaryFolder('scores');
  const folders = { caches: join(root, 'caches'), staging: join(root, 'staging') };
  mkdirSync(folders.caches);
  mkdirSync(folders.staging);
  return folders;
}

it('gives scores back as they were written, also from the middle of a larger array', () => {
  const files = new ScoreFiles(someFolders());
  const scores = Float32Array.of(9, -1.5, Infinity, 1e-30, 9).subarray(1, 4);

  files.write('a', scores);

  expect([...files.read('a', 3, 0)!]).toEqual([...scores]);
  expect(files.read('b', 3, 0)).toBeNull();
  expect(files.read('a', 4, 0)).toBeNull();
});

it('counts a file with a changed byte as not there', () => {
  const folders = someFolders();
  const files = new ScoreFiles(folders);
  files.write('a', Float32Array.of(1, 2));
  const path = join(folders.caches, readdirSync(folders.caches)[0]!);
  const bytes = readFileSync(path);
  bytes[34]! ^= 1;
  writeFileSync(path, bytes);

  expect(files.read('a', 2, 0)).toBeNull();
});

it('leaves nothing behind where they cannot be written', () => {
  const folders = someFolders();
  rmSync(folders.caches, { recursive: true });

  expect(() => new ScoreFiles(folders).write('a', Float32Array.of(1))).toThrow('ENOENT');
  expect(readdirSync(folders.staging)).toEqual([]);
});
