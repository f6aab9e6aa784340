import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { startBrowserHost } from './browser-host.ts';

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`the first page in ${colorScheme} colours`, () => {
    test.use({ colorScheme });

    test('opens without an error, obeys the content policy and can be used by everyone', async ({ page }) => {
      const complaints: string[] = [];
      page.on('console', (message) => {
        // Browsers without a Bluetooth interface wonder why the studio gives it up.
        if (message.text().includes("Unrecognized feature: 'bluetooth'")) return;
        if (message.type() === 'error' || message.type() === 'warning')
          complaints.push(`${message.text()} (${message.location().url})`);
      });
      page.on('pageerror', (error) => complaints.push(String(error)));

      const host = await startBrowserHost();
      try {
        await page.goto(host.url);
        await expect(page.getByRole('main')).toBeVisible();
        await expect(page.getByRole('heading').first()).toBeVisible();
        await expect(page.getByText(/^Compute ready/).first()).toBeVisible(); // what moves while it connects has come to rest
        const { violations } = await new AxeBuilder({ page })
          .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
          .analyze();

        expect(
          violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`),
        ).toEqual([]);
        expect(complaints).toEqual([]);
      } finally {
        await host.close();
      }
    });
  });
}

test('a stranger without the address sees nothing of the studio', async ({ request }) => {
  const host = await startBrowserHost();
  try {
    const answer = await request.get(`${new URL(host.url).origin}/`);

    expect(answer.status()).toBeGreaterThanOrEqual(400);
    expect(await answer.text()).not.toContain('<script');
  } finally {
    await host.close();
  }
});
