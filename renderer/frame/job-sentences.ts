/** What runs, in words: for the status bar, dialogs and places. */
import type { EngineStatus } from '../../core/rpc/contract/app.ts';
import type { Job } from '../../core/rpc/contract/jobs.ts';
import { about, count } from '../format.ts';
import { m } from '../messages.ts';

const kinds: Readonly<Record<Job['kind'], (inputs: { title: string }) => string>> = {
  look: m.job_look,
  import: m.job_import,
  sample: m.job_sample,
  learn: m.job_learn,
  describe: m.job_describe,
  train: m.job_train,
  search: m.job_search,
  race: m.job_race,
  blocks: m.job_blocks,
  evaluate: m.job_evaluate,
  predict: m.job_predict,
};
const units: Readonly<Record<Job['unit'], (inputs: { done: string; total: string }) => string>> = {
  files: m.job_files,
  pictures: m.job_pictures,
  epochs: m.job_epochs,
  steps: m.job_steps,
  trials: m.job_trials,
};

/** `Importing photos`, or how it ends: `Stopping photos`. */
export function jobSentence(job: Job): string {
  if (job.state === 'stopping') return m.job_stopping();
  if (job.state === 'paused') return m.job_paused({ title: job.title });
  if (job.state === 'queued') return m.job_queued({ title: job.title });
  return kinds[job.kind]({ title: job.title });
}

/** `312 of 820 pictures`; only the count while the total is not known. */
export function jobProgress(job: Job): string {
  if (job.state === 'queued') return '';
  if (job.total === null) return count(job.done);
  return units[job.unit]({ done: count(Math.floor(job.done)), total: count(job.total) });
}

/** `about 3 min`, rounded; empty where it is not known or not worth a word. */
export function jobEta(job: Job): string {
  return job.etaSeconds === null || job.state !== 'running' ? '' : about(job.etaSeconds);
}

export function engineSentence(engine: EngineStatus | null, connection: 'connecting' | 'connected' | 'lost'): string {
  if (connection === 'lost') return m.status_reconnecting();
  if (engine === null) return m.status_starting();
  const state = {
    starting: m.status_compute_starting,
    ready: m.status_compute_ready,
    busy: m.status_compute_busy,
    restarting: m.status_compute_restarting,
    failed: m.status_compute_failed,
  }[engine.compute]();
  const decoder =
    engine.decoder === 'failed'
      ? m.status_decoder_failed()
      : engine.decoder === 'restarting'
        ? m.status_decoder_restarting()
        : null;
  return [decoder ?? state, engine.backend, m.status_threads({ count: engine.threads })].join(' · ');
}

/** Which kernels compute and where, in one sentence. */
export function engineExplanation(engine: EngineStatus): string {
  const kernels = {
    probing: m.status_probing_explained,
    'probe-failed': m.status_probe_failed_explained,
    'probe-passed': m.status_native_explained,
    chosen: engine.backend === 'native' ? m.status_native_explained : m.status_wasm_explained,
  }[engine.backendReason]();
  return `${kernels} ${m.status_threads_explained({ count: engine.threads })}`;
}
