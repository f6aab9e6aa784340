import { expect, type Page, test } from '@playwright/test';
import { type ServedStudio, serveStudio, temporaryData } from './serve-studio.ts';

/** The first run of a person without data: three clicks to a trained model, and all of it there again tomorrow. */
let data: Awaited<ReturnType<typeof temporaryData>>;
let studio: ServedStudio;

test.beforeEach(async () => {
  data = await temporaryData();
  studio = await serveStudio(data.path);
});

test.afterEach(async () => {
  await studio.stop();
  await data.remove();
});

// No name leads off the machine, so a request that is tried fails as it would in a classroom without a network.
test.use({
  launchOptions: async ({ launchOptions }, use) => {
    const args = [
      ...(launchOptions.args ?? []),
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE *.localhost',
    ];
    await use({ ...launchOptions, args });
  },
});

/** Addresses off this machine that the page asks for, whatever becomes of the request. */
function watchRequests(page: Page): string[] {
  const attempts: string[] = [];
  const note = (address: string) => {
    const { hostname } = new URL(address);
    if (hostname !== '127.0.0.1' && !hostname.endsWith('.localhost')) attempts.push(address);
  };
  page.on('request', (request) => note(request.url()));
  page.on('websocket', (socket) => note(socket.url()));
  return attempts;
}

test('goes from launch to a trained sample model in three clicks without the web, and finds it again', async ({
  page,
}) => {
  const attempts = watchRequests(page);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(studio.link);

  await page.getByRole('region', { name: 'Handwriting' }).getByRole('button', { name: 'Try this sample' }).click();
  await page
    .getByRole('button', { name: /^Train/ })
    .first()
    .click();
  await page
    .getByRole('button', { name: /^Start/ })
    .first()
    .click();
  await expect(page.getByText(/finished/i).first()).toBeVisible({ timeout: 90_000 });

  expect(attempts).toEqual([]);
  expect(complaints).toEqual([]);

  expect(await studio.stop()).toBe(0);
  studio = await serveStudio(data.path);
  await page.goto(studio.link);
  await page
    .getByRole('region', { name: 'Recent' })
    .getByRole('link', { name: /Handwriting/ })
    .click();
  await page.getByRole('link', { name: /Experiments/ }).click();
  await expect(page.getByText('#1').first()).toBeVisible();
});
