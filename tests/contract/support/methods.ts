/**
 * Every method of the contract with an input it takes and what its answer has to be, beyond its schema. The type asks for a row
 * of each, so that a method cannot be added without one.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect } from 'vitest';
import type { CallInput, MethodOf, Output, Progress } from '../../../core/rpc/define.ts';
import { likelyLabelErrors } from '../../../core/evaluation/label-errors.ts';
import { defaultFeatures } from '../../../core/recipe/feature-recipe.ts';
import type { StudioContract } from '../../../core/rpc/contract/index.ts';
import { importFolder, side, type WholeStudio, writePictures } from './whole-studio.ts';

type Method = MethodOf<StudioContract>;

export interface MethodCase<M extends Method> {
  readonly input: (studio: WholeStudio) => CallInput<StudioContract, M> | Promise<CallInput<StudioContract, M>>;
  readonly expects: (
    answer: Output<StudioContract, M>,
    studio: WholeStudio,
    reports: readonly Progress<StudioContract, M>[],
  ) => void | Promise<void>;
  /** It reports until the caller has enough. */
  readonly isEndless?: true;
}

const none = () => ({});
const nothing = (answer: object) => expect(answer).toEqual({});
const pixels = side * side * 3;

/** A dataset of its own, for what would change the common one. */
async function ownDataset({ rpc, pictures }: WholeStudio): Promise<string> {
  const folder = join(dirname(pictures), `own-${Math.random().toString(36).slice(2)}`);
  await writePictures(folder);
  return importFolder(rpc, folder, 'own');
}

/** A run that trains until it is told to stop. */
async function longRun({ rpc, datasetId }: WholeStudio): Promise<string> {
  const recipe = { ...(await rpc.call('training.defaults', { datasetId, model: 'linear' })), epochs: 100_000 };
  const { runId } = await rpc.call('training.start', { recipe, threads: 1, name: 'long' });
  return runId;
}

/** A linear model of a dataset as it is now, trained on all of its pictures. */
async function trainedOn({ rpc }: WholeStudio, datasetId: string, epochs: number): Promise<string> {
  const defaults = await rpc.call('training.defaults', { datasetId, model: 'linear' });
  const recipe = { ...defaults, epochs, split: { ...defaults.split, validation: 0 }, batchSize: 4 };
  const { runId } = await rpc.call('training.start', { recipe, threads: 1 });
  await rpc.call('training.watch', { runId });
  return runId;
}

async function statusOf({ rpc }: WholeStudio, runId: string): Promise<string> {
  return (await rpc.call('runs.get', { runId })).status;
}

async function smallSearch({ rpc, datasetId }: WholeStudio) {
  const base = { ...(await rpc.call('training.defaults', { datasetId, model: 'linear' })), epochs: 2, batchSize: 4 };
  return {
    kind: 'search' as const,
    method: 'random' as const,
    base,
    space: { l2: [1e-4, 1e-1] as [number, number] },
    trials: 2,
  };
}

/** The race that another method has left, or a new one. */
async function finishedRace(studio: WholeStudio): Promise<string> {
  const { searches } = await studio.rpc.call('searches.list', {});
  const known = searches.find(({ plan, status }) => plan.kind === 'race' && status === 'finished');
  if (known !== undefined) return known.id;
  const { searchId } = await studio.rpc.call('searches.start', { plan: await smallRace(studio) });
  await studio.rpc.call('searches.watch', { searchId });
  return searchId;
}

async function smallRace(studio: WholeStudio) {
  const { base } = await smallSearch(studio);
  const optimizers = ['sgd' as const, 'lbfgs' as const];
  return { kind: 'race' as const, base, optimizers, trials: 1, seeds: 1 };
}

/** The run whose fate the call decided. */
let current = '';

