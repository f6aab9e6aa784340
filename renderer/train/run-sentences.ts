/** A run's state and what is seen in it, as sentences. */
import type { RunSummary } from '../../core/rpc/contract/runs.ts';
import type { RunStatus } from '../../core/rpc/contract/training.ts';
import { count, percent } from '../format.ts';
import { m } from '../messages.ts';
import type { Seen } from './what-is-seen.ts';

/** The lesson of the place: one sentence about the curves. */
export function sightSentence(status: RunStatus, seen: Seen, run: Pick<RunSummary, 'epochs'>): string {
  if (status === 'diverged') return m.train_sight_diverged();
  if (status === 'failed') return m.train_sight_failed();
  if (seen.sight === 'starting')
    return run.epochs > 0 && status !== 'running' ? m.train_sight_short() : m.train_sight_starting();
  return {
    rising: m.train_sight_rising,
    flat: m.train_sight_flat,
    unchecked: m.train_sight_unchecked,
    learning: m.train_sight_learning,
    'faster-than-it-generalises': m.train_sight_faster,
    overfitting: () => m.train_sight_overfitting({ epoch: count(seen.lowestEpoch ?? 0) }),
  }[seen.sight]();
}

/** What became of it and what can be done; empty while it simply runs. */
export function statusSentence(run: RunSummary): string {
  const epoch = count(run.epochs);
  switch (run.status) {
    case 'queued':
      return m.train_status_queued();
    case 'running':
      return '';
    case 'paused':
      return m.train_status_paused({ epoch });
    case 'interrupted':
      return m.train_status_interrupted({ epoch });
    case 'stopped':
      return m.train_status_stopped({ epoch });
    case 'diverged':
      return m.train_status_diverged();
    case 'failed':
      return m.train_status_failed();
    case 'finished':
      if (run.endReason === 'patience')
        return m.train_status_patience({ epoch, patience: count(run.recipe.stopping.patience ?? 0) });
      if (run.endReason === 'target')
        return m.train_status_target({ epoch, accuracy: percent(run.recipe.stopping.targetAccuracy) });
      if (run.endReason === 'converged') return m.train_status_converged({ epoch });
      if (run.endReason === 'time') return m.train_status_time({ epoch });
      return run.validationAccuracy === null
        ? m.train_status_finished({ epoch })
        : m.train_status_finished_validation({
            epoch,
            accuracy: percent(run.validationAccuracy),
            best: count(run.bestEpoch ?? run.epochs),
          });
  }
}

export function statusLabel(status: RunStatus): string {
  return {
    queued: m.run_status_queued,
    running: m.run_status_running,
    paused: m.run_status_paused,
    interrupted: m.run_status_interrupted,
    finished: m.run_status_finished,
    stopped: m.run_status_stopped,
    diverged: m.run_status_diverged,
    failed: m.run_status_failed,
  }[status]();
}
