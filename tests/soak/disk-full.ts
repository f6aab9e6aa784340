/**
 * The disk fills up while the built `train` command works, at seeded moments:
 *
 *     npm run build && npm run soak -- disk-full [times] [seed]
 *
 * On a small file system of its own (needs Linux and the right to make one: root, or user namespaces). Each time the run has to
 * wait instead of failing, the studio has to start on the full disk, and nothing acknowledged may be missing; with room again the
 * waiting run goes on by itself. Every other time it is killed while it waits, and `resume` goes on. At the end the weights have to be
 * those of an undisturbed run.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { createGenerator } from '../../core/random/generator.ts';
import { uniform } from '../../core/random/sampling.ts';
import { cli, notRun, requireBuild, requireProgram, requireShared, soakFolder, studio } from './soak.ts';

const inside = '--inside';
if (process.argv[2] === inside) await main(process.argv.slice(3));
else outside(process.argv.slice(2));

function outside(args: string[]): void {
  requireBuild();
  requireProgram('unshare');
  requireShared('data/cifar10-small.tar');
  if (spawnSync('unshare', ['-rm', 'true']).status !== 0)
    notRun('no namespace with a file system of its own can be made');
  const program = [process.execPath, ...process.execArgv, import.meta.filename, inside, ...args];
  process.exit(spawnSync('unshare', ['-rm', ...program], { stdio: 'inherit' }).status ?? 1);
}

async function main([times = '6', seed = '1']: string[]): Promise<void> {
  const root = soakFolder('disk-full');
  const source = join(root, 'source');
  const small = join(root, 'small');
  const data = join(small, 'data');
  for (const folder of [source, small]) mkdirSync(folder);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=420m', 'tmpfs', small]);
  execFileSync('tar', ['xf', requireShared('data/cifar10-small.tar'), '-C', source]);
  const alone = join(root, 'alone');
  studio(alone, 'import', source, '--name', 'small');
  execFileSync('cp', ['-r', alone, data]);
  const flags = ['small', '--hidden', '128', '--seed', '7', '--epochs', String(Number(times) * 60)];
  const { weightsSha256: expected } = studio(alone, 'train', ...flags);

  const random = createGenerator(Number(seed), 'disk full');
  const problems: string[] = [];
  let acknowledged = 0;
  let result: string | null = null;
  let running = start(data, ['train', ...flags]);
  for (let time = 0; time < Number(times) && result === null; time++) {
    await running.said(/"type":"ack"/);
    await seconds(uniform(random) * 2);
    fill(small);
    await Promise.race([running.complained(/too full/), running.ended, seconds(20)]);
    if (!/too full/.test(running.errors()) && running.result() === null) problems.push(`time ${time}: said nothing`);
    acknowledged = Math.max(acknowledged, running.acknowledged());
    const isKilled = time % 2 === 1;
    if (isKilled) {
      running.kill();
      await running.ended;
      const { status } = spawnSync(process.execPath, [cli, 'runs', '--json', '--data', data]);
      if (status !== 0) problems.push(`time ${time}: does not start on a full disk`);
      const stored = storedSteps(data);
      if (stored < acknowledged) problems.push(`time ${time}: ${acknowledged - stored} acknowledged steps lost`);
    }
    rmSync(join(small, 'filling'));
    if (isKilled) running = start(data, ['resume']);
    else await Promise.race([running.saidAfter(/"type":"ack"/), running.ended, seconds(30)]);
    result = running.result();
  }
  await running.ended;
  result = running.result();
  if (result !== expected)
    problems.push(`weights ${String(result)} ≠ ${String(expected)}: ${running.errors().slice(-300)}`);
  process.stdout.write(
    `${JSON.stringify({ times: Number(times), acknowledged, problems, isSame: result === expected })}\n`,
  );
  execFileSync('umount', [small]);
  rmSync(root, { recursive: true, force: true });
  process.exit(problems.length === 0 ? 0 : 1);
}

/** Takes every byte that is left. */
function fill(folder: string): void {
  const file = join(folder, 'filling');
  for (let size = 2 ** 22; size >= 4096;) {
    const { bavail, bsize } = statfsSync(folder);
    if (bavail * bsize < size) size /= 2;
    else {
      try {
        writeFileSync(file, Buffer.alloc(size), { flag: 'a' });
      } catch {
        size /= 2;
      }
    }
  }
}

function storedSteps(data: string): number {
  const database = new Database(join(data, 'tessera.sqlite'), { readonly: true });
  try {
    return database.prepare('SELECT coalesce(max(step), 0) FROM run').pluck().get() as number;
  } finally {
    database.close();
  }
}

function seconds(count: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, count * 1000));
}

function start(data: string, args: readonly string[]) {
  const child: ChildProcess = spawn(process.execPath, [cli, ...args, '--json', '--data', data], { detached: true });
  let text = '';
  let errors = '';
  child.stdout!.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  child.stderr!.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk));
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const until = async (holds: () => boolean) => {
    while (!holds() && child.exitCode === null && child.signalCode === null) await seconds(0.02);
  };
  return {
    ended,
    errors: () => errors,
    kill: () => process.kill(-child.pid!, 'SIGKILL'),
    said: (pattern: RegExp) => until(() => pattern.test(text)),
    saidAfter: (pattern: RegExp) => {
      const from = text.length;
      return until(() => pattern.test(text.slice(from)));
    },
    complained: (pattern: RegExp) => until(() => pattern.test(errors)),
    acknowledged: () =>
      Math.max(0, ...[...text.matchAll(/"type":"ack","run":"[^"]*","step":(\d+)/g)].map(([, n]) => Number(n))),
    result: () => /"weightsSha256":"([0-9a-f]{64})"/.exec(text)?.[1] ?? null,
  };
}
