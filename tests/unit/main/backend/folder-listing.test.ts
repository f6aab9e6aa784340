import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isWithin, listFolder } from '../../../../main/backend/folder-listing.ts';
import { pathBytes } from '../../../../main/backend/path-text.ts';

const isWindows = process.platform === 'win32';
const isRoot = process.getuid?.() === 0;

describe('the folder chooser', () => {
  let root: string;
  let outside: string;
  beforeEach(() => {
    const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'listing-')));
    root = path.join(folder, 'home');
    outside = path.join(folder, 'home-of-another');
    mkdirSync(path.join(root, 'pictures', 'class 10'), { recursive: true });
    mkdirSync(path.join(root, 'pictures', 'class 9', 'inner'), { recursive: true });
    mkdirSync(outside);
    for (const name of ['b.JPG', 'a.txt', 'train-images-idx3-ubyte.gz', 'data_batch_1.bin', '.hidden.png']) {
      writeFileSync(path.join(root, 'pictures', name), '');
    }
  });
  afterEach(() => rmSync(path.dirname(root), { recursive: true }));

  it('begins at the first root', async () => {
    const listing = await listFolder(null, [root]);

    expect(listing).toMatchObject({ path: root, parent: null, roots: [{ name: 'home', path: root }] });
    expect(listing.entries).toEqual([
      { name: 'pictures', path: path.join(root, 'pictures'), kind: 'folder', subfolders: 2 },
    ]);
  });

  it('lists folders in the order people count, then files by what they are', async () => {
    const listing = await listFolder(path.join(root, 'pictures'), [root]);

    expect(listing.parent).toBe(root);
    expect(listing.entries.map(({ name, kind, subfolders }) => [name, kind, subfolders])).toEqual([
      ['class 9', 'folder', 1],
      ['class 10', 'folder', 0],
      ['a.txt', 'other', null],
      ['b.JPG', 'picture', null],
      ['data_batch_1.bin', 'dataset-file', null],
      ['train-images-idx3-ubyte.gz', 'dataset-file', null],
    ]);
    expect(listing.omitted).toBe(0);
  });

  it('lists so many files and says how many it leaves out', async () => {
    for (let i = 0; i < 2_005; i++) writeFileSync(path.join(root, `${i}.png`), '');

    const listing = await listFolder(root, [root]);

    expect(listing.entries.length).toBe(1 + 2_000);
    expect(listing.omitted).toBe(5);
  });

  it.each([
    ['the folder beside a root whose name begins the same', (r: string) => `${r}-of-another`],
    ['a way out by ..', (r: string) => `${r}/../home-of-another`],
    ['the folder above', (r: string) => path.dirname(r)],
    ['what does not exist', (r: string) => `${r}/nothing`],
    ['a file', (r: string) => `${r}/pictures/b.JPG`],
    ['a relative path', () => 'pictures'],
    ['nothing', () => ''],
    ['a path with NUL', (r: string) => `${r}\0`],
    ['a name that is too long', (r: string) => `${r}/${'a'.repeat(5_000)}`],
  ])('does not list %s', async (_name, place) => {
    await expect(listFolder(place(root), [root])).rejects.toMatchObject({ code: 'FOLDER_NOT_FOUND' });
  });

  it.skipIf(isWindows)('does not follow a link, and does not name it', async () => {
    symlinkSync(outside, path.join(root, 'pictures', 'link'));
    symlinkSync('/etc/passwd', path.join(root, 'pictures', 'passwd.png'));

    const { entries } = await listFolder(path.join(root, 'pictures'), [root]);

    expect(entries.map(({ name }) => name)).not.toContain('link');
    expect(entries.map(({ name }) => name)).not.toContain('passwd.png');
    await expect(listFolder(path.join(root, 'pictures', 'link'), [root])).rejects.toMatchObject({
      code: 'FOLDER_NOT_FOUND',
    });
  });

  it.skipIf(process.platform !== 'linux')('lists a folder whose name is not UTF-8', async () => {
    const odd = Buffer.concat([Buffer.from(`${root}/Gr`), Buffer.of(0xf6, 0xdf), Buffer.from('e')]);
    mkdirSync(odd);
    writeFileSync(Buffer.concat([odd, Buffer.from('/'), Buffer.of(0xff), Buffer.from('.png')]), '');
    const entry = (await listFolder(root, [root])).entries.find(({ name }) => name.startsWith('Gr'))!;

    const inner = await listFolder(entry.path, [root]);

    expect(pathBytes(entry.path).equals(odd)).toBe(true);
    expect(inner.entries.map(({ name, kind }) => [name, kind])).toEqual([['\udcff.png', 'picture']]);
  });

  it.skipIf(isWindows || isRoot)('says that a folder cannot be read', async () => {
    const closed = path.join(root, 'closed');
    mkdirSync(closed);
    chmodSync(closed, 0o000);

    const listing = await listFolder(root, [root]);

    expect(listing.entries[0]).toMatchObject({ name: 'closed', subfolders: null });
    await expect(listFolder(closed, [root])).rejects.toMatchObject({ code: 'FOLDER_NOT_READABLE' });
    chmodSync(closed, 0o700);
  });

  it('offers recent sources that still exist', async () => {
    const listing = await listFolder(null, [root], [outside, path.join(root, 'gone')]);

    expect(listing.roots.map((place) => place.path)).toEqual([root, outside]);
  });
});

describe('being within a folder', () => {
  it.skipIf(isWindows).each([
    ['/a', '/a', true],
    ['/a', '/a/b', true],
    ['/a', '/a/..b', true],
    ['/', '/a', true],
    ['/a', '/ab', false],
    ['/a', '/', false],
    ['/a/b', '/a', false],
  ])('%s holds %s: %s', (outer, inner, holds) => {
    expect(isWithin(outer, inner)).toBe(holds);
  });
});
