import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  chmodSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Access } from '../../../../main/loopback/access-token.ts';
import { type Invitation, invite } from '../../../../main/loopback/invitation.ts';
import type { Opener } from '../../../../main/loopback/open-browser.ts';

describe('the invitation into the page', () => {
  let lines: string[];
  let sentences: string[];
  let pressEnter: () => void;
  let invitation: Invitation | undefined;
  const access = new Access();
  const server = {
    access,
    link: (token: string, host = 'own-name') =>
      `http://${host === 'address' ? '127.0.0.1' : 'abc.localhost'}:1/auth?token=${token}`,
  };
  const terminal = {
    line: (text: string) => void lines.push(text),
    say: (text: string) => void sentences.push(text),
    onEnter: (listener: () => void) => {
      pressEnter = listener;
      return () => undefined;
    },
  };
  const tokenOf = (line: string | undefined) => new URL(line!.replace('READY ', '')).searchParams.get('token')!;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    lines = [];
    sentences = [];
  });
  afterEach(() => {
    invitation?.close();
    vi.useRealTimers();
  });

  it('is one line with a link that works, where no window is asked for', async () => {
    invitation = await invite(server, terminal, false);

    expect(lines).toEqual([expect.stringMatching(/^READY http:\/\/127\.0\.0\.1:1\/auth\?token=[0-9a-f]{64}$/)]);
    expect(access.signIn(tokenOf(lines[0]))).not.toBeNull();
  });

  it('is the same line after a sentence, where no window can be opened', async () => {
    invitation = await invite(server, terminal, true, { kind: 'none', reason: 'no-display' });

    expect(sentences[0]).toMatch(/no display/);
    expect(lines).toHaveLength(1);
  });

  it('is a fresh link at every Enter', async () => {
    invitation = await invite(server, terminal, false);

    pressEnter();
    pressEnter();

    expect(new Set(lines.map(tokenOf)).size).toBe(3);
  });

  describe('by a window', () => {
    let folder: string;
    let redirect: URL;
    /** A browser that does nothing. */
    const opener: Opener = {
      kind: 'command',
      command: process.execPath,
      arguments: (file) => {
        redirect = file;
        return ['--version'];
      },
    };
    beforeEach(() => {
      folder = mkdtempSync(path.join(tmpdir(), 'invitation-'));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    it('hands the browser a private file with the link, and prints nothing', async () => {
      invitation = await invite(server, terminal, true, opener);

      const file = fileURLToPath(redirect);
      const token = /url=http:\/\/abc\.localhost:1\/auth\?token=([0-9a-f]{64})"/.exec(readFileSync(file, 'utf8'))?.[1];
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
      expect(file).not.toContain(token);
      expect(access.signIn(token!)).not.toBeNull();
      expect(lines).toEqual([]);
    });

    it('removes the file at the first sign-in, and prints no link then', async () => {
      invitation = await invite(server, terminal, true, opener);

      invitation.signedIn();
      vi.advanceTimersByTime(5_000);

      expect(existsSync(fileURLToPath(redirect))).toBe(false);
      expect(lines).toEqual([]);
    });

    it('prints a link when nobody has signed in after five seconds, and removes the file after a minute', async () => {
      invitation = await invite(server, terminal, true, opener);

      vi.advanceTimersByTime(4_999);
      expect(lines).toEqual([]);
      vi.advanceTimersByTime(1);
      expect(lines).toHaveLength(1);
      expect(existsSync(fileURLToPath(redirect))).toBe(true);
      vi.advanceTimersByTime(55_000);
      expect(existsSync(fileURLToPath(redirect))).toBe(false);
    });

    it.skipIf(process.platform === 'win32')('puts no token on a command line', async () => {
      const browser = path.join(folder, 'browser.sh');
      const seen = path.join(folder, 'arguments');
      writeFileSync(browser, `#!/bin/sh\ncat "/proc/$$/cmdline" > "${seen}.tmp"; mv "${seen}.tmp" "${seen}"\n`);
      chmodSync(browser, 0o700);
      const app: Opener = { kind: 'command', command: browser, arguments: (file) => [`--app=${file.href}`] };

      invitation = await invite(server, terminal, true, app);
      await vi.waitFor(() => expect(readdirSync(folder)).toContain('arguments'), { timeout: 10_000, interval: 20 });

      const commandLine = readFileSync(seen, 'utf8');
      const file = new URL(/--app=(.*)\0/.exec(commandLine)![1]!);
      const token = /token=([0-9a-f]{64})/.exec(readFileSync(fileURLToPath(file), 'utf8'))![1]!;
      expect(commandLine).not.toContain(token);
    });
  });
});
