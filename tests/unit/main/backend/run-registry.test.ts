import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StudioError } from '../../../../core/errors.ts';
import { defaultRecipe, type Recipe } from '../../../../core/recipe/recipe.ts';
import type { RunEvent, RunStatus } from '../../../../core/rpc/contract/training.ts';
import { FeatureCaches } from '../../../../main/backend/feature-caches.ts';
import { FeatureCacheFiles } from '../../../../main/store/feature-cache.ts';
import { JobRegistry } from '../../../../main/backend/job-registry.ts';
import { type Ack, RunRegistry } from '../../../../main/backend/run-registry.ts';
import { CheckpointFiles } from '../../../../main/store/checkpoint-files.ts';
import { prepareDataFolder } from '../../../../main/store/data-folder.ts';
import type { DatasetVersion } from '../../../../main/store/dataset-version.ts';
import { openStore, type Store } from '../../../../main/store/open-store.ts';
import { RunRepository } from '../../../../main/store/run-repository.ts';
import { FakeCompute } from '../../../support/fake-compute.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const version = 'a'.repeat(64);
const dataset: DatasetVersion = {
  datasetId: 'd',
  name: 'Letters',
  version,
  pixelsPath: '/nowhere',
  headerBytes: 0,
  count: 20,
  width: 2,
  height: 2,
  channels: 1,
  fit: 'crop',
  classes: ['a', 'b'],
  labels: Uint16Array.from({ length: 20 }, (_, i) => i % 2),
  splits: new Uint8Array(20),
  flags: new Uint8Array(20),
  groups: new Int32Array(20).fill(-1),
};
const recipe: Recipe = { ...defaultRecipe({ id: 'd', version }), batchSize: 9, epochs: 5 };

let path: string;
let store: Store;
let runs: RunRepository;
let checkpoints: CheckpointFiles;
let compute: FakeCompute;
let jobs: JobRegistry;
let registry: RunRegistry;
let acks: Ack[];
let problems: string[];

beforeEach(async () => {
  path = temporaryFolder('runs');
  store = await openStore({ folder: prepareDataFolder(path).folder, readOnly: false, appVersion: '0.1.0' });
  startRegistry();
});
afterEach(async () => {
  await registry.close(1000);
  if (store.db.open) store.close();
  rmSync(path, { recursive: true, force: true });
});

function startRegistry(): void {
  runs = new RunRepository(store);
  checkpoints = new CheckpointFiles(store);
  compute = new FakeCompute();
  problems = [];
  jobs = new JobRegistry();
  registry = new RunRegistry({
    runs,
    checkpoints,
    datasets: { version: () => dataset },
    features: new FeatureCaches({ files: new FeatureCacheFiles(store.folder), compute, jobs }),
    compute,
    jobs,
    threads: () => 1,
    processor: 'test',
    appVersion: '0.1.0',
    logInternalError: (cause) => {
      problems.push(String(cause));
      return 'reference';
    },
    warn: (message) => problems.push(message),
    testAccuracy: () => Promise.resolve(0.75),
  });
  acks = [];
  registry.onAck((ack) => acks.push(ack));
}

/** Resolves when the run gets the status. */
function reaches(id: string, ...wanted: RunStatus[]): Promise<RunStatus> {
  return new Promise((resolve) => {
    const controller = new AbortController();
    void registry.watch(id, controller.signal, (event) => {
      if (event.kind !== 'status' || !wanted.includes(event.status)) return;
      resolve(event.status);
      queueMicrotask(() => controller.abort());
    });
  });
}

/** Resolves when the step has been acknowledged. */
function acknowledged(step: number): Promise<void> {
  return new Promise((resolve) => {
    if (acks.some((ack) => ack.step >= step)) return resolve();
    const off = registry.onAck((ack) => {
      if (ack.step < step) return;
      off();
      resolve();
    });
  });
}

