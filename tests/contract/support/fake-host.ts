/** The browser host over handlers that do nothing, and a page of one line. */
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { StudioError } from '../../../core/errors.ts';
import { studioContract, type StudioContract } from '../../../core/rpc/contract/index.ts';
import type { Handlers } from '../../../core/rpc/define.ts';
import { type LoopbackHost, startLoopback } from '../../../main/loopback/start-loopback.ts';

export interface FakeHost extends LoopbackHost {
  readonly dataFolder: string;
  /** Lines of standard output so far. */
  readonly lines: readonly string[];
  /** What pressing Enter does. */
  pressEnter(): void;
  /** The token of the newest READY line. */
  token(): string;
}

export const fakeHandlers = {
  ...Object.fromEntries(
    Object.keys(studioContract).map((method) => [
      method,
      () => {
        throw new StudioError('JOB_NOT_FOUND', { job: method });
      },
    ]),
  ),
  'jobs.count': () => ({ active: 3 }),
  'jobs.watch': (_input: unknown, { signal }: { signal: AbortSignal }) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
} as unknown as Handlers<StudioContract>;

export async function startFakeHost(options: { dataFolder?: string; port?: number } = {}): Promise<FakeHost> {
  const dataFolder = options.dataFolder ?? mkdtempSync(path.join(tmpdir(), 'fake-host-'));
  const pageFolder = path.join(dataFolder, 'page');
  mkdirSync(path.join(pageFolder, 'assets'), { recursive: true });
  writeFileSync(path.join(pageFolder, 'index.html'), '<!doctype html><title>page</title>');
  writeFileSync(path.join(pageFolder, 'assets', 'main-1a2b.js'), 'export {};');
  writeFileSync(path.join(pageFolder, 'assets', 'main-1a2b.js.map'), '{"name": "map"}');
  writeFileSync(path.join(dataFolder, 'package.json'), '{"name": "secret"}');
  const lines: string[] = [];
  let enter: () => void = () => undefined;
  const host = await startLoopback({
    dataFolder,
    pageFolder,
    open: false,
    handlers: fakeHandlers,
    logInternalError: () => 'log-1',
    terminal: {
      line: (text) => lines.push(text),
      say: () => undefined,
      onEnter: (listener) => {
        enter = listener;
        return () => undefined;
      },
    },
    ...(options.port !== undefined && { port: options.port }),
  });
  return {
    ...host,
    dataFolder,
    lines,
    pressEnter: () => enter(),
    token: () => new URL(lines.at(-1)!.replace('READY ', '')).searchParams.get('token')!,
    close: async () => {
      await host.close();
      if (options.dataFolder === undefined) rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}
