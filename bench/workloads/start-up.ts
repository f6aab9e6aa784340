/** From the command to the first paint of the page: the browser host without a dataset, and an installed browser without a profile. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from '@playwright/test';
import { findBrowser } from '../../scripts/find-browser.ts';
import type { Comparison, Contestant, Workload } from '../comparison.ts';
import { cli } from '../studio-program.ts';

export const workload: Workload = {
  name: 'start-up',
  async *comparisons({ isQuick, missing }): AsyncGenerator<Comparison> {
    const browser = await findBrowser();
    if (browser === null) missing('the first paint: no browser is installed');
    const launch = browser === null ? null : () => chromium.launch({ ...browser, args: ['--no-sandbox'] });
    const about = { workload: 'start-up', threads: 1, unit: 's' as const, rounds: isQuick ? 2 : 7 };
    yield { ...about, title: 'start of the browser host until it is ready', contestants: [start('ready', null)] };
    if (launch === null) return;
    yield {
      ...about,
      title: 'start of host and browser until the first contentful paint',
      contestants: [start('painted', launch)],
    };
  },
};

function start(what: string, launch: (() => ReturnType<typeof chromium.launch>) | null): Contestant {
  const data = mkdtempSync(join(tmpdir(), 'tessera-bench-'));
  return {
    name: `studio (${what})`,
    side: 'studio',
    measure: async () => {
      const startedAt = performance.now();
      const child = spawn(process.execPath, [cli, 'serve', '--no-open', '--data', data], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const ended = new Promise((resolve) => child.once('exit', resolve));
      const opened = launch?.();
      const link = await new Promise<string>((resolve) => {
        createInterface({ input: child.stdout }).on('line', (line) => {
          if (line.startsWith('READY ')) resolve(line.slice(6));
        });
      });
      if (opened !== undefined) {
        const page = await (await opened).newPage();
        await page.goto(link);
        await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length > 0);
      }
      const seconds = (performance.now() - startedAt) / 1000;
      await (await opened)?.close();
      child.kill('SIGTERM');
      await ended;
      return seconds;
    },
    close: () => Promise.resolve(rmSync(data, { recursive: true, force: true })),
  };
}
