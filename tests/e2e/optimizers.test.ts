/** The Optimizers place from a lecture's first surface to a race on one's own pictures, in English and Korean, also while presenting. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { anyHost } from './hosts/index.ts';
import { goTo, trySample } from './person.ts';
import { expect, test } from './studio-test.ts';
import { en, ko, saying } from './words.ts';

test('an instructor walks over surfaces by single keys, looks rules up, and races optimizers fairly', async ({
  start,
}) => {
  test.setTimeout(300_000);
  const { page } = await start(anyHost);
  await trySample(page, 'shapes');
  await goTo(page, en.place_optimizers);

  // The race runs behind everything else.
  for (const name of ['momentum', 'nesterov', 'adagrad', 'rmsprop', 'adam', 'adamw'] as const) {
    await page.getByRole('checkbox', { name: en[`optimizer_${name}`], exact: true }).uncheck();
  }
  for (const [name, value] of [
    [en.race_form_trials, 1],
    [en.race_form_seeds, 2],
    [en.recipe_epochs, 2],
  ] as const) {
    const field = page.getByRole('textbox', { name, exact: true });
    await field.fill(String(value));
    await field.press('Enter');
  }
  await page.getByRole('button', { name: en.race_start }).click();
  await expect(page.getByText(en.race_running)).toBeVisible({ timeout: 20_000 });

  await view(page, en.optimizers_on_surface);
  const map = page.getByRole('img', { name: /after 0 steps/ });
  await expect(map).toBeVisible();
  for (const key of ['n', 'n', 'n', 'b']) await page.keyboard.press(key);
  await expect(page.getByRole('img', { name: /after 2 steps/ })).toBeVisible();
  await expect(page.getByText(saying(en.surface_rule_at, { step: 3 }))).toBeVisible();
  await page.keyboard.press('Space');
  await expect(page.getByRole('button', { name: new RegExp(en.surface_pause) })).toBeVisible();
  await page.keyboard.press('Space');
  await page.keyboard.press('r');
  await expect(map).toBeVisible();
  await page.getByRole('combobox', { name: en.surface_choose }).selectOption(en.surface_formula);
  await page.getByRole('textbox', { name: 'f(x, y) =' }).fill('x^2 + frog(y)');
  await expect(page.getByRole('alert')).toContainText('frog');
  await page.getByRole('textbox', { name: 'f(x, y) =' }).fill('x^2 + y^4');
  await expect(page.getByRole('alert')).toHaveCount(0);
  await nothingIsWrong(page);

  await view(page, en.optimizers_rules);
  await page.getByRole('button', { name: en.optimizer_momentum, exact: true }).click();
  await expect(page.getByText('v = rho*v + g')).toBeVisible();
  await nothingIsWrong(page);

  await view(page, en.optimizers_on_data);
  await expect(page.getByText(saying(en.race_took))).toBeVisible({ timeout: 120_000 });
  await page.getByRole('button', { name: en.paths_draw }).click();
  await expect(page.getByRole('img', { name: saying(en.paths_label) })).toBeVisible({ timeout: 120_000 });
  await expect(page.getByRole('row', { name: /L-BFGS/ })).toBeVisible();
  await nothingIsWrong(page);

  // Presenting, in Korean and dark, and still so after the page has been loaded again.
  await page.keyboard.press('Shift+P');
  await expect(page.getByRole('navigation', { name: en.frame_places })).toHaveCount(0);
  await page.keyboard.press('Control+Comma');
  await page.getByRole('combobox', { name: en.settings_language }).selectOption({ label: '한국어' });
  await page.getByRole('combobox', { name: ko.settings_theme }).selectOption({ label: ko.settings_theme_dark });
  await page.keyboard.press('Escape');
  await page.reload();
  await expect(page.getByRole('button', { name: new RegExp(ko.present_end) })).toBeVisible();
  await expect(page.getByText(ko.race_table_title, { exact: true })).toBeVisible();
  await nothingIsWrong(page);
  await view(page, ko.optimizers_on_surface);
  await expect(page.getByRole('heading', { level: 1, name: ko.optimizers_surface_title })).toBeVisible();
  for (const key of ['r', 'n', 'n', 'n', 'b']) await page.keyboard.press(key);
  await expect(page.getByText(saying(ko.surface_rule_at, { step: 3 }))).toBeVisible();
  await nothingIsWrong(page);
  await view(page, ko.optimizers_rules);
  await page.getByRole('button', { name: ko.optimizer_rmsprop, exact: true }).click();
  await expect(page.getByRole('img', { name: ko.demo_rates_title })).toBeVisible();
  await nothingIsWrong(page);
  await view(page, ko.optimizers_noise);
  await nothingIsWrong(page);

  // Without noise two runs are the same bits.
  await page.getByRole('button', { name: ko.noise_twice_off }).click();
  await expect(page.getByText(ko.noise_identical)).toBeVisible({ timeout: 60_000 });
});

async function view(page: Page, name: string): Promise<void> {
  await page
    .getByRole('radiogroup', { name: new RegExp(`^(${en.optimizers_views}|${ko.optimizers_views})$`) })
    .getByText(name, { exact: true })
    .click();
}

async function nothingIsWrong(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
    .analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)).toEqual(
    [],
  );
}
