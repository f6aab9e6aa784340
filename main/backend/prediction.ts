/** New pictures through a trained model: walked, opened by the decoder, scored by compute. */
import { lstat, readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { matrixOf } from '../../core/array/matrix.ts';
import { indexOfLargest } from '../../core/array/reduce.ts';
import { cancelled, StudioError } from '../../core/errors.ts';
import { softmax } from '../../core/losses/softmax-cross-entropy.ts';
import type { ComputeContract } from '../../core/rpc/contract/compute.ts';
import type { Prediction } from '../../core/rpc/contract/prediction.ts';
import type { DatasetVersion, DatasetVersions } from '../store/dataset-version.ts';
import type { RunRepository, StoredRun } from '../store/run-repository.ts';
import type { DecoderPool } from './decoder-pool.ts';
import { type Evaluation, type Verdicts, verdictsOf, type Which } from './evaluation.ts';
import type { HelperProcess } from './helper-process.ts';
import { FileReader } from './read-file.ts';
import { absolutePath, fileReason, isIgnoredName, walkFolder } from './walk-source.ts';

export interface PredictionOptions {
  readonly runs: RunRepository;
  readonly datasets: DatasetVersions;
  readonly evaluation: Evaluation;
  readonly compute: Pick<HelperProcess<ComputeContract>, 'call'>;
  readonly decoder: Pick<DecoderPool, 'decode' | 'view'>;
}

export interface PredictionRequest {
  readonly runId: string;
  readonly paths: readonly string[];
  readonly which: Which;
}

export interface PredictionReports {
  readonly signal: AbortSignal;
  readonly progress: (report: { total: number; results: Prediction[]; classes: string[] }) => void;
  /** Resolves when the wire has room. */
  readonly room: () => Promise<void>;
}

type Refusal = Extract<Prediction, { kind: 'refused' }>['reason'];

/** A file by its bytes; its name need not be UTF-8. */
type FilePath = Buffer;

interface OpenedPicture {
  /** Which of the files. */
  readonly i: number;
  readonly content: Uint8Array<ArrayBuffer>;
  readonly reasons: string[];
  readonly pixels: Uint8Array<ArrayBuffer>;
  readonly scores: Float32Array<ArrayBuffer>;
}

const filesAtATime = 16;
const filesToJudgeAtATime = 64;
const viewSide = 256;
const mostFiles = 100_000;

export class Predictor {
  readonly #options: PredictionOptions;
  readonly #reader = new FileReader();

  constructor(options: PredictionOptions) {
    this.#options = options;
  }

  /**
   * Every file gets a report, in order: those named as they were named, those of folders by name.
   *
   * @throws StudioError RUN_NOT_FOUND, RUN_NOT_TRAINED, NO_IMAGES_FOUND, FOLDER_NOT_FOUND, CANCELLED.
   */
  async predict(
    { runId, paths, which }: PredictionRequest,
    { signal, progress, room }: PredictionReports,
  ): Promise<{ predicted: number; refused: number; classes: string[] }> {
    const { model, dataset } = this.#model(runId, which);
    const files = await collect(paths, signal);
    const counts = { prediction: 0, refused: 0 };
    for (let from = 0; from < files.length; from += filesAtATime) {
      if (signal.aborted) throw cancelled();
      const results = await this.#predictBatch(files.slice(from, from + filesAtATime), model, dataset, signal);
      for (const { kind } of results) counts[kind]++;
      progress({ total: files.length, results, classes: [...dataset.classes] });
      await room();
    }
    return { predicted: counts.prediction, refused: counts.refused, classes: [...dataset.classes] };
  }

  /**
   * Verdicts on a folder of class folders that is no dataset. Pictures are numbered in the order they were found; those that
   * could not be opened are counted.
   *
   * @throws StudioError as `predict`; CLASSES_DIFFER when a folder is no class of the model.
   */
  async evaluateFolder(
    { runId, path, which }: { runId: string; path: string; which: Which },
    signal: AbortSignal,
    progress: (value: { done: number; total: number }) => void,
  ): Promise<Verdicts & { refused: number }> {
    const { run, model, dataset } = this.#model(runId, which);
    const walked = await walkFolder(path, { signal });
    const labelOf = walked.classes.map((name) => dataset.classes.indexOf(name));
    if (labelOf.includes(-1)) {
      const differ = { expected: dataset.classes.join(', '), actual: walked.classes.join(', ') };
      throw new StudioError('CLASSES_DIFFER', differ);
    }
    const files = walked.entries.filter((entry) => entry.state === 'file' && entry.label >= 0);
    const scores: Float32Array[] = [];
    const truth: number[] = [];
    const indices: number[] = [];
    for (let from = 0; from < files.length; from += filesToJudgeAtATime) {
      if (signal.aborted) throw cancelled();
      const batch = files.slice(from, from + filesToJudgeAtATime);
      const paths = batch.map((entry) => absolutePath(walked.roots[entry.root]!, entry.path));
      const { kept } = await this.#open(paths, model, dataset, signal);
      for (const { i, scores: row } of kept) {
        scores.push(row);
        indices.push(from + i);
        truth.push(labelOf[batch[i]!.label]!);
      }
      progress({ done: from + batch.length, total: files.length });
    }
    if (indices.length === 0) throw new StudioError('NO_IMAGES_FOUND', { path });
    const all = new Float32Array(indices.length * dataset.classes.length);
    scores.forEach((row, k) => all.set(row, k * dataset.classes.length));
    const verdicts = await verdictsOf(
      all,
      Uint32Array.from(indices),
      Uint16Array.from(truth),
      dataset,
      run.recipe.loss,
    );
    return { ...verdicts, refused: files.length - indices.length };
  }

  #model(runId: string, which: Which): { run: StoredRun; model: { path: string }; dataset: DatasetVersion } {
    const { runs, datasets, evaluation } = this.#options;
    const run = runs.get(runId);
    if (run === null) throw new StudioError('RUN_NOT_FOUND', { run: runId });
    const model = { path: evaluation.checkpointOf(run, which).path };
    return { run, model, dataset: datasets.version(run.datasetId, run.datasetVersion) };
  }

  async #predictBatch(
    files: readonly FilePath[],
    model: { path: string },
    dataset: DatasetVersion,
    signal: AbortSignal,
  ): Promise<Prediction[]> {
    const { width, height, channels } = dataset;
    const { kept, refusals } = await this.#open(files, model, dataset, signal);
    const names = files.map((file) => file.toString('utf8'));
    const views = await Promise.all(
      kept.map(({ i, content }) =>
        this.#options.decoder.view({ data: content, name: basename(names[i]!), side: viewSide }, signal),
      ),
    );
    const predictions = new Map<number, Prediction>();
    kept.forEach(({ i, reasons, pixels, scores }, k) => {
      const view = views[k]!;
      predictions.set(i, {
        kind: 'prediction',
        path: names[i]!,
        predicted: indexOfLargest(scores),
        scores,
        probabilities: Float32Array.from(softmax(matrixOf(1, scores.length, Float64Array.from(scores))).data),
        width,
        height,
        channels,
        pixels,
        original: { width: view.width, height: view.height, pixels: Uint8Array.from(view.pixels) },
        reasons,
      });
    });
    return files.map((_, i) => predictions.get(i) ?? { kind: 'refused', path: names[i]!, reason: refusals.get(i)! });
  }

  /** Reads, decodes and scores some files; each is either kept or refused. */
  async #open(
    files: readonly FilePath[],
    model: { path: string },
    { width, height, channels, fit, classes }: DatasetVersion,
    signal: AbortSignal,
  ): Promise<{ kept: OpenedPicture[]; refusals: ReadonlyMap<number, Refusal> }> {
    const refusals = new Map<number, Refusal>();
    const readable: { i: number; content: Uint8Array<ArrayBuffer> }[] = [];
    for (const [i, file] of files.entries()) {
      const read = await this.#reader.read(file);
      if (read.kind === 'read') readable.push({ i, content: read.data });
      else refusals.set(i, { code: read.reason, details: {} });
    }
    if (readable.length === 0) return { kept: [], refusals };

    const slot = width * height * channels;
    const batch = packed(readable.map(({ i, content }) => ({ content, name: basename(files[i]!.toString('utf8')) })));
    const decoded = await this.#options.decoder.decode(batch, { width, height, channels, fit }, signal);
    const opened = readable.flatMap(({ i, content }, k) => {
      const picture = decoded.pictures[k]!;
      if (picture.kind === 'picture') {
        return [
          {
            i,
            content,
            reasons: picture.reasons,
            pixels: Uint8Array.from(decoded.pixels.subarray(k * slot, (k + 1) * slot)),
          },
        ];
      }
      refusals.set(i, { code: picture.code, details: picture.details });
      return [];
    });
    if (opened.length === 0) return { kept: [], refusals };

    const pixels = new Uint8Array(opened.length * slot);
    opened.forEach((one, k) => pixels.set(one.pixels, k * slot));
    const input = { model, pixels, count: opened.length };
    const { scores } = await this.#options.compute.call('compute.predict', input, { signal });
    const rowOf = (k: number) => scores.slice(k * classes.length, (k + 1) * classes.length);
    return { kept: opened.map((one, k) => ({ ...one, scores: rowOf(k) })), refusals };
  }
}

