import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../../core/rpc/contract/app.ts';
import { SettingsFile } from '../../../../main/backend/settings-file.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

let folder: string;
let path: string;
let warnings: string[];
beforeEach(() => {
  folder = temporaryFolder('settings');
  path = `${folder}/settings.json`;
  warnings = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (isReadOnly = false) => new SettingsFile({ path, isReadOnly, warn: (message) => warnings.push(message) });

describe('the settings', () => {
  it('are the defaults where there is no file, and no file is made', () => {
    expect(open().current).toEqual(defaultSettings);
    expect(existsSync(path)).toBe(false);
  });

  it('are found again, and what the studio does not know stays in the file', () => {
    writeFileSync(path, '{ "mine": [1, 2], "theme": "dark" }');

    open().change({ textSize: 120 });

    expect(open().current).toEqual({ ...defaultSettings, theme: 'dark', textSize: 120 });
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ mine: [1, 2], textSize: 120 });
    expect(warnings).toEqual([]);
  });

  it.each(['{ "theme": ', '[1]', 'null'])('that cannot be read (%s) are put aside and become defaults', (text) => {
    writeFileSync(path, text);

    expect(open().current).toEqual(defaultSettings);
    expect(readFileSync(`${path}.unreadable`, 'utf8')).toBe(text);
    expect(warnings).toHaveLength(1);
  });

  it('with one senseless value keep all others', () => {
    writeFileSync(path, '{ "theme": "purple", "textSize": 110 }');

    expect(open().current).toEqual({ ...defaultSettings, textSize: 110 });
    expect(warnings).toHaveLength(1);
  });

  it('are not changed in a data folder that is read only', () => {
    expect(() => open(true).change({ theme: 'dark' })).toThrow(
      expect.objectContaining({ code: 'DATA_FOLDER_READ_ONLY' }),
    );
  });
});
