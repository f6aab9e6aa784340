/** What a model sees: from the Features place to a model of colours and edges, and back to its shares in a score. */
import AxeBuilder from '@axe-core/playwright';
import { anyHost } from './hosts/index.ts';
import { finished, goTo, train, trySample } from './person.ts';
import { expect, test } from './studio-test.ts';
import { en, saying } from './words.ts';

test('a person sees what features keep, trains on them, and finds what each gives to a score', async ({ start }) => {
  const { page } = await start(anyHost);
  await trySample(page, 'shapes');

  await goTo(page, en.place_features);
  await page.getByRole('button', { name: en.features_shuffle }).click();
  await expect(page.getByText(en.features_shuffle_same)).toBeVisible();
  await page.getByRole('slider', { name: en.features_brightness }).fill('80');
  await expect(page.getByText(en.features_hog_blind)).toBeVisible();
  await page.getByRole('button', { name: en.features_learn_words }).click();
  await expect(page.getByRole('img', { name: saying(en.features_codebook_label) })).toBeVisible({ timeout: 60_000 });
  await page.getByRole('combobox', { name: en.features_encoding }).selectOption(en.features_hard);
  await expect(page.getByRole('img', { name: saying(en.features_word_histogram_label) })).toBeVisible();
  await page.getByRole('radiogroup', { name: en.features_space }).getByText(en.features_space_joint).click();
  await expect(page.getByText(en.features_shuffle_same)).toBeVisible(); // 64 colours, and still no bit differs

  await goTo(page, en.place_train);
  await page.getByRole('checkbox', { name: en.features_color, exact: true }).check();
  await page.getByRole('checkbox', { name: en.features_hog, exact: true }).check();
  await page.getByRole('checkbox', { name: en.features_raw, exact: true }).uncheck();
  await page.getByText(en.features_more).last().click();
  await page.getByRole('combobox', { name: en.features_voting }).selectOption(en.features_bilinear);
  await train(page, { model: 'linear', epochs: 3 });
  await finished(page);

  await goTo(page, en.place_features);
  await expect(page.getByRole('img', { name: saying(en.features_codebook_label) })).toBeVisible(); // still there
  await expect(page.getByText(saying(en.features_shares_sentence))).toBeVisible({ timeout: 20_000 });
  await page.getByRole('button', { name: en.blocks_start }).click();
  await expect(
    page.getByRole('rowheader', { name: saying(en.blocks_without, { block: en.features_hog }) }),
  ).toBeVisible({
    timeout: 30_000,
  });
  await page.getByRole('button', { name: en.features_measure }).click();
  await expect(page.getByText('κ ').first()).toBeVisible({ timeout: 30_000 });
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
    .analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
});
