/** The whole way without a mouse, under a Hangul layout and with reduced motion: focus is always visible and follows the reading order. */
import path from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { anyHost } from './hosts/index.ts';
import { finished } from './person.ts';
import { drawPictures } from './pictures.ts';
import { expect, test } from './studio-test.ts';
import { en, ko, saying } from './words.ts';

/** What the keys of a Hangul layout say. */
const hangul = {
  KeyD: 'ㅇ',
  KeyE: 'ㄷ',
  KeyG: 'ㅎ',
  KeyK: 'ㅏ',
  KeyM: 'ㅡ',
  KeyT: 'ㅅ',
  KeyV: 'ㅍ',
  KeyX: 'ㅌ',
} as const;
type Letter = keyof typeof hangul;

test('a folder is opened, learnt from and looked into, and a run is thrown away and brought back, by keyboard alone', async ({
  start,
  folder,
}) => {
  const pictures = path.join(folder, 'pictures');
  await drawPictures(pictures, 12);
  const { page } = await start(anyHost);
  await page.emulateMedia({ reducedMotion: 'reduce' });

  await test.step('open and import', async () => {
    await tabTo(page, page.getByRole('button', { name: en.start_open_folder }));
    await page.keyboard.press('Enter');
    const chooser = page.getByRole('dialog');
    await tabTo(page, chooser.getByRole('textbox', { name: en.chooser_path }));
    await page.keyboard.press('Control+KeyA');
    await page.keyboard.type(pictures);
    await page.keyboard.press('Enter');
    await expect(chooser.getByRole('option', { name: 'clay' })).toBeVisible();
    await tabTo(page, chooser.getByRole('button', { name: en.chooser_use_folder }));
    await page.keyboard.press('Enter');
    await tabTo(page, page.getByRole('button', { name: en.import_start, exact: true }));
    await page.keyboard.press('Enter');
    await tabTo(page, page.getByRole('button', { name: en.import_open_dataset }));
    await page.keyboard.press('Enter');
  });

  await test.step('the grid says where one is in it', async () => {
    const grid = page.getByRole('grid', { name: en.dataset_grid_label });
    await tabTo(page, grid);
    await page.keyboard.press('ArrowRight');
    const cell = page.locator(`[id="${await grid.getAttribute('aria-activedescendant')}"]`);
    await expect(cell).toHaveAttribute('aria-label', /\b2 of 36\b/);
    await page.keyboard.press('Space');
    await expect(cell).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.press('Escape');
  });

  await test.step('train, with what was typed kept over a change of language', async () => {
    await inHangul(page, 'KeyG', 'KeyT');
    const epochs = page.getByRole('textbox', { name: en.recipe_epochs, exact: true });
    await tabTo(page, epochs);
    await page.keyboard.press('Control+KeyA');
    await page.keyboard.type('6');
    await say(page, '한국어');
    await expect(page.locator('html')).toHaveAttribute('lang', 'ko');
    await expect(page.getByRole('textbox', { name: ko.recipe_epochs, exact: true })).toHaveValue('6');
    await say(page, 'English');
    await expect(page.locator('html')).toHaveAttribute('lang', 'en');
    await expect(epochs).toHaveValue('6');
    await tabTo(page, page.getByRole('button', { name: en.train_start, exact: true }));
    await page.keyboard.press('Enter');
    await finished(page);
  });

  await test.step('a figure is read point by point and as a table', async () => {
    const chart = page.getByRole('slider', { name: saying(en.train_figure_loss) });
    await tabTo(page, chart);
    const newest = await chart.getAttribute('aria-valuetext');
    await page.keyboard.press('ArrowLeft');
    await expect(chart).not.toHaveAttribute('aria-valuetext', newest!);
    const table = page.getByRole('button', { name: en.figure_show_table }).first();
    await tabTo(page, table, 'Shift+Tab');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('main').getByRole('table').first().getByRole('row')).toHaveCount(7);
    await page.keyboard.press('Enter');
  });

  await test.step('a cell of the confusion matrix and its pictures', async () => {
    await inHangul(page, 'KeyG', 'KeyV');
    const matrix = page.getByRole('grid', { name: en.evaluate_matrix_label });
    await expect(matrix).toBeVisible({ timeout: 30_000 });
    await tabTo(page, matrix.locator('[tabindex="0"]').or(matrix.locator('xpath=self::*[@tabindex="0"]')).first());
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await tabTo(page, page.getByRole('listbox').first());
    await expect(page.getByRole('listbox').first().getByRole('option').first()).toBeVisible();
  });

  await test.step('templates', async () => {
    await inHangul(page, 'KeyG', 'KeyM');
    const templates = page.getByRole('listbox', { name: en.templates_class_label });
    await tabTo(page, templates.or(templates.locator('[tabindex="0"]')).first());
    await page.keyboard.press('ArrowRight');
    await expect(templates.getByRole('option').nth(1)).toHaveAttribute('aria-selected', 'true');
  });

  await test.step('a run goes to the trash and comes back; letters that are typed are no shortcuts', async () => {
    await inHangul(page, 'KeyG', 'KeyX');
    const filter = page.getByRole('searchbox', { name: en.experiments_filter });
    await tabTo(page, filter);
    await page.keyboard.type('gd?');
    await expect(filter).toHaveValue('gd?');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await page.keyboard.press('Control+KeyA');
    await page.keyboard.press('Delete');
    const run = page.getByRole('checkbox', { name: saying(en.experiments_select, { number: 1 }) });
    await tabTo(page, run);
    await page.keyboard.press('Space');
    await expect(run).toBeChecked();
    await page.keyboard.press('Delete');
    await expect(run).toHaveCount(0);
    await page.keyboard.press('Control+KeyZ');
    await expect(run).toBeVisible();
  });
});

