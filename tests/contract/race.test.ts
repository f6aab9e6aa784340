/** A race gives the same numbers wherever it is started and however often it was interrupted: page, command line, stop, restart. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { createClient } from '../../core/rpc/client.ts';
import { studioContract } from '../../core/rpc/contract/index.ts';
import type { SearchReport } from '../../core/rpc/contract/searches.ts';
import { inMemoryTransportPair } from '../../core/rpc/in-memory-transport.ts';
import { serve } from '../../core/rpc/server.ts';
import { startBackend } from '../../main/backend/start-backend.ts';
import { childLauncher } from '../../main/children/launcher.ts';
import { firstDraft, planOf } from '../../renderer/optimizers/race/race-view.svelte.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { writePictures } from './support/whole-studio.ts';

const root = temporaryFolder('race');
const pictures = join(root, 'pets');
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A studio that can be closed and opened again. */
async function open() {
  const dataFolder = join(root, 'page');
  const backend = await startBackend({ dataFolder, host: 'cli', launcher: childLauncher(), version: '0.1.0' });
  const [ours, theirs] = inMemoryTransportPair();
  serve(studioContract, backend.handlers, theirs, { onInternalError: (cause) => String(cause) });
  const rpc = createClient(studioContract, ours);
  return {
    rpc,
    close: async () => {
      rpc.close();
      await backend.close();
    },
  };
}

/** The lines that a command prints. */
async function tessera(...args: string[]): Promise<Record<string, unknown>[]> {
  const hooks = fileURLToPath(new URL('../support/text-imports.ts', import.meta.url));
  const program = fileURLToPath(new URL('../../main/cli/index.ts', import.meta.url));
  const child = spawn(
    process.execPath,
    ['--import', hooks, program, ...args, '--data', join(root, 'terminal'), '--json'],
    {
      env: { ...process.env, INIT_CWD: root, LANG: 'en' },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const [lines] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return lines
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** Everything but the time it took and what things were called. */
function numbersOf({ race, trials, plan }: SearchReport) {
  return {
    protocol: race!.protocol,
    rows: race!.rows.map((row) => ({ ...row, secondsPerEpoch: null })),
    winner: [race!.winner, race!.noWinner, race!.target],
    trials: trials.map(({ name, status, epochs, learningRate, l2, accuracy, loss }) => [name, status, epochs, learningRate, l2, accuracy, loss]), // prettier-ignore
    base: { ...plan.base, dataset: null },
  };
}

it('gives the command line’s numbers in the page, to the last digit, when it was stopped, closed and resumed too', async () => {
  await writePictures(pictures);
  const optimizers = ['momentum'] as const;
  const raced = await tessera(
    'race',
    'pets',
    '--optimizers',
    optimizers.join(','),
    '--trials',
    '2',
    '--seeds',
    '1',
    '--backend',
    'wasm',
  );
  const terminal = raced.at(-1) as unknown as SearchReport; // the whole report comes last
  const inTerminal = await tessera('runs');

  let studio = await open();
  const { settings } = await studio.rpc.call('settings.get', {});
  const options = { name: 'pets', size: settings.importSize, fit: settings.importFit };
  const { jobId } = await studio.rpc.call('imports.start', { paths: [pictures], options });
  const { datasetId } = await studio.rpc.call('imports.finished', { jobId });
  const defaults = await studio.rpc.call('training.defaults', { datasetId, model: 'linear' });
  const plan = planOf({ ...firstDraft, optimizers, trials: 2, seeds: 1 }, { ...defaults, backend: 'wasm' });
  const { searchId } = await studio.rpc.call('searches.start', { plan });
  const enough = new AbortController();
  const watching = studio.rpc.call(
    'searches.watch',
    { searchId },
    { signal: enough.signal, onprogress: ({ trials }) => trials.length > 1 && enough.abort() },
  );
  await watching.catch(() => undefined);
  await studio.rpc.call('searches.stop', { searchId });
  const stopped = await studio.rpc.call('searches.get', { searchId });
  await studio.close();
  studio = await open();
  await studio.rpc.call('searches.resume', { searchId });
  await studio.rpc.call('searches.watch', { searchId });
  const page = await studio.rpc.call('searches.get', { searchId });
  const { runs: inPage } = await studio.rpc.call('runs.list', {});
  await studio.close();

  expect(stopped.status).toBe('stopped');
  expect(stopped.trials.length).toBeLessThan(page.total);
  expect([page.status, page.trials.length]).toEqual(['finished', page.total]);
  expect(page.plan.base.schedule).toEqual({ kind: 'constant' });
  expect(numbersOf(page)).toEqual(numbersOf(terminal));
  // Settings are chosen without a look at the test pictures: only the tuned run and the one with defaults are judged on them.
  const judged = (runs: readonly { readonly name: string; readonly testAccuracy: number | null }[]) =>
    page.trials.map((trial) => runs.find(({ name }) => name === trial.name)!.testAccuracy !== null);
  expect(judged(inPage)).toEqual([false, false, true, true]);
  expect(judged(inTerminal as never)).toEqual([false, false, true, true]);
}, 120_000);
