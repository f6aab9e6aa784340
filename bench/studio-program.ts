/** The built studio as a program, for measurements from outside. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../scripts/project.ts';

export const cli = join(root, 'dist/node/cli.js');

/** Runs a command with `--json` and returns its last line. */
export function tessera(dataFolder: string, ...args: readonly string[]): Promise<Record<string, unknown>> {
  const child = spawn(process.execPath, [cli, ...args, '--json', '--data', dataFolder], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code !== 0) reject(new Error(`tessera ${args.join(' ')} ended with ${code}: ${text.slice(-500)}`));
      else resolve(JSON.parse(text.trim().split('\n').at(-1)!) as Record<string, unknown>);
    });
  });
}
