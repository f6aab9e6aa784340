import { describe, expect, it } from 'vitest';
import type { Job } from '../../../../core/rpc/contract/jobs.ts';
import { about } from '../../../../renderer/format.ts';
import { jobEta, jobProgress, jobSentence } from '../../../../renderer/frame/job-sentences.ts';

const job = {
  id: '1',
  kind: 'import',
  title: 'photos',
  state: 'running',
  unit: 'pictures',
  done: 312.7,
  total: 820,
  rate: 100,
  etaSeconds: 150,
} as Job;

describe('a job that runs', () => {
  it('says what it does, how much of it is done and about how long it will take', () => {
    expect([jobSentence(job), jobProgress(job), jobEta(job)]).toEqual([
      'Importing photos',
      '312 of 820 pictures',
      'about 3 min',
    ]);
  });

  it('says nothing of the time before it is known', () => {
    expect(jobEta({ ...job, etaSeconds: null })).toBe('');
  });

  it('is stopping, without a time, from the moment it is cancelled', () => {
    const stopping: Job = { ...job, state: 'stopping' };

    expect([jobSentence(stopping), jobEta(stopping)]).toEqual(['Stopping…', '']);
  });
});

it.each([
  [2, 'a few seconds'],
  [12, 'about 15 s'],
  [54, 'about 55 s'],
  [80, 'about 1 min'],
  [1000, 'about 17 min'],
  [5400, 'about 1.5 h'],
])('%d seconds are “%s”', (seconds, words) => {
  expect(about(seconds)).toBe(words);
});
