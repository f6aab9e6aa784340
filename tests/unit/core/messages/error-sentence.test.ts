import { expect, it } from 'vitest';
import { errorSentence } from '../../../../core/messages/error-sentence.ts';

it('says sizes as a person reads them: what is needed rounded up, what is there down', () => {
  const details = { path: '/d', neededBytes: 577_507_568, freeBytes: 1_290_000_000 };

  expect(errorSentence({ code: 'DISK_FULL', details }, 'en')).toContain('578 MB are needed, 1.2 GB are free');
  expect(errorSentence({ code: 'DISK_FULL', details: { ...details, freeBytes: 512 } }, 'ko')).toContain('0 kB');
});
