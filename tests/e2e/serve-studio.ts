/** The browser host as a person's `npm run tessera -- serve` starts it, on a data folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

export interface ServedStudio {
  /** The address with its token; it opens the studio once. */
  readonly link: string;
  readonly process: ChildProcess;
  /** Ends it as Ctrl+C does; the data folder stays. */
  stop(): Promise<number | null>;
}

export async function temporaryData(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'tessera-e2e-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Starts the host and waits for its READY line. */
export async function serveStudio(dataFolder: string): Promise<ServedStudio> {
  const child = spawn(process.execPath, [join(root, 'dist/node/cli.js'), 'serve', '--no-open', '--data', dataFolder], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, LANG: 'en_US.UTF-8' },
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  for await (const line of createInterface({ input: child.stdout })) {
    const link = /^READY (\S+)$/.exec(line)?.[1];
    if (link === undefined) continue;
    return {
      link,
      process: child,
      stop: () => {
        child.kill('SIGTERM');
        return exited;
      },
    };
  }
  throw new Error(`The browser host ended with ${await exited} before it was ready.`);
}
