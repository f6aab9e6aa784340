import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it } from 'vitest';
import { createClient } from '../../core/rpc/client.ts';
import { studioContract } from '../../core/rpc/contract/index.ts';
import { electronContentSecurityPolicy, loopbackContentSecurityPolicy } from '../../core/rpc/security-headers.ts';
import { root } from '../../scripts/project.ts';
import { type ElectronStudio, startElectronStudio } from '../support/electron-double/electron-studio.ts';

/** The bundled main entry, run under a strict double of Electron: what Electron would do with it, without its binary. */
let studio: ElectronStudio | null = null;
let folder = '';

async function start(options: { entry?: string } = {}): Promise<ElectronStudio> {
  folder = await mkdtemp(join(tmpdir(), 'tessera-electron-'));
  studio = await startElectronStudio({ dataFolder: join(folder, 'data'), ...options });
  return studio;
}

afterEach(async () => {
  await studio?.close();
  studio = null;
  await rm(folder, { recursive: true, force: true });
});

interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Uint8Array;
}

describe('the Electron host', () => {
  it('opens one sandboxed window on its own scheme, with everything before and after readiness where it belongs', async () => {
    const { ask, next } = await start();

    await next('window');
    const state = (await ask({ ask: 'state' })) as {
      isSandboxEnabled: boolean;
      switches: [string, string][];
      privileges: { scheme: string; privileges: Record<string, boolean> }[];
      windowOptions: { webPreferences: Record<string, unknown> };
      spellChecker: boolean;
    };

    expect(state.isSandboxEnabled).toBe(true);
    expect(state.switches).toContainEqual(['host-resolver-rules', 'MAP * ~NOTFOUND']);
    expect(state.privileges).toHaveLength(1);
    expect(state.privileges[0]).toMatchObject({ scheme: 'app', privileges: { standard: true, secure: true } });
    expect(state.privileges[0]!.privileges).not.toHaveProperty('bypassCSP');
    expect(state.windowOptions.webPreferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      spellcheck: false,
    });
    expect(state.spellChecker).toBe(false);
  });

  it('serves the page from a map of files with the policy that forbids every connection', async () => {
    const { ask } = await start();
    const get = (url: string, method = 'GET') => ask({ ask: 'fetch', url, method }) as Promise<Answer | null>;

    const page = await get('app://studio/');

    expect(page?.status).toBe(200);
    expect(page?.headers['content-security-policy']).toBe(electronContentSecurityPolicy);
    expect(new TextDecoder().decode(page!.body)).toContain('<div id="studio">');
    for (const path of ['/../package.json', '/%2e%2e/package.json', '//etc/passwd', '/index.html?x', '/nothing']) {
      expect((await get(`app://studio${path}`))?.status, path).toBe(404);
    }
    expect((await get('app://elsewhere/'))?.status).toBe(404);
    expect((await get('app://studio/', 'POST'))?.status).toBe(405);
    for (const url of [
      'http://localhost/',
      'https://example.com/',
      'ws://localhost/',
      'file:///etc/passwd',
      'ftp://x/',
    ]) {
      expect(await get(url), url).toBeNull();
    }
  });

  it('has the policy of the browser host but for connections', () => {
    expect(electronContentSecurityPolicy).toBe(
      loopbackContentSecurityPolicy.replace("connect-src 'self'", "connect-src 'none'"),
    );
  });

  it('grants two permissions and no other, and keeps the page where it is', async () => {
    const { ask } = await start();
    const granted: string[] = [];
    const names =
      'clipboard-sanitized-write fullscreen clipboard-read media geolocation notifications midi midiSysex pointerLock openExternal hid serial usb display-capture idle-detection window-management';
    for (const name of names.split(' ')) {
      const { isGranted, isChecked } = (await ask({ ask: 'permission', name })) as {
        isGranted: boolean;
        isChecked: boolean;
      };
      expect(isChecked).toBe(isGranted);
      if (isGranted) granted.push(name);
    }

    expect(granted).toEqual(['clipboard-sanitized-write', 'fullscreen']);
    for (const what of [
      'will-navigate',
      'will-redirect',
      'will-frame-navigate',
      'will-attach-webview',
      'open',
    ] as const) {
      expect(await ask({ ask: 'attempt', what, url: 'https://example.com/' }), what).toBe(false);
    }
    expect(await ask({ ask: 'attempt', what: 'will-navigate', url: 'app://studio/' })).toBe(true);
  });

  it('answers the page over one port, and no other frame', async () => {
    const { ask, connect } = await start();
    for (const sender of ['stranger', 'nested', 'gone'] as const) {
      for (const channel of ['request-port', 'choose-folder', 'choose-files', 'save-file', 'close-answer', 'notify']) {
        const message = ask({ ask: 'from-page', channel: `studio:${channel}`, args: [], sender });
        await expect(message, `${channel} from ${sender}`).rejects.toThrow('was refused');
      }
    }

    const rpc = createClient(studioContract, await connect());
    const info = await rpc.call('app.info', {});

    expect(info.host).toBe('electron');
    expect(info.readOnly).toBe(false);
  });

  it('brings a sample to a trained model through utility processes, and finds it again', async () => {
    const { connect, ask, exited } = await start();
    const rpc = createClient(studioContract, await connect());
    const { datasetId } = await rpc.call('samples.open', { sampleId: 'handwriting' });
    const recipe = await rpc.call('training.defaults', { datasetId, model: 'linear' });

    const { runId } = await rpc.call('training.start', { recipe: { ...recipe, epochs: 2 } });
    const { status } = await rpc.call('training.watch', { runId });
    const verdicts = await rpc.call('evaluation.verdicts', { runId, on: 'test' });

    expect(status).toBe('finished');
    expect(verdicts.indices).toHaveLength(400);
    expect(verdicts.accuracy).toBeGreaterThan(0.5); // ten classes: guessing gives 0.1
    await ask({ ask: 'quit' }).catch(() => undefined);
    await ask({ ask: 'from-page', channel: 'studio:close-answer', args: [true], sender: 'page' }).catch(
      () => undefined,
    );
    expect(await exited).toBe(0);

    studio = await startElectronStudio({ dataFolder: join(folder, 'data') });
    const again = createClient(studioContract, await studio.connect());
    const { runs } = await again.call('runs.list', {});
    expect(runs.map((run) => [run.id, run.status])).toEqual([[runId, 'finished']]);
  });

  it('saves a file where the person says, whatever the page proposes', async () => {
    const { ask } = await start();
    const saveAs = join(folder, 'chosen.csv');
    const content = new TextEncoder().encode('a,b\n');
    const args = ['../../evil.csv', content];

    await ask({ ask: 'answer', next: { saveAs } });
    const answer = await ask({ ask: 'from-page', channel: 'studio:save-file', args, sender: 'page' });

    expect(answer).toEqual({ value: true });
    expect(await readFile(saveAs, 'utf8')).toBe('a,b\n');
  });
});

