/** The browser host on a data folder, for long proofs that look at the page. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { cli } from './soak.ts';

export interface ServedStudio {
  /** Signs one page in, once. */
  readonly url: string;
  close(): Promise<void>;
}

export async function serveStudio(dataFolder: string): Promise<ServedStudio> {
  const child = spawn(process.execPath, [cli, 'serve', '--no-open', '--data', dataFolder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.once('exit', () => child.kill('SIGKILL')); // also when a proof fails half way
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /^READY (\S+)$/.exec(line)?.[1];
    if (url !== undefined) {
      return {
        url,
        close: async () => {
          child.kill('SIGTERM');
          await ended;
        },
      };
    }
  }
  throw new Error('The browser host ended before it was ready.');
}
