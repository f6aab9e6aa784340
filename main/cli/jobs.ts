/** Waiting for a job of the backend, with its progress on standard error. */
import type { Job } from '../../core/rpc/contract/jobs.ts';
import type { Studio } from './studio.ts';

/** Shows the progress of one job until `finished` has settled; Ctrl+C cancels the job. */
export async function followJob<T>(studio: Studio, jobId: string, finished: Promise<T>): Promise<T> {
  const { rpc, output, signal } = studio;
  const watching = new AbortController();
  const cancel = () => void rpc.call('jobs.cancel', { jobId }).catch(() => undefined);
  signal.addEventListener('abort', cancel, { once: true });
  if (signal.aborted) cancel();
  const watched = rpc
    .call(
      'jobs.watch',
      {},
      {
        signal: watching.signal,
        onprogress: ({ jobs }) => {
          const job = jobs.find((other: Job) => other.id === jobId);
          if (job !== undefined && job.state === 'running') output.progress(job.title, job.done, job.total);
        },
      },
    )
    .catch(() => undefined);
  try {
    return await finished;
  } finally {
    watching.abort();
    await watched;
    signal.removeEventListener('abort', cancel);
    output.endProgress();
  }
}