describe('the Electron host', () => {
  it.each(['--remote-debugging-port=9222', '--remote-debugging-pipe', '--js-flags=--expose-gc', '--no-sandbox'])(
    'does not start from a package with %s, and says so',
    async (flag) => {
      const { exited, errors } = await startPackaged([flag]);

      expect(await exited).toBe(2);
      expect(errors()).toContain(`Tessera does not start with ${flag.split('=')[0]}.`);
    },
  );

  it('says in words why it cannot start', async () => {
    folder = await mkdtemp(join(tmpdir(), 'tessera-electron-'));
    await writeFile(join(folder, 'data'), 'a file where the data folder should be');
    const started = await startElectronStudio({ dataFolder: join(folder, 'data') });

    const end = await started.next('exit');

    expect(end).toMatchObject({ code: 1, errorBoxes: [expect.stringMatching(/^The data folder .+\.$/s)] });
    await started.close();
  });

  async function startPackaged(flags: string[]) {
    folder = await mkdtemp(join(tmpdir(), 'tessera-electron-'));
    const started = await startElectronStudio({ dataFolder: folder, arguments: flags, isPackaged: true });
    return { exited: started.exited, errors: () => started.errors };
  }
});

describe('the preload', () => {
  const preload = join(root, 'dist/preload/preload.cjs');

  it('gives the page named functions and nothing of Electron', async () => {
    const exposed = new Map<string, unknown>();
    const sent: unknown[][] = [];
    const electron = {
      contextBridge: { exposeInMainWorld: (name: string, value: unknown) => exposed.set(name, value) },
      ipcRenderer: { on: () => undefined, send: (...args: unknown[]) => sent.push(args), invoke: () => undefined },
      webUtils: { getPathForFile: () => '' },
    };
    const required: string[] = [];
    const load = (name: string) => required.push(name) && electron;

    runInNewContext(await readFile(preload, 'utf8'), { require: load, window: {} });

    expect(required).toEqual(['electron']);
    expect([...exposed.keys()]).toEqual(['tessera']);
    const surface = exposed.get('tessera') as Record<string, (...args: unknown[]) => unknown>;
    expect(Object.keys(surface).sort()).toEqual([
      'answerClose',
      'chooseFiles',
      'chooseFolder',
      'notify',
      'onCloseRequest',
      'pathOf',
      'requestPort',
      'saveFile',
      'showProgress',
    ]);
    expect(Object.isFrozen(surface)).toBe(true);
    expect(Object.values(surface).every((member) => typeof member === 'function')).toBe(true);
    expect(surface['requestPort']!('studio:anything')).not.toBe(electron.ipcRenderer);
    expect(sent).toEqual([['studio:request-port']]); // whatever the page passes, the channel is the preload's
  });
});

