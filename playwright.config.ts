import { defineConfig } from '@playwright/test';
import { findBrowser } from './scripts/find-browser.ts';

const browser = await findBrowser();
if (browser === null) throw new Error('No browser was found. `npm run test:e2e` finds or brings one.');

/** Chromium refuses to run as root with its sandbox. Only the tests turn it off; the studio never does. */
const isRoot = process.getuid?.() === 0;

export default defineConfig({
  testDir: 'tests/e2e',
  testMatch: '**/*.test.ts',
  outputDir: 'test-results/files',
  // Each journey brings a server, a decoder, a computing process and a browser, which hardly ever work all at once.
  workers: 2,
  fullyParallel: true,
  forbidOnly: true,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  use: {
    browserName: 'chromium',
    locale: 'en-US',
    viewport: { width: 1280, height: 800 },
    actionTimeout: 15_000,
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: { ...browser, args: isRoot ? ['--no-sandbox'] : [] },
  },
});
