/**
 * A backend in memory that answers the whole contract with plausible values: for building and testing the page alone.
 * Its pictures are those of the samples; its training is a curve, not a computation. No part of the product.
 */
import { StudioError, cancelled } from '../../../core/errors.ts';
import { defaultRecipe, type Recipe } from '../../../core/recipe/recipe.ts';
import { defaultSettings, type EngineStatus, type Settings } from '../../../core/rpc/contract/app.ts';
import type { SplitName } from '../../../core/rpc/contract/common.ts';
import type { DatasetSummary, FileReport, Picture } from '../../../core/rpc/contract/datasets.ts';
import type { StudioContract } from '../../../core/rpc/contract/index.ts';
import type { Job } from '../../../core/rpc/contract/jobs.ts';
import type { RunSummary } from '../../../core/rpc/contract/runs.ts';
import type { EpochRecord } from '../../../core/rpc/contract/training.ts';
import type { Handlers, Output } from '../../../core/rpc/define.ts';
import { generateSample, type SampleId, sampleCatalogue } from '../../../core/samples/sample-dataset.ts';
import { type PictureShape, toImageData } from '../../../renderer/pictures/draw.ts';

export interface FakeOptions {
  readonly isEmpty: boolean;
  /** Size of one more dataset; 0 makes none. */
  readonly pictures: number;
  /** So many more finished runs. */
  readonly runs?: number;
  readonly isInterrupted: boolean;
  readonly isBusy: boolean;
  readonly language: Settings['language'];
  readonly theme: Settings['theme'];
}

interface FakeDataset {
  summary: DatasetSummary;
  pixelsOf(index: number): Uint8Array;
  readonly pictureBytes: number;
  labels: Uint16Array<ArrayBuffer>;
  splits: Uint8Array<ArrayBuffer>;
  flags: Uint8Array<ArrayBuffer>;
  undo: Map<string, () => void>;
}

interface FakeRun {
  summary: RunSummary;
  epochs: EpochRecord[];
  losses: number[];
  accuracies: number[];
  listeners: Set<() => void>;
  isPaused: boolean;
  isStopped: boolean;
}

const stepsPerEpoch = 12;
const version = (seed: number) => seed.toString(16).padStart(64, '0');
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
/** A number in [0, 1) from an integer; the same each time. */
function chance(seed: number): number {
  let x = (seed + 0x9e3779b9) | 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return ((x ^ (x >>> 15)) >>> 0) / 2 ** 32;
}

async function encodePng(pixels: Uint8Array, shape: PictureShape): Promise<Uint8Array<ArrayBuffer>> {
  const canvas = new OffscreenCanvas(shape.width, shape.height);
  canvas.getContext('2d')!.putImageData(toImageData(pixels, shape), 0, 0);
  return new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer());
}

export class FakeStudio {
  #settings: Settings;
  readonly #view = new Map<string, unknown>();
  readonly #datasets = new Map<string, FakeDataset>();
  readonly #trash = new Set<string>();
  readonly #runs = new Map<string, FakeRun>();
  readonly #jobs = new Map<string, Job>();
  readonly #jobListeners = new Set<() => void>();
  readonly #ended = new Map<string, Promise<string>>();
  readonly #stopping = new Set<string>();
  #nextId = 1;

  constructor(options: FakeOptions) {
    this.#settings = { ...defaultSettings, language: options.language, theme: options.theme };
    if (options.isEmpty) return;
    this.#openSample('handwriting');
    const shapes = this.#openSample('shapes');
    this.#addFolder('flowers', 820);
    if (options.pictures > 0) this.#addFolder('large', options.pictures);
    this.#addFinishedRun(shapes, 'linear', 20);
    this.#addFinishedRun(shapes, 'mlp', 20);
    this.#addFinishedRun('handwriting', 'mlp', 12);
    for (let i = 0; i < (options.runs ?? 0); i++) this.#addFinishedRun(shapes, i % 2 ? 'mlp' : 'linear', 5 + (i % 9));
    if (options.isInterrupted) this.#addFinishedRun(shapes, 'mlp', 7, 'interrupted');
    if (options.isBusy) void this.#runJob('import', 'flowers-2', 'pictures', 820, 4000, null, () => shapes);
  }

