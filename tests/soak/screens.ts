/**
 * Pictures of every place, to be looked at: a folder of photos is imported, a linear model and an MLP learn from it, and each place is taken in
 * light and dark, English and Korean, at two sizes:
 *
 *     npm run build && npm run soak -- screens [folder for the pictures]
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chromium } from '@playwright/test';
import { findBrowser } from '../../scripts/find-browser.ts';
import { en, ko } from '../e2e/words.ts';
import { serveStudio } from './page.ts';
import { notRun, requireBuild, requireShared, soakFolder, studio } from './soak.ts';

const [out = 'test-results/screens'] = process.argv.slice(2);
const sizes = [
  { width: 1280, height: 720 },
  { width: 1440, height: 900 },
] as const;

requireBuild();
const browser = await findBrowser();
if (browser === null) notRun('no browser is installed');
const folder = soakFolder('screens');
const data = join(folder, 'data');
const photos = join(folder, 'photos');
mkdirSync(photos);
execFileSync('tar', ['xf', requireShared('data/photos-small.tar'), '-C', photos]);
const { dataset } = studio(data, 'import', photos, '--name', 'clothes') as { dataset: { id: string } };
const linear = studio(data, 'train', dataset.id, '--model', 'linear') as { run: string };
const mlp = studio(data, 'train', dataset.id, '--hidden', '128') as { run: string };

mkdirSync(resolve(out), { recursive: true });
const host = await serveStudio(data);
const chrome = await chromium.launch({ ...browser, args: ['--no-sandbox'] });
const page = await chrome.newPage();
await page.goto(host.url);
await page.getByRole('heading', { level: 1 }).waitFor();
for (const language of ['en', 'ko'] as const) {
  for (const theme of ['light', 'dark'] as const) {
    await choose(language, theme);
    for (const size of sizes) {
      await page.setViewportSize(size);
      for (const [name, address] of addresses()) {
        await page.evaluate((hash) => (location.hash = hash), address);
        await settle();
        await page.screenshot({ path: join(resolve(out), `${name}-${language}-${theme}-${size.width}.png`) });
      }
    }
  }
}
await chrome.close();
await host.close();
rmSync(folder, { recursive: true, force: true });
process.stdout.write(`${readdirSync(resolve(out)).length} pictures in ${resolve(out)}\n`);

function addresses(): [string, string][] {
  const ofRuns = ['train', 'templates', 'evaluate', 'predict'].flatMap((place): [string, string][] => [
    [`${place}-linear`, `#/${place}/${linear.run}`],
    [`${place}-mlp`, `#/${place}/${mlp.run}`],
  ]);
  return [
    ['start', '#/'],
    ['dataset', `#/dataset/${dataset.id}`],
    ['features', `#/features/${dataset.id}`],
    ['new-run', '#/train'],
    ...ofRuns,
    ['optimizers', '#/optimizers'],
    ['gradient-lab', '#/gradient-lab'],
    ['landscapes', '#/landscapes'],
    ['experiments', '#/experiments'],
  ];
}

/** In the settings, as a person would. */
async function choose(language: 'en' | 'ko', theme: 'light' | 'dark'): Promise<void> {
  const before = (await page.locator('html').getAttribute('lang')) === 'ko' ? ko : en;
  await page.evaluate(() => (location.hash = '#/'));
  await page.keyboard.press('Control+Comma');
  const name = { en: 'English', ko: '한국어' }[language];
  await page.getByRole('combobox', { name: before.settings_language }).selectOption({ label: name });
  const words = { en, ko }[language];
  const label = { light: words.settings_theme_light, dark: words.settings_theme_dark }[theme];
  await page.getByRole('combobox', { name: words.settings_theme }).selectOption({ label });
  await page.keyboard.press('Escape');
}

/** Nothing is busy, and what moves has come to rest. */
async function settle(): Promise<void> {
  await page.waitForTimeout(900);
  await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' });
  await page.evaluate(() => Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => null))));
  await page.waitForTimeout(300);
}