describe('a run', () => {
  it('trains to its end and is found again with its curves, checkpoints and test accuracy', async () => {
    const id = registry.start({ recipe });
    const training = await compute.training(1);
    training.advance(4);
    training.finish();

    expect(await reaches(id, 'finished')).toBe('finished');

    const run = registry.get(id);
    expect(run).toMatchObject({
      name: 'linear · adam',
      step: 4,
      epochs: 2,
      endReason: 'epochs',
      testAccuracy: 0.75,
      bestEpoch: 2,
    });
    expect([...runs.steps(id).steps]).toEqual([1, 2, 3, 4]);
    expect([...runs.steps(id).losses]).toEqual([1, 0.5, 1 / 3, 0.25].map(Math.fround));
    expect(runs.epochs(id).map(({ epoch, step }) => [epoch, step])).toEqual([
      [1, 2],
      [2, 4],
    ]);
    expect(checkpoints.newestSound(id)?.step).toBe(4);
    await registry.close(1000);
    expect(jobs.activeCount).toBe(0);
    expect(problems).toEqual([]);
  });

  it('acknowledges a step only when its rows are in the database', async () => {
    const id = registry.start({ recipe });
    const training = await compute.training(1);
    const stored: number[] = [];
    registry.onAck(({ step }) => stored.push(step - (runs.steps(id).steps.at(-1) ?? 0)));

    training.advance(1);
    await acknowledged(1);
    training.advance(4);
    await acknowledged(5);

    expect(stored.every((missing) => missing === 0)).toBe(true);
    expect(runs.get(id)!.step).toBe(5);
  });

  it('holds a tenth of the training pictures out for validation', async () => {
    registry.start({ recipe });
    const { input } = await compute.training(1);

    expect([input.source.train.length, input.source.validation.length]).toEqual([18, 2]);
  });

  it('is shown from its beginning to whoever comes later', async () => {
    const id = registry.start({ recipe });
    (await compute.training(1)).advance(5);
    await acknowledged(5);

    const events: RunEvent[] = [];
    const controller = new AbortController();
    const watched = registry.watch(id, controller.signal, (event) => events.push(event));
    controller.abort();
    await watched;

    expect(events.map((event) => event.kind)).toEqual(['status', 'plan', 'steps', 'epoch', 'epoch', 'checkpoint']);
  });

  it('waits in line until the one before has ended', async () => {
    const first = registry.start({ recipe });
    const second = registry.start({ recipe });
    const training = await compute.training(1);
    expect(registry.get(second).status).toBe('queued');

    training.finish();

    expect((await compute.training(2)).jobId).toContain(second);
    expect(registry.get(first).status).toBe('finished');
  });

  it('that diverges says so and keeps its last finite state', async () => {
    const id = registry.start({ recipe });
    const training = await compute.training(1);
    training.advance(2);
    training.fail(new StudioError('TRAINING_DIVERGED', { step: 3, epoch: 2, learningRate: 0.1 }));

    await reaches(id, 'diverged');

    expect(registry.get(id)).toMatchObject({ endReason: 'diverged', error: { code: 'TRAINING_DIVERGED' } });
    expect(checkpoints.newestSound(id)?.step).toBe(2);
  });

  it('is refused when it makes no sense for its dataset, naming the field', () => {
    const refused = (change: Partial<Recipe>) => () => registry.start({ recipe: { ...recipe, ...change } });

    expect(refused({ batchSize: 19 })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION', details: expect.objectContaining({ option: 'batchSize' }) }),
    );
    expect(
      refused({
        split: { validation: 0, seed: 0 },
        stopping: { best: 'loss', patience: 3, targetAccuracy: null, timeBudgetSeconds: null },
      }),
    ).toThrow(expect.objectContaining({ details: expect.objectContaining({ option: 'stopping.patience' }) }));
    expect(registry.list(false)).toEqual([]);
  });
});

