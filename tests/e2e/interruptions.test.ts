/** Training that is paused, stopped, killed, left and found again. */
import { execFileSync } from 'node:child_process';
import { anyHost, hosts } from './hosts/index.ts';
import type { RunningStudio } from './hosts/host.ts';
import { epochReached, goTo, shownEpoch, train, trainForLong, trySample } from './person.ts';
import { expect, test } from './studio-test.ts';
import { en, saying } from './words.ts';

test('a run is watched, paused, goes on, and is stopped and kept with its best and its last model', async ({
  start,
}) => {
  const { page } = await start(anyHost);
  await trySample(page, 'handwriting');
  await trainForLong(page);

  await test.step('data that arrives never changes what was zoomed to, until Follow is pressed', async () => {
    await expect(page).toHaveTitle(/^\d+ % – /);
    const chart = page.getByRole('slider', { name: saying(en.train_figure_loss) });
    const follow = page.getByRole('button', { name: en.chart_follow, exact: true });
    await chart.focus();
    await page.keyboard.press('+');
    await expect(follow).toHaveCount(1);
    const seen = await shownEpoch(page);
    await epochReached(page, seen + 2);
    await expect(follow).toHaveCount(1);
    await follow.click();
    await expect(follow).toHaveCount(0);
  });

  await test.step('a page that is loaded again shows the run as it is now', async () => {
    const before = await shownEpoch(page);
    await page.reload();
    await epochReached(page, before + 1);
    await expect(page.getByRole('button', { name: en.train_pause })).toBeEnabled();
  });

  await test.step('its templates can be looked at while it learns', async () => {
    const address = new URL(page.url()).hash;
    await goTo(page, en.place_templates);
    await expect(page.getByRole('radiogroup', { name: en.runs_which }).getByRole('radio')).toHaveCount(2);
    await expect(page.getByRole('main').getByRole('heading', { level: 1 })).not.toHaveText('');
    await page.evaluate((hash) => (location.hash = hash), address);
  });

  await page.getByRole('button', { name: en.train_pause }).click();
  await expect(page.getByText(saying(en.train_status_paused))).toBeVisible();
  const paused = await shownEpoch(page);
  await page.getByRole('button', { name: en.train_resume }).first().click();
  await epochReached(page, paused + 1);
  await page.getByRole('button', { name: en.train_stop_and_keep }).first().click();

  await expect(page.getByText(saying(en.train_status_stopped))).toBeVisible();
  await expect(page.getByText(en.train_test_accuracy, { exact: true })).toBeVisible();
  await goTo(page, en.place_templates);
  const which = page.getByRole('radiogroup', { name: en.runs_which });
  for (const one of [en.runs_last, en.runs_best]) {
    await which.getByText(one, { exact: true }).click();
    await expect(which.getByRole('radio', { name: one })).toBeChecked();
    await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
  }
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
  // The value that is no number stands in the curve, named.
  await expect(page.getByRole('slider', { name: saying(en.train_figure_loss) })).toHaveAttribute(
    'aria-valuetext',
    /NaN|∞/,
  );
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
