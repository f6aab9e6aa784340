/** Labels and exclusions: wherever a mistake is seen it can be put right, and one Ctrl+Z takes it back. */
import path from 'node:path';
import { rm } from 'node:fs/promises';
import { anyHost } from './hosts/index.ts';
import { finished, goTo, train } from './person.ts';
import { drawPictures } from './pictures.ts';
import { expect, test } from './studio-test.ts';
import { en } from './words.ts';

test('pictures are excluded and relabelled in Dataset and Evaluate, each with one undo, and a changed folder is noticed', async ({
  start,
  folder,
}) => {
  const pictures = path.join(folder, 'pictures');
  const files = await drawPictures(pictures, 12);
  const { studio, page } = await start(anyHost);
  await studio.chooseFolder(page, pictures, () => page.getByRole('button', { name: en.start_open_folder }).click());
  await page.getByRole('button', { name: en.import_start, exact: true }).click();
  await page.getByRole('button', { name: en.import_open_dataset }).click();

  await test.step('three pictures are chosen by keyboard and excluded under a Hangul layout', async () => {
    const grid = page.getByRole('grid', { name: en.dataset_grid_label });
    await grid.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Shift+ArrowRight');
    await expect(page.getByText('3 of 36 selected')).toBeVisible();
    // A Hangul layout says ㄷ where the key E is.
    await grid.dispatchEvent('keydown', { key: 'ㄷ', code: 'KeyE', bubbles: true });
    await expect(page.getByText('Excluded 3 pictures.')).toBeVisible();
    await expect(page.getByRole('heading', { name: '33 pictures in 3 classes' })).toBeVisible();

    await page.keyboard.press('Control+KeyZ');

    await expect(page.getByRole('heading', { name: '36 pictures in 3 classes' })).toBeVisible();
  });

  await train(page, { epochs: 5 });
  await finished(page);
  await test.step('a picture gets another class where its verdict is seen', async () => {
    await goTo(page, en.place_evaluate);
    const inspector = page.getByRole('complementary');
    const label = inspector.getByRole('combobox', { name: en.dataset_relabel });
    const before = await label.inputValue();
    await label.selectOption({ index: before === '0' ? 1 : 0 });
    await expect(page.getByText(/^The picture is now “/)).toBeVisible();
    await expect(label).not.toHaveValue(before);

    await page.getByRole('main').click({ position: { x: 5, y: 5 } });
    await page.keyboard.press('Control+KeyZ');

    await expect(label).toHaveValue(before);
  });

  await test.step('a label that is wrong when a model learns is found out of fold and put right in one step', async () => {
    const label = page.getByRole('complementary').getByRole('combobox', { name: en.dataset_relabel });
    const given = await label.inputValue();
    await label.selectOption({ index: given === '0' ? 1 : 0 });
    await expect(label).not.toHaveValue(given); // the message of the edit before may still stand there
    await train(page, { epochs: 5 });
    await finished(page);
    await goTo(page, en.place_evaluate);
    const moved = page.getByRole('region', { name: 'What moved from #1 to #2' });
    await moved.getByRole('gridcell').first().click();
    await expect(page.getByRole('heading', { name: / came, \d+ went$/ })).toBeVisible();

    await page.getByRole('button', { name: en.labels_find }).click();
    const suspected = page.getByRole('listbox', { name: en.labels_strip });
    await suspected.focus({ timeout: 30_000 });
    await page.keyboard.press('Space');
    await expect(suspected.getByRole('option', { selected: true })).toHaveCount(1);
    const before = await suspected.getByRole('option').count();
    await page.getByRole('button', { name: 'Give 1 the suggested label' }).click();
    await expect(page.getByText(en.dataset_said_labels_one)).toBeVisible();
    await expect(suspected.getByRole('option')).toHaveCount(before - 1);

    await page.getByRole('main').click({ position: { x: 5, y: 5 } });
    await page.keyboard.press('Control+KeyZ');

    await expect(suspected.getByRole('option')).toHaveCount(before);
  });

  await test.step('who comes back from the file manager is told that the folder has changed', async () => {
    await goTo(page, en.place_dataset);
    await expect(page.getByRole('grid', { name: en.dataset_grid_label })).toBeVisible();
    await rm(files[0]![0]!);

    await page.evaluate(() => dispatchEvent(new Event('focus')));

    await expect(page.getByRole('button', { name: en.dataset_read_again })).toBeVisible();
  });
});
