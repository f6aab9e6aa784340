/** The contract's methods. Each starts a thread and waits; nothing is computed here. */
import { cpus } from 'node:os';
import { StudioError } from '../../core/errors.ts';
import type { computeContract } from '../../core/rpc/contract/compute.ts';
import type { HandlerContext, Handlers } from '../../core/rpc/define.ts';
import { Explainer } from './explainer.ts';
import { startTask, type TaskThread } from './task-thread.ts';
import { threadCount } from './thread-count.ts';
import type { TaskInput, TaskMethod, TaskOutput, TaskProgress } from './task.ts';

export interface ComputeOptions {
  /** Limits of each thread's own heap; given in tests. */
  readonly largestHeapMb?: number;
}

export function computeHandlers({ largestHeapMb }: ComputeOptions = {}): Handlers<typeof computeContract> {
  const explainer = new Explainer();
  const trainings = new Map<string, TaskThread<'compute.train'>>();

  function run<M extends TaskMethod>(
    method: M,
    input: TaskInput<M>,
    { signal, progress }: HandlerContext<TaskProgress<M>>,
  ): Promise<TaskOutput<M>> {
    return startTask(method, input, { signal, progress, largestHeapMb }).result;
  }

  return {
    'compute.info': () => ({
      compute: trainings.size > 0 ? 'busy' : 'ready',
      decoder: 'idle',
      backend: 'wasm',
      threads: threadCount(0),
      backendReason: 'chosen',
      processor: cpus()[0]?.model ?? '',
    }),

    'compute.probe': (input, context) => run('compute.probe', input, context),

    'compute.train': async (input, { signal, progress }) => {
      if (trainings.has(input.jobId)) {
        throw new StudioError('INVALID_OPTION', {
          option: 'jobId',
          value: input.jobId,
          expected: 'a job that is not running',
        });
      }
      const thread = startTask('compute.train', input, { signal, progress, largestHeapMb });
      trainings.set(input.jobId, thread);
      try {
        return await thread.result;
      } finally {
        trainings.delete(input.jobId);
      }
    },

    'compute.control': ({ jobId, action }) => {
      const thread = trainings.get(jobId);
      if (thread === undefined) throw new StudioError('JOB_NOT_FOUND', { job: jobId });
      thread.request(action === 'resume' ? 'go' : action);
      return {};
    },

    'compute.learn': (input, context) => run('compute.learn', input, context),
    'compute.conditioning': (input, context) => run('compute.conditioning', input, context),
    'compute.shares': (input, context) => run('compute.shares', input, context),
    'compute.features': (input, context) => run('compute.features', input, context),
    'compute.scores': (input, context) => run('compute.scores', input, context),
    'compute.folds': (input, context) => run('compute.folds', input, context),
    'compute.predict': (input, context) => run('compute.predict', input, context),
    'compute.templates': (input, context) => run('compute.templates', input, context),
    'compute.look': (input, context) => run('compute.look', input, context),
    'compute.exactness': (input, context) => run('compute.exactness', input, context),
    'compute.explain': (input) => explainer.explain(input),
    'compute.collapse': (input, context) => run('compute.collapse', input, context),
    'compute.pruning': (input, context) => run('compute.pruning', input, context),
    'compute.compare': (input, context) => run('compute.compare', input, context),
    'compute.units': (input, context) => run('compute.units', input, context),
    'compute.checkGradient': (input, context) => run('compute.checkGradient', input, context),
    'compute.numericGradient': (input, context) => run('compute.numericGradient', input, context),
    'compute.descent': (input, context) => run('compute.descent', input, context),
    'compute.scaling': (input, context) => run('compute.scaling', input, context),
    'compute.curvature': (input, context) => run('compute.curvature', input, context),
    'compute.lossGrid': (input, context) => run('compute.lossGrid', input, context),
    'compute.findRate': (input, context) => run('compute.findRate', input, context),
    'compute.paths': (input, context) => run('compute.paths', input, context),
    'compute.noise': (input, context) => run('compute.noise', input, context),
    'compute.wandering': (input, context) => run('compute.wandering', input, context),
  };
}