it('is built on versions without the known holes', async () => {
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Record<
    string,
    Record<string, string>
  >;
  const version = (name: string) => (manifest['dependencies']?.[name] ?? manifest['devDependencies']?.[name])!;
  const isAtLeast = (name: string, ...wanted: number[]) => {
    const found = version(name).split('.').map(Number);
    const at = wanted.findIndex((number, i) => found[i] !== number);
    return at < 0 || found[at]! > wanted[at]!;
  };

  expect(isAtLeast('electron', 45)).toBe(true);
  expect(isAtLeast('sharp', 0, 35)).toBe(true);
  expect(isAtLeast('ws', 8, 21)).toBe(true);
  expect(isAtLeast('better-sqlite3', 13, 2)).toBe(true); // its SQLite has the reset of the log mended
});

describe('the double of Electron', () => {
  /** Mistakes that real Electron punishes; a double that lets them pass proves nothing. */
  const mistakes = {
    'waits for readiness at the top level': `import { app } from 'electron'; await app.whenReady();`,
    'registers a scheme too late': `import { app, protocol } from 'electron'; app.whenReady().then(() => protocol.registerSchemesAsPrivileged([]));`,
    'forks before readiness': `import { utilityProcess } from 'electron'; utilityProcess.fork('x.js', [], {});`,
    'opens a window before readiness': `import { BrowserWindow } from 'electron'; new BrowserWindow({});`,
    'moves a buffer': `import { app, MessageChannelMain } from 'electron'; app.whenReady().then(() => { const { port1 } = new MessageChannelMain(); const b = new ArrayBuffer(8); port1.postMessage(b, [b]); });`,
    'shares memory': `import { app, MessageChannelMain } from 'electron'; app.whenReady().then(() => new MessageChannelMain().port1.postMessage(new Uint8Array(new SharedArrayBuffer(8))));`,
  };

  for (const [name, source] of Object.entries(mistakes)) {
    it(`refuses a program that ${name}`, async () => {
      folder = await mkdtemp(join(tmpdir(), 'tessera-electron-'));
      const entry = join(folder, 'entry.mjs');
      await writeFile(entry, `${source}\nsetTimeout(() => process.exit(7), 3000);`); // outlives the mistake only if it is let pass

      const outcome = await startElectronStudio({ dataFolder: folder, entry, readyWithinMs: 4000 })
        .then(({ exited }) => exited)
        .catch(() => 'refused');

      expect(outcome).not.toBe(7);
    });
  }
});
