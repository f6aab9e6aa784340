/** `test` for journeys: a data folder, studios that end with the test, and pages nothing may go wrong in. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test as base, type BrowserContext, expect, type Page } from '@playwright/test';
import type { Host, RunningStudio } from './hosts/host.ts';

export interface Started {
  readonly studio: RunningStudio;
  readonly page: Page;
}

interface Fixtures {
  /** An empty folder that is gone afterwards. */
  readonly folder: string;
  /** Starts a host on `folder`/data and opens its page. */
  readonly start: (host: Host) => Promise<Started>;
  /** Complaints that belong to the test, such as those about a server that was killed. */
  readonly allow: (complaint: RegExp) => void;
}

/** Browsers without Bluetooth wonder why the studio gives it up. */
const harmless = /Unrecognized feature: 'bluetooth'/;

export const test = base.extend<Fixtures & { watch: Watch }>({
  // No name leads off this machine, so a request that is tried fails as in a classroom without a network.
  launchOptions: async ({ launchOptions }, use) => {
    const rule = '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE *.localhost';
    await use({ ...launchOptions, args: [...(launchOptions.args ?? []), rule] });
  },
  // eslint-disable-next-line no-empty-pattern -- Playwright reads what a fixture needs from this pattern
  folder: async ({}, use) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tessera-e2e-'));
    await use(folder);
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  },
  watch: async ({ context }, use) => {
    const watch = watchPages(context);
    await use(watch);
    expect(watch.complaints, 'complaints of the page').toEqual([]);
    expect(watch.attempts, 'requests off this machine').toEqual([]);
  },
  start: async ({ context, folder, watch }, use) => {
    const running: RunningStudio[] = [];
    await use(async (host) => {
      const studio = await host.start(path.join(folder, 'data'));
      running.push(studio);
      const page = await studio.open(context);
      if (page.context() !== context) watch.also(page.context());
      return { studio, page };
    });
    for (const studio of running) await studio.kill();
  },
  allow: async ({ watch }, use) => {
    await use((complaint) => watch.allowed.push(complaint));
  },
});

interface Watch {
  readonly complaints: string[];
  readonly attempts: string[];
  readonly allowed: RegExp[];
  readonly also: (context: BrowserContext) => void;
}

/** Errors, warnings and broken policies of every page, and every request that would leave the machine. */
function watchPages(first: BrowserContext): Watch {
  const allowed = [harmless];
  const watch: Watch = { complaints: [], attempts: [], allowed, also: listen };
  const complain = (text: string) => {
    if (!allowed.some((pattern) => pattern.test(text))) watch.complaints.push(text);
  };
  const note = (address: string) => {
    if (!isLocal(new URL(address))) watch.attempts.push(address);
  };
  function listen(context: BrowserContext): void {
    context.on('request', (request) => note(request.url()));
    context.on('weberror', (problem) => complain(String(problem.error().stack)));
    context.on('console', (message) => {
      if (['error', 'warning'].includes(message.type()))
        complain(`${message.type()}: ${message.text()} (${message.location().url})`);
    });
    context.on('page', (page) => page.on('websocket', (socket) => note(socket.url())));
  }
  listen(first);
  return watch;
}

/** `studio.invalid` stands for Electron's own scheme and is answered before it reaches any network. */
function isLocal({ protocol, hostname }: URL): boolean {
  if (['app:', 'blob:', 'data:'].includes(protocol)) return true;
  return hostname === '127.0.0.1' || hostname.endsWith('.localhost') || hostname === 'studio.invalid';
}

export { expect } from '@playwright/test';
