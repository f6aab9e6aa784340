/** What goes wrong on an ordinary day is said where it happens, with the way on: nothing blocks the start, nothing is lost. */
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { anyHost } from './hosts/index.ts';
import { goTo } from './person.ts';
import { drawPictures } from './pictures.ts';
import { expect, test } from './studio-test.ts';
import { en, saying } from './words.ts';

test('a damaged database, empty places, folders without pictures and folders that are gone each say what to do', async ({
  start,
  folder,
}) => {
  await mkdir(path.join(folder, 'data'), { recursive: true });
  await writeFile(path.join(folder, 'data', 'tessera.sqlite'), Buffer.alloc(9000, 7));
  await mkdir(path.join(folder, 'data', 'checkpoints', 'run'), { recursive: true });
  await writeFile(
    path.join(folder, 'data', 'checkpoints', 'run', 'weights'),
    'of a run that only the damaged one knew',
  );
  const pictures = path.join(folder, 'pictures');
  await drawPictures(pictures, 4);
  const letters = path.join(folder, 'letters');
  await mkdir(path.join(letters, 'cat'), { recursive: true });
  await writeFile(path.join(letters, 'cat', 'dear.txt'), 'no picture');
  const { studio, page } = await start(anyHost);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);

  await test.step('a recovery screen says where the damaged database lies, with all that only it knew, and the studio goes on', async () => {
    const aside = path.join(folder, 'data', 'damaged', '1');
    await expect(page.getByRole('heading', { level: 1, name: en.recovery_title })).toBeVisible();
    await expect(page.getByText(aside, { exact: true })).toBeVisible();
    await expect(page.getByText(en.recovery_now_empty)).toBeVisible();
    expect(await readdir(aside)).toEqual(['checkpoints', 'tessera.sqlite']);
    expect(await readdir(path.join(aside, 'checkpoints', 'run'))).toEqual(['weights']);
    await page.getByRole('button', { name: en.recovery_copy_path }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(aside);
    await page.getByRole('button', { name: en.recovery_go_on }).click();
    await expect(page.getByRole('button', { name: en.start_open_folder })).toBeEnabled();
  });

  await test.step('an empty place has one sentence about what belongs there and the button that fills it', async () => {
    for (const place of ['dataset', 'features', 'train', 'templates', 'evaluate', 'predict', 'experiments'] as const) {
      await page.evaluate((id) => (location.hash = `#/${id}`), place);
      const empty = page.getByRole('main').locator('.empty');
      await expect(empty.getByRole('heading', { level: 2 })).toHaveCount(1);
      await expect(empty.locator('button.primary')).toHaveCount(1);
    }
    await page.evaluate(() => (location.hash = '#/'));
  });

  await test.step('a folder without a picture is named, and nothing is imported', async () => {
    await studio.chooseFolder(page, letters, () => page.getByRole('button', { name: en.start_open_folder }).click());
    const said = page.getByRole('dialog').getByText(saying(en.error_no_images_found, { path: letters }));
    await expect(said).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('region', { name: en.start_recents })).toHaveCount(0);
  });

  await test.step('pictures dropped anywhere in the window are looked at as a dataset', async () => {
    await studio.drop(page, [path.join(pictures, 'clay', 'clay-0.png')]);
    await expect(page.getByRole('dialog')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
  });

  await test.step('a dataset whose folder is gone says where it was, and can be located or removed', async () => {
    await studio.chooseFolder(page, pictures, () => page.getByRole('button', { name: en.start_open_folder }).click());
    await page.getByRole('button', { name: en.import_start, exact: true }).click();
    await page.getByRole('button', { name: en.import_open_dataset }).click();
    await expect(page.getByRole('grid', { name: en.dataset_grid_label })).toBeVisible();
    await rename(pictures, `${pictures}-elsewhere`);
    await page.evaluate(() => (location.hash = '#/'));

    const recents = page.getByRole('region', { name: en.start_recents });
    await expect(recents.getByText(en.start_folder_not_found.replace('{path}', pictures))).toBeVisible();
    const locate = recents.getByRole('button', { name: en.start_locate });
    await studio.chooseFolder(page, `${pictures}-elsewhere`, () => locate.click());
    await expect(locate).toHaveCount(0);
    await recents.getByRole('button', { name: saying(en.start_remove, { name: 'pictures' }) }).click();
    await expect(recents).toHaveCount(0);
    await page.getByRole('button', { name: en.undo, exact: true }).click();
    await expect(recents.getByRole('link', { name: /pictures/ })).toBeVisible();
  });

  await test.step('an error names what it is about and can be copied with its code', async () => {
    await page.evaluate(() => (location.hash = '#/dataset/none-such'));
    await expect(page.getByText(saying(en.error_dataset_not_found, { dataset: 'none-such' }))).toBeVisible();
    await page.getByRole('button', { name: en.error_copy_details }).click();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toContain('DATASET_NOT_FOUND');
    expect(copied).toContain('none-such');
  });

  await goTo(page, en.place_dataset);
  await expect(page.getByRole('grid', { name: en.dataset_grid_label })).toBeVisible();
});