export const methodCases: { readonly [M in Method]: MethodCase<M> } = {
  'app.info': { input: none, expects: (info) => expect(info).toMatchObject({ host: 'cli', version: '0.1.0' }) },
  'app.watch': {
    input: none,
    isEndless: true,
    expects: (_, __, [status]) => expect(['starting', 'ready', 'busy']).toContain(status!.compute),
  },
  'settings.get': { input: none, expects: ({ settings }) => expect(settings.importSize).toBe(32) },
  'settings.set': {
    input: () => ({ changes: { textSize: 120 } }),
    expects: async (_, { rpc }) => expect((await rpc.call('settings.get', {})).settings.textSize).toBe(120),
  },
  'view.get': { input: none, expects: ({ values }) => expect(values).toBeTypeOf('object') },
  'view.set': {
    input: () => ({ key: 'zoom', value: { x: [0, 2] } }),
    expects: async (_, { rpc }) => expect((await rpc.call('view.get', {})).values['zoom']).toEqual({ x: [0, 2] }),
  },

  'datasets.list': {
    input: none,
    expects: ({ datasets }, { datasetId }) => expect(datasets.map(({ id }) => id)).toContain(datasetId),
  },
  'datasets.open': {
    input: ({ datasetId }) => ({ datasetId }),
    expects: (dataset) =>
      expect(dataset).toMatchObject({
        name: 'pets',
        width: side,
        classes: ['bright', 'dark'],
        outcomes: { imported: 12, rejected: 1 },
      }),
  },
  'datasets.columns': {
    input: ({ datasetId }) => ({ datasetId }),
    expects: ({ labels }) => expect([...labels]).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1]),
  },
  'datasets.pixels': {
    input: ({ datasetId }) => ({ datasetId, indices: Uint32Array.of(11, 0) }),
    // The last dark picture, then the first bright one, as they were drawn.
    expects: (answer) => {
      expect(answer.pixels).toHaveLength(2 * pixels);
      expect([...answer.pixels.subarray(0, 3)]).toEqual([0, 8, 16]);
      expect([...answer.pixels.subarray(pixels, pixels + 3)]).toEqual([150, 153, 156]);
    },
  },
  'datasets.pictures': {
    input: ({ datasetId }) => ({ datasetId, indices: Uint32Array.of(7) }),
    expects: ({ pictures }) =>
      expect(pictures[0]).toMatchObject({ index: 7, path: 'dark/1.png', label: 1, outcome: 'imported' }),
  },
  'datasets.classMeans': {
    input: ({ datasetId }) => ({ datasetId }),
    expects: ({ pixels: means }) => {
      expect(means).toHaveLength(2 * pixels);
      expect(means[0]).toBe(150);
      expect(means[pixels]).toBe(0);
    },
  },
  'datasets.problems': {
    input: ({ datasetId }) => ({ datasetId, kind: 'exact-duplicate', offset: 0, limit: 10 }),
    expects: ({ total, groups }) => expect({ total, groups }).toEqual({ total: 0, groups: [] }),
  },
  'datasets.files': {
    input: ({ datasetId }) => ({ datasetId, outcome: null, offset: 0, limit: 10 }),
    expects: ({ total, files }) => {
      expect(total).toBe(1);
      expect(files[0]).toMatchObject({ path: 'dark/broken.png', outcome: 'rejected', label: 'dark' });
    },
  },
  'datasets.rename': {
    input: async (studio) => ({ datasetId: (current = await ownDataset(studio)), name: 'renamed' }),
    expects: async (_, { rpc }) =>
      expect((await rpc.call('datasets.open', { datasetId: current })).name).toBe('renamed'),
  },
  'datasets.edit': {
    input: async (studio) => ({
      datasetId: await ownDataset(studio),
      indices: Uint32Array.of(0, 1),
      change: { kind: 'exclude' },
    }),
    expects: ({ dataset }) => expect(dataset.excluded).toBe(2),
  },
  'datasets.undo': {
    input: async (studio) => {
      const datasetId = await ownDataset(studio);
      const change = { kind: 'label', label: 1 } as const;
      const { editId } = await studio.rpc.call('datasets.edit', { datasetId, indices: Uint32Array.of(0), change });
      return { datasetId, editId };
    },
    expects: ({ dataset }) => expect(dataset.classCounts).toEqual([6, 6]),
  },
  'datasets.trash': {
    input: async (studio) => ({ datasetId: (current = await ownDataset(studio)) }),
    expects: async (_, { rpc }) => {
      const { datasets } = await rpc.call('datasets.list', {});
      expect(datasets.map(({ id }) => id)).not.toContain(current);
    },
  },
  'datasets.restore': {
    input: async (studio) => {
      current = await ownDataset(studio);
      await studio.rpc.call('datasets.trash', { datasetId: current });
      return { datasetId: current };
    },
    expects: async (_, { rpc }) => {
      const { datasets } = await rpc.call('datasets.list', {});
      expect(datasets.map(({ id }) => id)).toContain(current);
    },
  },
  'datasets.checkSource': {
    input: ({ datasetId }) => ({ datasetId }),
    expects: (changes) => expect(changes).toEqual({ state: 'unchanged', added: 0, removed: 0, modified: 0 }),
  },
  'datasets.locate': {
    input: async (studio) => ({ datasetId: (current = await ownDataset(studio)), path: dirname(studio.pictures) }),
    expects: async (_, { rpc, pictures }) =>
      expect((await rpc.call('datasets.open', { datasetId: current })).sourcePath).toBe(dirname(pictures)),
  },

  'imports.look': {
    input: ({ pictures }) => ({ paths: [pictures] }),
    expects: (preview, { datasetId }) =>
      expect(preview).toMatchObject({
        kind: 'folder',
        files: 13,
        classes: [
          { name: 'bright', train: 6 },
          { name: 'dark', train: 7 },
        ],
        existing: { datasetId, changed: false },
      }),
  },
  'imports.tryFit': {
    input: ({ pictures }) => ({ paths: [pictures], size: 16, fit: 'stretch', count: 3 }),
    expects: ({ pictures: tried }) => {
      expect(tried).toHaveLength(3);
      expect(tried[0]).toMatchObject({ width: 16, height: 16, originalWidth: side });
    },
  },
  'imports.start': {
    input: ({ pictures }) => ({ paths: [pictures], options: { name: 'again', size: side, fit: 'pad' } }),
    expects: async ({ jobId }, { rpc }) => {
      const { datasetId } = await rpc.call('imports.finished', { jobId });
      expect(await rpc.call('datasets.open', { datasetId })).toMatchObject({ name: 'again', fit: 'pad' });
    },
  },
  'imports.again': {
    input: async (studio) => {
      current = await ownDataset(studio);
      const { sourcePath } = await studio.rpc.call('datasets.open', { datasetId: current });
      rmSync(join(sourcePath!, 'dark', 'broken.png'));
      return { datasetId: current };
    },
    expects: async ({ jobId }, { rpc }) => {
      await rpc.call('imports.finished', { jobId });
      const { outcomes } = await rpc.call('datasets.open', { datasetId: current });
      expect(outcomes).toMatchObject({ imported: 12, rejected: 0 });
    },
  },
  'imports.finished': {
    input: async ({ rpc, pictures }) =>
      rpc.call('imports.start', { paths: [pictures], options: { name: 'waited for', size: side, fit: 'crop' } }),
    expects: async ({ datasetId }, { rpc }) =>
      expect((await rpc.call('datasets.open', { datasetId })).name).toBe('waited for'),
  },
  'samples.list': {
    input: none,
    expects: ({ samples }) => expect(samples.map(({ id }) => id)).toEqual(['shapes', 'handwriting']),
  },
  'samples.open': {
    input: () => ({ sampleId: 'handwriting' }),
    expects: async ({ datasetId }, { rpc }) =>
      expect(await rpc.call('datasets.open', { datasetId })).toMatchObject({ kind: 'sample', channels: 1 }),
  },

  'files.list': {
    input: ({ pictures }) => ({ path: pictures }),
    expects: ({ entries, path }, { pictures }) => {
      expect(path).toBe(pictures);
      expect(entries.map(({ name, kind }) => [name, kind])).toEqual([
        ['bright', 'folder'],
        ['dark', 'folder'],
      ]);
    },
  },
  'files.beginUpload': { input: () => ({ name: 'dropped' }), expects: ({ uploadId }) => expect(uploadId).not.toBe('') },
  'files.uploadBlock': {
    input: async ({ rpc }) => ({
      ...(await rpc.call('files.beginUpload', { name: 'dropped' })),
      path: 'cat/a.png',
      offset: 0,
      block: Uint8Array.of(1, 2),
    }),
    expects: nothing,
  },
  'files.uploadFiles': {
    input: async ({ rpc }) => ({
      ...(await rpc.call('files.beginUpload', { name: 'dropped' })),
      files: [{ path: 'cat/a.png', content: Uint8Array.of(1) }],
    }),
    expects: nothing,
  },
  'files.endUpload': {
    input: async ({ rpc }) => {
      const { uploadId } = await rpc.call('files.beginUpload', { name: 'dropped' });
      const files = ['a', 'b'].map((name) => ({ path: `cat/${name}.png`, content: Uint8Array.of(1) }));
      await rpc.call('files.uploadFiles', { uploadId, files });
      return { uploadId };
    },
    expects: ({ path, files }) => {
      expect(files).toBe(2);
      expect(basename(path)).toBe('dropped');
    },
  },
  'files.dropUpload': {
    input: ({ rpc }) => rpc.call('files.beginUpload', { name: 'dropped' }),
    expects: nothing,
  },

  'jobs.watch': {
    input: none,
    isEndless: true,
    expects: (_, __, [first]) => expect(first!.jobs).toBeInstanceOf(Array),
  },
  'jobs.cancel': {
    input: async (studio) => {
      current = await longRun(studio);
      const jobId = await jobOf(studio, current);
      return { jobId };
    },
    expects: async (_, studio) => {
      await studio.rpc.call('training.watch', { runId: current });
      expect(await statusOf(studio, current)).toBe('stopped');
    },
  },
  'jobs.count': { input: none, expects: ({ active }) => expect(active).toBeGreaterThanOrEqual(0) },

  'training.defaults': {
    input: ({ datasetId }) => ({ datasetId, model: 'mlp' }),
    expects: (recipe, { datasetId, version }) =>
      expect(recipe).toMatchObject({ dataset: { id: datasetId, version }, model: { kind: 'mlp' } }),
  },
  'training.start': {
    input: async ({ rpc, datasetId }) => ({
      recipe: { ...(await rpc.call('training.defaults', { datasetId, model: 'linear' })), epochs: 3 },
      name: 'three epochs',
    }),
    expects: async ({ runId }, { rpc }) => {
      await rpc.call('training.watch', { runId });
      expect(await rpc.call('runs.get', { runId })).toMatchObject({
        name: 'three epochs',
        epochs: 3,
        status: 'finished',
      });
    },
  },
  'training.watch': {
    input: ({ linearRun }) => ({ runId: linearRun }),
    expects: ({ status }, _, reports) => {
      expect(status).toBe('finished');
      expect(reports.map(({ kind }) => kind)).toEqual(['status', 'plan', 'steps', 'epoch', 'epoch', 'checkpoint']);
    },
  },
  'training.pause': {
    input: async (studio) => ({ runId: (current = await longRun(studio)) }),
    expects: async (_, studio) => {
      expect(await statusOf(studio, current)).toBe('paused');
      await studio.rpc.call('training.discard', { runId: current });
    },
  },
  'training.resume': {
    input: async (studio) => {
      current = await longRun(studio);
      await studio.rpc.call('training.pause', { runId: current });
      return { runId: current };
    },
    expects: async (_, studio) => {
      expect(['queued', 'running']).toContain(await statusOf(studio, current));
      await studio.rpc.call('training.discard', { runId: current });
    },
  },
  'training.stop': {
    input: async (studio) => ({ runId: (current = await longRun(studio)) }),
    expects: async (_, studio) => expect(await statusOf(studio, current)).toBe('stopped'),
  },
  'training.discard': {
    input: async (studio) => ({ runId: (current = await longRun(studio)) }),
    expects: async (_, { rpc }) => expect((await rpc.call('runs.get', { runId: current })).inTrash).toBe(true),
  },

  'runs.list': {
    input: none,
    expects: ({ runs }, { linearRun, networkRun }) =>
      expect(runs.map(({ id }) => id)).toEqual(expect.arrayContaining([linearRun, networkRun])),
  },
  'runs.get': {
    input: ({ networkRun }) => ({ runId: networkRun }),
    // (192 + 1)·4 weights and biases into the hidden layer, (4 + 1)·2 out of it.
    expects: (run) => expect(run).toMatchObject({ status: 'finished', epochs: 2, parameters: 193 * 4 + 5 * 2 }),
  },
  'runs.curves': {
    input: ({ linearRun }) => ({ runId: linearRun }),
    expects: ({ epochs, steps }) => {
      expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2]);
      expect([...steps.steps]).toEqual([1, 2]);
    },
  },
  'runs.rename': {
    input: ({ linearRun }) => ({ runId: linearRun, name: 'mine' }),
    expects: async (_, { rpc, linearRun }) =>
      expect((await rpc.call('runs.get', { runId: linearRun })).name).toBe('mine'),
  },
  'runs.note': {
    input: ({ linearRun }) => ({ runId: linearRun, note: 'the first one' }),
    expects: async (_, { rpc, linearRun }) =>
      expect((await rpc.call('runs.get', { runId: linearRun })).note).toBe('the first one'),
  },
  'runs.trash': {
    input: async ({ rpc, linearRun }) => {
      const { runId } = await rpc.call('runs.repeat', { runId: linearRun });
      await rpc.call('training.watch', { runId });
      return { runIds: [(current = runId)] };
    },
    expects: async (_, { rpc }) => expect((await rpc.call('runs.get', { runId: current })).inTrash).toBe(true),
  },
  'runs.restore': {
    input: async ({ rpc, linearRun }) => {
      await rpc.call('runs.trash', { runIds: [linearRun] });
      return { runIds: [linearRun] };
    },
    expects: async (_, { rpc, linearRun }) =>
      expect((await rpc.call('runs.get', { runId: linearRun })).inTrash).toBe(false),
  },
  'runs.emptyTrash': {
    input: async ({ rpc, linearRun }) => {
      const { runId } = await rpc.call('runs.repeat', { runId: linearRun });
      await rpc.call('training.watch', { runId });
      await rpc.call('runs.trash', { runIds: [(current = runId)] });
      return {};
    },
    expects: async ({ deleted, freedBytes }, { rpc }) => {
      expect(deleted).toBeGreaterThan(0);
      expect(freedBytes).toBeGreaterThan(0);
      await expect(rpc.call('runs.get', { runId: current })).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
    },
  },
  'runs.repeat': {
    input: ({ networkRun }) => ({ runId: networkRun }),
    expects: async ({ runId }, { rpc, networkRun }) => {
      await rpc.call('training.watch', { runId });
      expect(await rpc.call('runs.get', { runId })).toMatchObject({ repeatOf: networkRun, repeatIsExact: true });
    },
  },

  'explanation.templates': {
    input: ({ linearRun }) => ({ runId: linearRun }),
    expects: (answer) => {
      expect(answer).toMatchObject({ layer: 'class', total: 2, width: side, classes: ['bright', 'dark'] });
      expect(answer.templates).toHaveLength(2 * pixels);
    },
  },
  'explanation.picture': {
    input: ({ networkRun }) => ({ runId: networkRun, picture: 3, toward: null, label: 1, shownUnits: 4 }),
    expects: async (why, { rpc, networkRun }) => {
      const { sumDifference, templateDifference, engineDifference, tolerance, templates, shown, step } = why;
      for (const difference of [sumDifference, templateDifference!, engineDifference!]) {
        expect(Math.abs(difference)).toBeLessThanOrEqual(tolerance);
      }
      expect(templates.length % pixels).toBe(0);
      // Templates that the page has of these weights do not come again; of other weights they do.
      const question = { runId: networkRun, picture: 3, toward: null, label: 1, shownUnits: 4 };
      const units = shown.slice(0, 2);
      const rest = await rpc.call('explanation.picture', { ...question, known: { step, units } });
      expect([...rest.sent]).toEqual([...shown.subarray(2)]);
      expect([...rest.shownTemplates]).toEqual([...why.shownTemplates.subarray(2 * pixels)]);
      const all = await rpc.call('explanation.picture', { ...question, known: { step: step + 1, units } });
      expect([...all.sent]).toEqual([...shown]);
    },
  },
  'explanation.collapse': {
    input: async ({ rpc, datasetId }) => {
      const defaults = await rpc.call('training.defaults', { datasetId, model: 'mlp' });
      const model = { ...defaults.model, hidden: [3, 5], activation: 'identity' } as typeof defaults.model;
      const { runId } = await rpc.call('training.start', { recipe: { ...defaults, model, epochs: 2, batchSize: 2 } });
      await rpc.call('training.watch', { runId });
      return { runId };
    },
    expects: ({ sizes, rank, largestDifference, agreeing, pictures: judged }) => {
      expect(sizes).toEqual([pixels, 3, 5, 2]);
      expect(rank).toBe(2);
      expect(largestDifference).toBeLessThan(1e-3);
      expect(agreeing).toBe(judged);
    },
  },
  'explanation.units': {
    input: ({ networkRun }) => ({ runId: networkRun }),
    expects: async (study, { rpc, networkRun }) => {
      const { tags, activeShare, ablation } = study;
      expect([tags.length, activeShare.length, ablation.random.length]).toEqual([4, 4, 5]);
      // Asked again it is known: nothing is studied, so nothing is told on the way.
      const told: unknown[] = [];
      const again = rpc.call('explanation.units', { runId: networkRun }, { onprogress: (value) => told.push(value) });
      expect([await again, told]).toEqual([study, []]);
    },
  },
  'explanation.exactness': {
    input: ({ networkRun }) => ({ runId: networkRun }),
    expects: ({ pictures: judged, sum, template, engine, shareOfTolerance }) => {
      expect(judged).toBeGreaterThan(0);
      expect(Math.max(sum, template)).toBeLessThan(1e-9);
      expect(engine).toBeLessThan(1e-4);
      expect(shareOfTolerance).toBeLessThan(1e-3);
    },
  },
  'explanation.look': {
    input: ({ linearRun }) => ({ runId: linearRun }),
    expects: (look) => expect(look).toMatchObject({ size: pixels, width: side, blocks: [{ dimension: pixels }] }),
  },
  'explanation.pruning': {
    input: ({ networkRun }) => ({ runId: networkRun, layer: 0 }),
    expects: ({ hidden, curves, twins }) => {
      expect(hidden).toEqual([4]);
      expect(curves.map(({ by }) => by)).toEqual(['magnitude', 'contribution', 'redundancy', 'twins']);
      const [whole] = curves.map(({ accuracy }) => accuracy[0]);
      for (const { kept, accuracy } of curves) {
        expect(kept[0]).toBe(4);
        expect(accuracy[0]).toBe(whole);
      }
      expect(twins.largestDifference).toBeLessThan(1e-5);
    },
  },
  'explanation.prune': {
    input: ({ networkRun }) => ({ runId: networkRun, by: 'contribution', hidden: [2], epochs: 1 }),
    expects: async ({ runId }, { rpc, networkRun }) => {
      expect((await rpc.call('training.watch', { runId })).status).toBe('finished');
      const { recipe, epochs } = await rpc.call('runs.get', { runId });
      expect(recipe).toMatchObject({ model: { hidden: [2] }, start: { run: networkRun, pruneBy: 'contribution' } });
      expect(epochs).toBe(1);
    },
  },
  'explanation.smaller': {
    input: async ({ rpc, networkRun }) => {
      const { runId } = await rpc.call('explanation.prune', {
        runId: networkRun,
        by: 'magnitude',
        hidden: [1],
        epochs: 0,
      });
      await rpc.call('training.watch', { runId });
      return { runId };
    },
    expects: ({ models, sizesBytes }) => {
      expect(models[0]!.parameters).toBe((pixels + 1) * 4 + (4 + 1) * 2);
      expect(models[1]!.parameters).toBe(pixels + 1 + (1 + 1) * 2);
      expect(sizesBytes[1]).toBeLessThan(0.6 * sizesBytes[0]);
    },
  },
  'searches.start': {
    input: async (studio) => ({ plan: await smallSearch(studio), name: 'small' }),
    expects: async ({ searchId }, { rpc }) => {
      const { status } = await rpc.call('searches.watch', { searchId });
      const report = await rpc.call('searches.get', { searchId });
      expect(status).toBe('finished');
      expect(report.trials.map(({ index, status: end }) => [index, end])).toEqual([
        [0, 'finished'],
        [1, 'finished'],
      ]);
      expect(report.trials[report.best!]!.accuracy).not.toBeNull();
      // Chosen by validation pictures; nobody has looked at the others.
      const { runs } = await rpc.call('runs.list', {});
      const tried = runs.filter(({ id }) => report.trials.some(({ runId }) => runId === id));
      expect(tried.map(({ testAccuracy }) => testAccuracy)).toEqual([null, null]);
    },
  },
  'searches.list': {
    input: none,
    expects: async ({ searches }, studio) => {
      expect(searches.every(({ total }) => total > 0)).toBe(true);
      // A race goes where all of its runs go, and comes back with them.
      const id = await finishedRace(studio);
      const { trials } = await studio.rpc.call('searches.get', { searchId: id });
      const runIds = trials.map(({ runId }) => runId);
      const listed = async () => (await studio.rpc.call('searches.list', {})).searches.some((each) => each.id === id);
      await studio.rpc.call('runs.trash', { runIds });
      expect(await listed()).toBe(false);
      await studio.rpc.call('runs.restore', { runIds: runIds.slice(0, 1) });
      expect(await listed()).toBe(true);
      await studio.rpc.call('runs.restore', { runIds });
    },
  },
  'searches.get': {
    input: async (studio) => {
      const searchId = await finishedRace(studio);
      return { searchId };
    },
    expects: ({ race, trials, total }) => {
      expect(trials.length).toBe(total);
      expect(race!.rows.map(({ optimizer, tuned }) => [optimizer, tuned?.seeds])).toEqual([
        ['sgd', 1],
        ['lbfgs', 1],
      ]);
      expect(race).toMatchObject({ winner: null, noWinner: 'one-seed' });
    },
  },
  'searches.watch': {
    input: async (studio) => studio.rpc.call('searches.start', { plan: await smallSearch(studio) }),
    expects: ({ status }, _, reports) => {
      expect(status).toBe('finished');
      expect(reports.at(-1)!.trials).toHaveLength(2);
    },
  },
  'searches.stop': {
    input: async (studio) => {
      const plan = await smallSearch(studio);
      return studio.rpc.call('searches.start', { plan: { ...plan, base: { ...plan.base, epochs: 100_000 } } });
    },
    expects: async (_, { rpc }) => {
      const { searches } = await rpc.call('searches.list', {});
      expect(searches.filter(({ status }) => status === 'stopped')).toHaveLength(1);
    },
  },
  'searches.resume': {
    input: async (studio) => {
      const { searchId } = await studio.rpc.call('searches.start', { plan: await smallSearch(studio) });
      current = searchId;
      await studio.rpc.call('searches.stop', { searchId });
      return { searchId };
    },
    expects: async (_, { rpc }) => {
      await rpc.call('searches.watch', { searchId: current });
      const report = await rpc.call('searches.get', { searchId: current });
      expect([report.status, report.trials.length]).toEqual(['finished', 2]);
    },
  },
  'searches.curves': {
    input: async (studio) => {
      const searchId = await finishedRace(studio);
      return { searchId };
    },
    expects: ({ runs, validationPictures }) => {
      expect(validationPictures).toBeGreaterThan(0);
      expect(runs.map(({ optimizer, part, seed }) => [optimizer, part, seed])).toEqual([
        ['sgd', 'tuned', 0],
        ['lbfgs', 'tuned', 0],
        ['sgd', 'default', 0],
        ['lbfgs', 'default', 0],
      ]);
      expect(runs.every(({ epochs }) => epochs.length > 0)).toBe(true);
    },
  },
  'searches.paths': {
    input: async (studio) => {
      const searchId = await finishedRace(studio);
      current = searchId;
      return { searchId, points: 6, side: 5, samples: 4 };
    },
    expects: async (report, { rpc }) => {
      const { paths, explained, losses } = report!;
      expect(paths.map(({ optimizer }) => optimizer)).toEqual(['sgd', 'lbfgs']);
      // Both began at the same weights.
      expect(paths[0]!.coordinates[0]).toEqual(paths[1]!.coordinates[0]!.map((x) => expect.closeTo(x, 8) as number));
      expect(paths[0]!.losses[0]).toBe(paths[1]!.losses[0]);
      expect(explained[0] + explained[1]).toBeLessThanOrEqual(1 + 1e-12);
      expect(losses).toHaveLength(25);
      expect(await rpc.call('searches.paths', { searchId: current, onlyKept: true })).toEqual(report);
    },
  },
  'checks.gradient': {
    input: ({ networkRun }) => ({
      subject: { kind: 'run', runId: networkRun },
      samples: 4,
      order: 4,
      mistake: 'wrong-sign',
      secondDerivatives: true,
    }),
    expects: ({ parts, secondDerivatives }) => {
      expect(parts.map(({ part, verdict }) => [part, verdict])).toEqual([
        ['data', 'wrong'],
        ['penalty', 'fine'],
        ['whole', 'wrong'],
      ]);
      expect(secondDerivatives!.verdict).not.toBe('wrong');
    },
  },
  'checks.numeric': {
    input: ({ networkRun }) => ({
      subject: { kind: 'run', runId: networkRun },
      samples: 4,
      scheme: 'central',
      entries: 24,
    }),
    expects: ({ entries, evaluations, fullEvaluations, parameters, relativeError, timeline }) => {
      expect([entries, evaluations, fullEvaluations]).toEqual([24, 48, 2 * parameters]);
      expect(relativeError).toBeLessThan(1e-3); // ReLU kinks among 24 entries would show as more
      expect(timeline.at(-1)).toMatchObject({ entries: 24, evaluations: 48 });
    },
  },
  'checks.descent': {
    input: ({ linearRun }) => ({ subject: { kind: 'run', runId: linearRun }, samples: 9, settle: 300 }),
    expects: ({ paths, largest, largestStableRate }) => {
      expect(largestStableRate).toBe(2 / largest.value);
      expect(paths.map(({ firstModelRise }) => firstModelRise)).toEqual([null, 1]);
      expect(paths[0]!.losses).toHaveLength(21);
    },
  },
  'checks.scaling': {
    input: async ({ rpc, datasetId }) => ({
      subject: { kind: 'zero', recipe: await rpc.call('training.defaults', { datasetId, model: 'linear' }) },
      samples: 9,
      steps: 10,
    }),
    expects: ({ scalings }) => {
      expect(scalings.map(({ name }) => name)).toEqual(['raw', 'standardized', 'whitened']);
      for (const { losses } of scalings) expect(losses[0]).toBeCloseTo(Math.LN2, 12); // two classes, zero weights
    },
  },
  'checks.curvature': {
    input: ({ linearRun }) => ({ subject: { kind: 'fresh-run', runId: linearRun }, samples: 10 }),
    expects: ({ conditionNumber, largest, largestStableRate, nullDirections }) => {
      expect(conditionNumber).toBeGreaterThan(1);
      expect(largestStableRate).toBe(2 / largest.value);
      expect(nullDirections).toMatchObject([{ kind: 'class-shift', count: 1 }]); // the biases; λ > 0
    },
  },
  'checks.loss': {
    input: ({ linearRun }) => ({
      subject: { kind: 'run', runId: linearRun },
      samples: 10,
      along: [{ kind: 'start' }, { kind: 'random', seed: 1 }],
      ts: [0, 1],
      us: [0, 1],
    }),
    expects: ({ loss, losses }) => {
      expect(losses[0]).toBe(loss);
      expect(losses).toHaveLength(4);
    },
  },
  'checks.rate': {
    input: async ({ rpc, datasetId }) => ({
      recipe: { ...(await rpc.call('training.defaults', { datasetId, model: 'linear' })), batchSize: 3 },
      steps: 40,
    }),
    expects: ({ rates, losses, smoothed }) => {
      expect(rates[0]).toBe(1e-6);
      expect([losses.length, smoothed.length]).toEqual([rates.length, rates.length]);
    },
  },
  'checks.noise': {
    input: ({ linearRun }) => ({ subject: { kind: 'run', runId: linearRun }, samples: 10, batchSizes: [1, 5, 10] }),
    expects: ({ sizes }) => {
      expect(sizes.map(({ batchSize }) => batchSize)).toEqual([1, 5, 9]); // of nine training pictures
      expect(sizes[2]).toMatchObject({ variance: 0, perSample: null });
    },
  },
  'checks.wandering': {
    input: ({ linearRun }) => ({
      subject: { kind: 'run', runId: linearRun },
      ...{ samples: 9, paths: 3, steps: 6, batchSize: 2, points: 4, side: 3 },
    }),
    expects: ({ spread, coordinates, keptSteps, losses, endLosses, meanEndLoss }) => {
      expect(keptSteps).toEqual([0, 2, 4, 6]);
      expect(spread).toHaveLength(7);
      expect([spread[0], spread[6]! > 0]).toEqual([0, true]);
      expect(coordinates.map((path) => path.length)).toEqual([4, 4, 4, 4]); // three paths, and their mean
      expect([losses.length, endLosses.length]).toEqual([9, 3]);
      // The loss of a linear softmax is convex: the mean of the paths is no higher than they are on average.
      expect(meanEndLoss).toBeLessThanOrEqual(endLosses.reduce((sum, loss) => sum + loss / 3, 0));
    },
  },
  'evaluation.verdicts': {
    input: ({ linearRun }) => ({ runId: linearRun, on: 'train' }),
    expects: ({ confusion, truth, classes }) => {
      expect(classes).toEqual(['bright', 'dark']);
      expect(confusion.flat().reduce((a, b) => a + b, 0)).toBe(truth.length);
    },
  },
  'evaluation.pair': {
    // A label was put right between the two, and both are judged by the right one.
    input: async (studio) => {
      const datasetId = await ownDataset(studio);
      const before = await trainedOn(studio, datasetId, 2);
      await studio.rpc.call('datasets.edit', {
        datasetId,
        indices: Uint32Array.of(0, 1, 11),
        change: { kind: 'labels', labels: Uint16Array.of(1, 1, 1) },
      });
      return { before, after: await trainedOn(studio, datasetId, 2), on: 'train' };
    },
    expects: ({ indices, truth, relabelled, judgedByOne, difference, bothRight, onlyBefore, onlyAfter, bothWrong }) => {
      const changed = [...indices.keys()].filter((i) => indices[i]! < 2);
      expect(changed.length).toBeGreaterThan(0);
      expect({ relabelled, judgedByOne }).toEqual({ relabelled: changed.length, judgedByOne: 0 });
      indices.forEach((picture, i) => expect(truth[i]).toBe(picture < 2 || picture > 5 ? 1 : 0));
      for (const row of difference) expect(row[0]! + row[1]!).toBe(0);
      expect(bothRight + onlyBefore + onlyAfter + bothWrong).toBe(indices.length);
    },
  },
  'evaluation.probabilities': {
    input: ({ linearRun }) => ({ runId: linearRun, on: 'train', label: 0 }),
    expects: async ({ indices, probabilities, ranks, truth }, { rpc, linearRun }) => {
      const verdicts = await rpc.call('evaluation.verdicts', { runId: linearRun, on: 'train' });
      expect([...indices]).toEqual([...verdicts.indices]);
      expect([...truth]).toEqual([...verdicts.truth]);
      // Of two classes: the first is the verdict where it has more than half, and the true class is first where the verdict is right.
      probabilities.forEach((p, i) => expect(p > 0.5 ? 0 : 1).toBe(verdicts.predicted[i]));
      ranks.forEach((rank, i) => expect(rank).toBe(verdicts.predicted[i] === truth[i] ? 1 : 2));
    },
  },
  'evaluation.labelErrors': {
    // Two labels are wrong: a bright picture called dark, and a dark one called bright.
    input: async (studio) => {
      const datasetId = await ownDataset(studio);
      await studio.rpc.call('datasets.edit', {
        datasetId,
        indices: Uint32Array.of(2, 9),
        change: { kind: 'labels', labels: Uint16Array.of(1, 0) },
      });
      return { runId: (current = await trainedOn(studio, datasetId, 2)), folds: 3, epochs: 400 };
    },
    expects: async ({ study }, { rpc }, reports) => {
      expect(
        likelyLabelErrors(study!)
          .slice(0, 2)
          .map((i) => study!.indices[i]!)
          .sort(),
      ).toEqual([2, 9].sort());
      expect(likelyLabelErrors(study!)).toHaveLength(2);
      expect([study!.suggested[2], study!.suggested[9]]).toEqual([0, 1]);
      expect(study!.accuracy).toBeCloseTo(10 / 12, 6);
      expect(reports.at(-1)!.done).toBe(reports.at(-1)!.total);
      const known = await rpc.call('evaluation.labelErrors', { runId: current, folds: 3, epochs: 400, known: true });
      expect(known.study).toEqual(study);
      const other = await rpc.call('evaluation.labelErrors', { runId: current, folds: 4, epochs: 400, known: true });
      expect(other.study).toBeNull();
    },
  },
  'evaluation.folder': {
    input: ({ linearRun, pictures }) => ({ runId: linearRun, path: pictures }),
    expects: ({ refused, truth }) => expect({ refused, judged: truth.length }).toEqual({ refused: 1, judged: 12 }),
  },
  'pictures.encode': {
    input: () => ({ width: 2, height: 1, channels: 3, pixels: Uint8Array.of(1, 2, 3, 4, 5, 6) }),
    expects: ({ png }) => expect([...png.subarray(1, 4)].map((code) => String.fromCharCode(code)).join('')).toBe('PNG'),
  },
  'reports.run': {
    input: ({ linearRun }) => ({ runId: linearRun, language: 'ko' }),
    expects: ({ html }) => {
      const page = new TextDecoder().decode(html);
      expect(page).toMatch(/^<!doctype html>\n<html lang="ko">/);
      // Nothing of it leads elsewhere, and nothing of it runs.
      expect(page).not.toMatch(/<script|<link|https?:|url\((?!#)/);
      expect(page).toContain('bright');
    },
  },
  'reports.comparison': {
    input: ({ linearRun, networkRun }) => ({ runIds: [linearRun, networkRun], language: 'en' }),
    expects: async ({ html }, { rpc, linearRun, networkRun }) => {
      const page = new TextDecoder().decode(html);
      expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
      expect(page).not.toMatch(/<script|<link|https?:|url\((?!#)/);
      // Both runs' weights and recipes to repeat them, the rows that differ and no others marked, what both judged counted.
      for (const runId of [linearRun, networkRun]) {
        expect(page).toContain((await rpc.call('runs.get', { runId })).weightsSha256);
      }
      const rows = [...page.matchAll(/<tr[^>]*?(differs)?[^>]*?><th scope="row">(.*?)<\/th>(.*?)<\/tr>/gs)];
      const cellsOf = (row: string) => [...row.matchAll(/<td[^>]*>(.*?)<\/td>/gs)].map(([, cell]) => cell!.trim());
      const marked = rows.filter(([row]) => row.includes('differs'));
      expect(marked.length).toBeGreaterThan(0);
      for (const [, , , cells] of marked) expect(new Set(cellsOf(cells!)).size).toBe(2);
      const pair = await rpc.call('evaluation.pair', { before: linearRun, after: networkRun, on: 'test' });
      const counts = [pair.bothRight, pair.onlyBefore, pair.onlyAfter, pair.bothWrong].map(String);
      expect(rows.some(([, , , cells]) => cellsOf(cells!).slice(0, 4).join() === counts.join())).toBe(true);
    },
  },
  'features.learn': {
    input: ({ datasetId }) => ({
      datasetId,
      features: { ...defaultFeatures.words, words: 3, patches: 40, patchSize: 3, iterations: 2, grid: 1 },
    }),
    expects: ({ dimension, arrays }) => {
      expect(dimension).toBe(3);
      expect(arrays['words']).toHaveLength(3 * 27);
      expect(Array.from(arrays['sizes']!).reduce((a, b) => a + b, 0)).toBe(40);
    },
  },
  'features.conditioning': {
    input: ({ datasetId }) => ({ datasetId, features: [{ ...defaultFeatures.color, bins: 3 }] }),
    expects: ({ dimension, raw }) => {
      expect(dimension).toBe(9);
      expect(raw.number).toBeGreaterThanOrEqual(1);
    },
  },
  'features.shares': {
    input: ({ linearRun }) => ({ runId: linearRun, picture: 1 }),
    expects: ({ kinds, shares, rest, scores }) => {
      expect(kinds).toEqual(['raw']);
      scores.forEach((score, c) => expect(shares[c]! + rest[c]!).toBeCloseTo(score, 4));
    },
  },
  'prediction.predict': {
    input: ({ linearRun, pictures }) => {
      writeFileSync(join(dirname(pictures), 'words.jpg'), 'no picture');
      return { runId: linearRun, paths: [join(pictures, 'dark/0.png'), join(dirname(pictures), 'words.jpg')] };
    },
    expects: (answer, _, reports) => {
      expect(answer).toMatchObject({ predicted: 1, refused: 1, classes: ['bright', 'dark'] });
      expect(reports.flatMap(({ results }) => results).map(({ kind }) => kind)).toEqual(['prediction', 'refused']);
    },
  },
};

async function jobOf({ rpc }: WholeStudio, runId: string): Promise<string> {
  const enough = new AbortController();
  return new Promise((resolve, reject) => {
    const onprogress = ({ jobs }: Progress<StudioContract, 'jobs.watch'>) => {
      const job = jobs.find((one) => one.runId === runId);
      if (job === undefined) return;
      resolve(job.id);
      enough.abort();
    };
    rpc.call('jobs.watch', {}, { onprogress, signal: enough.signal }).catch(reject);
  });
}
