/** The compute process as the backend meets it: a real child process over a real channel. */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createGenerator } from '../../core/random/generator.ts';
import { uniformInteger } from '../../core/random/sampling.ts';
import { defaultRecipe, type Recipe } from '../../core/recipe/recipe.ts';
import { createClient } from '../../core/rpc/client.ts';
import type { RpcClient } from '../../core/rpc/define.ts';
import {
  computeContract,
  type CheckpointFile,
  type PictureSource,
  type TrainProgress,
} from '../../core/rpc/contract/compute.ts';
import { childTransport } from '../../main/children/child-transport.ts';
import { root } from '../../scripts/project.ts';

const count = 400;
const side = 8;
let folder: string;
let source: PictureSource;
const children: ChildProcess[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tessera-compute-'));
  const random = createGenerator(1, 'pictures');
  const labels = Uint16Array.from({ length: count }, () => uniformInteger(random, 4));
  const size = side * side * 3;
  // A header of 24 bytes, then noise with a little of each picture's class in it.
  const file = new Uint8Array(24 + count * size);
  for (let i = 0; i < count * size; i++)
    file[24 + i] = uniformInteger(random, 200) + 12 * labels[Math.floor(i / size)]!;
  const pixelsPath = join(folder, 'pixels');
  writeFileSync(pixelsPath, file);
  const numbers = (rest: number[]) =>
    Uint32Array.from({ length: count }, (_, i) => i).filter((i) => rest.includes(i % 5));
  source = {
    pixelsPath,
    headerBytes: 24,
    count,
    width: side,
    height: side,
    channels: 3,
    classes: ['a', 'b', 'c', 'd'],
    labels,
    train: numbers([0, 1, 2]),
    validation: numbers([3]),
    test: numbers([4]),
  };
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => rmSync(folder, { recursive: true }));

function start(): { client: RpcClient<typeof computeContract>; child: ChildProcess } {
  const child = fork(join(root, 'main/compute/index.ts'), { serialization: 'advanced', execArgv: [] });
  children.push(child);
  return { client: createClient(computeContract, childTransport(child), { lostCode: 'COMPUTE_LOST' }), child };
}

const dataset = { id: 'd', version: '0'.repeat(64) };
const recipe: Recipe = {
  ...defaultRecipe(dataset, 'mlp'),
  model: { kind: 'mlp', hidden: [32], activation: 'relu', dropout: 0.1, initialization: 'he-normal' },
  batchSize: 16,
  epochs: 12,
};

const job = (changes: Partial<{ recipe: Recipe; threads: number; resumeFrom: string | null }> = {}) => ({
  jobId: 'job',
  recipe,
  source,
  threads: 2,
  stagingFolder: folder,
  resumeFrom: null,
  ...changes,
});

