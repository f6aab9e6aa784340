/**
 * Starts the application: the same under every host. A host brings processes and a wire; it calls
 * `serve(studioContract, backend.handlers, transport)` for each of its pages.
 */
import { cpus } from 'node:os';
import { join } from 'node:path';
import { isStudioError, StudioError } from '../../core/errors.ts';
import type { AppInfo } from '../../core/rpc/contract/app.ts';
import { computeContract } from '../../core/rpc/contract/compute.ts';
import type { StudioContract } from '../../core/rpc/contract/index.ts';
import type { Handlers } from '../../core/rpc/define.ts';
import type { HelperLauncher } from '../../core/rpc/helper.ts';
import { CheckpointFiles } from '../store/checkpoint-files.ts';
import { prepareDataFolder } from '../store/data-folder.ts';
import { type DataLock, holdDataFolder } from '../store/data-lock.ts';
import { DatasetRepository } from '../store/dataset-repository.ts';
import { LabelStudyRepository } from '../store/label-study-repository.ts';
import { openStore, type Store } from '../store/open-store.ts';
import { RunRepository } from '../store/run-repository.ts';
import { SearchRepository } from '../store/search-repository.ts';
import { ViewStateRepository } from '../store/view-state-repository.ts';
import { Checks } from './checks.ts';
import { DecoderPool } from './decoder-pool.ts';
import { FeatureCacheFiles, sweepStaging } from '../store/feature-cache.ts';
import { ScoreFiles } from '../store/score-files.ts';
import { FeatureCaches } from './feature-caches.ts';
import { EngineWatch } from './engine-watch.ts';
import { Evaluation } from './evaluation.ts';
import { appHandlers } from './handlers/app.ts';
import { checksHandlers } from './handlers/checks.ts';
import { datasetsHandlers } from './handlers/datasets.ts';
import { evaluationHandlers } from './handlers/evaluation.ts';
import { explanationHandlers } from './handlers/explanation.ts';
import { featuresHandlers } from './handlers/features.ts';
import { filesHandlers } from './handlers/files.ts';
import { importsHandlers } from './handlers/imports.ts';
import { jobsHandlers } from './handlers/jobs.ts';
import { picturesHandlers } from './handlers/pictures.ts';
import { predictionHandlers } from './handlers/prediction.ts';
import { reportsHandlers } from './handlers/reports.ts';
import { runsHandlers, runSummary } from './handlers/runs.ts';
import { searchesHandlers } from './handlers/searches.ts';
import { trainingHandlers } from './handlers/training.ts';
import { HelperProcess } from './helper-process.ts';
import { JobRegistry } from './job-registry.ts';
import { type Log, openLog } from './log.ts';
import { LabelStudies } from './label-studies.ts';
import { NativeProbe } from './native-probe.ts';
import { Predictor } from './prediction.ts';
import { type Ack, RunRegistry } from './run-registry.ts';
import { RacePaths } from './race-paths.ts';
import { SearchRegistry } from './search-registry.ts';
import { SettingsFile } from './settings-file.ts';
import { UploadStaging } from './upload-staging.ts';

export interface BackendOptions {
  readonly dataFolder: string;
  readonly host: AppInfo['host'];
  readonly launcher: HelperLauncher;
  readonly version: string;
  /**
   * What to do where the folder cannot be written: `if-held` opens it read-only, both beside another studio that holds it
   * and on a volume that allows no writing. `never`, the default, fails.
   */
  readonly readOnly?: 'never' | 'if-held';
}

export interface Backend {
  readonly handlers: Handlers<StudioContract>;
  readonly info: AppInfo;
  /** Told after each durable commit of a training step or epoch. Returns what ends it. */
  onAck(listener: (ack: Ack) => void): () => void;
  /** Writes down a defect and returns the reference that the person sees. */
  logInternalError(cause: unknown, what: string): string;
  /** Brings running work to a checkpoint and ends the helpers, within two seconds. */
  close(): Promise<void>;
}

const checkpointDeadlineMs = 1500;
/** A write-ahead log is emptied this long after the last training ended. */
const tidyEveryMs = 60_000;

