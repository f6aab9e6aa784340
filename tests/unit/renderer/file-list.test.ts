import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { FileReport } from '../../../core/rpc/contract/datasets.ts';

let fileListAsCsv: (files: readonly FileReport[]) => string;
let fileListAsText: (files: readonly FileReport[]) => string;
beforeAll(async () => {
  vi.stubGlobal('navigator', { language: 'en-US', platform: 'Linux' });
  ({ fileListAsCsv, fileListAsText } = await import('../../../renderer/dataset/file-list.ts'));
});

const file = (path: string): FileReport => ({
  path,
  outcome: 'rejected',
  reason: { code: 'no-such-code', details: {} },
  label: 'cat',
  split: null,
  dupGroup: null,
});

describe('the list of files as a table', () => {
  it('quotes what a spreadsheet would split, and begins with a byte order mark for Hangul', () => {
    const csv = fileListAsCsv([file('cat/a "b", c.jpg'), file('고양이/하나.jpg')]);

    expect(csv).toBe(
      '\uFEFF"path","outcome","reason","class","split"\r\n' +
        '"cat/a ""b"", c.jpg","rejected","no-such-code","cat",""\r\n' +
        '"고양이/하나.jpg","rejected","no-such-code","cat",""\r\n',
    );
  });

  it.each(['=1+1.jpg', '+a.jpg', '-a.jpg', '@a.jpg'])('keeps %s a name and no formula', (path) => {
    expect(fileListAsCsv([file(path)])).toContain(`"'${path}"`);
  });

  it('is one line a file when copied', () => {
    expect(fileListAsText([file('a.jpg'), file('b.jpg')]).split('\n')).toEqual([
      'a.jpg\tRefused\tno-such-code',
      'b.jpg\tRefused\tno-such-code',
    ]);
  });
});
