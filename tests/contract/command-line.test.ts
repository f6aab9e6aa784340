/** The command line as a script meets it: every command of its own process, its lines of JSON to the letter, its exit codes. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { side, writePictures } from './support/whole-studio.ts';

const hooks = fileURLToPath(new URL('../support/text-imports.ts', import.meta.url));
const program = fileURLToPath(new URL('../../main/cli/index.ts', import.meta.url));

const root = temporaryFolder('command-line');
const pictures = join(root, 'pets');
const data = join(root, 'data');
afterAll(() => rmSync(root, { recursive: true, force: true }));

interface Outcome {
  readonly code: number | null;
  readonly text: string;
  readonly errors: string;
  /** Lines of standard output as JSON. */
  readonly lines: Record<string, unknown>[];
}

function start(...args: string[]): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(process.execPath, ['--import', hooks, program, ...args, '--data', data], {
    env: { ...process.env, INIT_CWD: root, LANG: 'en' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function tessera(...args: string[]): Promise<Outcome> {
  const child = start(...args);
  let text = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk));
  return new Promise((resolve) => {
    child.once('close', (code) => {
      const lines = args.includes('--json')
        ? text
            .split('\n')
            .filter((line) => line !== '')
            .map((line) => JSON.parse(line) as Record<string, unknown>)
        : [];
      resolve({ code, text, errors, lines });
    });
  });
}

const id = expect.stringMatching(/^[A-Za-z0-9_-]+$/) as string;
const sha256 = expect.stringMatching(/^[0-9a-f]{64}$/) as string;
const number = expect.any(Number) as number;
const interval = [number, number];

/** Every field of a dataset and no other. */
const dataset = {
  id,
  name: 'pets',
  version: sha256,
  width: side,
  height: side,
  channels: 3,
  classes: ['bright', 'dark'],
  counts: { train: 10, validation: null, test: 2 },
};

let imported: Outcome;
let trained: Outcome;
let run = '';
beforeAll(async () => {
  await writePictures(pictures);
  imported = await tessera('import', 'pets', '--size', String(side), '--report', 'report.json', '--json');
  trained = await tessera('train', 'pets', '--epochs', '2', '--seed', '3', '--threads', '1', '--json');
  run = String(trained.lines.at(-1)!['run']);
}, 120_000);

describe('tessera', () => {
  it('import says what became of the folder, in one line and in a report that names every entry once', () => {
    expect(imported.code).toBe(0);
    expect(imported.lines).toEqual([
      {
        type: 'result',
        dataset,
        outcomes: { imported: 12, warned: 0, rejected: 1, skipped: 0, ignored: 0 },
        seconds: number,
      },
    ]);
    const { files } = JSON.parse(readFileSync(join(root, 'report.json'), 'utf8')) as {
      files: Record<string, unknown>[];
    };
    expect(files.map(({ path }) => path).sort()).toEqual(
      ['bright', 'dark']
        .flatMap((name) => [0, 1, 2, 3, 4, 5].map((i) => `${name}/${i}.png`))
        .concat('dark/broken.png')
        .sort(),
    );
    expect(files.find(({ path }) => path === 'dark/broken.png')).toEqual({
      path: 'dark/broken.png',
      outcome: 'rejected',
      reason: expect.any(String) as string,
      label: 'dark',
      split: null,
      dupGroup: null,
    });
  });

  it('train acknowledges each commit and ends with the whole result', () => {
    expect(trained.code).toBe(0);
    const acks = trained.lines.slice(0, -1);
    expect(acks.length).toBeGreaterThan(0);
    for (const ack of acks) expect(ack).toEqual({ type: 'ack', run, step: number });
    expect(acks.at(-1)!['step']).toBe(2);
    const epoch = (at: number) => ({
      epoch: at,
      trainLoss: number,
      trainAccuracy: number,
      validationLoss: number,
      validationAccuracy: number,
      seconds: number,
    });
    expect(trained.lines.at(-1)).toEqual({
      type: 'result',
      run: id,
      dataset,
      recipe: expect.objectContaining({ seed: 3, epochs: 2 }) as object,
      epochs: [epoch(1), epoch(2)],
      test: { accuracy: number, count: 2, confusion: [interval, interval], classes: ['bright', 'dark'] },
      timing: { importSeconds: 0, featureSeconds: 0, trainSeconds: number },
      backend: expect.stringMatching(/^(wasm|native)$/) as string,
      threads: 1,
      weightsSha256: sha256,
    });
  });

  it('datasets and runs print a line for each', async () => {
    const datasets = await tessera('datasets', '--json');
    const runs = await tessera('runs', '--json');

    expect(datasets.lines).toEqual([{ type: 'dataset', ...dataset }]);
    expect(runs.lines).toEqual([
      {
        type: 'run',
        run,
        name: expect.any(String) as string,
        dataset: imported.lines[0] && (imported.lines[0]['dataset'] as { id: string }).id,
        status: 'finished',
        epochs: 2,
        testAccuracy: number,
        backend: expect.stringMatching(/^(wasm|native)$/) as string,
        threads: 1,
        createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
      },
    ]);
  });

  it('recipe prints a recipe that train takes, and the same recipe gives the same weights', async () => {
    const printed = await tessera('recipe', 'pets', '--epochs', '2', '--seed', '3', '--json');
    // A run names the backend that was chosen for it; until then it is open.
    const backend = expect.stringMatching(/^(auto|wasm|native)$/) as string;
    expect(printed.lines).toEqual([{ ...(trained.lines.at(-1)!['recipe'] as object), backend }]);
    writeFileSync(join(root, 'recipe.json'), printed.text);

    const again = await tessera('train', 'pets', '--recipe', 'recipe.json', '--threads', '2', '--json');

    expect(again.lines.at(-1)!['weightsSha256']).toBe(trained.lines.at(-1)!['weightsSha256']);
  });

  it('evaluate judges a split, and a folder', async () => {
    const perClass = (name: string) => ({
      class: name,
      precision: expect.toSatisfy(isRate) as number,
      recall: expect.toSatisfy(isRate) as number,
      f1: expect.toSatisfy(isRate) as number,
      interval95: { precision: expect.anything() as unknown, recall: interval, f1: interval },
    });

    const test = await tessera('evaluate', run, '--on', 'test', '--json');
    const folder = await tessera('evaluate', run, '--on', 'pets', '--json');

    expect(test.lines).toHaveLength(1);
    expect(Object.keys(test.lines[0]!)).toEqual([
      'type',
      'run',
      'on',
      'accuracy',
      'count',
      'confusion',
      'classes',
      'perClass',
    ]);
    expect(test.lines[0]).toMatchObject({ type: 'result', run, on: 'test', count: 2 });
    expect(folder.lines[0]).toMatchObject({ on: 'pets', count: 12, classes: ['bright', 'dark'] });
    expect(folder.lines[0]!['perClass']).toMatchObject([{ class: 'bright' }, { class: 'dark' }]);
    for (const row of folder.lines[0]!['perClass'] as object[]) {
      expect(Object.keys(row)).toEqual(Object.keys(perClass('')));
      expect(Object.keys((row as { interval95: object }).interval95)).toEqual(['precision', 'recall', 'f1']);
    }
  });

  it('evaluate adds how often the class is among the likeliest, and what answers are left above a threshold', async () => {
    const { lines } = await tessera('evaluate', run, '--on', 'train', '--top', '2', '--threshold', '0', '--json');

    const { accuracy, topK, threshold } = lines[0]!;
    // Of two classes one is always among the two likeliest; above 0 every verdict is an answer.
    expect(topK).toEqual([
      { k: 1, accuracy, interval95: interval },
      { k: 2, accuracy: 1, interval95: interval },
    ]);
    expect(threshold).toMatchObject({ threshold: 0, coverage: 1, accuracy, interval95: interval });
  });

  it('compare counts what moved between two runs, and labels names the suspected pictures', async () => {
    const compared = await tessera('compare', run, run, '--on', 'train', '--json');
    const labels = await tessera('labels', run, '--folds', '2', '--json');

    expect(compared.lines).toEqual([
      {
        type: 'compare',
        before: run,
        after: run,
        on: 'train',
        count: number,
        accuracyBefore: number,
        accuracyAfter: number,
        bothRight: number,
        onlyBefore: 0,
        onlyAfter: 0,
        bothWrong: number,
        p: 1,
        relabelled: 0,
        judgedByOne: 0,
        classes: ['bright', 'dark'],
        confusionBefore: expect.any(Array) as number[][],
        confusionAfter: expect.any(Array) as number[][],
        difference: [
          [0, 0],
          [0, 0],
        ],
      },
    ]);
    const label = {
      type: 'label',
      picture: number,
      path: expect.stringMatching(/^(bright|dark)\/\d\.png$/) as string,
      label: expect.any(String) as string,
      suggested: expect.any(String) as string,
      probability: number,
      suggestedProbability: number,
    };
    const { suspected } = labels.lines.at(-1)!;
    expect(labels.lines.at(-1)).toEqual({
      type: 'labels',
      run,
      folds: 2,
      seed: 0,
      epochs: number,
      count: 12,
      suspected: number,
      accuracy: number,
    });
    expect(labels.lines.slice(0, -1)).toEqual(Array.from({ length: suspected as number }, () => label));
  });

  it('predict names each file with its scores, or says why not', async () => {
    const { lines, code } = await tessera(
      'predict',
      run,
      'pets/dark/0.png',
      'pets/dark/broken.png',
      '--csv',
      'out.csv',
      '--json',
    );

    const byClass = { bright: number, dark: number };
    expect(code).toBe(0);
    expect(lines).toEqual([
      {
        type: 'prediction',
        path: join(pictures, 'dark/0.png'),
        class: expect.stringMatching(/^(bright|dark)$/) as string,
        scores: byClass,
        probabilities: byClass,
      },
      { type: 'refused', path: join(pictures, 'dark/broken.png'), reason: expect.any(String) as string },
    ]);
    expect(readFileSync(join(root, 'out.csv'), 'utf8').split('\n')[0]).toBe('path,class,bright,dark');
  });

  it('gradcheck passes the studio’s own gradient, and ends with 1 for a planted mistake', async () => {
    const clean = await tessera('gradcheck', run, '--samples', '5', '--order', '4', '--second', '--curve', '--json');
    const wrong = await tessera('gradcheck', run, '--mistake', 'forgot-penalty', '--json');

    expect(clean.code).toBe(0);
    expect(clean.lines).toMatchObject([
      {
        type: 'gradcheck',
        samples: 5,
        turnedOff: [],
        parts: [
          { part: 'data', verdict: 'fine', blocks: [{ kind: 'weights' }, { kind: 'bias' }] },
          { part: 'penalty', verdict: 'fine', blocks: [{ kind: 'weights' }] },
          { part: 'whole', verdict: 'fine' },
        ],
        thresholds: { fine: 1e-7, plausible: 1e-4, doubtful: 1e-2 },
        secondDerivatives: { verdict: 'right' },
      },
    ]);
    const { parameters, cost } = clean.lines[0] as { parameters: number; cost: Record<string, number> };
    expect(cost).toMatchObject({ forwardEvaluations: parameters + 1, centralEvaluations: 2 * parameters });
    expect(wrong.code).toBe(1);
    // However small λ is: of the penalty's own gradient nothing is left.
    expect(wrong.lines).toMatchObject([
      {
        parts: [
          { part: 'data', verdict: 'fine' },
          {
            part: 'penalty',
            verdict: 'wrong',
            largestRelativeError: expect.closeTo(1, 6) as number,
            blocks: [{ isSpoilt: true }],
          },
          { part: 'whole', blocks: [{ isSpoilt: true }, { isSpoilt: false, verdict: 'fine' }] },
        ],
      },
    ]);
  });

  it('hessian tells curvature with residuals, and loss gives the model’s own loss at 0', async () => {
    const { lines: hessian } = await tessera('hessian', run, '--json');
    const { lines: plane } = await tessera('loss', run, '--along', 'random:1,start', '--at', '0', '0.5,1', '--json');
    const { code } = await tessera('loss', run, '--along', 'sideways');
    const { lines: noise } = await tessera('noise', run, '--batches', '1,3', '--json');

    expect(hessian).toMatchObject([{ type: 'hessian', largest: { value: number, residual: number } }]);
    expect(plane).toMatchObject([
      { type: 'plane', loss: number, cosine: number },
      { type: 'loss', t: 0, u: 0, loss: plane[0]!['loss'] },
      { type: 'loss', t: 0.5, u: 1, loss: number },
    ]);
    expect(code).toBe(2);
    expect(noise).toMatchObject([{ type: 'noise', sizes: [{ batchSize: 1 }, { batchSize: 3 }] }]);
  });

  it('prune shows what each size would cost, and makes a smaller run that says where it came from', async () => {
    const { lines: training } = await tessera(
      'train',
      'pets',
      '--hidden',
      '6',
      '--epochs',
      '2',
      '--threads',
      '1',
      '--json',
    );
    const origin = String(training.at(-1)!['run']);

    const curve = await tessera('prune', origin, '--json');
    const { lines } = await tessera('prune', origin, '--by', 'magnitude', '--keep', '2', '--epochs', '1', '--json');

    const size = {
      type: 'size',
      by: 'redundancy',
      layer: 1,
      kept: 6,
      accuracy: number,
      on: 'validation',
      count: number,
    };
    expect(curve.lines).toContainEqual(size);
    expect(curve.lines.at(-1)).toEqual({ type: 'twins', layer: 1, count: 0, largestScoreDifference: 0 });
    const parameters = (units: number) => (side * side * 3 + 1) * units + (units + 1) * 2;
    const model = (units: number) => ({
      parameters: parameters(units),
      sizeBytes: number,
      accuracy: number,
      seconds: number,
    });
    expect(lines.at(-1)).toEqual({
      type: 'result',
      run: id,
      origin,
      by: 'magnitude',
      hidden: [2],
      epochs: 1,
      before: model(6),
      after: model(2),
      largestScoreDifference: number,
      agreeing: number,
      count: 2,
      on: 'test',
    });
  });

  it('templates writes a picture a class', async () => {
    const { lines } = await tessera('templates', run, '--out', 'templates', '--json');

    expect(lines).toEqual(
      ['bright', 'dark'].map((name) => ({ type: 'template', name, file: expect.any(String) as string, scale: number })),
    );
    for (const { file } of lines) expect(existsSync(String(file))).toBe(true);
  });

  it('resume says when there is nothing to go on with', async () => {
    const { code, lines } = await tessera('resume', '--json');

    expect(code).toBe(1);
    expect(lines).toEqual([
      {
        type: 'error',
        code: 'NOTHING_TO_RESUME',
        message: expect.stringContaining('tessera runs') as string,
        details: {},
      },
    ]);
  });

  it.each([
    [['evaluate', 'nobody', '--json'], 1, 'RUN_NOT_FOUND'],
    [['train', 'nothing-here', '--json'], 1, 'DATASET_NOT_FOUND'],
    [['import', 'pets/dark', '--json'], 1, 'NO_CLASS_FOLDERS'],
    [['train', 'pets', '--lr', 'fast', '--json'], 2, 'INVALID_OPTION'],
    [['import', 'pets', '--fit', 'squash', '--json'], 2, 'INVALID_OPTION'],
    [['import', 'pets', '--size', '7', '--json'], 2, 'INVALID_OPTION'],
    [['train', 'pets', '--threads', 'many', '--json'], 2, 'INVALID_OPTION'],
    [['train', 'pets', '--epochs', '0', '--json'], 2, 'INVALID_OPTION'],
    [['train', 'pets', '--hidden', '4,-1', '--json'], 2, 'INVALID_OPTION'],
    [['recipe', 'pets', '--lr', '-1', '--json'], 2, 'INVALID_OPTION'],
    [['serve', '--port', '70000', '--json'], 2, 'INVALID_OPTION'],
  ])('%j ends with %i and one line', async (args, code, errorCode) => {
    const outcome = await tessera(...args);

    expect(outcome.code).toBe(code);
    expect(outcome.lines).toEqual([
      { type: 'error', code: errorCode, message: expect.any(String) as string, details: expect.any(Object) as object },
    ]);
  });

  it('ends without a word when nobody reads on', async () => {
    const child = start('runs', '--json');
    child.stdout.destroy(); // as `head` does when it has seen enough
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk));
    const code = await new Promise((resolve) => child.once('close', resolve));

    expect({ code, errors }).toEqual({ code: 141, errors: '' });
  });

  it('an unknown flag or command is wrong usage and leaves standard output empty', async () => {
    for (const args of [['train', 'pets', '--nonsense'], ['conquer']]) {
      const { code, text, errors } = await tessera(...args);

      expect([code, text]).toEqual([2, '']);
      expect(errors).not.toBe('');
    }
  });
});

function isRate(value: unknown): boolean {
  return value === null || (typeof value === 'number' && value >= 0 && value <= 1);
}
