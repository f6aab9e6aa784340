import type { checksContract } from '../../../core/rpc/contract/checks.ts';
import type { Handlers } from '../../../core/rpc/define.ts';
import type { Checks } from '../checks.ts';

export function checksHandlers(checks: Checks) {
  const { compute } = checks;
  return {
    'checks.gradient': async ({ subject, ...options }, { signal, progress }) =>
      compute.call(
        'compute.checkGradient',
        { ...(await checks.modelOf(subject, signal)), ...options },
        { signal, onprogress: progress },
      ),
    'checks.numeric': async ({ subject, ...options }, { signal, progress }) =>
      compute.call(
        'compute.numericGradient',
        { ...(await checks.modelOf(subject, signal)), ...options },
        { signal, onprogress: progress },
      ),
    'checks.descent': async ({ subject, ...options }, { signal, progress }) =>
      compute.call(
        'compute.descent',
        { ...(await checks.modelOf(subject, signal)), ...options },
        { signal, onprogress: progress },
      ),
    'checks.scaling': async ({ subject, ...options }, { signal, progress }) =>
      compute.call(
        'compute.scaling',
        { ...(await checks.modelOf(subject, signal)), ...options },
        { signal, onprogress: progress },
      ),
    'checks.curvature': async ({ subject, ...options }, { signal, progress }) =>
      compute.call(
        'compute.curvature',
        { ...(await checks.modelOf(subject, signal)), ...options },
        { signal, onprogress: progress },
      ),
    'checks.loss': async ({ subject, along, ...options }, { signal, progress }) =>
      compute.call(
        'compute.lossGrid',
        {
          ...(await checks.modelOf(subject, signal)),
          ...options,
          along: along.map((direction) => checks.directionOf(direction)),
        },
        { signal, onprogress: progress },
      ),
    'checks.rate': async ({ recipe, ...options }, { signal, progress }) => {
      const { source, features } = await checks.modelOf({ kind: 'recipe', recipe }, signal);
      const input = { recipe, source, features, threads: checks.threads, ...options };
      return compute.call('compute.findRate', input, { signal, onprogress: progress });
    },
    'checks.noise': async ({ subject, ...options }, { signal, progress }) =>
      compute.call(
        'compute.noise',
        { ...(await checks.modelOf(subject, signal)), ...options },
        { signal, onprogress: progress },
      ),
    'checks.wandering': async ({ subject, ...options }, { signal, progress }) =>
      compute.call(
        'compute.wandering',
        { ...(await checks.modelOf(subject, signal)), ...options },
        { signal, onprogress: progress },
      ),
  } satisfies Handlers<typeof checksContract>;
}
