import { existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fitFeatures } from '../../../../core/features/index.ts';
import { createGenerator } from '../../../../core/random/generator.ts';
import { defaultFeatures, type FeatureRecipe } from '../../../../core/recipe/feature-recipe.ts';
import { FeatureCaches, type FeatureRequest } from '../../../../main/backend/feature-caches.ts';
import { JobRegistry } from '../../../../main/backend/job-registry.ts';
import { FeatureFileWriter } from '../../../../main/compute/feature-file.ts';
import { FeatureCacheFiles } from '../../../../main/store/feature-cache.ts';
import { somePictures } from '../../../support/some-pictures.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const shape = { width: 8, height: 8, channels: 3 as const };
const pictures = somePictures(6, shape, 1);
const block: FeatureRecipe = { ...defaultFeatures.pca, components: 3 };

/** Caches over a compute that writes real files, each when it is let. */
function someCaches() {
  const root = temporaryFolder('feature-caches');
  const folders = { caches: join(root, 'caches'), staging: join(root, 'staging') };
  mkdirSync(folders.caches);
  mkdirSync(folders.staging);
  const state = { made: 0, wait: Promise.resolve() };
  const call = async (_method: string, { path, features }: { path: string; features: FeatureRecipe }) => {
    state.made++;
    await state.wait;
    const fitted = fitFeatures(pictures, features, createGenerator(0));
    const writer = new FeatureFileWriter(path, fitted, 6);
    writer.append(new Float32Array(6 * fitted.dimension));
    return { dimension: fitted.dimension, sizeBytes: writer.finish(), seconds: 0 };
  };
  const caches = new FeatureCaches({
    files: new FeatureCacheFiles(folders),
    compute: { call },
    jobs: new JobRegistry(),
  });
  const request = {
    datasetVersion: 'v',
    features: [block],
    source: { train: Uint32Array.of(0, 1, 2) },
    threads: 1,
    backend: 'wasm',
    title: 't',
    runId: null,
    datasetId: 'd',
  } as unknown as FeatureRequest;
  return { caches, request, state };
}

const patient = () => ({ signal: new AbortController().signal });

describe('a feature cache', () => {
  it.each([
    ['cut off', (path: string) => truncateSync(path, 100)],
    ['empty', (path: string) => truncateSync(path, 0)],
    ['something else', (path: string) => writeFileSync(path, readFileSync(path).fill(7, 0, 40))],
  ])('that is %s is made anew', async (_how, damage) => {
    const { caches, request, state } = someCaches();
    const [path] = (await caches.ensure(request, patient()))!;
    const whole = readFileSync(path!);
    damage(path!);

    expect(caches.existing(request)).toBeNull();
    const again = (await caches.ensure(request, patient()))!;

    expect(again).toEqual([path]);
    expect(readFileSync(path!).equals(whole)).toBe(true);
    expect(state.made).toBe(2);
  });

  it('that is still to be made needs room for its rows, and none once it is there', async () => {
    const { caches, request } = someCaches();
    const six = { ...request, source: { ...request.source, ...shape, count: 6 } };

    expect(caches.missingBytes(six)).toBe(4 * 6 * 3);
    await caches.ensure(six, patient());

    expect(caches.missingBytes(six)).toBe(0);
  });

  it('is made once for two who want it, and whoever waits for the other can be cancelled at once', async () => {
    const { caches, request, state } = someCaches();
    let go = () => {};
    state.wait = new Promise((resolve) => (go = resolve));
    const impatient = new AbortController();
    const first = caches.ensure(request, patient());
    const second = caches.ensure(request, patient());
    const third = caches.ensure(request, { signal: impatient.signal });

    impatient.abort();

    await expect(third).rejects.toMatchObject({ code: 'CANCELLED' });
    go();
    expect(await second).toEqual(await first);
    expect([state.made, existsSync((await first)![0]!)]).toEqual([1, true]);
  });
});
