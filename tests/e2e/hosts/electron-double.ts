/**
 * Electron's own code in Chromium: the bundled main entry runs under the strict double, its `app://` answers (policy and
 * all) become the page's, the built preload runs in the page, and the page's port leads to the main process.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { BrowserContext, Page } from '@playwright/test';
import { root } from '../../../scripts/project.ts';
import { type ElectronStudio, startElectronStudio } from '../../support/electron-double/electron-studio.ts';
import type { Host, RunningStudio } from './host.ts';
import { type Packed, pack, unpack } from './packing.ts';

/** The page's origin here. Chromium knows no `app://`; every request is answered by the studio's own handler for it. */
const origin = 'https://studio.invalid';

export const electronDouble: Host = {
  name: "Electron's code in Chromium",
  start: async (dataFolder) => {
    mkdirSync(dataFolder, { recursive: true });
    return running(await startElectronStudio({ dataFolder }));
  },
};

function running(studio: ElectronStudio): RunningStudio {
  const pages: Page[] = [];
  return {
    pid: studio.process.pid!,
    open: async (context) => {
      const page = await openPage(studio, context);
      pages.push(page);
      return page;
    },
    chooseFolder: async (_page, folder, click) => {
      await studio.ask({ ask: 'answer', next: { folder } });
      await click();
    },
    chooseFiles: async (_page, files, click) => {
      await studio.ask({ ask: 'answer', next: { files: [...files] } });
      await click();
    },
    drop: dropPaths,
    quit: async () => {
      void studio.ask({ ask: 'quit' }).catch(() => undefined);
      await studio.exited;
      for (const page of pages) await page.close();
    },
    kill: () => studio.close(),
  };
}

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

async function openPage(studio: ElectronStudio, context: BrowserContext): Promise<Page> {
  await context.route(`${origin}/**`, async (route) => {
    const request = route.request();
    const url = `app://studio${request.url().slice(origin.length)}`;
    const answer = (await studio.ask({ ask: 'fetch', url, method: request.method() })) as Answer | null;
    if (answer === null) return route.abort('blockedbyclient');
    const { status, headers, body } = answer;
    await route.fulfill({ status, headers, body: Buffer.from(body) });
  });

  const page = await context.newPage();
  await page.exposeFunction('__toMain', async (what: 'send' | 'invoke' | 'port', packed: Packed) => {
    const data = unpack(packed);
    if (!studio.process.connected) return undefined; // said by a page that outlives its process by a moment
    if (what === 'port') {
      await studio.ask({ ask: 'to-port', data });
      return undefined;
    }
    const [channel, ...args] = data as [string, ...unknown[]];
    const { value } = (await studio.ask({ ask: 'from-page', channel, args, sender: 'page' })) as { value: unknown };
    return pack(value);
  });
  await page.addInitScript({ content: preloadScript() });

  // One after the other: messages of a port keep their order.
  let delivered = Promise.resolve();
  const deliver = (what: string, data: unknown) => {
    const packed = pack(data);
    delivered = delivered.then(
      () =>
        page
          .evaluate(([w, d]) => (globalThis as unknown as PageEnd).__fromMain?.(w, d), [what, packed] as const)
          .catch(() => undefined), // the page is on its way to another document, or gone
    );
  };
  studio.onMessage((message) => {
    if (message.kind === 'port-opened') deliver('port-opened', null);
    else if (message.kind === 'port') deliver('port', message.data);
    else if (message.kind === 'to-page') deliver('event', [message.channel, ...message.args]);
  });

  await page.goto(`${origin}/`);
  return page;
}

interface PageEnd {
  __fromMain?: (what: string, packed: Packed) => void;
  __toMain: (what: string, packed: Packed) => Promise<Packed>;
}

/** The preload as it was built, around it what Electron gives a preload. */
function preloadScript(): string {
  const preload = readFileSync(path.join(root, 'dist/preload/preload.cjs'), 'utf8');
  return `(() => {
    if (location.origin !== ${JSON.stringify(origin)}) return;
    const pack = ${pack.toString()};
    const unpack = ${unpack.toString()};
    const electron = (${electronInPage.toString()})(pack, unpack);
    const module = { exports: {} };
    ((require, module, exports) => {\n${preload}\n})(() => electron, module, module.exports);
  })();`;
}

/** Runs in the page, so it refers to nothing outside itself. */
function electronInPage(packIt: typeof pack, unpackIt: typeof unpack) {
  const here = globalThis as unknown as PageEnd & Record<string, unknown>;
  const listeners = new Map<string, (event: unknown, ...args: unknown[]) => void>();
  let port: MessagePort | null = null;
  here.__fromMain = (what, packed) => {
    const data = unpackIt(packed);
    if (what === 'port') return port?.postMessage(data);
    if (what === 'event') {
      const [channel, ...args] = data as [string, ...unknown[]];
      return listeners.get(channel)?.({ ports: [] }, ...args);
    }
    const channel = new MessageChannel();
    port = channel.port1;
    port.onmessage = (event) => void here.__toMain('port', packIt(event.data));
    listeners.get('studio:port')?.({ ports: [channel.port2] });
  };
  return {
    contextBridge: { exposeInMainWorld: (name: string, value: unknown) => void (here[name] = value) },
    ipcRenderer: {
      on: (channel: string, listener: (event: unknown, ...args: unknown[]) => void) => listeners.set(channel, listener),
      send: (channel: string, ...args: unknown[]) => void here.__toMain('send', packIt([channel, ...args])),
      invoke: async (channel: string, ...args: unknown[]) =>
        unpackIt(await here.__toMain('invoke', packIt([channel, ...args]))),
    },
    webUtils: { getPathForFile: (file: File & { studioPath?: string }) => file.studioPath ?? '' },
  };
}

/** Electron knows the path of what is dropped. */
async function dropPaths(page: Page, paths: readonly string[]): Promise<void> {
  await page.evaluate((dropped) => {
    const files = dropped.map((file) =>
      Object.assign(new File([], file.slice(file.lastIndexOf('/') + 1)), { studioPath: file }),
    );
    // A DataTransfer made by a script hands out copies, which would have lost their path.
    const dataTransfer = { files, items: [], types: ['Files'], dropEffect: 'none' };
    for (const type of ['dragenter', 'dragover', 'drop']) {
      const event = new DragEvent(type, { bubbles: true, cancelable: true });
      Object.defineProperty(event, 'dataTransfer', { value: dataTransfer });
      document.body.dispatchEvent(event);
    }
  }, paths);
}
