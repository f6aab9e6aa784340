/** What a person does in the studio, in words that journeys share. */
import { expect, type Page } from '@playwright/test';
import { en, saying } from './words.ts';

export async function trySample(page: Page, sample: 'shapes' | 'handwriting'): Promise<void> {
  const name = { shapes: en.sample_shapes_title, handwriting: en.sample_handwriting_title }[sample];
  await page.getByRole('region', { name }).getByRole('button', { name: en.start_try_sample }).click();
  await expect(page.getByRole('grid', { name: en.dataset_grid_label })).toBeVisible({ timeout: 30_000 });
}

export interface Choices {
  readonly model?: 'linear' | 'mlp';
  /** As the form calls it. */
  readonly optimizer?: string;
  readonly epochs?: number;
  readonly learningRate?: number;
}

/** From the Dataset or Train place: chooses, and starts. */
export async function train(
  page: Page,
  { model = 'linear', optimizer, epochs, learningRate }: Choices = {},
): Promise<void> {
  await goTo(page, en.place_train);
  const again = page.getByRole('button', { name: en.train_variant, exact: true });
  const start = page.getByRole('button', { name: en.train_start, exact: true });
  await expect(again.or(start)).toBeVisible();
  if (await again.isVisible()) await again.click();
  const name = { linear: en.model_linear, mlp: en.model_mlp }[model];
  await page.getByRole('radiogroup', { name: en.recipe_model }).getByText(name, { exact: true }).click();
  if (optimizer !== undefined) {
    await page.getByRole('combobox', { name: en.recipe_optimizer, exact: true }).selectOption(optimizer);
  }
  if (epochs !== undefined) await fillNumber(page, en.recipe_epochs, epochs);
  if (learningRate !== undefined) await fillNumber(page, en.recipe_learning_rate, learningRate);
  await start.click();
}

async function fillNumber(page: Page, name: string, value: number): Promise<void> {
  const field = page.getByRole('textbox', { name, exact: true });
  await field.fill(String(value));
  await field.press('Enter');
}

/** Waits for the end of the run in view and returns the sentence about it. */
export async function finished(page: Page): Promise<string> {
  const sentence = page.getByText(saying(en.train_status_finished_validation));
  await expect(sentence).toBeVisible({ timeout: 60_000 });
  return (await sentence.textContent())!;
}

export async function goTo(page: Page, place: string, places: string = en.frame_places): Promise<void> {
  await page
    .getByRole('navigation', { name: places })
    .getByRole('link', { name: new RegExp(`^${place}( [\\d,]+)?$`) }) // with what it counts, and no longer word that begins so
    .click();
}

/** A run of which enough is left for a test to interfere with. */
export async function trainForLong(page: Page): Promise<void> {
  // An MLP, since its epochs take long enough for a page to keep up with them.
  await train(page, { model: 'mlp', epochs: 100_000 });
  await expect(page.getByRole('button', { name: en.train_pause })).toBeEnabled();
  await epochReached(page, 3);
}

/** The epoch that the Train place shows. */
export async function shownEpoch(page: Page): Promise<number> {
  const facts = page.getByRole('complementary').getByText(/^[\d,]+ of [\d,]+$/);
  return Number((await facts.textContent())!.split(' ')[0]!.replaceAll(',', ''));
}

export async function epochReached(page: Page, epoch: number): Promise<void> {
  await expect.poll(() => shownEpoch(page), { timeout: 30_000 }).toBeGreaterThanOrEqual(epoch);
}
