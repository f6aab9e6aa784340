/** The studio can be used by everyone: every place and every dialog, in both colours and both languages. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { anyHost } from './hosts/index.ts';
import { finished, goTo, train } from './person.ts';
import { drawPictures } from './pictures.ts';
import { expect, test } from './studio-test.ts';
import { en, ko, saying } from './words.ts';

const ways = [
  { theme: 'settings_theme_light', words: en, language: 'English' },
  { theme: 'settings_theme_dark', words: ko, language: '한국어' },
] as const;

/** The last two have views that are places of their own. */
const places = [
  ...(['features', 'train', 'templates', 'evaluate', 'predict', 'experiments', 'gradient_lab'] as const),
  ...(['optimizers', 'landscapes'] as const),
];

test('axe finds nothing in any place or dialog, in light English and dark Korean', async ({ start, folder }) => {
  test.setTimeout(360_000);
  const pictures = path.join(folder, 'pictures');
  await drawPictures(pictures, 8);
  const { studio, page } = await start(anyHost);
  await studio.chooseFolder(page, pictures, () => page.getByRole('button', { name: en.start_open_folder }).click());
  await page.getByRole('button', { name: en.import_start, exact: true }).click();
  await page.getByRole('button', { name: en.import_open_dataset }).click();
  await train(page, { model: 'linear', epochs: 5 });
  await finished(page);
  await train(page, { model: 'mlp', epochs: 5 });
  await finished(page);

  let words: typeof en | typeof ko = en;
  for (const way of ways) {
    await page.evaluate(() => (location.hash = '#/'));
    await page.keyboard.press('Control+Comma');
    const settings = page.getByRole('dialog', { name: words.settings_title });
    await settings.getByRole('combobox', { name: words.settings_language }).selectOption({ label: way.language });
    words = way.words;
    await expect(page.locator('html')).toHaveAttribute('lang', words === ko ? 'ko' : 'en');
    await page.getByRole('combobox', { name: words.settings_theme }).selectOption({ label: words[way.theme] });
    await nothingIsWrong(page, 'settings');
    await page.keyboard.press('Escape');
    await nothingIsWrong(page, 'start');

    await page
      .getByRole('region', { name: words.start_recents })
      .getByRole('link', { name: /pictures/ })
      .click();
    await expect(page.getByRole('grid', { name: words.dataset_grid_label })).toBeVisible();
    await nothingIsWrong(page, 'dataset');
    for (const place of places) {
      await goTo(page, words[`place_${place}`], words.frame_places);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await nothingIsWrong(page, place);
      if (words === en) await everyFigureIsSaved(page, place);
      if (!places.slice(-2).includes(place)) continue;
      const views = page.getByRole('main').getByRole('radiogroup').first().getByRole('radio');
      await expect(views.nth(2), place).toBeAttached();
      for (let view = 1; view < (await views.count()); view++) {
        await views.nth(view).check({ force: true });
        await nothingIsWrong(page, `${place}, view ${view}`);
        if (words === en) await everyFigureIsSaved(page, `${place}, view ${view}`);
      }
    }
    await page.keyboard.press('Shift+KeyP');
    await nothingIsWrong(page, 'presenting');
    await page.keyboard.press('Shift+KeyP');
    await page.keyboard.press('Control+KeyK');
    await expect(page.getByRole('dialog')).toBeVisible();
    await nothingIsWrong(page, 'command palette');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Shift+Slash');
    await expect(page.getByRole('dialog', { name: words.shortcuts_title })).toBeVisible();
    await nothingIsWrong(page, 'shortcuts');
    await page.keyboard.press('Escape');
  }
});

async function nothingIsWrong(page: Page, where: string): Promise<void> {
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
  // What slides or fades in is judged when it has come to rest.
  await page.evaluate(() =>
    Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => 0))),
  );
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
    .analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
  expect(found, where).toEqual([]);
}

/** Each of the figures that are seen gives its picture in both kinds of file, and its numbers. */
async function everyFigureIsSaved(page: Page, where: string): Promise<void> {
  const menus = page.getByRole('main').getByRole('button', { name: saying(en.figure_menu) });
  for (let figure = 0; figure < (await menus.count()); figure++) {
    const saved = async (item: string): Promise<Buffer> => {
      await menus.nth(figure).click();
      const download = page.waitForEvent('download');
      await page.getByRole('menuitem', { name: item, exact: true }).click();
      return readFile(await (await download).path());
    };
    const name = `${where}: ${await menus.nth(figure).getAttribute('aria-label')}`;

    const [png, svg, csv] = [await saved(en.figure_save_png), await saved(en.figure_save_svg), await saved(en.figure_save_csv)]; // prettier-ignore

    expect(png.subarray(0, 8).toString('latin1'), name).toBe('\x89PNG\r\n\x1a\n');
    const drawing = svg.toString().replace(/base64,[^"]*/g, '');
    expect([drawing.slice(0, 39), drawing.slice(-6)], name).toEqual([
      '<svg xmlns="http://www.w3.org/2000/svg"',
      '</svg>',
    ]);
    expect(drawing.match(/.{0,60}(NaN|undefined|var\(--).{0,20}/)?.[0], name).toBeUndefined();
    const lines = csv.toString().trimEnd().split('\r\n');
    expect(lines.length, name).toBeGreaterThan(1);
    expect(new Set(lines.map((line) => line.replace(/"[^"]*"/g, '').split(',').length)).size, name).toBe(1);
  }
}
