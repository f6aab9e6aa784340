import type { jobsContract } from '../../../core/rpc/contract/jobs.ts';
import type { Handlers } from '../../../core/rpc/define.ts';
import type { JobRegistry } from '../job-registry.ts';

export function jobsHandlers(jobs: JobRegistry) {
  return {
    'jobs.watch': async (_input, { signal, progress }) => {
      await jobs.watch(signal, (list) => progress({ jobs: list }));
      return {};
    },
    'jobs.cancel': ({ jobId }) => {
      jobs.cancel(jobId);
      return {};
    },
    'jobs.count': () => ({ active: jobs.activeCount }),
  } satisfies Handlers<typeof jobsContract>;
}