/**
 * @throws StudioError DATA_FOLDER_UNUSABLE, DATA_FOLDER_IN_USE, DATA_FOLDER_READ_ONLY, DATABASE_NEWER, DATABASE_DAMAGED,
 *   NODE_TOO_OLD.
 */
export async function startBackend(options: BackendOptions): Promise<Backend> {
  const { dataFolder: path, host, readOnly = 'never', version } = options;
  const { folder, writable } = prepareDataFolder(path);
  let lock: DataLock | null = null;
  let readOnlyReason: string | null = null;
  if (!writable) {
    if (readOnly === 'never') throw new StudioError('DATA_FOLDER_READ_ONLY', { path: folder.path });
    readOnlyReason = 'DATA_FOLDER_READ_ONLY';
  } else {
    try {
      lock = await holdDataFolder(folder, host);
    } catch (cause) {
      if (readOnly === 'never' || !isStudioError(cause, 'DATA_FOLDER_IN_USE')) throw cause;
      readOnlyReason = cause.details.holder;
    }
  }
  const isReadOnly = lock === null;
  const log = openLog(isReadOnly ? null : folder.logs);
  try {
    const store = await openStore({ folder, readOnly: isReadOnly, appVersion: version });
    return assemble(options, store, lock, log, readOnlyReason);
  } catch (cause) {
    lock?.release();
    log.logger.error({ err: cause }, 'the store could not be opened');
    log.close();
    throw cause;
  }
}