/** Presses Tab until the focus is there. Wherever it is on the way, it can be seen, and nothing moves for decoration. */
async function tabTo(page: Page, target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  await expect(target).toBeVisible();
  for (let presses = 0; presses < 120; presses++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(key);
    const { isVisible, what, moving } = await page.evaluate(() => {
      const focused = document.activeElement!;
      const rings = [
        focused,
        focused.parentElement,
        focused.closest('label, tr, li'),
        ...focused.children,
        focused.nextElementSibling,
        document.getElementById(focused.getAttribute('aria-activedescendant') ?? ''),
      ];
      const hasRing = (element: Element | null) => {
        const { outlineStyle, outlineWidth } = getComputedStyle(element!);
        return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0;
      };
      return {
        isVisible: focused === document.body || rings.some((element) => element !== null && hasRing(element)),
        what: focused.outerHTML.slice(0, 200),
        moving: document
          .getAnimations()
          .filter(({ effect }) => Number(effect?.getComputedTiming().duration ?? 0) > 1)
          .map(({ effect }) => (effect as KeyframeEffect).target?.outerHTML.slice(0, 100)),
      };
    });
    expect(isVisible, `the focus can be seen on ${what}`).toBe(true);
    expect(moving).toEqual([]);
  }
  throw new Error(`Tab does not lead to ${String(target)}.`);
}

/** Presses letters as a person does whose keyboard writes Hangul. */
async function inHangul(page: Page, ...letters: Letter[]): Promise<void> {
  for (const code of letters) {
    const init = { key: hangul[code], code, bubbles: true, cancelable: true };
    await page.evaluate(
      (event) => (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent('keydown', event)),
      init,
    );
  }
}

/** Runs a command of the palette by its name. */
async function say(page: Page, command: string): Promise<void> {
  await page.keyboard.press('Control+KeyK');
  await page
    .getByRole('dialog')
    .getByRole('combobox')
    .or(page.getByRole('dialog').locator('input'))
    .first()
    .fill(command);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toHaveCount(0);
}
