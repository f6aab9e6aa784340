import { describe, expect, it } from 'vitest';
import { StudioError } from '../../../../core/errors.ts';
import type { Job } from '../../../../core/rpc/contract/jobs.ts';
import { JobRegistry, roundedSeconds } from '../../../../main/backend/job-registry.ts';

const request = { kind: 'import', title: 'Letters', unit: 'files', total: 100 } as const;

describe('a job', () => {
  it('tells rate and time left from the third sample on', () => {
    let nowMs = 0;
    const jobs = new JobRegistry({ now: () => nowMs });
    const job = jobs.start(request);
    const told: (number | null)[][] = [];
    for (let second = 0; second < 3; second++) {
      nowMs = second * 1000;
      job.report(second * 10);
      const { rate, etaSeconds } = jobs.active()[0]!;
      told.push([rate, etaSeconds]);
    }

    // 10 files a second, 80 files to go: 8 seconds
    expect(told).toEqual([
      [null, null],
      [null, null],
      [10, 8],
    ]);
  });

  it.each([
    [0.2, 1],
    [9.4, 10],
    [31, 35],
    [100, 105],
    [1000, 1020],
  ])('rounds %d seconds up to %d', (exact, shown) => {
    expect(roundedSeconds(exact)).toBe(shown);
  });

  it('is stopping at once when it is cancelled, and then ends as cancelled', async () => {
    const jobs = new JobRegistry();
    const job = jobs.run(
      request,
      ({ signal }) =>
        new Promise<void>((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
        }),
    );

    jobs.cancel(job.id);

    expect(jobs.active()[0]?.state).toBe('stopping');
    await expect(jobs.finished(job.id)).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(jobs.activeCount).toBe(0);
  });

  it('that fails gives its error to whoever waits for it', async () => {
    const jobs = new JobRegistry();
    const job = jobs.run(request, () => Promise.reject(new StudioError('NO_IMAGES_FOUND', { path: '/x' })));

    await expect(jobs.finished(job.id)).rejects.toMatchObject({ code: 'NO_IMAGES_FOUND', details: { path: '/x' } });
  });

  it('that has a defect tells only where it is written down', async () => {
    const jobs = new JobRegistry({ logInternalError: () => 'ref-1' });
    const job = jobs.run(request, () => Promise.reject(new TypeError('/home/someone/secret')));

    await expect(jobs.finished(job.id)).rejects.toMatchObject({ code: 'INTERNAL', details: { reference: 'ref-1' } });
  });

  it('is reported once more with its end, also when it ends before anyone could look', async () => {
    const jobs = new JobRegistry();
    const controller = new AbortController();
    const reports: Job[][] = [];
    let seenEnd!: () => void;
    const ended = new Promise<void>((resolve) => (seenEnd = resolve));
    const watched = jobs.watch(controller.signal, (list) => {
      reports.push(list);
      if (list.some(({ state }) => state === 'finished')) seenEnd();
    });

    jobs.start(request).finish({ datasetId: 'd' });
    await ended;
    controller.abort();
    await watched;

    const ends = reports.flat().filter(({ state }) => state === 'finished');
    expect(ends).toMatchObject([{ title: 'Letters', datasetId: 'd' }]);
  });

  it('that nobody knows is said to be unknown', () => {
    expect(() => new JobRegistry().cancel('x')).toThrow(expect.objectContaining({ code: 'JOB_NOT_FOUND' }));
  });
});
