/**
 * The features that a recipe needs, made by compute where they are not there yet.
 *
 * A block's key is a hash of all that decides its numbers: the dataset version, the block's options, where something is learnt the
 * pictures it is learnt from, and of words who multiplies. How a block is scaled and weighted belongs to the model, not to the cache: trying
 * other weights in a mixture makes nothing anew.
 */
import { createHash } from 'node:crypto';
import { cancelled } from '../../core/errors.ts';
import { dimensionOf, extractorOf } from '../../core/features/index.ts';
import { type FeatureRecipe, seesPixels } from '../../core/recipe/feature-recipe.ts';
import type { BackendChoice } from '../../core/recipe/recipe.ts';
import type { ComputeContract, PictureSource } from '../../core/rpc/contract/compute.ts';
import type { FeatureCacheFiles } from '../store/feature-cache.ts';
import type { HelperProcess } from './helper-process.ts';
import type { JobRegistry } from './job-registry.ts';
import { isWholeFeatureFile } from './whole-feature-file.ts';

/** Raised when an extractor gives other numbers than before: older caches are then not found any more. */
const numbersVersion = 2;

export interface FeatureCachesOptions {
  readonly files: FeatureCacheFiles;
  readonly compute: Pick<HelperProcess<ComputeContract>, 'call'>;
  readonly jobs: JobRegistry;
  readonly today?: () => number;
}

export interface FeatureRequest {
  readonly datasetVersion: string;
  readonly features: readonly FeatureRecipe[];
  readonly source: PictureSource;
  readonly threads: number;
  /** Who multiplies patches by words: an `auto` that a run no longer has, and all that is not `native`, are the kernels. */
  readonly backend: BackendChoice;
  readonly title: string;
  readonly runId: string | null;
  readonly datasetId: string;
}

export interface FeatureReports {
  readonly signal: AbortSignal;
  readonly report?: (event: { block: number; stage: 'learn' | 'describe'; done: number; total: number }) => void;
}

export class FeatureCaches {
  readonly #options: FeatureCachesOptions;
  /** Being made now, by key: who asks for the same waits for the same. */
  readonly #making = new Map<string, Promise<string>>();

  constructor(options: FeatureCachesOptions) {
    this.#options = options;
  }

  /** One file a block where all are there; null otherwise, and where the recipe takes pixels. */
  existing({
    datasetVersion,
    features,
    source,
    backend,
  }: Pick<FeatureRequest, 'datasetVersion' | 'features' | 'source' | 'backend'>): string[] | null {
    if (seesPixels(features)) return null;
    const found = features.map((block) => this.#find(keyOf(datasetVersion, block, source, backend)));
    return found.every((path) => path !== null) ? found : null;
  }

  /** About how much room the files that are not there yet will take. */
  missingBytes({
    datasetVersion,
    features,
    source,
    backend,
  }: Pick<FeatureRequest, 'datasetVersion' | 'features' | 'source' | 'backend'>): number {
    if (seesPixels(features)) return 0;
    return features
      .filter((block) => this.#find(keyOf(datasetVersion, block, source, backend)) === null)
      .reduce((total, block) => total + 4 * source.count * dimensionOf(block, source), 0);
  }

  /**
   * One file a block; null where the recipe takes pixels.
   *
   * @throws StudioError INVALID_OPTION, DISK_FULL, COMPUTE_LOST, CANCELLED.
   */
  async ensure(request: FeatureRequest, reports: FeatureReports): Promise<string[] | null> {
    const { features, datasetVersion, source, backend } = request;
    if (seesPixels(features)) return null;
    const paths: string[] = [];
    for (const [block, options] of features.entries()) {
      const key = keyOf(datasetVersion, options, source, backend);
      const found = this.#find(key);
      paths.push(found ?? (await this.#made(key, block, paths, request, reports)));
    }
    return paths;
  }

  async #made(
    key: string,
    block: number,
    keep: readonly string[],
    request: FeatureRequest,
    reports: FeatureReports,
  ): Promise<string> {
    for (;;) {
      const other = this.#making.get(key);
      if (other === undefined) break;
      await Promise.race([other.catch(() => null), untilAborted(reports.signal)]);
      if (reports.signal.aborted) throw cancelled();
      const found = this.#find(key);
      if (found !== null) return found;
    }
    const making = this.#make(key, block, keep, request, reports);
    this.#making.set(key, making);
    try {
      return await making;
    } finally {
      this.#making.delete(key);
    }
  }

  async #make(
    key: string,
    block: number,
    keep: readonly string[],
    { features, source, threads, backend, title, runId, datasetId }: FeatureRequest,
    { signal, report }: FeatureReports,
  ): Promise<string> {
    const { files, compute, jobs } = this.#options;
    const options = features[block]!;
    const start = (kind: 'learn' | 'describe') =>
      jobs.start({ kind, title, unit: kind === 'learn' ? 'steps' : 'pictures', runId, datasetId });
    let stage: 'learn' | 'describe' = extractorOf(options).isLearnt(options) ? 'learn' : 'describe';
    let job = start(stage);
    const abort = AbortSignal.any([signal, job.signal]);
    const stopped = new AbortController();
    abort.addEventListener('abort', () => stopped.abort(), { once: true });
    try {
      await compute.call(
        'compute.features',
        { source, features: options, threads, backend: multiplierOf(backend), path: files.stagingPath(key) },
        {
          signal: stopped.signal,
          onprogress: (progress) => {
            if (progress.stage !== stage) {
              job.finish();
              stage = progress.stage;
              job = start(stage);
              job.signal.addEventListener('abort', () => stopped.abort(), { once: true });
            }
            job.report(progress.done, progress.total);
            report?.({ block, ...progress });
          },
        },
      );
      job.finish();
      return files.commit(key, keep);
    } catch (cause) {
      job.fail(cause);
      throw cause;
    }
  }

  #find(key: string): string | null {
    const { files, today = Date.now } = this.#options;
    const path = files.find(key, today());
    if (path === null || isWholeFeatureFile(path)) return path;
    files.drop(key);
    return null;
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function multiplierOf(backend: BackendChoice): 'wasm' | 'native' {
  return backend === 'native' ? 'native' : 'wasm';
}

/** 64 hexadecimal digits. */
function keyOf(
  datasetVersion: string,
  options: FeatureRecipe,
  { train }: PictureSource,
  backend: BackendChoice,
): string {
  const { weight: _weight, standardize: _standardize, ...extraction } = options;
  const hash = createHash('sha256');
  hash.update(JSON.stringify([numbersVersion, datasetVersion, Object.entries(extraction).sort()]));
  if (extractorOf(options).isLearnt(options)) {
    hash.update(new Uint8Array(train.buffer, train.byteOffset, train.byteLength));
  }
  // Only words are multiplied at size; their last bits depend on who does it.
  if (options.kind === 'words' && backend === 'native') hash.update('native');
  return hash.digest('hex');
}
