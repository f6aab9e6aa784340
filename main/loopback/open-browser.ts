/**
 * Opens the studio's window: an installed Chromium, Chrome or Edge as a window of its own, else the default browser.
 *
 * The browser is given a file, not an address: command lines can be read by everybody on the machine, and the address
 * holds the token.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly isRoot: boolean;
  readonly exists: (file: string) => boolean;
}

export type Opener =
  | { readonly kind: 'command'; readonly command: string; readonly arguments: (file: URL) => string[] }
  /** `root`: browsers refuse to run as root with their sandbox, and it is never switched off. */
  | { readonly kind: 'none'; readonly reason: 'root' | 'no-display' | 'no-browser' };

export function thisMachine(): Machine {
  return {
    platform: process.platform,
    environment: process.env,
    isRoot: process.getuid?.() === 0,
    exists: existsSync,
  };
}

/** How a window can be opened here, or why it cannot. TESSERA_BROWSER names a browser of the Chromium family. */
export function chooseOpener(machine: Machine): Opener {
  const { platform, environment, isRoot } = machine;
  const isLinux = platform !== 'win32' && platform !== 'darwin';
  if (isRoot && isLinux) return { kind: 'none', reason: 'root' };
  if (isLinux && !environment['DISPLAY'] && !environment['WAYLAND_DISPLAY'])
    return { kind: 'none', reason: 'no-display' };

  const browser = [environment['TESSERA_BROWSER'] ?? '', ...browsers(machine)].find(
    (file) => file && machine.exists(file),
  );
  if (browser !== undefined) {
    return { kind: 'command', command: browser, arguments: (file) => [`--app=${file.href}`] };
  }
  if (platform === 'darwin') return { kind: 'command', command: '/usr/bin/open', arguments: (file) => [file.href] };
  if (platform === 'win32') {
    return {
      kind: 'command',
      command: 'rundll32.exe',
      arguments: (file) => ['url.dll,FileProtocolHandler', file.href],
    };
  }
  const xdgOpen = onPath(machine, ['xdg-open']).find((file) => machine.exists(file));
  if (xdgOpen === undefined) return { kind: 'none', reason: 'no-browser' };
  return { kind: 'command', command: xdgOpen, arguments: (file) => [file.href] };
}

/** Starts it on its own: it lives on when the studio ends. Whether a window appears is seen by its signing in. */
export function launch(opener: Extract<Opener, { kind: 'command' }>, file: URL): void {
  const child = spawn(opener.command, opener.arguments(file), { detached: true, stdio: 'ignore' });
  child.on('error', () => undefined); // no window: the address is printed when nobody has signed in
  child.unref();
}

function browsers(machine: Machine): string[] {
  const { platform, environment } = machine;
  if (platform === 'darwin') {
    return ['Google Chrome', 'Microsoft Edge', 'Chromium'].map(
      (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
    );
  }
  if (platform === 'win32') {
    const folders = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((name) => environment[name] ?? []);
    const files = ['Google\\Chrome\\Application\\chrome.exe', 'Microsoft\\Edge\\Application\\msedge.exe'];
    return files.flatMap((file) => folders.map((folder) => path.win32.join(folder, file)));
  }
  return onPath(machine, ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge']);
}

function onPath({ environment }: Machine, names: readonly string[]): string[] {
  const folders = (environment['PATH'] ?? '/usr/bin').split(':').filter((folder) => folder.startsWith('/'));
  return names.flatMap((name) => folders.map((folder) => path.posix.join(folder, name)));
}
