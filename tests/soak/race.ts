/**
 * Frames of the page while a race streams into it, by Chromium's own trace, beside those of a page of nothing: eight optimizers on drawn
 * pictures, started in the page as a person would; curves, table and progress change all the while:
 *
 *     npm run build && npm run soak -- race
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { findBrowser } from '../../scripts/find-browser.ts';
import { drawPictures } from '../e2e/pictures.ts';
import { en } from '../e2e/words.ts';
import { framesDuring } from './frames.ts';
import { serveStudio } from './page.ts';
import { notRun, requireBuild, soakFolder, studio } from './soak.ts';

requireBuild();
const browser = await findBrowser();
if (browser === null) notRun('no browser is installed');
const folder = soakFolder('race');
const data = join(folder, 'data');
const pictures = join(folder, 'pictures');
await drawPictures(pictures, 300, 32);
const { dataset } = studio(data, 'import', pictures, '--size', '32', '--name', 'race') as { dataset: { id: string } };

const host = await serveStudio(data);
const chrome = await chromium.launch({ ...browser, args: ['--no-sandbox'] });
const page = await chrome.newPage({ viewport: { width: 1280, height: 800 } });
await page.goto(host.url);
await page.getByRole('heading', { level: 1 }).waitFor();
await page.evaluate((hash) => (location.hash = hash), `#/optimizers/${dataset.id}`);
for (const [name, value] of [
  [en.race_form_trials, '1'],
  [en.race_form_seeds, '3'],
  [en.recipe_epochs, '60'],
] as const) {
  const field = page.getByRole('textbox', { name, exact: true });
  await field.fill(value);
  await field.press('Enter');
}
await page.getByRole('button', { name: en.race_start }).click();
// Curves are those of the final runs: they stream once all have been tuned.
await page.locator('.plot path.line').first().waitFor({ timeout: 300_000 });
await page.evaluate(() => {
  const changes = { curves: 0 };
  const chart = document.querySelector('.plot')!;
  new MutationObserver((records) => {
    if (records.some(({ attributeName }) => attributeName === 'd')) changes.curves++;
  }).observe(chart, { attributes: true, subtree: true });
  Object.assign(globalThis, { changes });
});
const streaming = await framesDuring(chrome, page);
const { curves } = await page.evaluate(() => (globalThis as unknown as { changes: { curves: number } }).changes);
const isRunning = await page.getByText(en.race_running).isVisible();
const bare = await chrome.newPage({ viewport: { width: 1280, height: 800 } });
await bare.setContent('<p>nothing</p>');
await bare.bringToFront();
const nothing = await framesDuring(chrome, bare);
await chrome.close();
await host.close();
rmSync(folder, { recursive: true, force: true });
process.stdout.write(`${JSON.stringify({ isRunning, curvesRedrawn: curves, streaming, nothing }, null, 2)}\n`);
if (!isRunning || curves === 0) {
  process.stdout.write('The race did not stream all the while: these frames say nothing.\n');
  process.exitCode = 1;
}
