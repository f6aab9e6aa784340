/**
 * The most memory that each process held, as Linux counts it (VmHWM), while 60,000 pictures are imported, from a cold and from a warm
 * cache of files, and while recipes learn from them:
 *
 *     npm run build && npm run soak -- memory [RECIPE.json …]
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setInterval } from 'node:timers';
import { unpackedPictures } from '../../bench/pictures.ts';
import { cli, notRun, requireBuild, soakFolder } from './soak.ts';

requireBuild();
if (!existsSync('/proc/self/status')) notRun('only Linux says how much memory a process held');
const pictures = unpackedPictures('data/cifar10.tar', notRun)!;
const recipes = process.argv.slice(2);
const folder = soakFolder('memory');
const data = (name: string) => join(folder, name);

const canCool = dropCaches();
if (canCool) say('import, cold', await peaksOf('import', pictures, '--name', 'c10', '--data', data('cold')));
say('import, warm', await peaksOf('import', pictures, '--name', 'c10', '--data', data('warm')));
for (const recipe of recipes) {
  const peaks = await peaksOf('train', 'c10', '--recipe', recipe, '--validation', '0', '--data', data('warm'));
  say(basename(recipe), peaks);
}
rmSync(folder, { recursive: true, force: true });

interface Peaks {
  readonly seconds: number;
  /** MiB, by what the process is for. */
  readonly processes: Readonly<Record<string, number>>;
}

/** Runs a command of the studio and watches it and its children, which keep their own highest value until they end. */
function peaksOf(...args: readonly string[]): Promise<Peaks> {
  const child = spawn(process.execPath, [cli, ...args, '--json'], { stdio: 'ignore' });
  const peaks = new Map<number, { name: string; mib: number }>();
  const startedAt = performance.now();
  const watch = setInterval(() => {
    for (const id of familyOf(child.pid!)) {
      const mib = highestMemory(id);
      if (mib !== null) peaks.set(id, { name: nameOf(id), mib });
    }
  }, 50);
  return new Promise((resolve, reject) => {
    child.once('close', (code) => {
      clearInterval(watch);
      if (code !== 0) return reject(new Error(`tessera ${args.join(' ')} ended with ${code}`));
      const processes: Record<string, number> = {};
      for (const { name, mib } of peaks.values()) processes[name] = Math.max(processes[name] ?? 0, mib);
      resolve({ seconds: Number(((performance.now() - startedAt) / 1000).toFixed(1)), processes });
    });
  });
}

function familyOf(parent: number): number[] {
  const children = readdirSync('/proc')
    .map(Number)
    .filter((id) => id > 0 && parentOf(id) === parent);
  return [parent, ...children.flatMap(familyOf)];
}

function statusOf(id: number): string {
  try {
    return readFileSync(`/proc/${id}/status`, 'utf8');
  } catch {
    return ''; // it ended
  }
}

function parentOf(id: number): number {
  return Number(/^PPid:\s+(\d+)/m.exec(statusOf(id))?.[1] ?? 0);
}

function highestMemory(id: number): number | null {
  const kibibytes = /^VmHWM:\s+(\d+)/m.exec(statusOf(id))?.[1];
  return kibibytes === undefined ? null : Math.round(Number(kibibytes) / 1024);
}

function nameOf(id: number): string {
  try {
    const [, ...words] = readFileSync(`/proc/${id}/cmdline`, 'utf8').split('\0');
    return basename(words.find((word) => /\.[jt]s$/.test(word)) ?? 'other');
  } catch {
    return 'other';
  }
}

function dropCaches(): boolean {
  try {
    writeFileSync('/proc/sys/vm/drop_caches', '3');
    return true;
  } catch {
    process.stdout.write('not run: import from a cold cache, which needs root\n');
    return false;
  }
}

function say(what: string, peaks: Peaks): void {
  process.stdout.write(`${JSON.stringify({ what, ...peaks })}\n`);
}
