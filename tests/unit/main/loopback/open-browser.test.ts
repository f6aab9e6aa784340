import { describe, expect, it } from 'vitest';
import { chooseOpener, type Machine } from '../../../../main/loopback/open-browser.ts';

function machine(changes: Partial<Machine> & { files?: string[] }): Machine {
  const files = changes.files ?? [];
  return {
    platform: 'linux',
    environment: { PATH: '/usr/local/bin:/usr/bin', DISPLAY: ':0' },
    isRoot: false,
    exists: (file) => files.includes(file),
    ...changes,
  };
}

const page = new URL('file:///tmp/open.html');

describe('the window of the browser host', () => {
  it.each([
    ['linux', '/usr/bin/chromium'],
    ['linux', '/usr/bin/google-chrome-stable'],
    ['darwin', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'],
    ['win32', 'C:\\Program Files\\Microsoft\\Edge\\Application\\msedge.exe'],
  ] as const)('is a window of its own on %s with %s', (platform, browser) => {
    const environment = { PATH: '/usr/bin', DISPLAY: ':0', PROGRAMFILES: 'C:\\Program Files' };
    const opener = chooseOpener(machine({ platform, files: [browser], environment }));

    expect(opener).toMatchObject({ kind: 'command', command: browser });
    // Exactly this: never a switch that takes the sandbox away, never the address itself.
    expect(opener.kind === 'command' && opener.arguments(page)).toEqual(['--app=file:///tmp/open.html']);
  });

  it('is opened by the default browser where none of these is installed', () => {
    const opener = chooseOpener(machine({ files: ['/usr/bin/xdg-open', '/usr/bin/firefox'] }));

    expect(opener).toMatchObject({ kind: 'command', command: '/usr/bin/xdg-open' });
  });

  it.each([
    ['root', { isRoot: true, files: ['/usr/bin/chromium'] }],
    ['no-display', { environment: { PATH: '/usr/bin' }, files: ['/usr/bin/chromium'] }],
    ['no-browser', { files: [] }],
  ] as const)('cannot be opened, and the reason is %s', (reason, changes) => {
    expect(chooseOpener(machine(changes as never))).toEqual({ kind: 'none', reason });
  });
});
