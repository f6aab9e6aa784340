/** How a person gets from the terminal to the page: a window that opens by itself, or a link to click. */
import { rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { m } from '../../core/messages/compiled/messages.js';
import type { HttpServer } from './http-server.ts';
import { chooseOpener, launch, type Opener, thisMachine } from './open-browser.ts';

/** Browsers from snap or flatpak cannot read the file, some do not know the name: nobody signs in then. */
const patienceMs = 5_000;
const linkLifeMs = 60_000;

export interface Terminal {
  /** A line for programs, on standard output. */
  readonly line: (text: string) => void;
  /** A sentence for people. */
  readonly say: (text: string) => void;
  /** Calls back whenever a person presses Enter; returns how to stop. */
  readonly onEnter: (listener: () => void) => () => void;
}

export interface Invitation {
  /** Somebody has come in. */
  signedIn(): void;
  close(): void;
}

/**
 * Opens a window, or prints `READY <link>` where none was asked for or none can be opened, saying why. Prints the link
 * as well when a window has not signed in after five seconds, and a fresh one at every Enter.
 */
export async function invite(
  server: Pick<HttpServer, 'access' | 'link'>,
  terminal: Terminal,
  open: boolean,
  opener: Opener = chooseOpener(thisMachine()),
): Promise<Invitation> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tessera-')); // 0700
  const timers: NodeJS.Timeout[] = [];
  const after = (ms: number, action: () => void) => timers.push(setTimeout(action, ms).unref());
  let isAwaited = false;

  // Under the plain address, because not every browser knows names below localhost.
  const printLink = () => terminal.line(`READY ${server.link(server.access.issueToken(), 'address')}`);

  if (!open) {
    printLink();
  } else if (opener.kind === 'none') {
    terminal.say(whyNoWindow(opener.reason));
    printLink();
  } else {
    const file = path.join(folder, `open-${randomBytes(8).toString('hex')}.html`);
    writeFileSync(file, redirectPage(server.link(server.access.issueToken())), { mode: 0o600, flag: 'wx' });
    isAwaited = true;
    launch(opener, pathToFileURL(file));
    terminal.say(m.loopback_opening());
    after(patienceMs, () => {
      if (!isAwaited) return;
      terminal.say(m.loopback_open_yourself());
      printLink();
    });
    after(linkLifeMs, removeFiles);
  }
  terminal.say(m.loopback_keys());
  const stopListening = terminal.onEnter(printLink);

  function removeFiles(): void {
    rmSync(folder, { recursive: true, force: true });
  }

  return {
    signedIn: () => {
      isAwaited = false;
      removeFiles();
    },
    close: () => {
      timers.forEach(clearTimeout);
      stopListening();
      removeFiles();
    },
  };
}

function redirectPage(link: string): string {
  return `<!doctype html><meta charset=utf-8><title>Tessera</title><meta http-equiv=refresh content="0;url=${link}">`;
}

function whyNoWindow(reason: Extract<Opener, { kind: 'none' }>['reason']): string {
  switch (reason) {
    case 'root':
      return m.loopback_no_window_root();
    case 'no-display':
      return m.loopback_no_window_display();
    case 'no-browser':
      return m.loopback_no_window_browser();
  }
}
