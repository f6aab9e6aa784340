/** The first run of a person without data: three clicks to a trained model, and all of it there again tomorrow. */
import { hosts } from './hosts/index.ts';
import { expect, test } from './studio-test.ts';
import { en, saying } from './words.ts';

for (const host of hosts) {
  test(`goes from launch to a trained model in three clicks in ${host.name}, and finds it again tomorrow`, async ({
    start,
    context,
  }) => {
    const { studio, page } = await start(host);

    await page
      .getByRole('region', { name: en.sample_handwriting_title })
      .getByRole('button', { name: en.start_try_sample })
      .click();
    await page.getByRole('button', { name: en.dataset_train, exact: true }).click();
    await page.getByRole('button', { name: en.train_start, exact: true }).click();

    const finished = page.getByText(saying(en.train_status_finished_validation));
    await expect(finished).toBeVisible({ timeout: 60_000 });
    const verdict = await finished.textContent();

    await studio.quit();
    await page.close().catch(() => undefined);
    const tomorrow = await start(host);
    void context;
    await tomorrow.page
      .getByRole('region', { name: en.start_recents })
      .getByRole('link', { name: new RegExp(en.sample_handwriting_title) })
      .click();
    await tomorrow.page.getByRole('link', { name: en.place_experiments }).click();
    await tomorrow.page.getByRole('table').getByRole('button').first().waitFor();
    await tomorrow.page.getByRole('link', { name: en.place_train }).click();

    await expect(tomorrow.page.getByText(verdict!)).toBeVisible();
  });
}
