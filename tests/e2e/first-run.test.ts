/** The first run of a person without data: three clicks to a trained model, and all of it there again tomorrow. */
import { hosts } from './hosts/index.ts';
import { finished, goTo } from './person.ts';
import { expect, test } from './studio-test.ts';
import { en } from './words.ts';

// The way from a folder goes through every host (learning); this one through the package and Electron's code.
for (const host of hosts.slice(-2)) {
  test(`three clicks lead from launch to a trained model in ${host.name}, and tomorrow it is there`, async ({
    start,
  }) => {
    const { studio, page } = await start(host);

    await page
      .getByRole('region', { name: en.sample_handwriting_title })
      .getByRole('button', { name: en.start_try_sample })
      .click();
    await page.getByRole('button', { name: en.dataset_train, exact: true }).click();
    await page.getByRole('button', { name: en.train_start, exact: true }).click();
    const verdict = await finished(page);

    await studio.quit();
    const tomorrow = await start(host);
    await tomorrow.page
      .getByRole('region', { name: en.start_recents })
      .getByRole('link', { name: new RegExp(en.sample_handwriting_title) })
      .click();
    await goTo(tomorrow.page, en.place_experiments);
    await tomorrow.page
      .getByRole('table')
      .getByRole('button', { name: /#?1|Linear|linear/ })
      .first()
      .click();

    await expect(tomorrow.page.getByText(verdict)).toBeVisible();
  });
}
