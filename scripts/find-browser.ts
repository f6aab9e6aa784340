/** Finds the browser that the end-to-end tests drive, and brings one where that is possible. */
import { chromium } from '@playwright/test';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** What Playwright's `launch` has to be told. Empty: its own Chromium. */
export interface BrowserChoice {
  readonly executablePath?: string;
  readonly channel?: 'chrome' | 'msedge';
}

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/microsoft-edge',
];

/** `TESSERA_BROWSER`, then an installed browser, then Playwright's own; null when there is none. */
export async function findBrowser(): Promise<BrowserChoice | null> {
  const chosen = process.env['TESSERA_BROWSER'];
  if (chosen !== undefined && chosen !== '') {
    if (!existsSync(chosen)) throw new Error(`TESSERA_BROWSER names ${chosen}, which does not exist.`);
    return { executablePath: chosen };
  }
  const installed = places.find((path) => existsSync(path));
  if (installed !== undefined) return { executablePath: installed };
  if (existsSync(chromium.executablePath())) return {};
  for (const channel of ['chrome', 'msedge'] as const) {
    if (await launches(channel)) return { channel };
  }
  return null;
}

async function launches(channel: 'chrome' | 'msedge'): Promise<boolean> {
  try {
    await (await chromium.launch({ channel })).close();
    return true;
  } catch {
    return false;
  }
}

/** Finds a browser or installs one: Debian's own as root, elsewhere Playwright's. Throws a sentence that says what to install. */
export async function findOrInstallBrowser(): Promise<BrowserChoice> {
  const found = await findBrowser();
  if (found !== null) return found;
  const isRoot = process.getuid?.() === 0;
  if (existsSync('/usr/bin/apt-get') && isRoot) {
    console.log('No browser is installed; fetching Chromium with apt-get …');
    run('apt-get', ['update']);
    run('apt-get', ['install', '-y', 'chromium']);
  } else {
    console.log("No browser is installed; fetching Playwright's Chromium …");
    run('npx', ['--no-install', 'playwright', 'install', 'chromium']);
  }
  const brought = await findBrowser();
  if (brought !== null) return brought;
  throw new Error(
    'The end-to-end tests need a browser and could not bring one. Install Chromium, Chrome or Edge (on Debian: apt-get install chromium; ' +
      'elsewhere: npx playwright install chromium), or name one in TESSERA_BROWSER.',
  );
}

function run(command: string, flags: readonly string[]): void {
  spawnSync(command, flags, {
    stdio: 'inherit',
    shell: process.platform === 'win32',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}
