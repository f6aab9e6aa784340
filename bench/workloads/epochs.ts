/**
 * Whole epochs on the 50,000 training pictures of CIFAR-10, as the studio trains them: shuffled, gathered from bytes, scaled, with loss and
 * accuracy of every step, its rows and its checkpoint committed. Peers do the same but keep nothing.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatasetRepository } from '../../main/store/dataset-repository.ts';
import { prepareDataFolder } from '../../main/store/data-folder.ts';
import { openStore } from '../../main/store/open-store.ts';
import type { BenchOptions, Comparison, Contestant, Workload } from '../comparison.ts';
import { PythonPeer } from '../python-peer.ts';
import { tessera } from '../studio-program.ts';

const networks = [
  { name: 'softmax', hidden: [] as number[] },
  { name: 'MLP 512', hidden: [512] },
];
const batch = 128;

export const workload: Workload = {
  name: 'epochs',
  async *comparisons(options): AsyncGenerator<Comparison> {
    if (options.pictures === null) return;
    const folder = mkdtempSync(join(tmpdir(), 'tessera-bench-'));
    try {
      const data = join(folder, 'data');
      await tessera(data, 'import', options.pictures, '--name', 'cifar');
      const arrays = join(folder, 'arrays');
      const shape = await writeArrays(data, arrays);
      for (const threads of options.threads) {
        for (const network of networks) {
          yield {
            workload: 'epoch',
            title: `one epoch of CIFAR-10, ${network.name}, Adam, batch ${batch}`,
            threads,
            unit: 's',
            rounds: options.isQuick ? 1 : 3,
            note: `${shape.count} pictures`,
            contestants: [
              studio(data, threads, network.hidden, 'wasm'),
              ...(await native(options, data, threads, network.hidden)),
              ...(await peers(options, threads, arrays, shape, network.hidden)),
            ],
          };
        }
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** Training pictures as bytes, and their labels, for whoever reads raw files. */
async function writeArrays(dataFolder: string, prefix: string): Promise<{ count: number; features: number }> {
  const store = await openStore({
    folder: prepareDataFolder(dataFolder).folder,
    readOnly: true,
    appVersion: 'bench',
  });
  const datasets = new DatasetRepository(store);
  try {
    const { id } = datasets.list()[0]!;
    const { splits, labels, width, height, channels } = datasets.version(id);
    const train = Array.from(splits.keys()).filter((i) => splits[i] === 0);
    const features = width * height * channels;
    const pixels = new Uint8Array(train.length * features);
    for (let from = 0; from < train.length; from += 1024) {
      const indices = Uint32Array.from(train.slice(from, from + 1024));
      pixels.set(datasets.pixels(id, indices), from * features);
    }
    writeFileSync(`${prefix}.pixels`, pixels);
    writeFileSync(
      `${prefix}.labels`,
      Uint8Array.from(train, (i) => labels[i]!),
    );
    return { count: train.length, features };
  } finally {
    datasets.close();
    store.close();
  }
}

/** Seconds of the second epoch: the first one also warms the kernels up. */
function studio(data: string, threads: number, hidden: readonly number[], backend: string): Contestant {
  const model = hidden.length === 0 ? ['--model', 'linear'] : ['--hidden', hidden.join(',')];
  const flags = ['--optimizer', 'adam', '--lr', '1e-3', '--batch', String(batch), '--epochs', '2', '--validation', '0'];
  return {
    name: `studio (${backend})`,
    side: 'studio',
    measure: async () => {
      const args = ['cifar', ...model, ...flags, '--threads', String(threads), '--backend', backend];
      const { epochs } = (await tessera(data, 'train', ...args)) as { epochs: { seconds: number }[] };
      return epochs[1]!.seconds - epochs[0]!.seconds;
    },
    close: () => Promise.resolve(),
  };
}

async function native(
  { missing }: BenchOptions,
  data: string,
  threads: number,
  hidden: readonly number[],
): Promise<Contestant[]> {
  const contestant = studio(data, threads, hidden, 'native');
  try {
    await contestant.measure();
    return [contestant];
  } catch {
    missing('the native backend: the studio refuses it here');
    return [];
  }
}

async function peers(
  { python, isQuick }: BenchOptions,
  threads: number,
  arrays: string,
  shape: { count: number; features: number },
  hidden: readonly number[],
): Promise<Contestant[]> {
  if (python === null) return [];
  const contestants: Contestant[] = [];
  for (const library of isQuick ? ['torch'] : ['torch', 'sklearn']) {
    const peer = new PythonPeer(python, 'epochs', threads);
    await peer.ask({ open: { library, arrays, ...shape, hidden, batch } });
    contestants.push({
      name: library === 'torch' ? 'PyTorch' : 'scikit-learn (MLPClassifier)',
      side: 'peer',
      measure: async () => (await peer.ask<{ seconds: number }>({ epoch: true })).seconds,
      close: () => peer.close(),
    });
  }
  return contestants;
}
