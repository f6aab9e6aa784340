/**
 * A studio that trains, to be killed: opens a data folder, goes on with its interrupted run or starts one, prints
 * `HELPER <pid> <kind>` for each process it starts, `ACK <step>` after each durable commit and `DONE <sha256 of the weights>` at the end.
 *
 *     node --import tests/support/text-imports.ts tests/support/programs/train.ts FOLDER RECIPE [plant]
 *
 * With `plant` it makes the mistake that the crash test has to find: rows are written some time after they were acknowledged.
 */
import type { Recipe } from '../../../core/recipe/recipe.ts';
import { createClient } from '../../../core/rpc/client.ts';
import { studioContract } from '../../../core/rpc/contract/index.ts';
import { inMemoryTransportPair } from '../../../core/rpc/in-memory-transport.ts';
import type { HelperLauncher } from '../../../core/rpc/helper.ts';
import { serve } from '../../../core/rpc/server.ts';
import { startBackend } from '../../../main/backend/start-backend.ts';
import { childLauncher } from '../../../main/children/launcher.ts';
import { RunRepository } from '../../../main/store/run-repository.ts';

const [dataFolder, recipeText, plant] = process.argv.slice(2) as [string, string, string | undefined];
if (plant === 'plant') {
  const append = RunRepository.prototype.append;
  RunRepository.prototype.append = function (...rows) {
    setTimeout(() => append.apply(this, rows), 2000);
  };
}

const children = childLauncher();
const launcher: HelperLauncher = {
  launch: (kind) => {
    const helper = children.launch(kind);
    process.stdout.write(`HELPER ${helper.pid} ${kind}\n`); // so that a test can kill it alone
    return helper;
  },
};
const backend = await startBackend({ dataFolder, host: 'cli', launcher, version: '0.1.0' });
const [ours, theirs] = inMemoryTransportPair();
serve(studioContract, backend.handlers, theirs);
const rpc = createClient(studioContract, ours);
backend.onAck(({ step }) => process.stdout.write(`ACK ${step}\n`));

const [interrupted] = backend.info.interruptedRuns;
let runId = interrupted ?? '';
if (interrupted === undefined) {
  ({ runId } = await rpc.call('training.start', { recipe: JSON.parse(recipeText) as Recipe, threads: 1 }));
} else await rpc.call('training.resume', { runId });
const { status } = await rpc.call('training.watch', { runId });
const run = await rpc.call('runs.get', { runId });
process.stdout.write(`DONE ${status} ${run.weightsSha256} ${run.error === null ? '' : JSON.stringify(run.error)}\n`);
await backend.close();
process.exit(0);
