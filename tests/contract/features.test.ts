/** Features in the compute process, over a real channel: learnt, described, trained on, scored. */
import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { transformImage } from '../../core/features/index.ts';
import { imageSet } from '../../core/image/pixel-image.ts';
import { defaultFeatures, type FeatureRecipe } from '../../core/recipe/feature-recipe.ts';
import { defaultRecipe, type Recipe } from '../../core/recipe/recipe.ts';
import { createClient } from '../../core/rpc/client.ts';
import { type CheckpointFile, computeContract, type PictureSource } from '../../core/rpc/contract/compute.ts';
import type { RpcClient } from '../../core/rpc/define.ts';
import { childTransport } from '../../main/children/child-transport.ts';
import { readCheckpoint } from '../../main/compute/checkpoint-file.ts';
import { FeatureFile } from '../../main/compute/feature-file.ts';
import { root } from '../../scripts/project.ts';
import { sharedFile } from '../support/shared.ts';
import { somePictures } from '../support/some-pictures.ts';

const shape = { width: 16, height: 16, channels: 3 as const };
const size = 16 * 16 * 3;
const count = 120;
let folder: string;
let source: PictureSource;
let pixels: Uint8Array;
let child: ChildProcess;
let client: RpcClient<typeof computeContract>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tessera-features-'));
  const pictures = somePictures(count, shape, 4);
  pixels = new Uint8Array(count * size);
  const labels = Uint16Array.from({ length: count }, (_, i) => i % 2);
  for (let i = 0; i < count; i++) {
    pixels.set(Uint8Array.from(pictures.at(i).data), i * size);
    if (labels[i] === 1) for (let k = i * size; k < (i + 1) * size; k += 3) pixels[k] = 255 - pixels[k]!;
  }
  const pixelsPath = join(folder, 'pixels');
  writeFileSync(pixelsPath, Buffer.concat([Buffer.alloc(64), pixels]));
  // Pictures 10, 20, … are in no split, as excluded ones are.
  const numbers = (rest: number[]) =>
    Uint32Array.from({ length: count }, (_, i) => i).filter((i) => i % 10 !== 0 && rest.includes(i % 5));
  source = {
    pixelsPath,
    headerBytes: 64,
    count,
    ...shape,
    classes: ['warm', 'cold'],
    labels,
    train: numbers([0, 1, 2]),
    validation: numbers([3]),
    test: numbers([4]),
  };
  child = fork(join(root, 'main/compute/index.ts'), { serialization: 'advanced', execArgv: [] });
  client = createClient(computeContract, childTransport(child), { lostCode: 'COMPUTE_LOST' });
});
afterAll(() => {
  child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

const words: FeatureRecipe = { ...defaultFeatures.words, words: 12, patches: 500, iterations: 3, stride: 2 };
const { color, hog } = defaultFeatures;

async function described(
  features: FeatureRecipe,
  threads: number,
  name: string,
  backend: 'wasm' | 'native' = 'wasm',
): Promise<string> {
  const path = join(folder, name);
  await client.call('compute.features', { source, features, threads, backend, path });
  return path;
}

const blocks: readonly FeatureRecipe[] = [words, { ...color, grid: 2 }, hog, { ...defaultFeatures.pca, components: 4 }];

describe('features in compute', () => {
  it.each(blocks)('are the same file with every number of threads: $kind', async (features) => {
    const one = readFileSync(await described(features, 1, 'one'));
    const three = readFileSync(await described(features, 3, 'three'));

    expect(three.equals(one)).toBe(true);
    expect(one.length).toBeGreaterThan(count * 4);
  });

  it('multiplied by the native library are the same with every number of threads, and near those of the kernels', async () => {
    const one = await described(words, 1, 'native-one', 'native');
    const three = await described(words, 3, 'native-three', 'native');
    const kernels = await described(words, 1, 'kernels');
    expect(readFileSync(three).equals(readFileSync(one))).toBe(true);

    const [native, wasm] = [one, kernels].map((path) => {
      const file = new FeatureFile(path);
      const rows = new Float32Array(source.train.length * file.fitted.dimension);
      file.readRows(source.train, rows, file.fitted.dimension, 0);
      file.close();
      return rows;
    }) as [Float32Array, Float32Array];
    const scale = wasm.reduce((most, value) => Math.max(most, value), 0);
    // Distances are roots of differences of sums of 108 products in float32, in two orders.
    wasm.forEach((value, j) => expect(Math.abs(native[j]! - value)).toBeLessThan(1e-3 * scale));
  });

  it('are what the extractor says, picture by picture, and zeros where a picture is in no split', async () => {
    const file = new FeatureFile(await described(hog, 2, 'hog'));
    const d = file.fitted.dimension;
    const numbers = Uint32Array.of(7, 10, 113);
    const rows = new Float32Array(3 * d);
    file.readRows(numbers, rows, d, 0);
    file.close();

    const images = imageSet(shape, pixels);
    for (const [i, picture] of [7, 113].entries()) {
      const want = transformImage(images.at(picture), file.fitted);
      const got = rows.subarray(2 * i * d, (2 * i + 1) * d);
      want.forEach((value, j) => expect(Math.abs(got[j]! - value)).toBeLessThan(1e-5));
    }
    expect(rows.subarray(d, 2 * d).every((value) => value === 0)).toBe(true);
  });

  it('train a model that scores the same from caches and from what it has learnt, and new pictures too', async () => {
    const features = [words, { ...color, weight: 2 }];
    const paths = [await described(words, 2, 'words'), await described(color, 2, 'color')];
    const recipe: Recipe = {
      ...defaultRecipe({ id: 'd', version: '0'.repeat(64) }, 'linear'),
      features,
      batchSize: 16,
      epochs: 5,
      backend: 'wasm',
    };
    const files: CheckpointFile[] = [];
    const job = { jobId: 'features', recipe, source, stagingFolder: folder, resumeFrom: null, features: paths };
    let parameters = 0;
    const onprogress = (progress: { kind: string; file?: CheckpointFile; parameters?: number }) => {
      if (progress.kind === 'checkpoint') files.push(progress.file!);
      parameters = progress.parameters ?? parameters;
    };
    const first = await client.call('compute.train', { ...job, threads: 1 }, { onprogress });
    const second = await client.call('compute.train', { ...job, threads: 3 });
    expect(second.weightsSha256).toBe(first.weightsSha256);
    // 12 words in 4 parts, 3 · 10 bins of colour, and a bias, for 2 classes: what is said, and what the file holds.
    expect(parameters).toBe((12 * 4 + 3 * 10 + 1) * 2);
    expect(readCheckpoint(files.at(-1)!.path).state.engine.parameters.length).toBe(parameters);

    const ask = { model: { path: files.at(-1)!.path }, source, indices: source.test, threads: 2 };
    const cached = await client.call('compute.scores', { ...ask, features: paths });
    const afresh = await client.call('compute.scores', { ...ask, features: null });
    const picture = source.test[3]!;
    const alone = await client.call('compute.predict', {
      model: ask.model,
      pixels: pixels.slice(picture * size, (picture + 1) * size),
      count: 1,
    });

    expect(afresh.scores).toEqual(cached.scores);
    expect(alone.scores).toEqual(cached.scores.slice(6, 8));
    const rights = source.test.reduce((hits, i, k) => {
      const isCold = cached.scores[2 * k + 1]! > cached.scores[2 * k]!;
      return hits + (isCold === (source.labels[i] === 1) ? 1 : 0);
    }, 0);
    expect(rights / source.test.length).toBeGreaterThan(0.8);

    const look = await client.call('compute.look', { model: ask.model });
    const { templates, size: numbers } = await client.call('compute.templates', {
      model: ask.model,
      offset: 0,
      limit: 1,
    });
    expect(look.blocks.map(({ options }) => options.kind)).toEqual(['words', 'color']);
    expect([templates.length, numbers]).toEqual([look.size, look.size]);
    const why = await client.call('compute.explain', {
      model: ask.model,
      source,
      picture,
      toward: null,
      label: 1,
      shownUnits: 4,
    });
    expect(why.templateDifference).toBeLessThanOrEqual(why.tolerance);
    expect(why.engineDifference).toBeLessThan(1e-3);
    expect(why.scores[1]).toBeCloseTo(alone.scores[1]!, 3);
    const { shares, rest, scores } = await client.call('compute.shares', { model: ask.model, source, picture });
    for (const c of [0, 1]) {
      expect(shares[c]! + shares[2 + c]! + rest[c]!).toBeCloseTo(scores[c]!, 4);
      expect(scores[c]).toBeCloseTo(alone.scores[c]!, 4);
    }
  });

  it('know nothing of the pictures that are held out, nor does what is trained on them', async () => {
    const other = Buffer.from(readFileSync(source.pixelsPath));
    for (const i of [...source.validation, ...source.test]) {
      for (let k = 0; k < size; k++) other[64 + i * size + k] = 255 - other[64 + i * size + k]!;
    }
    const pixelsPath = join(folder, 'other-pixels');
    writeFileSync(pixelsPath, other);
    const features: FeatureRecipe[] = [words, color, hog, ...(['pca', 'zca'] as const).map((kind) => ({ ...defaultFeatures[kind], components: 4 }))]; // prettier-ignore
    const learntFrom = async (of: PictureSource, name: string) => {
      const paths: string[] = [];
      const learnt: unknown[] = [];
      for (const [i, block] of features.entries()) {
        const path = join(folder, `${name}-${i}`);
        await client.call('compute.features', { source: of, features: block, threads: 1, backend: 'wasm', path });
        const file = new FeatureFile(path);
        learnt.push(file.fitted.arrays);
        file.close();
        paths.push(path);
      }
      const recipe: Recipe = {
        ...defaultRecipe({ id: 'd', version: '0'.repeat(64) }, 'linear'),
        features,
        batchSize: 16,
        epochs: 3,
        backend: 'wasm',
      };
      const job = { jobId: name, recipe, source: of, stagingFolder: folder, resumeFrom: null };
      const { weightsSha256 } = await client.call('compute.train', { ...job, features: paths, threads: 1 });
      return { learnt, weightsSha256 };
    };

    const here = await learntFrom(source, 'here');
    const there = await learntFrom({ ...source, pixelsPath }, 'there');

    expect(there).toEqual(here);
  });

  it('leave nothing behind when they are cancelled', async () => {
    const path = join(folder, 'cancelled');
    const enough = new AbortController();
    const features: FeatureRecipe = { ...defaultFeatures.words, words: 400, patches: 60_000, iterations: 50 };
    const making = client.call(
      'compute.features',
      { source, features, threads: 2, path },
      { signal: enough.signal, onprogress: () => enough.abort() },
    );

    await expect(making).rejects.toMatchObject({ code: 'CANCELLED' });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(existsSync(path)).toBe(false);
  });

  it('refuse options that make no sense for the pictures, by name', async () => {
    const features: FeatureRecipe = { ...hog, cellSize: 12 };

    await expect(
      client.call('compute.features', { source, features, threads: 1, path: join(folder, 'x') }),
    ).rejects.toMatchObject({ code: 'INVALID_OPTION', details: { option: 'cellSize' } });
  });
});

const cifar = sharedFile('data/cifar10-small.tar', 'features of real pictures beside their pixels');

describe.skipIf(cifar === null)('a linear model of real pictures', () => {
  it('is right more often when it sees edges and colours than when it sees pixels', async () => {
    const real = await cifarSource(cifar!);
    const { raw } = defaultFeatures;
    const accuracyOf = async (features: readonly FeatureRecipe[]) => {
      const recipe: Recipe = {
        ...defaultRecipe({ id: 'd', version: '0'.repeat(64) }, 'linear'),
        features,
        batchSize: 50,
        epochs: 10,
        backend: 'wasm',
      };
      const paths = [];
      for (const block of features) {
        if (block.kind === 'raw') continue;
        const path = join(folder, `cifar-${block.kind}`);
        await client.call('compute.features', { source: real, features: block, threads: 1, backend: 'wasm', path });
        paths.push(path);
      }
      const files: CheckpointFile[] = [];
      await client.call(
        'compute.train',
        {
          jobId: `cifar-${features.length}`,
          recipe,
          source: real,
          stagingFolder: folder,
          resumeFrom: null,
          features: paths.length === 0 ? null : paths,
          threads: 1,
        },
        { onprogress: (progress) => void (progress.kind === 'checkpoint' && files.push(progress.file)) },
      );
      const { scores } = await client.call('compute.scores', {
        model: { path: files.at(-1)!.path },
        source: real,
        indices: real.test,
        threads: 1,
        features: null,
      });
      const hits = real.test.reduce((total, picture, i) => {
        const own = scores.subarray(10 * i, 10 * (i + 1));
        return total + (own.indexOf(Math.max(...own)) === real.labels[picture] ? 1 : 0);
      }, 0);
      return hits / real.test.length;
    };

    // 200 test pictures: two standard errors of a difference are some 9 points, and features are better by more.
    expect(await accuracyOf([color, hog])).toBeGreaterThan((await accuracyOf([raw])) + 0.05);
  });
});

/** The pictures of a tar of `train/CLASS/…` and `test/CLASS/…`, as compute reads them. */
async function cifarSource(tar: string): Promise<PictureSource> {
  const place = join(folder, 'cifar');
  mkdirSync(place);
  execFileSync('tar', ['xf', tar, '-C', place]);
  const paths = readdirSync(place, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(jpe?g|png)$/.test(path))
    .sort();
  const classes = [...new Set(paths.map((path) => path.split(sep).at(-2)!))].sort();
  const pictures = await Promise.all(paths.map((path) => sharp(join(place, path)).removeAlpha().raw().toBuffer()));
  const pixelsPath = join(folder, 'cifar-pixels');
  writeFileSync(pixelsPath, Buffer.concat([Buffer.alloc(64), ...pictures]));
  const numbers = (split: string) =>
    Uint32Array.from([...paths.keys()].filter((i) => paths[i]!.split(sep).includes(split)));
  return {
    pixelsPath,
    headerBytes: 64,
    count: paths.length,
    width: 32,
    height: 32,
    channels: 3,
    classes,
    labels: Uint16Array.from(paths, (path) => classes.indexOf(path.split(sep).at(-2)!)),
    train: numbers('train'),
    validation: new Uint32Array(0),
    test: numbers('test'),
  };
}
