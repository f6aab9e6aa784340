/** What a linear model and an MLP learnt is looked into, picture by picture. */
import { readFile } from 'node:fs/promises';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { anyHost } from './hosts/index.ts';
import { finished, goTo, train, trySample } from './person.ts';
import { expect, test } from './studio-test.ts';
import { en, saying } from './words.ts';

test('a score is taken apart into the templates that made it, and into the template of its picture', async ({
  start,
}) => {
  const { page } = await start(anyHost);
  await trySample(page, 'shapes');
  await train(page, { model: 'linear', epochs: 4 });
  await finished(page);
  await train(page, { model: 'mlp', epochs: 4 });
  await finished(page);

  await goTo(page, en.place_templates);
  await show(page, en.templates_view_recombined);
  await expect(page.getByRole('heading', { name: saying(en.story_both) })).toBeVisible();
  const score = await explainedScore(page);
  expect(sum(await terms(page))).toBeCloseTo(score, 1); // the terms are shown with two digits each
  await passesAxe(page);

  // Another class has a score and units of its own.
  await page.getByRole('radiogroup', { name: en.flow_scores }).getByRole('radio').nth(1).check({ force: true });
  await expect.poll(async () => sum(await terms(page)).toFixed(1)).toBe((await explainedScore(page)).toFixed(1));

  await show(page, en.templates_view_picture);
  const facts = page.getByRole('group', { name: en.templates_inspector });
  const tolerance = Number(await factOf(facts.getByText(en.exact_tolerance)));
  expect(tolerance).toBeGreaterThan(0);
  for (const name of [en.exact_sum, en.exact_template]) {
    expect(Number(await factOf(facts.getByText(name)))).toBeLessThan(tolerance);
  }
  await page.getByRole('slider', { name: en.slide_label }).fill('1');
  await expect(page.getByText(saying(en.slide_text))).toBeVisible();
  await passesAxe(page);

  await show(page, en.templates_view_units);
  await expect(page.getByRole('heading', { name: en.units_ablation_title })).toBeVisible({ timeout: 20_000 });
  await expect(page.getByRole('heading', { name: en.rose_title })).toBeVisible();
  await passesAxe(page);

  await show(page, en.templates_view_classes);
  await expect(page.getByRole('heading', { name: en.templates_title_one, level: 1 })).toBeVisible();

  // Another penalty is a run of its own, whose templates form beside the first one's and vary less.
  const forming = page.getByRole('region', { name: en.forming_title });
  await forming.getByRole('slider', { name: en.recipe_l2 }).fill('0');
  await forming.getByRole('button', { name: en.forming_start }).click();
  const rows = forming.getByRole('row');
  await expect(rows.nth(2).getByText('4 of 4')).toBeVisible({ timeout: 20_000 });
  const variation = async (row: number) => numberOf((await rows.nth(row).getByRole('cell').nth(3).textContent())!);
  await expect.poll(() => variation(2)).toBeLessThan(await variation(1));

  // From mirrored pictures too, one template a class has to serve both ways of facing.
  await forming.getByRole('button', { name: en.forming_heads_start }).click();
  await expect(rows.nth(3).getByText('4 of 4')).toBeVisible({ timeout: 20_000 });
  const likeness = async (row: number) => numberOf((await rows.nth(row).getByRole('cell').nth(5).textContent())!);
  await expect.poll(() => likeness(3)).toBeGreaterThan(await likeness(2));

  // Both models side by side, as a file that needs nothing else.
  await goTo(page, en.place_experiments);
  for (const number of [1, 2]) {
    await page.getByRole('checkbox', { name: saying(en.experiments_select, { number }) }).check();
  }
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: en.report_save_comparison }).click();
  const report = await readFile(await (await saving).path(), 'utf8');
  expect(report).toContain(en.report_difference_caption);
  expect(report).not.toMatch(/<script|https?:/);
});

test('a weight is muted and the score follows; a smaller network becomes a run that says where it came from', async ({
  start,
}) => {
  const { page } = await start(anyHost);
  await trySample(page, 'shapes');
  await train(page, { model: 'mlp', epochs: 3 });
  await finished(page);
  await goTo(page, en.place_templates);

  await show(page, en.templates_view_recombined);
  const card = page.getByRole('region', { name: en.turn_title });
  await card.getByRole('button', { name: en.turn_mute }).click();
  await expect(card.getByRole('slider')).toHaveValue('0');
  await expect(card.getByRole('button', { name: en.turn_reset })).toBeEnabled();

  await show(page, en.templates_view_smaller);
  await expect(page.getByRole('heading', { name: en.smaller_curve_title })).toBeVisible({ timeout: 30_000 });
  await page.getByRole('slider', { name: en.smaller_keep }).fill('8');
  await passesAxe(page);
  await page.getByLabel(en.smaller_epochs).selectOption({ label: en.smaller_epochs_none });
  await page.getByRole('button', { name: saying(en.smaller_make) }).click();
  const made = page.getByRole('region', { name: en.smaller_made_title }).getByRole('link');
  await expect(made).toBeVisible();
  await made.click();
  await expect(page.getByRole('heading', { name: saying(en.beside_title) })).toBeVisible({ timeout: 30_000 });
});

async function show(page: Page, view: string): Promise<void> {
  await page.getByRole('radiogroup', { name: en.templates_view }).getByText(view, { exact: true }).click();
}

/** What the sentence under the flow adds up: units shown, the others, the bias. */
async function terms(page: Page): Promise<number[]> {
  const numbers = await page.getByText(saying(en.flow_sum_shown)).locator('..').locator('b').allTextContents();
  return numbers.slice(0, -1).map(numberOf);
}

/** The score of the class that is explained, as the list of scores shows it. */
async function explainedScore(page: Page): Promise<number> {
  const row = page.getByRole('radiogroup', { name: en.flow_scores }).locator('label:has(input:checked)');
  return numberOf((await row.locator('.number').textContent())!);
}

async function factOf(term: ReturnType<Page['getByText']>): Promise<string> {
  return (await term.locator('xpath=ancestor::div[dt]').locator('dd').textContent())!.trim();
}

const numberOf = (text: string) => Number(text.replace('−', '-').replaceAll(',', ''));
const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

async function passesAxe(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
    .analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
}
