/**
 * Everything works where there is no network at all: `npm run build && npm run soak -- offline`. Linux, in a namespace that has the loopback
 * interface and no other; a program that needs another address fails there.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { notRun, requireBuild, requireProgram, requireShared, soakFolder, studio } from './soak.ts';

if (process.argv[2] === '--inside') inside();
else {
  requireBuild();
  requireProgram('unshare');
  requireProgram('ip');
  if (spawnSync('unshare', ['-rn', 'true']).status !== 0) notRun('no namespace without interfaces can be made');
  const program = [process.execPath, ...process.execArgv, import.meta.filename, '--inside'];
  process.exit(spawnSync('unshare', ['-rn', ...program], { stdio: 'inherit' }).status ?? 1);
}

function inside(): void {
  execFileSync('ip', ['link', 'set', 'lo', 'up']);
  const root = soakFolder('offline');
  const source = join(root, 'source');
  const data = join(root, 'data');
  mkdirSync(source);
  execFileSync('tar', ['xf', requireShared('data/cifar10-small.tar'), '-C', source]);
  studio(data, 'import', source, '--name', 'small');
  const { run, test } = studio(data, 'train', 'small', '--hidden', '32', '--epochs', '5') as {
    run: string;
    test: { accuracy: number };
  };
  studio(data, 'evaluate', run);
  studio(data, 'templates', run, '--out', join(root, 'templates'));
  studio(data, 'predict', run, join(source, 'test'));
  const links = execFileSync('ip', ['-o', 'link'], { encoding: 'utf8' }).trim().split('\n').length;
  process.stdout.write(`${JSON.stringify({ interfaces: links, testAccuracy: test.accuracy })}\n`);
  rmSync(root, { recursive: true, force: true });
}
