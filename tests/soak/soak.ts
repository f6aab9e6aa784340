/** What the long proofs share. One that cannot run here says `not run: <reason>` and ends with 3: it has not passed. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const project = resolve(import.meta.dirname, '../..');
export const cli = join(project, 'dist/node/cli.js');

export function notRun(reason: string): never {
  process.stdout.write(`not run: ${reason}\n`);
  process.exit(3);
}

/** A file of the shared data: `TESSERA_SHARED`, else `../shared` beside the project. */
export function requireShared(path: string): string {
  const folder = process.env['TESSERA_SHARED'] ?? resolve(project, '../shared');
  const file = join(folder, path);
  return existsSync(file) ? file : notRun(`${path} of the shared data is absent`);
}

export function requireBuild(): void {
  if (!existsSync(cli)) notRun('the studio is not built; npm run build does it');
}

/** A program of the system, such as `unshare`. */
export function requireProgram(name: string): void {
  if (spawnSync(name, ['--version']).error !== undefined) notRun(`${name} is not installed`);
}

export function soakFolder(name: string): string {
  return mkdtempSync(join(tmpdir(), `tessera-soak-${name}-`));
}

/** Runs a command of the built studio and returns its last line of JSON. */
export function studio(dataFolder: string, ...args: readonly string[]): Record<string, unknown> {
  const text = execFileSync(process.execPath, [cli, ...args, '--json', '--data', dataFolder], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 2 ** 28,
  });
  return JSON.parse(text.trim().split('\n').at(-1)!) as Record<string, unknown>;
}