function assemble(
  { host, launcher, version }: BackendOptions,
  store: Store,
  lock: DataLock | null,
  log: Log,
  readOnlyReason: string | null,
): Backend {
  const { folder, recovery, readOnly: isReadOnly } = store;
  const warn = (message: string, details: object) => log.logger.warn(details, message);
  log.logger.info({ version, host, node: process.version, isReadOnly }, 'started');
  if (recovery !== null) warn('a damaged database was moved aside', recovery);

  const runs = new RunRepository(store);
  const checkpoints = new CheckpointFiles(store);
  const datasets = new DatasetRepository(store);
  let filesSetAside = 0;
  if (!isReadOnly) {
    runs.markInterrupted();
    // What the damaged database knew is not deleted for want of its rows: they may still be read out of it.
    const aside = (part: string) => (recovery === null ? null : join(recovery.movedTo, part));
    const caches = datasets.tidy(aside('caches'));
    const orphans = checkpoints.clearOrphans(aside('checkpoints'));
    if (recovery !== null) filesSetAside = caches + orphans;
    if (orphans > 0) warn('files without a row were taken away', { checkpoints: orphans, to: aside('checkpoints') });
  }

  const settings = new SettingsFile({ path: folder.settings, isReadOnly, warn });
  const threads = () => settings.current.threads;
  const jobs = new JobRegistry({ logInternalError: log.internalError });
  const compute = new HelperProcess({
    kind: 'compute',
    contract: computeContract,
    launcher,
    lostCode: 'COMPUTE_LOST',
    onEnd: (reason) => warn('compute ended', { reason }),
  });
  const decoder = new DecoderPool({
    launcher,
    onStateChange: () => engine.changed(),
    onEnd: (reason) => warn('a decoder ended', { reason }),
  });
  const native = new NativeProbe({
    launcher,
    path: isReadOnly ? null : folder.nativeProbe,
    version,
    processor: cpus()[0]?.model.trim() ?? process.arch,
    onFound: () => engine.changed(),
    warn,
  });
  const engine = new EngineWatch(
    compute,
    () => decoder.state,
    threads,
    () => {
      const wanted = settings.current.computeBackend;
      const { works } = native;
      if (wanted === 'wasm') return { backend: 'wasm', backendReason: 'chosen' };
      if (works === null) return { backend: 'wasm', backendReason: 'probing' };
      if (!works) return { backend: 'wasm', backendReason: 'probe-failed' };
      return { backend: 'native', backendReason: wanted === 'native' ? 'chosen' : 'probe-passed' };
    },
  );

  const uploads = new UploadStaging(folder.uploads);
  if (!isReadOnly) {
    sweepStaging(folder.staging);
    uploads.removeAbandoned(recentSources(datasets)).catch((cause: unknown) => log.internalError(cause, 'uploads'));
  }

  const processor = cpus()[0]?.model.trim() ?? process.arch;
  const features = new FeatureCaches({ files: new FeatureCacheFiles(folder), compute, jobs });
  const scores = new ScoreFiles(folder);
  const evaluation = new Evaluation({ runs, checkpoints, datasets, features, scores, compute, threads, isReadOnly });
  const predictor = new Predictor({ runs, datasets, evaluation, compute, decoder });
  const registry = new RunRegistry({
    runs,
    checkpoints,
    datasets,
    features,
    compute,
    jobs,
    threads,
    processor,
    appVersion: version,
    logInternalError: log.internalError,
    warn,
    backendOf: (choice) => native.resolve(choice),
    testAccuracy: async (runId): Promise<number | null> =>
      searches.choosesBy(runId) ? null : evaluation.testAccuracy(runId),
  });

  const labels = new LabelStudies({
    runs,
    datasets,
    studies: new LabelStudyRepository(store),
    features,
    compute,
    threads,
    isReadOnly,
  });

  const searchRepository = new SearchRepository(store);
  if (!isReadOnly) searchRepository.markInterrupted();
  const searches = new SearchRegistry({
    searches: searchRepository,
    runs,
    registry,
    datasets,
    jobs,
    logInternalError: log.internalError,
  });

  const racePaths = new RacePaths({
    searches: searchRepository,
    registry: searches,
    runs,
    datasets,
    features,
    threads,
    compute,
  });

  const info = (): AppInfo => ({
    version,
    host,
    dataFolder: folder.path,
    readOnly: isReadOnly,
    readOnlyReason,
    platform: process.platform,
    processor,
    interruptedRuns: registry
      .list(false)
      .filter(({ status }) => status === 'interrupted')
      .map(({ id }) => id),
    recovery: recovery === null ? null : { ...recovery, filesSetAside },
  });

  const tidy = setInterval(() => {
    if (!isReadOnly && jobs.activeCount === 0) store.tidy();
  }, tidyEveryMs).unref();
  if (host !== 'cli')
    engine
      .warmUp()
      .then(() => native.ready())
      .catch((cause: unknown) => warn('compute did not start', { reason: String(cause) }));

  let closing: Promise<void> | null = null;
  const close = async () => {
    clearInterval(tidy);
    native.close();
    searches.close();
    await registry.close(checkpointDeadlineMs);
    await searches.closed();
    await Promise.all([compute.close(), decoder.close()]);
    datasets.close();
    store.close();
    lock?.release();
    log.logger.info('closed');
    log.close();
  };

  return {
    handlers: {
      ...appHandlers({ info, engine, settings, viewState: new ViewStateRepository(store) }),
      ...datasetsHandlers(datasets, decoder),
      ...importsHandlers({ datasets, decoders: decoder, jobs }),
      ...filesHandlers({ uploads, recentSources: () => recentSources(datasets) }),
      ...jobsHandlers(jobs),
      ...trainingHandlers(registry, datasets, settings, native),
      ...searchesHandlers(searches, racePaths),
      ...runsHandlers({ registry, runs, checkpoints, datasets }),
      ...explanationHandlers({ registry, runs, checkpoints, datasets, evaluation, features, compute, threads }),
      ...evaluationHandlers({ runs, datasets, evaluation, predictor, labels }),
      ...checksHandlers(new Checks({ runs, datasets, evaluation, features, threads, compute })),
      ...picturesHandlers(decoder),
      ...predictionHandlers(predictor),
      ...reportsHandlers({
        runs,
        datasets,
        evaluation,
        compute,
        decoder,
        summaryOf: (runId) => runSummary(registry.get(runId), true),
      }),
      ...featuresHandlers({
        runs,
        datasets,
        evaluation,
        features,
        compute,
        jobs,
        threads,
        backend: () => native.resolve('auto'),
      }),
    },
    get info() {
      return info();
    },
    onAck: (listener) => registry.onAck(listener),
    logInternalError: log.internalError,
    close: () => (closing ??= close()),
  };
}

/** Where datasets came from, the one opened last first. */
function recentSources(datasets: DatasetRepository): string[] {
  return datasets.list().flatMap(({ sourcePath }) => (sourcePath === null ? [] : [sourcePath]));
}
