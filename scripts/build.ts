/**
 * Builds what runs: messages, kernels, then page, programs and preload into dist/. `npm run build` always builds; whoever only needs
 * a finished build calls `ensureBuilt()`, which does nothing while dist/ is newer than every source.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isProgram, root, runScript } from './project.ts';

const stamp = join(root, 'dist/.built');
const lock = join(root, 'node_modules/.building');
const sources = ['core', 'main', 'renderer', 'resources'];
const settings = ['vite.config.ts', 'svelte.config.js', 'package.json', 'package-lock.json'];

/** Builds when something changed since the last build. Words go to standard error only. */
export async function ensureBuilt(): Promise<void> {
  if (isFresh()) return;
  await locked(async () => {
    if (isFresh()) return;
    process.stderr.write('Building the studio, because its sources are newer than its last build …\n');
    build();
  });
}

/** Silent when all is well: the list of 150 font files helps nobody. */
function build(): void {
  const startedAt = new Date();
  runScript('messages.ts');
  runScript('kernels.ts');
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [vite, 'build', '--app', '--logLevel', 'warn'], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NODE_ENV: 'production', NO_COLOR: '1' },
  });
  process.stderr.write(stdout + stderr);
  if (status !== 0) throw new Error('The build failed.');
  writeFileSync(stamp, '');
  // What changed while we built has to count as newer than the build.
  utimesSync(stamp, startedAt, startedAt);
  process.stderr.write(`built in ${((Date.now() - startedAt.getTime()) / 1000).toFixed(1)} s\n`);
}

function isFresh(): boolean {
  if (!existsSync(stamp)) return false;
  const builtAt = statSync(stamp).mtimeMs;
  return (
    !settings.some((file) => statSync(join(root, file)).mtimeMs > builtAt) &&
    !sources.some((folder) => hasNewer(join(root, folder), builtAt))
  );
}

/** Folders count too: their time changes when a file is added, removed or renamed. Compiled files follow from the sources. */
function hasNewer(folder: string, time: number): boolean {
  if (!existsSync(folder)) return false;
  if (statSync(folder).mtimeMs > time && !existsSync(join(folder, 'compiled'))) return true;
  return readdirSync(folder, { withFileTypes: true }).some((entry) => {
    if (entry.name === 'compiled') return false;
    const path = join(folder, entry.name);
    return entry.isDirectory() ? hasNewer(path, time) : statSync(path).mtimeMs > time;
  });
}

/** One build at a time: two command lines started together would empty each other's dist/. */
async function locked(work: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch {
      if (!ownerLives()) rmSync(lock, { recursive: true, force: true });
      else await sleep(200);
    }
  }
  writeFileSync(join(lock, 'pid'), String(process.pid));
  try {
    await work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function ownerLives(): boolean {
  try {
    const pid = Number(readFileSync(join(lock, 'pid'), 'utf8'));
    process.kill(pid, 0);
    return true;
  } catch {
    // Without a number the owner is between making the folder and signing it, unless that was long ago.
    return existsSync(lock) && !existsSync(join(lock, 'pid')) && Date.now() - statSync(lock).mtimeMs < 5_000;
  }
}

if (isProgram(import.meta)) {
  try {
    await locked(async () => build());
  } catch (cause) {
    console.error((cause as Error).message);
    process.exitCode = 1;
  }
}
