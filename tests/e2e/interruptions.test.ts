/** Training that is paused, stopped, killed, left and found again. */
import { execFileSync } from 'node:child_process';
import { anyHost, hosts } from './hosts/index.ts';
import type { RunningStudio } from './hosts/host.ts';
import { epochReached, shownEpoch, train, trainForLong, trySample } from './person.ts';
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

for (const host of hosts.filter((each) => ['the browser host', "Electron's code in Chromium"].includes(each.name))) {
  test(`training goes on when the computing process is killed in ${host.name}`, async ({ start }) => {
    const { studio, page } = await start(host);
    await trySample(page, 'handwriting');
    await trainForLong(page);
    await page.getByRole('button', { name: en.train_pause }).click(); // a pause saves where it is
    await page.getByRole('button', { name: en.train_resume }).first().click();
    const before = await shownEpoch(page);
    const killed = computingProcess(studio);

    process.kill(killed, 'SIGKILL');

    await expect.poll(() => computingProcess(studio), { timeout: 20_000 }).not.toBe(killed);
    await epochReached(page, before + 1);
    await page.getByRole('button', { name: en.train_stop_and_keep }).first().click();
    await expect(page.getByText(saying(en.train_status_stopped))).toBeVisible();
  });

  test(`a run that ends with ${host.name} can be resumed tomorrow`, async ({ start, allow }) => {
    allow(/WebSocket connection to .* failed|ERR_CONNECTION_REFUSED/);
    const { studio, page } = await start(host);
    await trySample(page, 'handwriting');
    await trainForLong(page);
    await page.getByRole('button', { name: en.train_pause }).click();
    await expect(page.getByText(saying(en.train_status_paused))).toBeVisible();
    const address = new URL(page.url()).hash;
    await page.getByRole('button', { name: en.train_resume }).first().click();
    const before = await shownEpoch(page);

    await studio.kill();
    await page.close();
    const tomorrow = (await start(host)).page;
    await expect(tomorrow.getByRole('button', { name: en.banner_resume, exact: true })).toBeVisible();
    await tomorrow.evaluate((hash) => (location.hash = hash), address);

    await expect(tomorrow.getByText(saying(en.train_status_interrupted))).toBeVisible();
    await tomorrow.getByRole('button', { name: en.train_resume }).first().click();
    await epochReached(tomorrow, before + 1);
    await tomorrow.getByRole('button', { name: en.train_stop_and_keep }).first().click();
    await expect(tomorrow.getByText(saying(en.train_status_stopped))).toBeVisible();
  });
}

test('a run that blows up ends with a sentence, and offers smaller steps', async ({ start }) => {
  const { page } = await start(anyHost);
  await trySample(page, 'handwriting');
  await train(page, { model: 'mlp', optimizer: 'SGD', epochs: 30, learningRate: 1000 });

  await expect(page.getByText(saying(en.train_status_diverged))).toBeVisible({ timeout: 30_000 });
  await page.getByRole('button', { name: saying(en.train_lower_rate) }).click();

  await expect(page.getByRole('textbox', { name: en.recipe_learning_rate, exact: true })).toHaveValue('100');
});

/** The child that computes, found as a person with `ps` would. */
function computingProcess(studio: RunningStudio): number {
  const list = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' });
  const row = list
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .find(([, parent, ...args]) => Number(parent) === studio.pid && args.some((arg) => arg.endsWith('/compute.js')));
  return row === undefined ? 0 : Number(row[0]);
}
