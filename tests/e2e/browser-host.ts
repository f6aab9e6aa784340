/** The browser host as a program of its own, the way a person starts it, on a data folder that is gone afterwards. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root } from '../../scripts/project.ts';

export interface BrowserHost {
  /** The address that signs one page in, once. */
  readonly url: string;
  readonly dataFolder: string;
  close(): Promise<void>;
}

/** Starts the built host, or the one in `dist`, and waits for its READY line. */
export async function startBrowserHost(dist = join(root, 'dist')): Promise<BrowserHost> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'tessera-e2e-'));
  const program = join(dist, 'node/cli.js');
  const child = spawn(process.execPath, [program, 'serve', '--no-open', '--data', dataFolder], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, LANG: 'en_US.UTF-8', LC_ALL: 'en_US.UTF-8' },
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('READY ')) resolve(line.slice('READY '.length));
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The browser host ended with code ${code} before it was ready.`)));
  });
  return {
    url,
    dataFolder,
    close: async () => {
      child.kill('SIGTERM');
      await ended;
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}
