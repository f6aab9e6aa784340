/** One training step, forward, softmax cross-entropy, backward and update, in the sizes of the lessons. */
import type { Comparison, Contestant, Workload } from '../comparison.ts';
import { engineContestant, type StepTask } from '../studio-engine.ts';
import { torchContestant } from '../torch.ts';

const tasks: readonly (StepTask & { readonly name: string })[] = [
  { name: 'A', sizes: [3072, 256, 10], batch: 128, optimizer: 'adam' },
  { name: 'A', sizes: [3072, 256, 10], batch: 128, optimizer: 'momentum' },
  { name: 'B', sizes: [512, 128, 10], batch: 128, optimizer: 'adam' },
  { name: 'C', sizes: [3072, 1024, 512, 10], batch: 256, optimizer: 'adam' },
  { name: 'C', sizes: [3072, 1024, 512, 10], batch: 256, optimizer: 'momentum' },
  { name: 'D', sizes: [3072, 10], batch: 128, optimizer: 'adam' },
  { name: 'E', sizes: [3072, 10], batch: 10_000, optimizer: 'gd' },
];

export const workload: Workload = {
  name: 'steps',
  async *comparisons(options): AsyncGenerator<Comparison> {
    for (const threads of options.threads) {
      for (const task of tasks) {
        const { name, sizes, batch, optimizer } = task;
        const contestants: (Contestant | null)[] = [
          engineContestant(options, threads, 'wasm', task),
          engineContestant(options, threads, 'native', task),
          await torchContestant(options, threads, { kind: 'step', sizes, batch, optimizer }),
          await torchContestant(options, threads, { kind: 'products', sizes, batch }, 'bound'),
        ];
        yield {
          workload: name,
          title: `${name}  ${sizes.join('-')}, batch ${batch}, ${optimizer}`,
          threads,
          unit: 'ms',
          rounds: options.isQuick ? 3 : 9,
          contestants: contestants.filter((one) => one !== null),
        };
      }
    }
  },
};
