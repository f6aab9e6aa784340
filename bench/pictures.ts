/** Real pictures to measure with, unpacked once from the shared data. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { root } from '../scripts/project.ts';

/** The folder of an archive of the shared data (`TESSERA_SHARED`, else beside the project), or null. */
export function unpackedPictures(archive: string, missing: (what: string) => void): string | null {
  const file = join(process.env['TESSERA_SHARED'] ?? resolve(root, '../shared'), archive);
  if (!existsSync(file)) {
    missing(`${archive} of the shared data is absent`);
    return null;
  }
  const folder = join(root, 'test-results/bench-data', archive.replace(/^.*\/|\.tar$/g, ''));
  if (!existsSync(folder)) {
    const unfinished = `${folder}.unfinished`;
    mkdirSync(unfinished, { recursive: true });
    execFileSync('tar', ['xf', file, '-C', unfinished]);
    renameSync(unfinished, folder);
  }
  return folder;
}
