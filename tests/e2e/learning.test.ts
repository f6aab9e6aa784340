/** The whole way, in every host: a folder of pictures, two models that learn from it, and what a person sees in them. */
import path from 'node:path';
import { hosts } from './hosts/index.ts';
import { finished, goTo, train } from './person.ts';
import { classes, drawPictures } from './pictures.ts';
import { expect, test } from './studio-test.ts';
import { en, saying } from './words.ts';

for (const host of hosts) {
  test(`goes from a folder of pictures to models one can look into, in ${host.name}`, async ({ start, folder }) => {
    const pictures = path.join(folder, 'pictures');
    const files = await drawPictures(pictures);
    const { studio, page } = await start(host);

    await test.step('a preview names classes and counts before anything is written', async () => {
      await studio.chooseFolder(page, pictures, () => page.getByRole('button', { name: en.start_open_folder }).click());

      const preview = page.getByRole('dialog', { name: en.import_title_preview });
      await expect(preview.getByRole('heading', { name: '3 classes, 72 pictures' })).toBeVisible();
      for (const name of classes) await expect(preview.getByRole('rowheader', { name, exact: true })).toBeVisible();
      await preview.getByRole('button', { name: en.import_start, exact: true }).click();
    });

    await test.step('every file is accounted for', async () => {
      const report = page.getByRole('dialog', { name: en.import_title_report });
      await expect(report.getByText('72 pictures in 3 classes were kept.')).toBeVisible();
      await report.getByRole('button', { name: en.import_open_dataset }).click();
      await expect(page.getByRole('heading', { name: '72 pictures in 3 classes' })).toBeVisible();
    });

    await test.step('a linear classifier and an MLP learn', async () => {
      await train(page, { model: 'linear', epochs: 30 });
      await finished(page);
      await train(page, { model: 'mlp', epochs: 20 });
      await finished(page);
      await expect(page.getByRole('slider', { name: saying(en.train_figure_loss, { number: 2 }) })).toBeVisible();
    });

    await test.step('the templates show what both learnt', async () => {
      await goTo(page, en.place_templates);
      const views = page.getByRole('radiogroup', { name: en.templates_view, exact: true });
      await views.getByText(en.templates_view_bank, { exact: true }).click();
      await expect(page.getByRole('grid', { name: en.templates_bank_label })).toBeVisible();
      await views.getByText(en.templates_view_classes, { exact: true }).click();
      const ofClasses = page.getByRole('listbox', { name: en.templates_class_label });
      await expect(ofClasses.getByRole('option')).toHaveCount(3);
    });

    await test.step('a cell of the confusion matrix shows exactly its pictures', async () => {
      await goTo(page, en.place_evaluate);
      const matrix = page.getByRole('grid', { name: en.evaluate_matrix_label });
      const cell = matrix.getByRole('gridcell', {
        name: saying(en.evaluate_cell, { truth: 'grass', verdict: 'grass' }),
      });
      // The same cell, wherever its class stands.
      await page.getByRole('switch', { name: en.evaluate_similar }).click();
      const count = Number(/(\d+)(?!.*\d)/.exec((await cell.getAttribute('aria-label'))!)![1]);
      expect(count).toBeGreaterThan(0);
      await cell.click();

      const shown = page.getByRole('listbox', { name: /grass/ });
      await expect(shown.getByRole('option').first()).toHaveAttribute('aria-setsize', String(count));
      await shown.getByRole('option').first().click();
      await expect(page.getByRole('complementary').getByText('grass').first()).toBeVisible();
    });

    await test.step('dropped pictures are judged', async () => {
      await goTo(page, en.place_predict);
      await expect(page.getByRole('heading', { name: en.predict_empty_title })).toBeVisible();
      await studio.drop(page, [files[0]![1]!, files[2]![1]!]);

      const verdicts = page.getByRole('listbox', { name: en.predict_list_label }).getByRole('option');
      await expect(verdicts).toHaveCount(2);
      await expect(verdicts.nth(0)).toContainText('clay');
      await expect(verdicts.nth(1)).toContainText('하늘');
    });

    await test.step('both runs can be compared', async () => {
      await goTo(page, en.place_experiments);
      for (const number of [1, 2]) {
        await page.getByRole('checkbox', { name: saying(en.experiments_select, { number }) }).check();
      }
      await expect(page.getByText(en.experiments_compare)).toBeVisible();
      await expect(page.getByRole('heading', { name: en.experiments_differences })).toBeVisible();
    });

    await test.step('after closing and opening everything again all of it is there', async () => {
      await studio.quit();
      const again = (await start(host)).page;

      await again
        .getByRole('region', { name: en.start_recents })
        .getByRole('link', { name: /pictures/ })
        .click();
      await expect(again.getByRole('heading', { name: '72 pictures in 3 classes' })).toBeVisible();
      await goTo(again, en.place_experiments);
      await expect(again.getByRole('checkbox', { name: saying(en.experiments_select) })).toHaveCount(2);
      await goTo(again, en.place_templates);
      await expect(again.getByRole('listbox', { name: en.templates_class_label })).toBeVisible();
    });
  });
}
