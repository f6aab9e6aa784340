/** The Gradient lab and the Landscapes: each is driven, its numbers are those of the command line, and axe finds nothing in either language. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { root } from '../../scripts/project.ts';
import { anyHost } from './hosts/index.ts';
import { finished, goTo, train } from './person.ts';
import { drawPictures } from './pictures.ts';
import { expect, test } from './studio-test.ts';
import { en, ko, saying } from './words.ts';

const run = promisify(execFile);

test('gradients and landscapes can be looked into, with the numbers of the command line', async ({ start, folder }) => {
  test.setTimeout(180_000);
  const pictures = path.join(folder, 'pictures');
  await drawPictures(pictures, 8);
  const { studio, page } = await start(anyHost);
  await studio.chooseFolder(page, pictures, () => page.getByRole('button', { name: en.start_open_folder }).click());
  await page.getByRole('button', { name: en.import_start, exact: true }).click();
  await page.getByRole('button', { name: en.import_open_dataset }).click();
  await train(page, { model: 'linear', epochs: 3 });
  await finished(page);

  await goTo(page, en.place_gradient_lab);
  await page.getByRole('button', { name: en.lab_check, exact: true }).click();
  await expect(page.getByText(saying(en.lab_check_result))).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole('row', { name: new RegExp(`W₁.*${en.lab_light_fine}`) })).toBeVisible();
  // The same check on the command line, as the page says it.
  const checked = await tessera(folder, await page.locator('code').innerText());
  expect(checked['parts']).toMatchObject([
    { verdict: 'fine' },
    { part: 'penalty', verdict: 'fine' },
    { verdict: 'fine' },
  ]);
  // The report of the same run, as a command: a program from source cannot load its components, the built one can.
  const file = path.join(folder, 'report.html');
  await tessera(folder, `tessera report 1 --out ${file} --lang ko`);
  expect(await readFile(file, 'utf8')).toMatch(/^<!doctype html>\n<html lang="ko">[^]*recipe\.json/);
  await page.getByRole('button', { name: en.lab_numeric_ask, exact: true }).click();
  await expect(page.getByText(en.lab_evaluations_all_forward)).toBeVisible({ timeout: 30_000 });
  await page.getByRole('button', { name: en.lab_mistakes_plant }).click();
  await expect(page.getByText(en.lab_mistakes_caught)).toHaveCount(4, { timeout: 30_000 }); // no mask in a linear model
  await expect(page.getByText(en.lab_mistakes_none)).toHaveCount(1);
  await nothingIsWrong(page, 'gradient lab');

  await goTo(page, en.place_landscapes);
  await page.getByRole('textbox', { name: en.lab_samples, exact: true }).fill('12');
  await page.getByRole('textbox', { name: en.landscape_grid, exact: true }).fill('5');
  await page.getByRole('button', { name: en.landscape_draw }).click();
  await expect(page.getByRole('img', { name: en.landscape_plane_label })).toBeVisible({ timeout: 30_000 });
  for (const [name, value] of [
    ['t', '0.3'],
    ['u', '-0.2'],
  ] as const) {
    const field = page.getByRole('textbox', { name, exact: true });
    await field.fill(value);
    await field.press('Enter');
  }
  const command = page.locator('code');
  await expect(command).toContainText('--at 0.3,-0.2');
  const here = page.getByRole('status', { name: en.landscape_loss_at_point });
  await expect(here).toHaveAttribute('aria-busy', 'false');
  await expect(here).toHaveText(/^\d/);
  // Row 1: the value at the dragged point is the one that the command line computes, to 1e-6.
  await expect
    .poll(async () => {
      const { loss } = await tessera(folder, await command.innerText());
      return Math.abs(Number(await here.innerText()) / (loss as number) - 1);
    })
    .toBeLessThan(1e-6);

  await show(page, en.landscape_view, en.landscape_view_curvature);
  await page.getByRole('textbox', { name: en.lab_samples, exact: true }).fill('12');
  await page.getByRole('button', { name: en.landscape_curvature_ask }).click();
  await expect(page.getByRole('img', { name: en.landscape_zigzag_label })).toBeVisible({ timeout: 30_000 });
  await page.getByRole('button', { name: en.landscape_descent_ask, exact: true }).click();
  await expect(
    page.getByText(saying(en.landscape_descent_found, { multiple: '1.9', loss: en.landscape_never })),
  ).toBeVisible({ timeout: 30_000 });
  await nothingIsWrong(page, 'curvature');

  await show(page, en.landscape_view, en.landscape_view_toy);
  const progress = page.getByRole('status').filter({ hasText: new RegExp(en.toy_progress.split(' ')[0]!) });
  await page.getByRole('combobox', { name: en.toy_sees }).selectOption({ label: en.toy_polar });
  await page.getByRole('button', { name: en.toy_learn, exact: true }).click();
  // Row 20: a line in (r, θ) parts the rings.
  await expect(progress).toContainText(/(?:99|100)\.\d %/, { timeout: 30_000 });
  await nothingIsWrong(page, 'toy data');

  await page.keyboard.press('Control+Comma');
  const settings = page.getByRole('dialog', { name: en.settings_title });
  await settings.getByRole('combobox', { name: en.settings_language }).selectOption({ label: '한국어' });
  await page.getByRole('combobox', { name: ko.settings_theme }).selectOption({ label: ko.settings_theme_dark });
  await page.keyboard.press('Escape');
  await page
    .getByRole('button', { name: ko.toy_pause, exact: true })
    .or(page.getByRole('button', { name: ko.toy_learn, exact: true }))
    .click();
  await nothingIsWrong(page, 'toy data, in Korean and dark');
  await show(page, ko.landscape_view, ko.landscape_view_noise);
  await page.getByRole('button', { name: ko.landscape_noise_ask }).click();
  await expect(page.getByRole('img', { name: ko.landscape_noise_label })).toBeVisible({ timeout: 30_000 });
  await show(page, ko.landscape_view, ko.landscape_view_loss);
  await page.getByRole('textbox', { name: ko.landscape_grid, exact: true }).fill('5');
  await page.getByRole('button', { name: ko.landscape_draw }).click();
  await expect(page.getByRole('img', { name: ko.landscape_plane_label })).toBeVisible({ timeout: 30_000 });
  await nothingIsWrong(page, 'the loss, in Korean and dark');
  await show(page, ko.landscape_view, ko.landscape_view_toy);
  // What it is about, and on to the neighbour.
  await page.getByRole('button', { name: saying(ko.about_open, { title: ko.place_landscapes }) }).click();
  await expect(page.locator('math').first()).toBeAttached();
  await nothingIsWrong(page, 'about, in Korean and dark');
  await page.getByRole('dialog').getByRole('link', { name: ko.place_features }).click();
  await expect(page.getByRole('heading', { level: 1, name: ko.place_features })).toBeVisible();
  await goTo(page, ko.place_gradient_lab, ko.frame_places);
  await page.getByRole('button', { name: ko.lab_check, exact: true }).click();
  await expect(page.getByRole('row', { name: new RegExp(`W₁.*${ko.lab_light_fine}`) })).toBeVisible({
    timeout: 30_000,
  });
  await page.getByRole('button', { name: ko.lab_second_ask }).click();
  await expect(page.getByText(ko.lab_second_right)).toBeVisible({ timeout: 30_000 });
  await nothingIsWrong(page, 'gradient lab, in Korean and dark');
});

/** Runs what a page shows as `tessera …`, and returns the last line. */
async function tessera(folder: string, shown: string): Promise<Record<string, unknown>> {
  const words = shown.trim().split(/\s+/).slice(1);
  const program = path.join(root, 'dist/node/cli.js');
  const { stdout } = await run(process.execPath, [program, ...words, '--json', '--data', path.join(folder, 'data')]);
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Record<string, unknown>;
}

async function show(page: Page, group: string, view: string): Promise<void> {
  await page.getByRole('radiogroup', { name: group, exact: true }).getByText(view, { exact: true }).click();
}

async function nothingIsWrong(page: Page, where: string): Promise<void> {
  await page.evaluate(() =>
    Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => 0))),
  );
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
    .analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
  expect(found, where).toEqual([]);
}
