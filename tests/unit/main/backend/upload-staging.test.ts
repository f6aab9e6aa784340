import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UploadStaging } from '../../../../main/backend/upload-staging.ts';

describe('a dropped folder', () => {
  let root: string;
  let uploads: UploadStaging;
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'uploads-'));
    uploads = new UploadStaging(root, { files: 3, bytes: 1_000, open: 2 });
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('arrives block by block under its own name', async () => {
    const id = await uploads.begin('Kräuter 한글');

    await uploads.write(id, 'basil/1.png', 0, new Uint8Array([1, 2]));
    await uploads.write(id, 'basil/1.png', 2, new Uint8Array([3]));
    await uploads.write(id, 'mint/empty.png', 0, new Uint8Array());
    const { path: folder, files } = uploads.end(id);

    expect(files).toBe(2);
    expect(path.basename(folder)).toBe('Kräuter 한글');
    expect([...readFileSync(path.join(folder, 'basil', '1.png'))]).toEqual([1, 2, 3]);
    expect(statSync(path.join(folder, 'mint', 'empty.png')).size).toBe(0);
  });

  it.skipIf(process.platform === 'win32')('is for the eyes of its person only', async () => {
    const id = await uploads.begin('pictures');
    await uploads.write(id, 'a/1.png', 0, new Uint8Array([1]));
    const { path: folder } = uploads.end(id);

    expect(statSync(folder).mode & 0o077).toBe(0);
    expect(statSync(path.join(folder, 'a', '1.png')).mode & 0o077).toBe(0);
  });

  it.each([
    '../x',
    'a/../../x',
    '/etc/x',
    'a//x',
    'a/./x',
    'a/',
    '',
    'a\\..\\x',
    'C:x',
    'c:/x',
    'a/C:\\x',
    'nul\0.png',
    'a'.repeat(256),
    'ä'.repeat(128),
    `${'a/'.repeat(40)}x`,
    'lone\ud800',
  ])('puts no file at %j', async (file) => {
    const id = await uploads.begin('pictures');

    await expect(uploads.write(id, file, 0, new Uint8Array([1]))).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(readdirSync(path.join(root, id, 'pictures'))).toEqual([]);
  });

  it.each(['..', '.', '', 'a/b', 'a\\b', 'C:', '\0'])('is called otherwise where its name is %j', async (name) => {
    const id = await uploads.begin(name);

    expect(uploads.end(id).path).toBe(path.join(root, id, 'upload'));
  });

  it('takes blocks of a file in order and none twice', async () => {
    const id = await uploads.begin('pictures');
    await uploads.write(id, 'x.png', 0, new Uint8Array(10));

    for (const offset of [0, 5, 11]) {
      await expect(uploads.write(id, 'x.png', offset, new Uint8Array(1))).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        details: { path: 'offset' },
      });
    }
    await expect(uploads.write(id, 'y.png', 3, new Uint8Array(1))).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('puts no file where a folder is and no folder where a file is', async () => {
    const id = await uploads.begin('pictures');
    await uploads.write(id, 'a/1.png', 0, new Uint8Array(1));

    await expect(uploads.write(id, 'a', 0, new Uint8Array(1))).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(uploads.write(id, 'a/1.png/2.png', 0, new Uint8Array(1))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
  });

  it('may have so many files and bytes, and leaves nothing behind when it has more', async () => {
    const [many, large] = [await uploads.begin('many'), await uploads.begin('large')];
    for (const file of ['1', '2', '3']) await uploads.write(many, file, 0, new Uint8Array(1));

    await expect(uploads.write(many, '4', 0, new Uint8Array(1))).rejects.toMatchObject({ code: 'UPLOAD_TOO_LARGE' });
    await expect(uploads.write(large, '1', 0, new Uint8Array(1_001))).rejects.toMatchObject({
      code: 'UPLOAD_TOO_LARGE',
    });

    expect(readdirSync(root)).toEqual([]);
  });

  it('is gone when it was given up, and the oldest goes when too many have begun', async () => {
    const [oldest, dropped] = [await uploads.begin('a'), await uploads.begin('b')];
    await uploads.drop(dropped);
    await uploads.drop(dropped);
    const newer = [await uploads.begin('c'), await uploads.begin('d')];

    expect(readdirSync(root).sort()).toEqual(newer.sort());
    await expect(uploads.write(oldest, 'x', 0, new Uint8Array(1))).rejects.toMatchObject({
      details: { path: 'uploadId' },
    });
  });

  it('stays at the next start where a dataset came from it, and goes otherwise', async () => {
    const [kept, left] = [await uploads.begin('kept'), await uploads.begin('left')];
    await uploads.write(kept, 'a/1.png', 0, new Uint8Array(1));
    const { path: source } = uploads.end(kept);
    uploads.end(left);

    await new UploadStaging(root).removeAbandoned([source]);

    expect(readdirSync(root)).toEqual([kept]);
    expect(existsSync(path.join(source, 'a', '1.png'))).toBe(true);
  });
});
