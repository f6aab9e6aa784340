/** Where Electron's program lies, if it was ever fetched. Importing the `electron` package would download it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './project.ts';

const folder = join(root, 'node_modules/electron');

/** The executable, or null. `ELECTRON_OVERRIDE_DIST_PATH` names a folder with another copy, as Electron's own tools do. */
export function electronProgram(): string | null {
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  const names: Partial<Record<NodeJS.Platform, string>> = {
    darwin: 'Electron.app/Contents/MacOS/Electron',
    win32: 'electron.exe',
  };
  const name = names[process.platform] ?? 'electron';
  if (override !== undefined) return existing(join(override, name));
  // path.txt is written last, so an interrupted unpacking does not count.
  const pathFile = join(folder, 'path.txt');
  return existsSync(pathFile) ? existing(join(folder, 'dist', readFileSync(pathFile, 'utf8'))) : null;
}

function existing(path: string): string | null {
  return existsSync(path) ? path : null;
}
