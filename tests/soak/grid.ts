/**
 * The page with 60,000 pictures: how long it takes to answer keys while they are imported, and how smoothly their grid scrolls, by
 * Chromium's own trace of its frames, beside a page of nothing but coloured lines, which says what the machine itself drops:
 *
 *     npm run build && npm run soak -- grid
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from '@playwright/test';
import { findBrowser } from '../../scripts/find-browser.ts';
import { en } from '../e2e/words.ts';
import { framesWhileScrolling, quantile } from './frames.ts';
import { serveStudio } from './page.ts';
import { notRun, requireBuild, requireShared, soakFolder } from './soak.ts';

requireBuild();
const browser = await findBrowser();
if (browser === null) notRun('no browser is installed');
const folder = soakFolder('grid');
const pictures = join(folder, 'cifar10');
mkdirSync(pictures);
execFileSync('tar', ['xf', requireShared('data/cifar10.tar'), '-C', pictures]);

const host = await serveStudio(join(folder, 'data'));
const chrome = await chromium.launch({ ...browser, args: ['--no-sandbox'] });
const page = await chrome.newPage({ viewport: { width: 1280, height: 800 } });
await page.goto(host.url);
const importing = await answersWhileImporting(page);
const grid = page.getByRole('grid', { name: en.dataset_grid_label });
await grid.waitFor();
await page.waitForTimeout(1000);
const scrolling = await framesWhileScrolling(chrome, page, grid, { distance: 30_000, speed: 3000 });
const bare = await chrome.newPage({ viewport: { width: 1280, height: 800 } });
await bare.setContent(
  '<div id="bare" style="height: 780px; overflow: auto"><div style="height: 90000px; background: repeating-linear-gradient(#eee 0 60px, #26c 60px 90px)"></div></div>',
);
const scrollingNothing = await framesWhileScrolling(chrome, bare, bare.locator('#bare'), {
  distance: 30_000,
  speed: 3000,
});
await chrome.close();
await host.close();
rmSync(folder, { recursive: true, force: true });
process.stdout.write(`${JSON.stringify({ importing, scrolling, scrollingNothing }, null, 2)}\n`);

/** Milliseconds from a key to the next frame that is painted, as the browser times them, while pictures are read. */
async function answersWhileImporting(page: Page): Promise<object> {
  await page.getByRole('button', { name: en.start_open_folder }).click();
  const chooser = page.getByRole('dialog');
  await chooser.getByRole('textbox', { name: en.chooser_path }).fill(pictures);
  await chooser.getByRole('button', { name: en.chooser_go, exact: true }).click();
  await chooser.getByRole('button', { name: en.chooser_use_folder }).click();
  await page.getByRole('button', { name: en.import_start, exact: true }).click({ timeout: 120_000 });
  await page.evaluate(() => {
    const answers: number[] = [];
    Object.assign(globalThis, { answers });
    const observer = new PerformanceObserver((list) =>
      answers.push(...list.getEntries().map(({ duration }) => duration)),
    );
    observer.observe({ type: 'event', durationThreshold: 16, buffered: false } as PerformanceObserverInit);
  });
  const done = page.getByRole('button', { name: en.import_open_dataset });
  let keys = 0;
  for (; !(await done.isVisible()); keys++) {
    await page.keyboard.press(keys % 2 === 0 ? 'Tab' : 'Shift+Tab');
    await page.waitForTimeout(50);
  }
  const answers = await page.evaluate(() => (globalThis as unknown as { answers: number[] }).answers);
  await done.click();
  return { keys, slowerThan16Ms: answers.length, p95Ms: quantile(answers, 0.95), longestMs: quantile(answers, 1) };
}
