import { readFileSync, rmSync } from 'node:fs';
import { expect, it } from 'vitest';
import { openLog } from '../../../../main/backend/log.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

it('the log finds a defect by its reference and does not tell whose computer it is', () => {
  const folder = temporaryFolder('log');
  const log = openLog(folder, '/home/kim');

  const reference = log.internalError(new Error('no /home/kim/Pictures'), 'test');
  log.close();

  const text = readFileSync(`${folder}/tessera.log`, 'utf8');
  expect(JSON.parse(text)).toMatchObject({ reference, err: { message: 'no ~/Pictures' } });
  expect(text).not.toContain('kim');
  rmSync(folder, { recursive: true });
});
