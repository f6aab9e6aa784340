/** K: which of 1,600 centres is nearest to each of 100,000 patches of 6 × 6 × 3, as learning visual words asks again and again. */
import { Worker } from 'node:worker_threads';
import { learnerLayout, learnerPhases, showWords } from '../../core/features/word-learner.ts';
import { defaultFeatures } from '../../core/recipe/feature-recipe.ts';
import { createGenerator } from '../../core/random/generator.ts';
import { leaderOf } from '../../core/training/shared-memory/team.ts';
import { kernelsOver, sharedMemory } from '../../main/compute/kernel-memory.ts';
import { type LearnData, learnerProgramOf } from '../../main/compute/learn-features.ts';
import { threadFile } from '../../main/compute/thread-file.ts';
import { type BenchOptions, millisecondsOf, type Comparison, type Contestant, type Workload } from '../comparison.ts';
import { backendsHere } from '../studio-engine.ts';
import { torchContestant } from '../torch.ts';

const points = 100_000;
const centres = 1_600;
const patch = 6;

export const workload: Workload = {
  name: 'centres',
  async *comparisons(options): AsyncGenerator<Comparison> {
    for (const threads of options.threads) {
      const contestants = [
        ...backendsHere(options).map((backend) => studioContestant(options, threads, backend)),
        await torchContestant(options, threads, { kind: 'centres', points, centres, d: patch * patch * 3 }),
      ];
      yield {
        workload: 'K',
        title: `K  ${points} × ${patch * patch * 3} against ${centres} centres, argmin`,
        threads,
        unit: 'ms',
        rounds: options.isQuick ? 2 : 7,
        contestants: contestants.filter((one) => one !== null),
      };
    }
  },
};

function studioContestant({ isQuick }: BenchOptions, threads: number, backend: 'wasm' | 'native'): Contestant {
  const words = { ...defaultFeatures.words, patches: points, words: centres, patchSize: patch };
  const layout = learnerLayout(words, 3, threads);
  const memory = sharedMemory(layout.end);
  const { kernels, buffer } = kernelsOver(memory);
  const random = createGenerator(1, 'bench');
  const fill = (at: number, count: number) => {
    const floats = new Float32Array(buffer, at, count * layout.rowLength);
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < layout.d; j++) floats[i * layout.rowLength + j] = (random.next() >>> 8) * 2 ** -23 - 1;
    }
  };
  fill(layout.rows, points);
  fill(layout.centers, centres);
  for (let thread = 1; thread < threads; thread++) {
    new Worker(threadFile, { workerData: { learn: thread, memory, layout, backend } satisfies LearnData });
  }
  const next = new Int32Array(buffer, layout.next, 1);
  const program = learnerProgramOf(kernels, buffer, layout, backend);
  const team = leaderOf(buffer, { words: layout.control, threads }, program, learnerPhases);
  const assign = () => {
    showWords(layout, buffer, backend === 'native');
    Atomics.store(next, 0, 0);
    team.run('assign');
  };
  assign();
  return {
    name: `studio (${backend})`,
    side: 'studio',
    measure: () => Promise.resolve(millisecondsOf(assign, isQuick ? 30 : 250)),
    close: () => Promise.resolve(team.close()),
  };
}
