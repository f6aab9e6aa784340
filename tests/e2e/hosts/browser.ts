/** The browser host, the way a person starts it: `tessera serve`, and a link on its READY line. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Page } from '@playwright/test';
import { root } from '../../../scripts/project.ts';
import { en } from '../words.ts';
import type { Host, RunningStudio } from './host.ts';

export interface BrowserHostOptions {
  readonly name?: string;
  /** The folder that holds `dist`: the repository, or a package that was taken apart. */
  readonly folder?: () => Promise<string>;
  /** Opens `S.localhost` instead of 127.0.0.1. */
  readonly underName?: boolean;
}

export function browserHost({
  name = 'the browser host',
  folder = () => Promise.resolve(root),
  underName = false,
}: BrowserHostOptions = {}): Host {
  return { name, start: async (dataFolder) => serve(await folder(), dataFolder, underName) };
}

async function serve(folder: string, dataFolder: string, underName: boolean): Promise<RunningStudio> {
  await mkdir(dataFolder, { recursive: true });
  const child = spawn(
    process.execPath,
    [path.join(folder, 'dist/node/cli.js'), 'serve', '--no-open', '--data', dataFolder],
    {
      // Away from the repository: nothing may be found by way of the folder one happens to be in.
      cwd: dataFolder,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_ENV: 'production', NODE_OPTIONS: '', LANG: 'en_US.UTF-8', LC_ALL: 'en_US.UTF-8' },
    },
  );
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const link = await readyLink(child, exited);
  if (underName) link.hostname = await ownName(dataFolder);
  const pages: Page[] = [];

  return {
    pid: child.pid!,
    open: async (context) => {
      const page = await context.newPage();
      // The link opens one page; after that the browser has its cookie.
      await page.goto(pages.length > 0 ? link.origin : link.href);
      pages.push(page);
      return page;
    },
    chooseFolder: async (page, chosen, click) => {
      await click();
      await chooseInPage(page, chosen, []);
    },
    chooseFiles: async (page, chosen, click) => {
      await click();
      await chooseInPage(page, path.dirname(chosen[0]!), chosen);
    },
    drop: dropContents,
    quit: async () => {
      for (const page of pages) await page.close();
      child.kill('SIGTERM');
      const code = await exited;
      if (code !== 0) throw new Error(`The browser host ended with ${code}.`);
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

async function readyLink(child: ChildProcess, exited: Promise<number | null>): Promise<URL> {
  for await (const line of createInterface({ input: child.stdout! })) {
    const link = /^READY (\S+)$/.exec(line)?.[1];
    if (link !== undefined) return new URL(link);
  }
  throw new Error(`The browser host ended with ${await exited} before it was ready.`);
}

/** The name that the host has below localhost; kept in its data folder from its first start. */
async function ownName(dataFolder: string): Promise<string> {
  const identity = JSON.parse(await readFile(path.join(dataFolder, 'loopback.json'), 'utf8')) as { hostLabel: string };
  return `${identity.hostLabel}.localhost`;
}

async function chooseInPage(page: Page, folder: string, files: readonly string[]): Promise<void> {
  const chooser = page.getByRole('dialog');
  await chooser.getByRole('textbox', { name: en.chooser_path }).fill(folder);
  await chooser.getByRole('button', { name: en.chooser_go, exact: true }).click();
  if (files.length === 0) {
    await chooser.getByRole('button', { name: en.chooser_use_folder }).click();
    return;
  }
  for (const file of files) await chooser.getByRole('option', { name: path.basename(file) }).click();
  await chooser.getByRole('button', { name: new RegExp(en.chooser_use_files.split('{')[0]!.trim()) }).click();
}

/** A page of a browser is given the contents of what is dropped, never a path. */
async function dropContents(page: Page, paths: readonly string[]): Promise<void> {
  const files = await Promise.all(
    paths.map(async (file) => ({ name: path.basename(file), base64: (await readFile(file)).toString('base64') })),
  );
  await page.evaluate((dropped) => {
    const dataTransfer = new DataTransfer();
    for (const { name, base64 } of dropped) {
      dataTransfer.items.add(new File([Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))], name));
    }
    for (const type of ['dragenter', 'dragover', 'drop']) {
      document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
    }
  }, files);
}
