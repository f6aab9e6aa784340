/** Commits a checkpoint and kills itself after one of the six steps: FOLDER RUN STEP CONTENT. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CheckpointFiles } from '../../../main/store/checkpoint-files.ts';
import { dataFolder } from '../../../main/store/data-folder.ts';
import { openStore } from '../../../main/store/open-store.ts';

const [path, runId, lastStep, content] = process.argv.slice(2) as [string, string, string, string];
const store = await openStore({ folder: dataFolder(path), readOnly: false, appVersion: '0.1.0' });
const checkpoints = new CheckpointFiles(store, {
  afterStep: (step) => {
    if (step === lastStep) process.kill(process.pid, 'SIGKILL');
  },
});
const file = join(checkpoints.folderOf(runId), 'new.tmp');
writeFileSync(file, content);
const sha256 = createHash('sha256').update(content).digest('hex');
checkpoints.commit(runId, [
  { path: file, sha256, sizeBytes: content.length, step: 9, epoch: 9, best: false, weightsSha256: sha256 },
]);
process.stdout.write('ACK\n');
store.close();