/** Files named by a person as they are; below folders everything that may be a picture. Links are not followed. */
async function collect(paths: readonly string[], signal: AbortSignal): Promise<FilePath[]> {
  const files: FilePath[] = [];
  for (const path of paths) {
    const stats = await lstat(path).catch((cause: unknown) => {
      const isMissing = fileReason(cause) === 'vanished';
      if (isMissing) throw new StudioError('FOLDER_NOT_FOUND', { path });
      throw new StudioError('FOLDER_NOT_READABLE', { path, reason: fileReason(cause) });
    });
    if (stats.isDirectory()) await collectBelow(Buffer.from(path), files, signal);
    else files.push(Buffer.from(path));
  }
  if (files.length === 0) throw new StudioError('NO_IMAGES_FOUND', { path: paths.join(', ') });
  return files;
}

async function collectBelow(folder: Buffer, files: FilePath[], signal: AbortSignal): Promise<void> {
  if (signal.aborted) throw cancelled();
  if (files.length > mostFiles) throw new StudioError('INVALID_OPTION', tooManyFiles(folder));
  let names: Buffer[];
  try {
    names = (await readdir(folder, { encoding: 'buffer' })).sort(Buffer.compare);
  } catch (cause) {
    throw new StudioError('FOLDER_NOT_READABLE', { path: folder.toString(), reason: fileReason(cause) }, { cause });
  }
  for (const name of names) {
    const path = Buffer.concat([folder, Buffer.from('/'), name]);
    const stats = await lstat(path).catch(() => null);
    if (stats === null || isIgnoredName(name.toString('latin1'))) continue;
    if (stats.isDirectory()) await collectBelow(path, files, signal);
    else if (stats.isFile()) files.push(path);
  }
}

function tooManyFiles(folder: Buffer): { option: string; value: string; expected: string } {
  return { option: 'paths', value: folder.toString(), expected: `at most ${mostFiles} files` };
}

function packed(files: readonly { content: Uint8Array; name: string }[]) {
  const data = new Uint8Array(files.reduce((total, { content }) => total + content.length, 0));
  const ends: number[] = [];
  let at = 0;
  for (const { content } of files) {
    data.set(content, at);
    at += content.length;
    ends.push(at);
  }
  return { data, ends, names: files.map(({ name }) => name) };
}
