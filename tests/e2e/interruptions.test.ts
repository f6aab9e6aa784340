/** Training that is paused, stopped and left. */
import { anyHost } from './hosts/index.ts';
import { epochReached, shownEpoch, trainForLong, trySample } from './person.ts';
import { expect, test } from './studio-test.ts';
import { en, saying } from './words.ts';

test('a run is paused, goes on, and is stopped and kept', async ({ start }) => {
  const { page } = await start(anyHost);
  await trySample(page, 'handwriting');
  await trainForLong(page);

  await page.getByRole('button', { name: en.train_pause }).click();
  await expect(page.getByText(saying(en.train_status_paused))).toBeVisible();
  const paused = await shownEpoch(page);
  await page.getByRole('button', { name: en.train_resume }).first().click();
  await epochReached(page, paused + 1);
  await page.getByRole('button', { name: en.train_stop_and_keep }).first().click();

  await expect(page.getByText(saying(en.train_status_stopped))).toBeVisible();
  await expect(page.getByText(en.train_test_accuracy, { exact: true })).toBeVisible();
});

test('a page that is loaded again shows the run as it is now', async ({ start }) => {
  const { page } = await start(anyHost);
  await trySample(page, 'handwriting');
  await trainForLong(page);
  const before = await shownEpoch(page);

  await page.reload();

  await epochReached(page, before + 1);
  await expect(page.getByRole('button', { name: en.train_pause })).toBeEnabled();
});