describe('a person', () => {
  it('pauses and goes on where the run was, in the same process', async () => {
    const id = registry.start({ recipe });
    const training = await compute.training(1);
    training.advance(1);

    await registry.pause(id);
    expect(registry.get(id).status).toBe('paused');
    await registry.resume(id);

    expect(registry.get(id).status).toBe('running');
    expect(compute.controls).toEqual(['pause', 'resume']);
    expect(compute.trainings).toHaveLength(1);
  });

  it('can start another run meanwhile; the paused one gives its place away and goes on from a checkpoint', async () => {
    const first = registry.start({ recipe });
    (await compute.training(1)).advance(3);
    await registry.pause(first);

    const second = registry.start({ recipe });
    const other = await compute.training(2);
    expect(registry.get(first)).toMatchObject({ status: 'paused', step: 3 });
    expect(other.jobId).toContain(second);
    await registry.resume(first);
    other.finish();

    expect((await compute.training(3)).step).toBe(3);
  });

  it('stops and keeps what was learnt so far', async () => {
    const id = registry.start({ recipe });
    (await compute.training(1)).advance(3);

    await registry.stop(id);

    expect(registry.get(id)).toMatchObject({ status: 'stopped', endReason: 'person', step: 3 });
    expect(checkpoints.newestSound(id)?.step).toBe(3);
    await registry.resume(id);
    expect((await compute.training(2)).step).toBe(3);
  });

  it('discards a run into the trash', async () => {
    const id = registry.start({ recipe });
    await compute.training(1);

    await registry.discard(id);

    expect(registry.list(false)).toEqual([]);
    expect(registry.list(true)).toMatchObject([{ id, status: 'stopped' }]);
  });

  it('repeats a run and learns whether it came out the same', async () => {
    const first = registry.start({ recipe });
    const training = await compute.training(1);
    training.advance(4);
    training.finish();
    await reaches(first, 'finished');

    for (const [number, steps] of [
      [2, 4],
      [3, 5],
    ] as const) {
      const again = registry.repeat(first);
      const repeated = await compute.training(number);
      repeated.advance(steps);
      repeated.finish();
      await reaches(again, 'finished');
      expect(registry.get(again)).toMatchObject({ repeatOf: first, repeatIsExact: steps === 4 });
    }
  });
});

