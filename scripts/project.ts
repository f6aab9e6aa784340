/** Where the project lies, and small things every script needs. Scripts resolve every path against `root`, so they run from any folder. */
import { spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Whether this module is the program that was started, rather than one imported by another. */
export function isProgram(meta: ImportMeta): boolean {
  const program = process.argv[1];
  return program !== undefined && realpathSync(program) === fileURLToPath(meta.url);
}

/** Runs a script of this folder with the same Node; its output goes to standard error, so that standard output stays the caller's. */
export function runScript(name: string, ...flags: string[]): void {
  const { status } = spawnSync(process.execPath, [join(root, 'scripts', name), ...flags], {
    stdio: ['ignore', 2, 2],
    cwd: root,
  });
  if (status !== 0) throw new Error(`scripts/${name} failed.`);
}

/**
 * Becomes another program of this Node: signals, standard streams and exit code are then its own, with nobody in between who could
 * outlive it. Windows cannot replace a process; there it runs as a child.
 */
export function becomeNodeProgram(program: string, flags: readonly string[]): void {
  if (process.platform !== 'win32' && process.execve !== undefined) {
    process.execve(process.execPath, [process.execPath, program, ...flags], process.env);
  }
  process.exitCode = spawnSync(process.execPath, [program, ...flags], { stdio: 'inherit' }).status ?? 1;
}
