/**
 * A data folder on a volume that allows no writing: `npm run build && npm run soak -- read-only`. Linux, in a namespace with file systems of
 * its own. What was kept can be looked at; what would write is refused with a sentence.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cli, notRun, requireBuild, requireProgram, requireShared, soakFolder, studio } from './soak.ts';

if (process.argv[2] === '--inside') inside();
else {
  requireBuild();
  requireProgram('unshare');
  if (spawnSync('unshare', ['-rm', 'true']).status !== 0)
    notRun('no namespace with file systems of its own can be made');
  const program = [process.execPath, ...process.execArgv, import.meta.filename, '--inside'];
  process.exit(spawnSync('unshare', ['-rm', ...program], { stdio: 'inherit' }).status ?? 1);
}

function inside(): void {
  const root = soakFolder('read-only');
  const [source, volume] = [join(root, 'source'), join(root, 'volume')];
  for (const folder of [source, volume]) mkdirSync(folder);
  execFileSync('tar', ['xf', requireShared('data/cifar10-small.tar'), '-C', source]);
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', volume]);
  const data = join(volume, 'data');
  studio(data, 'import', source, '--name', 'small');
  const { run } = studio(data, 'train', 'small', '--model', 'linear', '--epochs', '3') as { run: string };
  execFileSync('mount', ['-o', 'remount,ro', volume]);

  const problems: string[] = [];
  for (const args of [['runs'], ['datasets'], ['evaluate', run], ['predict', run, join(source, 'test')]]) {
    const { status, stderr } = tessera(data, args);
    if (status !== 0) problems.push(`${args[0]} ended with ${status}: ${stderr}`);
  }
  for (const args of [
    ['train', 'small'],
    ['import', source],
  ]) {
    const { status, stdout } = tessera(data, args);
    if (status !== 1 || !stdout.includes('DATA_FOLDER_READ_ONLY'))
      problems.push(`${args[0]} ended with ${status}: ${stdout}`);
  }
  process.stdout.write(`${JSON.stringify({ problems })}\n`);
  execFileSync('umount', [volume]);
  rmSync(root, { recursive: true, force: true });
  process.exit(problems.length === 0 ? 0 : 1);
}

function tessera(data: string, args: readonly string[]) {
  return spawnSync(process.execPath, [cli, ...args, '--json', '--data', data], { encoding: 'utf8' });
}
