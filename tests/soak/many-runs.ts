/**
 * The Experiments place with 200 runs: from the click to the painted table, filtering, sorting, and comparing four curves.
 *
 *     npm run build && npm run soak -- many-runs [runs]
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import Database from 'better-sqlite3';
import { findBrowser } from '../../scripts/find-browser.ts';
import { goTo } from '../e2e/person.ts';
import { en, saying } from '../e2e/words.ts';
import { serveStudio } from './page.ts';
import { notRun, requireBuild, requireShared, soakFolder, studio } from './soak.ts';

const runs = Number(process.argv[2] ?? 200);
requireBuild();
const browser = await findBrowser();
if (browser === null) notRun('no browser is installed');
const folder = soakFolder('many-runs');
const data = join(folder, 'data');
mkdirSync(join(folder, 'small'));
execFileSync('tar', ['xf', requireShared('data/cifar10-small.tar'), '-C', join(folder, 'small')]);
studio(data, 'import', join(folder, 'small'), '--name', 'small');
studio(data, 'train', 'small', '--epochs', '40');
multiply(join(data, 'tessera.sqlite'));

const host = await serveStudio(data);
const chrome = await chromium.launch({ ...browser, args: ['--no-sandbox'] });
const page = await chrome.newPage({ viewport: { width: 1280, height: 800 } });
await page.goto(host.url);
await page.getByRole('region', { name: en.start_recents }).getByRole('link').first().click();
await page.getByRole('grid').waitFor();
const table = page.getByRole('table');
const rows = table.getByRole('row');
await goTo(page, en.place_experiments);
await rows.nth(5).waitFor();
await goTo(page, en.place_dataset);
await page.getByRole('grid').waitFor();

/** Processor time of the page's main thread, which other work on the machine does not lengthen. */
const session = await page.context().newCDPSession(page);
await session.send('Performance.enable', { timeDomain: 'threadTicks' });

const figures = {
  runs,
  openProcessorMs: 0,
  openMs: 0,
  sortMs: 0,
  filterMs: 0,
  compareMs: [] as number[],
};
const before = await processorMs();
figures.openMs = await painted('a[href^="#/experiments"]', 'tbody tr:nth-child(5)');
figures.openProcessorMs = Math.round((await processorMs()) - before);
figures.sortMs = await painted('thead th:nth-child(7) button', 'th:nth-child(7)[aria-sort]:not([aria-sort="none"])');
figures.filterMs = await painted('input[type="search"]', 'tbody tr', '#1');
await page.getByRole('searchbox').fill('');
for (let number = runs; number > runs - 4; number--) {
  const box = page.getByRole('checkbox', { name: saying(en.experiments_select, { number }) });
  await box.waitFor();
  figures.compareMs.push(
    await painted(`input[aria-label="${await box.getAttribute('aria-label')}"]`, '.compare canvas'),
  );
}
await chrome.close();
await host.close();
rmSync(folder, { recursive: true, force: true });
process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);

async function processorMs(): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0);
}

/** Milliseconds from a click, or from typing `text`, to the frame after the one in which `wanted` is there. */
async function painted(target: string, wanted: string, text?: string): Promise<number> {
  return page.evaluate(
    async ([clicked, awaited, typed]) => {
      const element = document.querySelector<HTMLInputElement>(clicked)!;
      const beginning = performance.now();
      if (typed === undefined) element.click();
      else {
        element.value = typed;
        element.dispatchEvent(new Event('input', { bubbles: true }));
      }
      const frame = () => new Promise(requestAnimationFrame);
      do await frame();
      while (document.querySelector(awaited) === null);
      await frame();
      return Math.round(performance.now() - beginning);
    },
    [target, wanted, text] as const,
  );
}

/** Gives the one run as many copies as are asked for, with all its epochs and steps. */
function multiply(file: string): void {
  const database = new Database(file);
  const columns = (table: string, but: string) =>
    (database.pragma(`table_info(${table})`) as { name: string }[])
      .map(({ name }) => name)
      .filter((name) => !but.split(' ').includes(name));
  const run = columns('run', 'id number color').join(', ');
  database.transaction(() => {
    for (let number = 2; number <= runs; number++) {
      const id = `copy-${number}`;
      database
        .prepare(`INSERT INTO run (id, number, color, ${run}) SELECT ?, ?, ?, ${run} FROM run WHERE number = 1`)
        .run(id, number, number - 1);
      for (const table of ['epoch', 'step_block']) {
        const rest = columns(table, 'run_id').join(', ');
        database
          .prepare(
            `INSERT INTO ${table} (run_id, ${rest}) SELECT ?, ${rest} FROM ${table} WHERE run_id = (SELECT id FROM run WHERE number = 1)`,
          )
          .run(id);
      }
    }
  })();
  database.close();
  // The studio knows its own file by this, and would rightly move aside one that somebody else has written to.
  rmSync(join(data, 'tessera.sqlite.seal'), { force: true });
}