describe('when compute dies', () => {
  it('the run goes on from its last checkpoint, and no row is there twice', async () => {
    const id = registry.start({ recipe });
    const first = await compute.training(1);
    first.advance(5);
    await acknowledged(5);
    first.die();

    const second = await compute.training(2);
    expect(second.step).toBe(4);
    second.advance(4);
    second.finish();
    await reaches(id, 'finished');

    expect([...runs.steps(id).steps]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(runs.epochs(id).map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
    expect(problems).toEqual([expect.stringContaining('compute ended')]);
    expect(registry.get(id).error).toBeNull();
  });

  it('a step that comes out differently the second time is said, and the first value stands', async () => {
    const id = registry.start({ recipe });
    const first = await compute.training(1);
    first.advance(5);
    await acknowledged(5);
    compute.loss = () => 7;
    first.die();
    const second = await compute.training(2);
    second.advance(4);
    second.finish();
    await reaches(id, 'finished');

    expect(registry.get(id).error).toEqual({ code: 'RESUME_DIFFERS', details: { step: 5 } });
    expect(runs.steps(id).losses[4]).toBe(Math.fround(1 / 5));
  });

  it('again and again, the run is interrupted and can be resumed', async () => {
    const id = registry.start({ recipe });
    const ended = reaches(id, 'interrupted');
    for (let number = 1; number <= 7; number++) (await compute.training(number)).die();

    await ended;

    expect(registry.get(id).error).toMatchObject({ code: 'COMPUTE_LOST' });
    await registry.resume(id);
    expect(await compute.training(8)).toBeDefined();
  });

  it('a damaged checkpoint is passed over for the one before', async () => {
    const id = registry.start({ recipe });
    const first = await compute.training(1);
    first.advance(2);
    await acknowledged(2);
    first.advance(2);
    await acknowledged(4);
    writeFileSync(checkpoints.newestSound(id)!.path, 'x');
    first.die();

    expect((await compute.training(2)).step).toBe(2);
    expect(problems).toContain('a damaged checkpoint is passed over');
  });
});

describe('when the studio ends', () => {
  it('a run that trains is interrupted with a checkpoint of where it was, one in line too', async () => {
    const id = registry.start({ recipe });
    const waiting = registry.start({ recipe });
    (await compute.training(1)).advance(3);

    await registry.close(1000);

    expect([runs.get(id)!.status, runs.get(waiting)!.status]).toEqual(['interrupted', 'interrupted']);
    expect(runs.get(id)!.step).toBe(3);
    startRegistry();
    await registry.resume(id);
    expect((await compute.training(1)).step).toBe(3);
  });

  it('without warning, what was running is interrupted at the next start', async () => {
    const id = registry.start({ recipe });
    (await compute.training(1)).advance(2);
    await acknowledged(2);

    const afterwards = new RunRepository(store);

    expect(afterwards.markInterrupted()).toEqual([id]);
    expect(afterwards.get(id)!.status).toBe('interrupted');
  });
});

describe('when the disk is full', () => {
  it('the run waits in memory, nothing acknowledged is lost, and it goes on when there is room', async () => {
    const id = registry.start({ recipe });
    const training = await compute.training(1);
    training.advance(2);
    await acknowledged(2);
    const pages = store.db.pragma('page_count', { simple: true }) as number;
    store.db.pragma(`max_page_count = ${pages}`);
    const paused = reaches(id, 'paused');
    let steps = 0;
    while (registry.get(id).status !== 'paused' && steps++ < 2000) {
      training.advance(50);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await paused;
    const acknowledgedStep = acks.at(-1)!.step;

    expect(registry.get(id).error).toMatchObject({ code: 'DISK_FULL' });
    expect(runs.get(id)!.step).toBe(acknowledgedStep);
    await expect(registry.resume(id)).rejects.toMatchObject({ code: 'DISK_FULL' });
    store.db.pragma('max_page_count = 1000000');
    await registry.resume(id);

    expect(runs.get(id)!.step).toBe(training.step);
    expect(runs.steps(id).steps).toHaveLength(training.step);
    expect(registry.get(id)).toMatchObject({ status: 'running', error: null });
    expect(compute.controls).toEqual(['pause', 'resume']);
    expect(compute.trainings).toHaveLength(1);
  });

  it('no run is started that could not be saved', () => {
    expect(() => checkpoints.requireRoom(2 ** 20, 0, () => 258 * 2 ** 20 - 1)).toThrow(
      expect.objectContaining({ code: 'DISK_FULL' }),
    );
    expect(() => checkpoints.requireRoom(2 ** 20, 0, () => 258 * 2 ** 20)).not.toThrow();
  });
});

describe('checkpoints', () => {
  it('are the last two and the best; what has no row is deleted at the next start', async () => {
    const id = registry.start({ recipe });
    const training = await compute.training(1);
    training.advance(2); // best
    await acknowledged(2);
    for (let step = 3; step <= 7; step += 2) {
      training.advance(1);
      training.checkpoint(false);
      await acknowledged(training.step);
      training.advance(1);
      await acknowledged(training.step);
    }
    await registry.stop(id);
    writeFileSync(`${checkpoints.folderOf(id)}/orphan.tmp`, 'x');

    expect(checkpoints.list(id).length).toBeLessThanOrEqual(3);
    expect(checkpoints.clearOrphans()).toBe(1);
    expect(readdirSync(checkpoints.folderOf(id))).toHaveLength(checkpoints.list(id).length);
  });
});
