/** Dates in narrow columns. */
import { describe, expect, it } from 'vitest';
import { whenBrief } from '../../../renderer/format.ts';

describe('when, briefly', () => {
  const now = new Date(2026, 10, 28, 12, 0).getTime();

  it('is day and time in this year', () => {
    expect(whenBrief(new Date(2026, 0, 2, 15, 4).getTime(), now)).toMatch(/^Jan 2, 3:04\sPM$/);
  });

  it('is the date in another', () => {
    expect(whenBrief(new Date(2025, 11, 31, 23, 59).getTime(), now)).toBe('Dec 31, 2025');
  });
});
