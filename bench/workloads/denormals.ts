/**
 * The update of Adam over moments that die away: units that are dead and pixels that never change have no gradient, so that their moments
 * shrink until they are denormal numbers, with which arithmetic is many times slower. Training sets them to 0 now and then.
 */
import { defaultOptimizers } from '../../core/recipe/recipe.ts';
import { denormalFlushSteps } from '../../core/training/plain-step-engine.ts';
import { denormalLimit } from '../../core/training/row-loss.ts';
import { kernelsOver, sharedMemory } from '../../main/compute/kernel-memory.ts';
import type { Comparison, Contestant, Workload } from '../comparison.ts';

const weights = 3072 * 256;
const steps = denormalFlushSteps;
const { beta1, beta2, epsilon } = defaultOptimizers.adam;
/** Denormal in float32, and still so after the steps of one measurement. */
const denormal = 1e-39;

export const workload: Workload = {
  name: 'denormals',
  async *comparisons(options): AsyncGenerator<Comparison> {
    yield await Promise.resolve({
      workload: 'denormals',
      title: `Adam over ${weights} weights without a gradient`,
      threads: 1,
      unit: 'ms' as const,
      rounds: options.isQuick ? 3 : 9,
      contestants: [
        contestant('moments as usual', 1e-3, false),
        contestant('denormal, set to 0', denormal, true),
        contestant('denormal, left alone', denormal, false),
      ],
    });
  },
};

function contestant(name: string, moment: number, isFlushed: boolean): Contestant {
  const bytes = 4 * weights;
  const begin = 64; // address 0 is no address
  const [parameters, gradient, first, second] = [0, 1, 2, 3].map((vector) => begin + vector * bytes) as [
    number,
    number,
    number,
    number,
  ];
  const { kernels, buffer } = kernelsOver(sharedMemory(begin + 4 * bytes));
  const moments = new Float32Array(buffer, first, 2 * weights);
  return {
    name,
    side: 'studio',
    measure: () => {
      moments.fill(moment);
      const startedAt = performance.now();
      for (let step = 0; step < steps; step++) {
        kernels.adamStep(
          parameters, gradient, first, second, weights, 0, 1e-3, 1, beta1, beta2, 1 - beta1, 1 - beta2, epsilon, 1,
        ); // prettier-ignore
        if (isFlushed && step === 0) {
          for (const vector of [first, second]) kernels.flushDenormals(vector, weights, denormalLimit);
        }
      }
      return Promise.resolve((performance.now() - startedAt) / steps);
    },
    close: () => Promise.resolve(),
  };
}