function sha256Of(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

describe('the compute process', () => {
  it.each(['wasm', 'native'] as const)(
    'trains on %s to the same weights with every number of threads',
    async (backend) => {
      const { client } = start();
      if (backend === 'native' && !(await client.call('compute.probe', {})).works) {
        return console.log('not run: training on native: the library does not work here');
      }
      const hashes = [];
      for (const threads of [1, 2, 3]) {
        const { weightsSha256 } = await client.call('compute.train', job({ threads, recipe: { ...recipe, backend } }));
        hashes.push(weightsSha256);
      }

      expect(new Set(hashes).size).toBe(1);
    },
  );

  it('goes on after a kill to the weights of a run that was left alone', async () => {
    const whole = await start().client.call('compute.train', job());

    // A pause makes the state durable where it is; then the process is killed.
    const first = start();
    let file: CheckpointFile | null = null;
    const requests: Promise<unknown>[] = [];
    const killed = first.client.call('compute.train', job({ recipe }), {
      onprogress: (progress: TrainProgress) => {
        if (progress.kind === 'plan')
          requests.push(first.client.call('compute.control', { jobId: 'job', action: 'pause' }));
        if (progress.kind !== 'checkpoint') return;
        file = progress.file;
        first.child.kill('SIGKILL');
      },
    });
    await expect(killed).rejects.toMatchObject({ code: 'COMPUTE_LOST' });
    await Promise.all(requests);
    const checkpoint = file as unknown as CheckpointFile;
    expect(sha256Of(checkpoint.path)).toBe(checkpoint.sha256);

    const rest = await start().client.call('compute.train', job({ resumeFrom: checkpoint.path, threads: 1 }));

    expect(rest.weightsSha256).toBe(whole.weightsSha256);
  });

  it('ends a diverging run with its last finite state on disk', async () => {
    const { client } = start();
    const wild: Recipe = { ...recipe, optimizer: { kind: 'sgd', learningRate: 1e6 }, epochs: 500 };
    const files: CheckpointFile[] = [];
    const run = client.call('compute.train', job({ recipe: wild }), {
      onprogress: (progress) => void (progress.kind === 'checkpoint' && files.push(progress.file)),
    });

    await expect(run).rejects.toMatchObject({ code: 'TRAINING_DIVERGED' });
    const { scores } = await client.call('compute.scores', {
      model: { path: files.at(-1)!.path },
      source,
      indices: source.test,
      threads: 2,
    });
    expect(scores).toHaveLength(80 * 4);
  });

  it('answers while it computes: stops when asked, forgets what is cancelled', async () => {
    const { client } = start();
    const long: Recipe = { ...recipe, epochs: 100_000 };
    const stopped = await client.call('compute.train', job({ recipe: long }), {
      onprogress: (progress) => {
        if (progress.kind === 'epoch' && progress.record.epoch === 2) {
          void client.call('compute.control', { jobId: 'job', action: 'stop' });
        }
      },
    });
    expect(stopped.endReason).toBe('person');

    const controller = new AbortController();
    const cancelled = client.call('compute.train', job({ recipe: long }), {
      signal: controller.signal,
      onprogress: (progress) => {
        if (progress.kind === 'epoch') controller.abort();
      },
    });
    await expect(cancelled).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(await client.call('compute.info', {})).toMatchObject({ backend: 'wasm' });
    await expect(client.call('compute.control', { jobId: 'other', action: 'stop' })).rejects.toMatchObject({
      code: 'JOB_NOT_FOUND',
    });
  });

  it('ends with its backend, and quietly, in the middle of the native library', async () => {
    const child = fork(join(root, 'main/compute/index.ts'), {
      serialization: 'advanced',
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    children.push(child);
    const client = createClient(computeContract, childTransport(child), { lostCode: 'COMPUTE_LOST' });
    let said = '';
    child.stderr!.on('data', (text) => (said += String(text)));
    const ended = new Promise((resolve) => child.stderr!.once('end', resolve));
    const model = { ...recipe.model, hidden: [512, 512] } as Recipe['model'];
    const long: Recipe = { ...recipe, model, batchSize: 120, epochs: 100_000, backend: 'native' };

    let disconnecting: ReturnType<typeof setTimeout> | undefined;
    const lost = client.call('compute.train', job({ recipe: long }), {
      onprogress: ({ kind }) => {
        if (kind === 'epoch' && disconnecting === undefined) disconnecting = setTimeout(() => child.disconnect(), 30);
      },
    });

    await expect(lost).rejects.toMatchObject({ code: 'COMPUTE_LOST' });
    await ended;
    expect(said).toBe('');
  });

  it('scores stored and new pictures alike, and shows what the model looks for', async () => {
    const { client } = start();
    let best: CheckpointFile | null = null;
    await client.call('compute.train', job({ recipe: { ...recipe, model: { kind: 'linear' } } }), {
      onprogress: (progress) => {
        if (progress.kind === 'checkpoint' && progress.file.best) best = progress.file;
      },
    });
    const model = { path: (best as unknown as CheckpointFile).path };
    const size = side * side * 3;
    const stored = await client.call('compute.scores', { model, source, indices: Uint32Array.of(7, 3, 8), threads: 2 });
    const file = readFileSync(source.pixelsPath);
    const pixels = new Uint8Array(3 * size);
    [7, 3, 8].forEach((p, i) => pixels.set(file.subarray(24 + p * size, 24 + (p + 1) * size), i * size));
    const predicted = await client.call('compute.predict', { model, pixels, count: 3 });
    const shown = await client.call('compute.templates', { model, offset: 1, limit: 2 });

    expect(predicted.scores).toEqual(stored.scores);
    // A template times the pixels plus its bias is the score.
    const template = shown.templates.subarray(0, size);
    const score = template.reduce((sum, weight, j) => sum + weight * pixels[j]!, shown.biases[0]!);
    expect(score).toBeCloseTo(stored.scores[1]!, 3);
    expect([shown.layer, shown.total]).toEqual(['class', 4]);
  });

  it('explains a picture: its units add up to the score of the engine, and so does its template', async () => {
    const { client } = start();
    const deep: Recipe = {
      ...recipe,
      epochs: 2,
      model: { ...recipe.model, kind: 'mlp', hidden: [24, 16] } as Recipe['model'],
    };
    const files: CheckpointFile[] = [];
    await client.call('compute.train', job({ recipe: deep }), {
      onprogress: (progress) => void (progress.kind === 'checkpoint' && files.push(progress.file)),
    });
    const model = { path: files.at(-1)!.path };
    const question = { model, source, picture: 8, toward: null, label: 2, shownUnits: 5 };
    const size = side * side * 3;

    const why = await client.call('compute.explain', question);
    const blend = await client.call('compute.explain', { ...question, toward: { picture: 9, share: 1 } });

    const { scores } = await client.call('compute.scores', {
      model,
      source,
      indices: Uint32Array.of(8, 9),
      threads: 1,
    });
    const tolerance = 1e-4; // the engine adds in float32
    for (let c = 0; c < 4; c++) {
      const units = why.contributions.subarray(c * 16, (c + 1) * 16);
      const template = why.templates.subarray(c * size, (c + 1) * size);
      expect(Math.abs(units.reduce((a, b) => a + b, why.bias[c]!) - scores[c]!)).toBeLessThan(tolerance);
      const product = template.reduce((sum, weight, j) => sum + weight * why.pixels[j]!, why.templateBias[c]!);
      expect(Math.abs(product - scores[c]!)).toBeLessThan(tolerance);
      expect(Math.abs(blend.scores[c]! - scores[4 + c]!)).toBeLessThan(tolerance);
    }
    expect(why.shown).toHaveLength(5);
    expect(why.unitsOn).toHaveLength(2);
    expect(why.engineDifference).toBeLessThan(tolerance);
    await expect(client.call('compute.explain', { ...question, picture: count })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
    });
  });

  it('studies units: all of them silent leave the bias alone to judge, none of them the accuracy of the model', async () => {
    const { client } = start();
    const files: CheckpointFile[] = [];
    await client.call('compute.train', job({ recipe: { ...recipe, epochs: 2 } }), {
      onprogress: (progress) => void (progress.kind === 'checkpoint' && files.push(progress.file)),
    });
    const model = { path: files.at(-1)!.path };
    const { test: indices, labels } = source;

    const study = await client.call('compute.units', { model, source, on: 'test', indices, threads: 2 });

    const { scores } = await client.call('compute.scores', { model, source, indices, threads: 2 });
    const right = indices.filter((picture, i) => {
      const row = scores.subarray(4 * i, 4 * i + 4);
      return row.indexOf(Math.max(...row)) === labels[picture];
    });
    for (const curve of Object.values(study.ablation)) {
      expect(curve).toHaveLength(33);
      expect(curve[0]).toBeCloseTo(right.length / indices.length, 6);
      expect(curve[32]).toBe(study.ablation.random[32]);
    }
    expect(study.tags).toHaveLength(32);
    expect(study.meanAnswers).toHaveLength(32 * 4);
  });

  it('refuses a damaged checkpoint and a pixel file that is too short', async () => {
    const { client } = start();
    const path = join(folder, 'damaged');
    writeFileSync(path, 'not a checkpoint');

    await expect(client.call('compute.train', job({ resumeFrom: path }))).rejects.toMatchObject({
      code: 'CHECKPOINT_DAMAGED',
    });
    await expect(
      client.call('compute.train', { ...job(), source: { ...source, headerBytes: 25 } }),
    ).rejects.toMatchObject({ code: 'BAD_DATASET_FILE' });
  });
});
