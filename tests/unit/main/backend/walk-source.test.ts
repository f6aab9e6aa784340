import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { walkFolder } from '../../../../main/backend/walk-source.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

let root: string;
beforeEach(() => (root = temporaryFolder('walk')));
afterEach(() => rmSync(root, { recursive: true, force: true }));

function make(...files: string[]): void {
  for (const file of files) {
    const full = path.join(root, file);
    mkdirSync(file.endsWith('/') ? full : path.dirname(full), { recursive: true });
    if (!file.endsWith('/')) writeFileSync(full, 'x');
  }
}
async function walked(): Promise<Record<string, string>> {
  const { entries, classes } = await walkFolder(root);
  return Object.fromEntries(
    entries.map(({ path: at, state, reason, label, split }) => [
      at,
      `${reason ?? state}${label < 0 ? '' : ` ${classes[label]!}`}${split < 0 ? '' : ` ${split}`}`,
    ]),
  );
}

describe('walking a folder', () => {
  it('takes its subfolders for classes, with all that lies below them', async () => {
    make('cat/a.jpg', 'cat/deep/er/b.png', 'dog/c', 'dog/notes.txt');
    expect(await walked()).toEqual({
      'cat/a.jpg': 'file cat',
      'cat/deep/er/b.png': 'file cat',
      'dog/c': 'file dog',
      'dog/notes.txt': 'not-a-picture dog',
    });
  });

  it('takes train, val and test above the classes for splits', async () => {
    make('train/cat/a.jpg', 'train/dog/b.jpg', 'Val/cat/c.jpg', 'test/dog/d.jpg', 'test/loose.jpg', 'extra/e.jpg');
    expect(await walked()).toEqual({
      'Val/cat/c.jpg': 'file cat 1',
      'extra/e.jpg': 'outside-splits',
      'test/dog/d.jpg': 'file dog 2',
      'test/loose.jpg': 'no-class 2',
      'train/cat/a.jpg': 'file cat 0',
      'train/dog/b.jpg': 'file dog 0',
    });
  });

  it('goes through a folder that only wraps the classes', async () => {
    make('pictures/cat/a.jpg', 'pictures/dog/b.jpg');
    const { classes, remarks } = await walkFolder(root);
    expect(classes).toEqual(['cat', 'dog']);
    expect(remarks[0]).toEqual({ code: 'wrapper-folder', details: { folder: 'pictures' } });
  });

  it('never follows a link, opens no litter and lists both', async () => {
    make('cat/a.jpg', 'dog/b.jpg', 'dog/Thumbs.db', '.git/config', '__MACOSX/dog/._b.jpg');
    symlinkSync('..', path.join(root, 'cat/loop'));
    symlinkSync('/etc/passwd', path.join(root, 'link.png'));
    expect(await walked()).toMatchObject({
      'cat/loop': 'symlink cat',
      'link.png': 'symlink',
      'dog/Thumbs.db': 'litter dog',
      '.git/config': 'litter',
      '__MACOSX/dog/._b.jpg': 'litter',
    });
  });

  it('keeps names that are not UTF-8 as their bytes', async () => {
    make('cat/a.jpg', 'dog/b.jpg');
    writeFileSync(Buffer.concat([Buffer.from(`${root}/cat/`), Buffer.from([0xe9, 0xff])]), 'x');
    expect(Object.keys(await walked())).toContain('cat/\u00e9\u00ff');
  });

  it('names an empty class and keeps it, and takes a folder of notes for none', async () => {
    make('cat/a.jpg', 'empty/', 'notes/readme.txt');
    const { classes, remarks } = await walkFolder(root);
    expect(classes).toEqual(['cat', 'empty']);
    expect(remarks).toContainEqual({ code: 'empty-class', details: { className: 'empty' } });
  });

  it.each([
    ['NO_IMAGES_FOUND', ['cat/notes.txt', '.DS_Store']],
    ['NO_CLASS_FOLDERS', ['a.jpg', 'b.jpg']],
    ['ONE_CLASS', ['cat/a.jpg', 'cat/b.jpg']],
  ])('refuses with %s what is no dataset', async (code, files) => {
    make(...files);
    await expect(walkFolder(root)).rejects.toMatchObject({ code });
  });

  it('says where a folder is missing', async () => {
    await expect(walkFolder(path.join(root, 'nowhere'))).rejects.toMatchObject({ code: 'FOLDER_NOT_FOUND' });
  });
});
