/**
 * The bank of an MLP with 2,048 units: how smoothly it scrolls, by Chromium's own trace of its frames, beside a page of nothing but coloured
 * lines; how long it takes from a key to the painted bank in another order; and from a key to the painted flow of another picture:
 *
 *     npm run build && npm run soak -- bank
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from '@playwright/test';
import { findBrowser } from '../../scripts/find-browser.ts';
import { drawPictures } from '../e2e/pictures.ts';
import { en } from '../e2e/words.ts';
import { framesWhileScrolling, quantile } from './frames.ts';
import { serveStudio } from './page.ts';
import { notRun, requireBuild, soakFolder, studio } from './soak.ts';

requireBuild();
const browser = await findBrowser();
if (browser === null) notRun('no browser is installed');
const folder = soakFolder('bank');
const data = join(folder, 'data');
const pictures = join(folder, 'pictures');
await drawPictures(pictures, 60, 32);
studio(data, 'import', pictures, '--size', '32', '--name', 'bank');
const { run } = studio(data, 'train', 'bank', '--hidden', '2048', '--epochs', '2');

const host = await serveStudio(data);
const chrome = await chromium.launch({ ...browser, args: ['--no-sandbox'] });
const page = await chrome.newPage({ viewport: { width: 1280, height: 800 } });
await page.goto(host.url);
await page.getByRole('heading', { level: 1 }).waitFor();
await page.evaluate((hash) => (location.hash = hash), `#/templates/${String(run)}`);
await show(page, en.templates_view_bank);
const grid = page.getByRole('grid', { name: en.templates_bank_label });
await grid.waitFor();
await page.waitForTimeout(2000);
const height = await grid.evaluate((element) => element.scrollHeight - element.clientHeight);
const way = { distance: height, speed: Math.round(height / 9) };
const scrolling = await framesWhileScrolling(chrome, page, grid, way);
const bare = await chrome.newPage({ viewport: { width: 1280, height: 800 } });
await bare.setContent(
  '<div id="bare" style="height: 780px; overflow: auto"><div style="height: 90000px; background: repeating-linear-gradient(#eee 0 60px, #26c 60px 90px)"></div></div>',
);
const scrollingNothing = await framesWhileScrolling(chrome, bare, bare.locator('#bare'), way);
await bare.close();
const sorting = await millisecondsToSort(page);
const flow = await millisecondsToFlow(page);
await chrome.close();
await host.close();
rmSync(folder, { recursive: true, force: true });
process.stdout.write(`${JSON.stringify({ units: 2048, scrolling, scrollingNothing, sorting, flow }, null, 2)}\n`);

async function show(page: Page, view: string): Promise<void> {
  await page.getByRole('radiogroup', { name: en.templates_view }).getByText(view, { exact: true }).click();
}

/** From a key in the list of orders to the frame that shows the bank in that order. */
async function millisecondsToSort(page: Page): Promise<object> {
  const select = page.getByRole('combobox', { name: en.templates_sort, exact: true });
  await select.focus();
  const times = await timesOf(page, 'select', async (press) => {
    for (const key of ['End', 'Home', 'ArrowDown', 'ArrowDown', 'End', 'Home', 'End', 'Home']) await press(key);
  });
  return summary(times);
}

/** From a key in the row of pictures to the frame that shows the sum of the next one's score. */
async function millisecondsToFlow(page: Page): Promise<object> {
  await show(page, en.templates_view_recombined);
  const strip = page.getByRole('listbox', { name: en.picture_strip });
  await strip.waitFor();
  await page.locator('p.sum').waitFor();
  await page.waitForTimeout(1000);
  await strip.focus();
  const times = await timesOf(page, 'p.sum', async (press) => {
    for (let i = 0; i < 16; i++) await press('ArrowRight');
  });
  return summary(times);
}

/**
 * Milliseconds from each key to the end of the frame after the change that it makes.
 *
 * @param changes  CSS selector: `p.sum` is watched for another text, `select` for the order it asks for.
 */
async function timesOf(
  page: Page,
  changes: 'select' | 'p.sum',
  work: (press: (key: string) => Promise<void>) => Promise<void>,
): Promise<number[]> {
  await page.evaluate((selector) => {
    const times: number[] = [];
    let pressed: number | null = null;
    const painted = () =>
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => {
          if (pressed !== null) times.push(performance.now() - pressed);
          pressed = null;
        };
        port2.postMessage(null); // after the frame has been painted
      });
    addEventListener('keydown', (event) => (pressed = event.timeStamp), true);
    if (selector === 'select') addEventListener('change', painted, true);
    else {
      new MutationObserver(() => pressed !== null && painted()).observe(document.querySelector(selector)!, {
        characterData: true,
        subtree: true,
        childList: true,
      });
    }
    Object.assign(globalThis, { times });
  }, changes);
  await work(async (key) => {
    await page.keyboard.press(key);
    await page.waitForTimeout(400);
  });
  return page.evaluate(() => (globalThis as unknown as { times: number[] }).times);
}

function summary(times: readonly number[]): object {
  return {
    times: times.length,
    medianMs: quantile(times, 0.5),
    p95Ms: quantile(times, 0.95),
    longestMs: quantile(times, 1),
  };
}
