/** What is promised of every place: views that are kept, ways back, settings, commands and lists of files. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { anyHost } from './hosts/index.ts';
import { finished, goTo, train, trySample } from './person.ts';
import { drawPictures } from './pictures.ts';
import { expect, test } from './studio-test.ts';
import { en, saying } from './words.ts';

test('views are kept, runs come back from the trash, settings apply at once, and commands are found by name', async ({
  start,
}) => {
  const { page } = await start(anyHost);
  await trySample(page, 'handwriting');
  await train(page, { epochs: 6 });
  await finished(page);

  await test.step('zoom, log axis and a hidden curve survive a reload', async () => {
    const zoomed = page.getByRole('button', { name: en.chart_follow, exact: true });
    const log = page.getByRole('button', { name: en.chart_log, exact: true });
    const curve = page.getByRole('group', { name: en.chart_legend }).first().getByRole('button').first();
    await expect(zoomed).toHaveCount(0);
    await expect(log).toHaveAttribute('aria-pressed', 'false');
    await expect(curve).toHaveAttribute('aria-pressed', 'true');
    await page.getByRole('slider', { name: saying(en.train_figure_loss) }).focus();
    await page.keyboard.press('+');
    await log.click();
    await keptBy(page, () => curve.click());

    await page.reload();

    await expect(zoomed).toHaveCount(1);
    await expect(log).toHaveAttribute('aria-pressed', 'true');
    await expect(curve).toHaveAttribute('aria-pressed', 'false');
    await zoomed.click();
    await expect(zoomed).toHaveCount(0);
  });

  await test.step('a run in the trash comes back by Undo, and only emptying the trash asks', async () => {
    await goTo(page, en.place_experiments);
    const run = page.getByRole('checkbox', { name: saying(en.experiments_select, { number: 1 }) });
    await run.check();
    await page.getByRole('button', { name: en.experiments_remove, exact: true }).click();
    await expect(page.getByText(en.experiments_removed_one)).toBeVisible();
    await expect(run).toHaveCount(0);
    await page.getByRole('button', { name: en.undo, exact: true }).click();
    await expect(run).toBeVisible();

    await run.check();
    await page.getByRole('button', { name: en.experiments_remove, exact: true }).click();
    await expect(run).toHaveCount(0);
    const shown = page.getByRole('radiogroup', { name: en.experiments_show });
    await shown.getByText(en.experiments_trash, { exact: true }).click();
    await expect(run).toBeVisible();
    const empty = page.getByRole('button', { name: en.experiments_empty_trash, exact: true });
    const question = page.getByRole('dialog', { name: saying(en.experiments_empty_confirm_title, { count: 1 }) });
    await empty.click();
    await question.getByRole('button', { name: en.cancel, exact: true }).click();
    await expect(run).toBeVisible();
    await empty.click();
    await question.getByRole('button', { name: en.experiments_empty_trash, exact: true }).click();
    await expect(page.getByRole('heading', { name: en.experiments_trash_empty_title })).toBeVisible();
  });

  await test.step('a command is found by its name, and the question mark lists the keys', async () => {
    await page.keyboard.press('Control+KeyK');
    await page.getByPlaceholder(en.palette_placeholder).fill(en.commands_text_larger);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect.poll(() => textSize(page)).toBeCloseTo(16 * 0.8125 * 1.1, 2);

    await page.keyboard.press('Shift+Slash');
    const shortcuts = page.getByRole('dialog', { name: en.shortcuts_title });
    for (const command of [en.frame_search, en.undo, en.settings_title, en.start_open_folder]) {
      await expect(shortcuts.getByRole('term').filter({ hasText: command })).toHaveCount(1);
    }
    await page.keyboard.press('Escape');
    await expect(shortcuts).toHaveCount(0);
  });

  await test.step('settings are found by a word, apply without a reload, and each can be reset', async () => {
    await page.evaluate(() => (document.body.dataset['sameDocument'] = 'yes'));
    await page.keyboard.press('Control+Comma');
    const settings = page.getByRole('dialog', { name: en.settings_title });
    const search = settings.getByRole('searchbox', { name: en.settings_search });
    const theme = settings.getByRole('combobox', { name: en.settings_theme });
    const size = settings.getByRole('textbox', { name: en.settings_text_size });
    await search.fill('theme');
    await expect(size).toHaveCount(0);
    await theme.selectOption({ label: en.settings_theme_dark });
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');

    await search.fill('percent');
    await expect(theme).toHaveCount(0);
    await size.fill('150');
    await size.press('Enter');
    await expect.poll(() => textSize(page)).toBeCloseTo(16 * 0.8125 * 1.5, 2);
    const reset = saying(en.settings_reset, { name: en.settings_text_size });
    await settings.getByRole('button', { name: reset }).click();
    await expect.poll(() => textSize(page)).toBeCloseTo(16 * 0.8125, 2);
    await expect(settings.getByRole('button', { name: reset })).toBeDisabled();

    await search.fill('no such setting');
    await expect(settings.getByText(en.settings_nothing_found)).toBeVisible();
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
    await expect(page.locator('body')).toHaveAttribute('data-same-document', 'yes');
  });
});

test('a file that cannot be read is named with its reason, and the list can be copied and saved', async ({
  start,
  folder,
}) => {
  const pictures = path.join(folder, 'pictures');
  await drawPictures(pictures, 6);
  await writeFile(path.join(pictures, 'clay', 'broken.png'), 'no picture');
  const { studio, page } = await start(anyHost);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await studio.chooseFolder(page, pictures, () => page.getByRole('button', { name: en.start_open_folder }).click());
  await page.getByRole('button', { name: en.import_start, exact: true }).click();
  const report = page.getByRole('dialog', { name: en.import_title_report });
  await expect(report.getByText('clay/broken.png')).toBeVisible();

  await report.getByRole('button', { name: en.files_copy }).click();
  await expect(page.getByText(en.files_said_copied)).toBeVisible();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toMatch(/^clay\/broken\.png\t[^\t]+\t[^\t]+$/);

  const saving = page.waitForEvent('download');
  await report.getByRole('button', { name: en.files_save }).click();
  const saved = await saving;
  expect(saved.suggestedFilename()).toBe('pictures-files.csv');
  expect(await readFile(await saved.path(), 'utf8')).toContain('"clay/broken.png"');
});

/** The size of the root's text in pixels. */
function textSize(page: Page): Promise<number> {
  return page.evaluate(() => Number.parseFloat(getComputedStyle(document.documentElement).fontSize));
}

/** Does something whose effect on the view is kept a moment later. */
async function keptBy(page: Page, action: () => Promise<void>): Promise<void> {
  await action();
  // The page gathers changes of a view for a quarter of a second; nothing that can be seen tells that they were sent.
  await page.waitForTimeout(600);
}