  #id(prefix: string): string {
    return `${prefix}-${this.#nextId++}`;
  }

  #dataset(id: string): FakeDataset {
    const dataset = this.#datasets.get(id);
    if (dataset === undefined) throw new StudioError('DATASET_NOT_FOUND', { dataset: id });
    return dataset;
  }

  #run(id: string): FakeRun {
    const run = this.#runs.get(id);
    if (run === undefined) throw new StudioError('RUN_NOT_FOUND', { run: id });
    return run;
  }

  #openSample(id: SampleId): string {
    if (this.#datasets.has(id)) return id;
    const sample = generateSample(id);
    const pictureBytes = sample.width * sample.height * sample.channels;
    this.#add({
      id,
      name: id === 'shapes' ? 'Shapes' : 'Handwriting',
      kind: 'sample',
      sourcePath: null,
      ...{ width: sample.width, height: sample.height, channels: sample.channels },
      classes: [...sample.classes],
      labels: Uint16Array.from(sample.labels),
      splits: Uint8Array.from(sample.testMask, (test) => (test ? 2 : 0)),
      pictureBytes,
      pixelsOf: (index) => sample.pixels.subarray(index * pictureBytes, (index + 1) * pictureBytes),
    });
    return id;
  }

  #addFolder(name: string, count: number): string {
    const sample = generateSample('shapes');
    const pictureBytes = 32 * 32 * 3;
    const classes = ['bellflower', 'common dandelion', 'daisy', '해바라기', 'rose', 'tulip'];
    const labels = Uint16Array.from({ length: count }, (_, i) => Math.floor((i * classes.length) / count));
    this.#add({
      id: name,
      name,
      kind: 'folder',
      sourcePath: `/home/ada/Pictures/${name}`,
      ...{ width: 32, height: 32, channels: 3 as const },
      classes,
      labels,
      splits: Uint8Array.from({ length: count }, (_, i) => (chance(i) < 0.2 ? 2 : 0)),
      pictureBytes,
      pixelsOf: (index) => {
        const i = Math.floor(chance(index) * 2000);
        return sample.pixels.subarray(i * pictureBytes, (i + 1) * pictureBytes);
      },
    });
    return name;
  }

  #add(from: {
    id: string;
    name: string;
    kind: DatasetSummary['kind'];
    sourcePath: string | null;
    width: number;
    height: number;
    channels: 1 | 3;
    classes: string[];
    labels: Uint16Array<ArrayBuffer>;
    splits: Uint8Array<ArrayBuffer>;
    pictureBytes: number;
    pixelsOf: (index: number) => Uint8Array;
  }): void {
    const hasProblems = from.kind === 'folder';
    const now = Date.now() - this.#datasets.size * 86_400_000;
    const dataset: FakeDataset = {
      summary: {
        id: from.id,
        name: from.name,
        version: version(this.#nextId++),
        kind: from.kind,
        sourcePath: from.sourcePath,
        width: from.width,
        height: from.height,
        channels: from.channels,
        fit: 'crop',
        classes: from.classes,
        counts: { train: 0, validation: null, test: 0 },
        classCounts: [],
        excluded: 0,
        outcomes: hasProblems
          ? { imported: from.labels.length - 9, warned: 9, rejected: 12, skipped: 2, ignored: 3 }
          : { imported: from.labels.length, warned: 0, rejected: 0, skipped: 0, ignored: 0 },
        problems: hasProblems
          ? { exactDuplicates: 3, nearDuplicates: 5, leaks: 2, conflicts: 1 }
          : { exactDuplicates: 0, nearDuplicates: 0, leaks: 0, conflicts: 0 },
        warnings: hasProblems ? [{ code: 'split-made', details: { percent: 20, seed: 0 } }] : [],
        createdAt: now,
        openedAt: now,
      },
      pixelsOf: from.pixelsOf,
      pictureBytes: from.pictureBytes,
      labels: from.labels,
      splits: from.splits,
      flags: new Uint8Array(from.labels.length),
      undo: new Map(),
    };
    if (hasProblems) for (let i = 0; i < 22; i++) dataset.flags[(i * 37) % from.labels.length] = i < 9 ? 2 : 4;
    this.#datasets.set(from.id, dataset);
    this.#recount(dataset);
  }

  #recount(dataset: FakeDataset): void {
    const counts = [0, 0, 0];
    const classCounts = dataset.summary.classes.map(() => 0);
    let excluded = 0;
    dataset.labels.forEach((label, i) => {
      if (dataset.flags[i]! & 1) {
        excluded++;
        return;
      }
      classCounts[label]!++;
      counts[dataset.splits[i]!]!++;
    });
    dataset.summary = {
      ...dataset.summary,
      classCounts,
      excluded,
      version: version(this.#nextId++),
      counts: { train: counts[0]!, validation: counts[1]! || null, test: counts[2]! || null },
    };
  }

  #addRun(recipe: Recipe, name: string, epochs: number, repeatOf: string | null): FakeRun {
    const number = this.#runs.size + 1;
    const dataset = this.#dataset(recipe.dataset.id);
    const { width, height, channels, classes } = dataset.summary;
    const d = width * height * channels;
    const run: FakeRun = {
      summary: {
        id: `run-${number}`,
        number,
        name,
        note: '',
        datasetId: dataset.summary.id,
        datasetName: dataset.summary.name,
        datasetIsCurrent: true,
        status: 'running',
        error: null,
        recipe: { ...structuredClone(recipe), epochs },
        epochs: 0,
        steps: 0,
        endReason: null,
        bestEpoch: null,
        trainLoss: null,
        trainAccuracy: null,
        validationLoss: null,
        validationAccuracy: null,
        testAccuracy: null,
        parameters: recipe.model.kind === 'linear' ? (d + 1) * classes.length : (d + 1) * 256 + 257 * classes.length,
        trainSeconds: 0,
        backend: 'wasm',
        threads: 2,
        processor: 'x86_64',
        appVersion: '0.1.0',
        weightsSha256: null,
        repeatOf,
        repeatIsExact: null,
        color: (number - 1) % 8,
        createdAt: Date.now() - (10 - number) * 3_600_000,
        inTrash: false,
      },
      epochs: [],
      losses: [],
      accuracies: [],
      listeners: new Set(),
      isPaused: false,
      isStopped: false,
    };
    this.#runs.set(run.summary.id, run);
    return run;
  }

  #addFinishedRun(
    datasetId: string,
    model: 'linear' | 'mlp',
    epochs: number,
    status: RunSummary['status'] = 'finished',
  ): void {
    const { id, version: datasetVersion } = this.#dataset(datasetId).summary;
    const run = this.#addRun(
      defaultRecipe({ id, version: datasetVersion }, model),
      model === 'linear' ? 'linear · adam' : 'mlp 256 · adam',
      epochs,
      null,
    );
    for (let epoch = 1; epoch <= epochs; epoch++) this.#trainEpoch(run);
    if (status === 'finished') this.#finish(run, 'finished');
    else run.summary = { ...run.summary, status, recipe: { ...run.summary.recipe, epochs: 20 } };
  }

  #trainEpoch(run: FakeRun): void {
    const epoch = run.epochs.length + 1;
    const isLinear = run.summary.recipe.model.kind === 'linear';
    const floor = isLinear ? 1.15 : 0.35;
    for (let i = 0; i < stepsPerEpoch; i++) {
      const t = (epoch - 1 + i / stepsPerEpoch) / 4;
      run.losses.push(floor + (2.3 - floor) * Math.exp(-t) + (chance(run.losses.length) - 0.5) * 0.16);
      run.accuracies.push(Math.min(1, 0.1 + (isLinear ? 0.55 : 0.85) * (1 - Math.exp(-t))));
    }
    const t = epoch / 4;
    const trainLoss = floor + (2.3 - floor) * Math.exp(-t);
    const validationLoss = trainLoss + 0.02 * epoch ** 0.8 + (chance(epoch) - 0.5) * 0.05;
    const accuracy = 0.1 + (isLinear ? 0.55 : 0.85) * (1 - Math.exp(-t));
    run.epochs.push({
      epoch,
      step: run.losses.length,
      trainLoss,
      trainAccuracy: accuracy,
      validationLoss,
      validationAccuracy: accuracy - 0.015 * Math.sqrt(epoch),
      learningRate: 5e-4,
      seconds: epoch * 0.6,
    });
    const best = run.epochs.reduce((a, b) => (a.validationLoss! <= b.validationLoss! ? a : b));
    const last = run.epochs.at(-1)!;
    run.summary = {
      ...run.summary,
      epochs: epoch,
      steps: last.step,
      trainSeconds: last.seconds,
      bestEpoch: best.epoch,
      trainLoss: last.trainLoss,
      trainAccuracy: last.trainAccuracy,
      validationLoss: best.validationLoss,
      validationAccuracy: best.validationAccuracy,
    };
  }

  #finish(run: FakeRun, status: 'finished' | 'stopped'): void {
    run.summary = {
      ...run.summary,
      status,
      endReason: status === 'finished' ? 'epochs' : 'person',
      testAccuracy: (run.summary.validationAccuracy ?? 0.1) - 0.01,
      weightsSha256: version(0xabc + run.summary.number),
      repeatIsExact: run.summary.repeatOf === null ? null : true,
    };
    for (const listener of run.listeners) listener();
  }

  async #train(run: FakeRun): Promise<void> {
    run.summary = { ...run.summary, status: 'running', endReason: null };
    run.isPaused = run.isStopped = false;
    const { epochs } = run.summary.recipe;
    const jobId = this.#id('job');
    const started = Date.now();
    const report = (state: Job['state']) => {
      const done = run.epochs.length;
      this.#setJob({
        id: jobId,
        kind: 'train',
        title: `#${run.summary.number}`,
        state,
        done,
        total: epochs,
        unit: 'epochs',
        rate: done > 3 ? 2 : null,
        etaSeconds: done > 3 ? (epochs - done) * 0.5 : null,
        elapsedSeconds: (Date.now() - started) / 1000,
        datasetId: run.summary.datasetId,
        runId: run.summary.id,
        error: null,
      });
    };
    report('running');
    while (run.epochs.length < epochs && !run.isStopped) {
      await wait(500);
      if (this.#stopping.has(jobId)) run.isStopped = true;
      if (run.isPaused) {
        report('paused');
        continue;
      }
      if (!run.isStopped) this.#trainEpoch(run);
      report('running');
      for (const listener of run.listeners) listener();
    }
    this.#finish(run, run.isStopped ? 'stopped' : 'finished');
    report('finished');
  }

  #setJob(job: Job): void {
    this.#jobs.set(job.id, job);
    for (const listener of this.#jobListeners) listener();
    if (['finished', 'failed', 'cancelled'].includes(job.state)) this.#jobs.delete(job.id);
  }

  async #runJob(
    kind: Job['kind'],
    title: string,
    unit: Job['unit'],
    total: number,
    durationMs: number,
    datasetId: string | null,
    finish: () => string,
  ): Promise<string> {
    return this.#startJob(kind, title, unit, total, durationMs, datasetId, finish).ended;
  }

  #startJob(
    kind: Job['kind'],
    title: string,
    unit: Job['unit'],
    total: number,
    durationMs: number,
    datasetId: string | null,
    finish: () => string,
  ): { jobId: string; ended: Promise<string> } {
    const id = this.#id('job');
    const started = Date.now();
    const job = (state: Job['state'], done: number, made: string | null): Job => ({
      id,
      kind,
      title,
      state,
      done,
      total,
      unit,
      rate: done > 50 ? (total / durationMs) * 1000 : null,
      etaSeconds: done > 50 ? ((total - done) / total) * (durationMs / 1000) : null,
      elapsedSeconds: (Date.now() - started) / 1000,
      datasetId: made,
      runId: null,
      error: null,
    });
    this.#setJob(job('running', 0, datasetId));
    const ended = (async () => {
      for (;;) {
        await wait(50);
        if (this.#stopping.has(id)) {
          await wait(300);
          this.#setJob(job('cancelled', 0, null));
          throw cancelled();
        }
        const done = Math.min(total, Math.round(((Date.now() - started) / durationMs) * total));
        if (done >= total) {
          const made = finish();
          this.#setJob(job('finished', total, made));
          return made;
        }
        this.#setJob(job('running', done, datasetId));
      }
    })();
    ended.catch(() => undefined);
    this.#ended.set(id, ended);
    return { jobId: id, ended };
  }

  #picture(dataset: FakeDataset, index: number): Picture {
    const { classes, kind } = dataset.summary;
    const flags = dataset.flags[index]!;
    return {
      index,
      path: `${classes[dataset.labels[index]!]!}/IMG_${String(index).padStart(5, '0')}.${kind === 'sample' ? 'png' : 'jpg'}`,
      label: dataset.labels[index]!,
      split: (['train', 'validation', 'test'] as const)[dataset.splits[index]!]!,
      excluded: (flags & 1) !== 0,
      outcome: flags & 2 ? 'warned' : 'imported',
      reasons: flags & 2 ? ['exif-rotated'] : [],
      originalWidth: 640,
      originalHeight: 480,
      sizeBytes: 48_213 + index,
      sha256: version(index + 99),
      duplicateGroup: flags & 4 ? index % 7 : null,
    };
  }

  async #verdicts(
    runId: string,
    on: SplitName,
    progress: (value: { done: number; total: number }) => void,
  ): Promise<Output<StudioContract, 'evaluation.verdicts'>> {
    const run = this.#run(runId);
    const dataset = this.#dataset(run.summary.datasetId);
    const { classes } = dataset.summary;
    const split = ['train', 'validation', 'test'].indexOf(on);
    const indices = Uint32Array.from([...dataset.splits.keys()].filter((i) => dataset.splits[i] === split));
    for (let done = 0; done <= indices.length; done += Math.max(1, Math.ceil(indices.length / 5))) {
      progress({ done, total: indices.length });
      await wait(40);
    }
    const right = run.summary.validationAccuracy ?? 0.5;
    const confusion = classes.map(() => classes.map(() => 0));
    const truth = Uint16Array.from(indices, (i) => dataset.labels[i]!);
    const predicted = Uint16Array.from(indices, (i) =>
      chance(i) < right
        ? dataset.labels[i]!
        : (dataset.labels[i]! + 1 + Math.floor(chance(i + 1) ** 3 * (classes.length - 1))) % classes.length,
    );
    truth.forEach((t, i) => confusion[t]![predicted[i]!]!++);
    const hits = truth.reduce((sum, t, i) => sum + Number(t === predicted[i]), 0);
    const accuracy = indices.length === 0 ? 0 : hits / indices.length;
    const around = (value: number): [number, number] => [Math.max(0, value - 0.04), Math.min(1, value + 0.04)];
    return {
      indices,
      truth,
      predicted,
      probabilities: Float32Array.from(indices, (i) => 0.4 + 0.6 * chance(i + 3)),
      classes: [...classes],
      confusion,
      accuracy,
      accuracy95: around(accuracy),
      meanLoss: run.summary.validationLoss,
      perClass: classes.map((_, c) => {
        const support = confusion[c]!.reduce((a, b) => a + b, 0);
        const verdicts = confusion.reduce((sum, row) => sum + row[c]!, 0);
        const precision = verdicts ? confusion[c]![c]! / verdicts : null;
        const recall = support ? confusion[c]![c]! / support : null;
        const f1 = precision && recall ? (2 * precision * recall) / (precision + recall) : null;
        return {
          precision,
          recall,
          f1,
          support,
          precision95: precision === null ? null : around(precision),
          recall95: recall === null ? null : around(recall),
          f1_95: f1 === null ? null : around(f1),
        };
      }),
      withoutLeaks: dataset.summary.kind === 'folder' ? { accuracy: accuracy - 0.012, leaked: 6 } : null,
    };
  }

  handlers(): Handlers<StudioContract> {
    const engine = (): EngineStatus => ({
      compute: this.#jobs.size > 0 ? 'busy' : 'ready',
      decoder: 'idle',
      backend: 'wasm',
      threads: 2,
      backendReason: 'only',
    });
    const forever = (signal: AbortSignal) =>
      new Promise<object>((resolve) => signal.addEventListener('abort', () => resolve({})));
    const picked = (run: FakeRun) => this.#dataset(run.summary.datasetId);

    return {
      'app.info': () => ({
        version: '0.1.0',
        host: 'loopback',
        dataFolder: '/home/ada/.local/share/tessera',
        readOnly: false,
        readOnlyReason: null,
        platform: 'linux',
        processor: 'x86_64',
        interruptedRuns: [...this.#runs.values()]
          .filter(({ summary }) => summary.status === 'interrupted')
          .map(({ summary }) => summary.id),
        recovery: null,
      }),
      'app.watch': async (_, { signal, progress }) => {
        progress(engine());
        const listener = () => progress(engine());
        this.#jobListeners.add(listener);
        await forever(signal);
        this.#jobListeners.delete(listener);
        return {};
      },
      'settings.get': () => ({ settings: this.#settings, file: '/home/ada/.local/share/tessera/settings.json' }),
      'settings.set': ({ changes }) => {
        this.#settings = { ...this.#settings, ...changes };
        return { settings: this.#settings };
      },
      'view.get': () => ({ values: Object.fromEntries(this.#view) }),
      'view.set': ({ key, value }) => {
        this.#view.set(key, value);
        return {};
      },

      'datasets.list': () => ({
        datasets: [...this.#datasets.values()]
          .map(({ summary }) => summary)
          .filter(({ id }) => !this.#trash.has(id))
          .sort((a, b) => b.openedAt - a.openedAt),
      }),
      'datasets.open': ({ datasetId }) => {
        const dataset = this.#dataset(datasetId);
        dataset.summary = { ...dataset.summary, openedAt: Date.now() };
        return dataset.summary;
      },
      'datasets.columns': ({ datasetId }) => {
        const { summary, labels, splits, flags } = this.#dataset(datasetId);
        return { version: summary.version, labels, splits, flags };
      },
      'datasets.pixels': async ({ datasetId, indices }) => {
        await wait(15);
        const dataset = this.#dataset(datasetId);
        const pixels = new Uint8Array(indices.length * dataset.pictureBytes);
        indices.forEach((index, i) => pixels.set(dataset.pixelsOf(index), i * dataset.pictureBytes));
        return { pixels };
      },
      'datasets.pictures': ({ datasetId, indices }) => {
        const dataset = this.#dataset(datasetId);
        return { pictures: [...indices].map((index) => this.#picture(dataset, index)) };
      },
      'datasets.classMeans': ({ datasetId }) => {
        const dataset = this.#dataset(datasetId);
        const { classes } = dataset.summary;
        const size = dataset.pictureBytes;
        const sums = new Float64Array(classes.length * size);
        const counts = classes.map(() => 0);
        for (let i = 0; i < Math.min(dataset.labels.length, 2000); i++) {
          const label = dataset.labels[i]!;
          counts[label]!++;
          dataset.pixelsOf(i).forEach((value, k) => (sums[label * size + k]! += value));
        }
        return { pixels: Uint8Array.from(sums, (sum, k) => sum / Math.max(1, counts[Math.floor(k / size)]!)) };
      },
      'datasets.problems': ({ datasetId, kind, offset, limit }) => {
        const dataset = this.#dataset(datasetId);
        const flagged = [...dataset.flags.keys()].filter((i) => dataset.flags[i]! & (kind === 'warned' ? 2 : 4));
        const problems = dataset.summary.problems;
        const total = {
          'exact-duplicate': problems.exactDuplicates,
          'near-duplicate': problems.nearDuplicates,
          leak: problems.leaks,
          conflict: problems.conflicts,
          warned: dataset.summary.outcomes.warned,
        }[kind];
        const each = kind === 'warned' ? 1 : 2;
        const groups = Array.from({ length: total }, (_, i) => ({
          indices: Uint32Array.from(flagged.slice((i * each) % flagged.length, ((i * each) % flagged.length) + each)),
        }));
        return { total, groups: groups.slice(offset, offset + limit) };
      },
      'datasets.files': ({ datasetId, outcome, offset, limit }) => {
        const dataset = this.#dataset(datasetId);
        const { outcomes, classes } = dataset.summary;
        const file = (kind: FileReport['outcome'], i: number): FileReport => ({
          path:
            kind === 'ignored'
              ? ['.DS_Store', 'Thumbs.db', 'notes.txt'][i % 3]!
              : `${classes[i % classes.length]!}/${kind}_${String(i).padStart(3, '0')}.jpg`,
          outcome: kind,
          reason:
            kind === 'rejected'
              ? { code: i % 2 ? 'truncated' : 'not_an_image', details: {} }
              : kind === 'warned'
                ? { code: 'exif-rotated', details: {} }
                : kind === 'skipped'
                  ? { code: 'symlink', details: {} }
                  : kind === 'ignored'
                    ? { code: 'not_a_picture', details: {} }
                    : null,
          label: kind === 'ignored' ? null : classes[i % classes.length]!,
          split: kind === 'imported' || kind === 'warned' ? 'train' : null,
          dupGroup: null,
        });
        const kinds = outcome === null ? (['warned', 'rejected', 'skipped', 'ignored'] as const) : ([outcome] as const);
        const files = kinds.flatMap((kind) => Array.from({ length: outcomes[kind] }, (_, i) => file(kind, i)));
        return { total: files.length, files: files.slice(offset, offset + limit) };
      },
      'datasets.rename': ({ datasetId, name }) => {
        const dataset = this.#dataset(datasetId);
        dataset.summary = { ...dataset.summary, name };
        return {};
      },
      'datasets.edit': ({ datasetId, indices, change }) => {
        const dataset = this.#dataset(datasetId);
        const before = { labels: dataset.labels.slice(), flags: dataset.flags.slice(), splits: dataset.splits.slice() };
        for (const i of indices) {
          if (change.kind === 'label') dataset.labels[i] = change.label;
          else if (change.kind === 'exclude') dataset.flags[i]! |= 1;
          else if (change.kind === 'include') dataset.flags[i]! &= ~1;
          else dataset.splits[i] = ['train', 'validation', 'test'].indexOf(change.split);
        }
        this.#recount(dataset);
        const editId = this.#id('edit');
        dataset.undo.set(editId, () => Object.assign(dataset, before));
        return { editId, dataset: dataset.summary };
      },
      'datasets.undo': ({ datasetId, editId }) => {
        const dataset = this.#dataset(datasetId);
        dataset.undo.get(editId)?.();
        this.#recount(dataset);
        return { dataset: dataset.summary };
      },
      'datasets.trash': ({ datasetId }) => {
        this.#trash.add(datasetId);
        return {};
      },
      'datasets.restore': ({ datasetId }) => {
        this.#trash.delete(datasetId);
        return {};
      },
      'datasets.checkSource': async ({ datasetId }) => {
        await wait(100);
        const isFolder = this.#dataset(datasetId).summary.kind === 'folder';
        if (datasetId === 'large') return { state: 'missing', added: 0, removed: 0, modified: 0 };
        return isFolder
          ? { state: 'changed', added: 14, removed: 1, modified: 2 }
          : { state: 'none', added: 0, removed: 0, modified: 0 };
      },
      'datasets.locate': () => ({}),

      'imports.look': async ({ paths }, { progress, signal }) => {
        const path = paths[0]!;
        for (let i = 1; i <= 6; i++) {
          if (signal.aborted) throw cancelled();
          await wait(60);
          progress({ files: i * 140 });
        }
        if (path.includes('empty')) throw new StudioError('NO_IMAGES_FOUND', { path });
        return {
          path,
          kind: 'folder',
          suggestedName: path.split('/').at(-1)!,
          ownSize: null,
          classes: ['bellflower', 'common dandelion', 'daisy', '해바라기', 'rose', 'tulip'].map((name, i) => ({
            name,
            train: 160 - i * 11,
            validation: 0,
            test: 0,
          })),
          splits: { train: true, validation: false, test: false },
          files: 820,
          ignored: 3,
          skipped: 2,
          remarks: [{ code: 'nested-folders', details: { count: 2 } }],
          existing: null,
        };
      },
      'imports.tryFit': async ({ size, fit, count }) => {
        await wait(120);
        const sample = generateSample('shapes');
        return {
          pictures: Array.from({ length: count }, (_, i) => {
            const [w, h] = i % 2 ? [96, 64] : [60, 90];
            const source = sample.pixels.subarray(i * 3072, (i + 1) * 3072);
            const original = new Uint8Array(w * h * 3);
            for (let y = 0; y < h; y++)
              for (let x = 0; x < w; x++)
                for (let c = 0; c < 3; c++)
                  original[(y * w + x) * 3 + c] =
                    source[(Math.floor((y / h) * 32) * 32 + Math.floor((x / w) * 32)) * 3 + c]!;
            const pixels = new Uint8Array(size * size * 3);
            const scale = fit === 'crop' ? Math.min(w, h) / size : Math.max(w, h) / size;
            for (let y = 0; y < size; y++)
              for (let x = 0; x < size; x++) {
                const sx = fit === 'stretch' ? (x / size) * w : (x - size / 2) * scale + w / 2;
                const sy = fit === 'stretch' ? (y / size) * h : (y - size / 2) * scale + h / 2;
                if (sx < 0 || sy < 0 || sx >= w || sy >= h) continue;
                for (let c = 0; c < 3; c++)
                  pixels[(y * size + x) * 3 + c] = original[(Math.floor(sy) * w + Math.floor(sx)) * 3 + c]!;
              }
            return {
              path: `rose/IMG_${i}.jpg`,
              originalWidth: w * 20,
              originalHeight: h * 20,
              width: size,
              height: size,
              channels: 3 as const,
              pixels,
              original: { width: w, height: h, pixels: original },
            };
          }),
        };
      },
      'imports.start': ({ options }) => ({
        jobId: this.#startJob('import', options.name, 'pictures', 820, 3000, null, () =>
          this.#addFolder(options.name, 808),
        ).jobId,
      }),
      'imports.again': ({ datasetId }) => ({
        jobId: this.#startJob('import', datasetId, 'pictures', 820, 1500, datasetId, () => datasetId).jobId,
      }),
      'imports.finished': async ({ jobId }) => ({
        datasetId: await (this.#ended.get(jobId) ?? Promise.reject(new StudioError('JOB_NOT_FOUND', { job: jobId }))),
      }),
      'samples.list': () => ({
        samples: sampleCatalogue.map(({ id, width, height, channels, classes, trainCount, testCount }) => ({
          id,
          width,
          height,
          channels,
          classes: [...classes],
          train: trainCount,
          test: testCount,
        })),
      }),
      'samples.open': async ({ sampleId }) => ({
        datasetId: await this.#runJob('sample', sampleId, 'pictures', 2000, 400, null, () =>
          this.#openSample(sampleId),
        ),
      }),

      'files.list': ({ path }) => {
        const here = path ?? '/home/ada';
        if (here.includes('missing')) throw new StudioError('FOLDER_NOT_FOUND', { path: here });
        const names = here.endsWith('Pictures')
          ? ['empty', 'flowers', 'screenshots', 'vacation 2019', '사진']
          : ['Desktop', 'Documents', 'Downloads', 'Pictures'];
        return {
          path: here,
          parent: here === '/' ? null : here.split('/').slice(0, -1).join('/') || '/',
          roots: [
            { name: 'ada', path: '/home/ada' },
            { name: '/', path: '/' },
          ],
          omitted: 0,
          entries: [
            ...names.map((name) => ({
              name,
              path: `${here}/${name}`,
              kind: 'folder' as const,
              subfolders: name === 'flowers' ? 6 : 0,
            })),
            {
              name: 'train-images-idx3-ubyte.gz',
              path: `${here}/train-images-idx3-ubyte.gz`,
              kind: 'dataset-file' as const,
              subfolders: null,
            },
          ],
        };
      },
      'files.beginUpload': () => ({ uploadId: this.#id('upload') }),
      'files.uploadBlock': async () => {
        await wait(1);
        return {};
      },
      'files.uploadFiles': () => ({}),
      'files.endUpload': ({ uploadId }) => ({ path: `/home/ada/.local/share/tessera/uploads/${uploadId}`, files: 12 }),
      'files.dropUpload': () => ({}),

      'jobs.watch': async (_, { signal, progress }) => {
        const listener = () => progress({ jobs: [...this.#jobs.values()] });
        listener();
        this.#jobListeners.add(listener);
        await forever(signal);
        this.#jobListeners.delete(listener);
        return {};
      },
      'jobs.cancel': ({ jobId }) => {
        this.#stopping.add(jobId);
        const job = this.#jobs.get(jobId);
        if (job) this.#setJob({ ...job, state: 'stopping' });
        return {};
      },
      'jobs.count': () => ({ active: this.#jobs.size }),

      'training.defaults': ({ datasetId, model }) => {
        const { id, version: datasetVersion } = this.#dataset(datasetId).summary;
        return defaultRecipe({ id, version: datasetVersion }, model);
      },
      'training.start': ({ recipe, name }) => {
        const run = this.#addRun(
          recipe,
          name ??
            (recipe.model.kind === 'linear'
              ? `linear · ${recipe.optimizer.kind}`
              : `mlp ${recipe.model.hidden.join('-')} · ${recipe.optimizer.kind}`),
          recipe.epochs,
          null,
        );
        void this.#train(run);
        return { runId: run.summary.id };
      },
      'training.watch': async ({ runId }, { signal, progress }) => {
        const run = this.#run(runId);
        let steps = 0;
        let epochs = 0;
        let status = '';
        progress({
          kind: 'plan',
          stepsPerEpoch,
          epochs: run.summary.recipe.epochs,
          trainCount: 1440,
          validationCount: 160,
        });
        const send = () => {
          if (run.losses.length > steps) {
            const from = steps;
            steps = run.losses.length;
            progress({
              kind: 'steps',
              records: {
                steps: Float64Array.from({ length: steps - from }, (_, i) => from + i + 1),
                losses: Float32Array.from(run.losses.slice(from)),
                accuracies: Float32Array.from(run.accuracies.slice(from)),
              },
            });
          }
          for (; epochs < run.epochs.length; epochs++) {
            progress({ kind: 'epoch', record: run.epochs[epochs]! });
            progress({
              kind: 'checkpoint',
              step: run.epochs[epochs]!.step,
              best: run.summary.bestEpoch === epochs + 1,
            });
          }
          if (run.summary.status !== status)
            progress({ kind: 'status', status: run.summary.status, error: run.summary.error });
          status = run.summary.status;
        };
        send();
        run.listeners.add(send);
        while (['queued', 'running', 'paused'].includes(run.summary.status) && !signal.aborted) await wait(50);
        run.listeners.delete(send);
        send();
        return { status: run.summary.status };
      },
      'training.pause': ({ runId }) => {
        const run = this.#run(runId);
        run.isPaused = true;
        run.summary = { ...run.summary, status: 'paused' };
        for (const listener of run.listeners) listener();
        return {};
      },
      'training.resume': ({ runId }) => {
        const run = this.#run(runId);
        if (run.isPaused) {
          run.isPaused = false;
          run.summary = { ...run.summary, status: 'running' };
        } else void this.#train(run);
        for (const listener of run.listeners) listener();
        return {};
      },
      'training.stop': async ({ runId }) => {
        this.#run(runId).isStopped = true;
        this.#run(runId).isPaused = false;
        await wait(300);
        return {};
      },
      'training.discard': ({ runId }) => {
        const run = this.#run(runId);
        run.isStopped = true;
        run.summary = { ...run.summary, inTrash: true };
        return {};
      },

      'runs.list': ({ trash }) => ({
        runs: [...this.#runs.values()]
          .map(({ summary }) => summary)
          .filter(({ inTrash }) => inTrash === trash)
          .reverse(),
      }),
      'runs.get': ({ runId }) => this.#run(runId).summary,
      'runs.curves': ({ runId }) => {
        const run = this.#run(runId);
        return {
          epochs: run.epochs,
          steps: {
            steps: Float64Array.from(run.losses, (_, i) => i + 1),
            losses: Float32Array.from(run.losses),
            accuracies: Float32Array.from(run.accuracies),
          },
        };
      },
      'runs.rename': ({ runId, name }) => {
        const run = this.#run(runId);
        run.summary = { ...run.summary, name };
        return {};
      },
      'runs.note': ({ runId, note }) => {
        const run = this.#run(runId);
        run.summary = { ...run.summary, note };
        return {};
      },
      'runs.trash': ({ runIds }) => {
        for (const id of runIds) this.#run(id).summary = { ...this.#run(id).summary, inTrash: true };
        return {};
      },
      'runs.restore': ({ runIds }) => {
        for (const id of runIds) this.#run(id).summary = { ...this.#run(id).summary, inTrash: false };
        return {};
      },
      'runs.emptyTrash': () => {
        const gone = [...this.#runs.values()].filter(({ summary }) => summary.inTrash);
        for (const run of gone) this.#runs.delete(run.summary.id);
        return { deleted: gone.length, freedBytes: gone.length * 250_000 };
      },
      'runs.repeat': ({ runId }) => {
        const { recipe, name, id } = this.#run(runId).summary;
        const run = this.#addRun(recipe, name, recipe.epochs, id);
        void this.#train(run);
        return { runId: run.summary.id };
      },

      'explanation.templates': ({ runId, offset, limit }) => {
        const run = this.#run(runId);
        const dataset = picked(run);
        const { width, height, channels, classes } = dataset.summary;
        const size = dataset.pictureBytes;
        const isLinear = run.summary.recipe.model.kind === 'linear';
        const total = isLinear ? classes.length : 256;
        const n = Math.min(limit, total - offset);
        const templates = new Float32Array(n * size);
        const norms = new Float32Array(n);
        const scales = new Float32Array(n);
        const roughness = new Float32Array(n);
        for (let unit = 0; unit < n; unit++) {
          const u = unit + offset;
          const a = dataset.pixelsOf(u % dataset.labels.length);
          const b = dataset.pixelsOf((u * 7 + 3) % dataset.labels.length);
          const strength = 0.3 + chance(u);
          for (let k = 0; k < size; k++) {
            const w = strength * ((a[k]! - b[k]!) / 40_000 + (chance(u * 4099 + k) - 0.5) * 0.004);
            templates[unit * size + k] = w;
            norms[unit]! += w * w;
            scales[unit] = Math.max(scales[unit]!, Math.abs(w));
          }
          norms[unit] = Math.sqrt(norms[unit]!);
          roughness[unit] = 0.4 + chance(u + 5);
        }
        return {
          step: run.summary.steps,
          layer: isLinear ? 'class' : 'hidden',
          total,
          width,
          height,
          channels,
          templates,
          biases: Float32Array.from({ length: n }, (_, i) => chance(i) - 0.5),
          norms,
          scales,
          sharedScale: Math.max(...scales),
          votes: isLinear
            ? new Float32Array(0)
            : Float32Array.from({ length: total * classes.length }, (_, i) => chance(i + 11) - 0.5),
          roughness,
          classes: [...classes],
        };
      },
      'evaluation.verdicts': (input, context) => this.#verdicts(input.runId, input.on, context.progress),
      'evaluation.folder': async ({ runId }, { progress }) => ({
        ...(await this.#verdicts(runId, 'test', progress)),
        refused: 1,
      }),
      'pictures.encode': async ({ width, height, channels, pixels }) => ({
        png: await encodePng(pixels, { width, height, channels }),
      }),
      'prediction.predict': async ({ runId, paths }, { progress }) => {
        const dataset = picked(this.#run(runId));
        const { width, height, channels, classes } = dataset.summary;
        const total = Math.max(paths.length, 6);
        for (let i = 0; i < total; i++) {
          await wait(60);
          const path = paths[i] ?? `${paths[0]!}/picture-${i}.jpg`;
          if (i === 4) {
            progress({ total, results: [{ kind: 'refused', path, reason: { code: 'truncated', details: {} } }] });
            continue;
          }
          const scores = Float32Array.from(classes, (_, c) => 6 * (chance(i * 31 + c) - 0.4));
          const sum = scores.reduce((a, b) => a + Math.exp(b), 0);
          const pixels = dataset.pixelsOf(i * 3).slice();
          const rgb = new Uint8Array(width * height * 3);
          for (let k = 0; k < rgb.length; k++) rgb[k] = pixels[channels === 3 ? k : Math.floor(k / 3)]!;
          progress({
            total,
            results: [
              {
                kind: 'prediction',
                path,
                predicted: scores.indexOf(Math.max(...scores)),
                scores,
                probabilities: scores.map((s) => Math.exp(s) / sum),
                width,
                height,
                channels,
                pixels,
                original: { width, height, pixels: rgb },
                reasons: [],
              },
            ],
          });
        }
        return { predicted: total - 1, refused: 1, classes: [...classes] };
      },
    };
  }
}
