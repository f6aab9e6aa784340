/** The shared test data beside the clone: real picture sets and the reference values of other libraries. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { root } from '../../scripts/project.ts';

/** The folder `TESSERA_SHARED`, else `../shared` beside the project; null when there is none. */
export const sharedFolder: string | null =
  [process.env['TESSERA_SHARED'], join(root, '../shared')]
    .filter((folder) => folder !== undefined && folder !== '')
    .map((folder) => resolve(folder!))
    .find((folder) => existsSync(folder)) ?? null;

/**
 * A file or folder of the shared data, such as `data/cifar10-small.tar`. Where it is absent, says so in one line and returns null;
 * the test that asked then has nothing to check and passes.
 */
export function sharedFile(path: string, what: string): string | null {
  const file = sharedFolder === null ? null : join(sharedFolder, path);
  if (file !== null && existsSync(file)) return file;
  console.log(`not run: ${what}: shared data is absent`);
  return null;
}
