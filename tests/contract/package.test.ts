import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { listPackage } from '@electron/asar';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../scripts/project.ts';
import { fuses } from '../../scripts/set-fuses.ts';
import { packageStudio, type PackagedStudio } from '../support/package-studio.ts';

/** What a person would install, but for Electron itself, whose place a stub takes. */
let folder: string;
let studio: PackagedStudio;
let files: string[];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tessera-package-'));
  studio = await packageStudio(folder);
  files = listPackage(studio.asar, { isPack: false }).map((file) => file.replaceAll('\\', '/').slice(1));
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

interface Manifest {
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
}
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Manifest;
const packages = () =>
  new Set(files.flatMap((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\/package\.json$/.exec(file)?.[1] ?? []));

describe('the packaged studio', () => {
  it('holds every program, the page and the preload', () => {
    const programs = ['electron', 'cli', 'loopback', 'decoder', 'compute', 'compute-worker'];
    for (const program of programs) expect(files).toContain(`dist/node/${program}.js`);
    expect(files).toContain('dist/client/index.html');
    expect(files).toContain('dist/preload/preload.cjs');
  });

  it('holds every package it needs while it runs and none of those it was made with', () => {
    const held = packages();

    expect([...held]).toEqual(expect.arrayContaining(Object.keys(manifest.dependencies)));
    expect(Object.keys(manifest.devDependencies).filter((name) => held.has(name))).toEqual([]);
    expect([...held].filter((name) => name.startsWith('node-linux') || name.startsWith('node-win'))).toEqual([]);
  });

  it('holds no sources, tests, settings or maps', () => {
    const own = files.filter((file) => !file.startsWith('node_modules/'));

    expect([...new Set(own.map((file) => file.split('/')[0]))].sort()).toEqual([
      'dist',
      'node_modules',
      'package.json',
    ]);
    expect(own.filter((file) => /\.(ts|svelte|map)$/.test(file))).toEqual([]);
  });

  it('keeps what the system loads outside of the archive, where it can be opened', () => {
    const natives = files.filter((file) => /\.(node|so|dylib|dll)(\.[\d.]+)?$/.test(file));

    expect(natives.map((file) => file.split('/').at(-1))).toContain('linux-x64.node');
    expect(natives.length).toBeGreaterThanOrEqual(4); // database, watcher, sharp and its library
    for (const file of natives) expect(existsSync(path.join(studio.unpacked, file)), file).toBe(true);
    expect(natives.filter((file) => /darwin|win32/.test(file))).toEqual([]);
  });

  it('has every fuse set, none left as Electron has it', async () => {
    const { version: _version, resetAdHocDarwinSignature: _reset, ...wire } = await getCurrentFuseWire(studio.program);

    const wanted = Object.entries(fuses).filter(([key]) => /^\d+$/.test(key));
    expect(wanted).toHaveLength(9);
    for (const [fuse, isOn] of wanted) {
      const state = (wire as Record<string, FuseState>)[fuse];
      expect(state, FuseV1Options[Number(fuse)]).toBe(isOn ? FuseState.ENABLE : FuseState.DISABLE);
    }
  });
});
