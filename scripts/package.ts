/**
 * Builds, and packages for Electron into release/.
 *
 *     npm run package               the folder that an installer would install, for this system
 *     npm run package -- --linux    the installer itself (or --win, --mac); for these Electron is downloaded
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root, runScript } from './project.ts';

runScript('build.ts');
const flags = process.argv.slice(2);
const { status } = spawnSync(
  process.execPath,
  [join(root, 'node_modules/electron-builder/cli.js'), ...(flags.length > 0 ? flags : ['--dir']), '--publish', 'never'],
  { cwd: root, stdio: 'inherit' },
);
process.exitCode = status ?? 1;
