/** The attack tool of the shared data against the browser host: every attack has to be refused. */
import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { sharedFile } from '../support/shared.ts';
import { startFakeHost } from './support/fake-host.ts';

interface Report {
  readonly inconclusive: boolean;
  readonly results: readonly { readonly id: string; readonly pass: boolean; readonly evidence?: string }[];
}

describe('the browser host under attack', () => {
  it.each(['127.0.0.1', 'its own name'])(
    'refuses every attack on the address %s',
    { timeout: 180_000 },
    async (name) => {
      const tool = sharedFile('abuse/ws-attack.mjs', `attacks on ${name}`);
      if (tool === null) return;
      const folder = mkdtempSync(path.join(tmpdir(), 'ws-attack-'));
      copyFileSync(tool, path.join(folder, 'ws-attack.mjs'));
      const host = await startFakeHost();

      await new Promise<void>((resolve) => {
        const goodHost = name === '127.0.0.1' ? [] : ['--host', `${host.hostLabel}.localhost:${host.port}`];
        execFile(
          process.execPath,
          [
            ...['ws-attack.mjs', '--base', `http://127.0.0.1:${host.port}`, '--token', host.token()],
            ...['--login', '/auth?token={token}', '--api', '/api/state', '--canary', 'package.json:"name"'],
            ...['--check-bind', '--json', 'report.json', ...goodHost],
          ],
          { cwd: folder },
          () => resolve(), // its report is judged, and missing where it could not run
        );
      });

      const report = JSON.parse(readFileSync(path.join(folder, 'report.json'), 'utf8')) as Report;
      await host.close();
      rmSync(folder, { recursive: true });
      expect(report.inconclusive).toBe(false);
      expect(report.results.filter(({ pass }) => !pass)).toEqual([]);
      expect(report.results.length).toBeGreaterThan(150);
    },
  );
});
