/** A backend with real helper processes, a folder of twelve pictures imported and a linear model and a network trained on them. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import type { RpcClient } from '../../../core/rpc/define.ts';
import { createClient } from '../../../core/rpc/client.ts';
import { studioContract, type StudioContract } from '../../../core/rpc/contract/index.ts';
import { inMemoryTransportPair } from '../../../core/rpc/in-memory-transport.ts';
import { serve } from '../../../core/rpc/server.ts';
import type { Transport } from '../../../core/rpc/transport.ts';
import { startBackend } from '../../../main/backend/start-backend.ts';
import { childLauncher } from '../../../main/children/launcher.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

export interface WholeStudio {
  readonly rpc: RpcClient<StudioContract>;
  /** A second caller's end of a wire of its own. */
  connect(): Transport;
  /** The folder the dataset was read from: `dark` and `bright` with six pictures each, and one file that is none. */
  readonly pictures: string;
  readonly datasetId: string;
  readonly version: string;
  /** Of a finished linear model, and of a finished network with one hidden layer. */
  readonly linearRun: string;
  readonly networkRun: string;
  /** What handlers threw that is no StudioError: defects. */
  readonly defects: string[];
  close(): Promise<void>;
}

/** Side of the pictures. */
export const side = 8;

export async function openWholeStudio(): Promise<WholeStudio> {
  const root = temporaryFolder('whole-studio');
  const pictures = join(root, 'pictures');
  const backend = await startBackend({
    dataFolder: join(root, 'data'),
    host: 'cli',
    launcher: childLauncher(),
    version: '0.1.0',
  });
  const defects: string[] = [];
  const connect = () => {
    const [ours, theirs] = inMemoryTransportPair();
    serve(studioContract, backend.handlers, theirs, {
      onInternalError: (cause, method) => `${defects.push(`${method}: ${(cause as Error).stack ?? String(cause)}`)}`,
    });
    return ours;
  };
  const rpc = createClient(studioContract, connect());
  await writePictures(pictures);
  const datasetId = await importFolder(rpc, pictures, 'pets');
  const { version } = await rpc.call('datasets.open', { datasetId });
  return {
    rpc,
    connect,
    pictures,
    datasetId,
    version,
    linearRun: await trained(rpc, datasetId, 'linear'),
    networkRun: await trained(rpc, datasetId, 'mlp'),
    defects,
    close: async () => {
      rpc.close();
      await backend.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

export async function writePictures(folder: string): Promise<void> {
  for (const [label, name] of ['dark', 'bright'].entries()) {
    mkdirSync(join(folder, name), { recursive: true });
    for (let i = 0; i < 6; i++) {
      const pixels = Uint8Array.from({ length: side * side * 3 }, (_, p) => label * 150 + ((p * (i + 3)) % 80));
      const png = sharp(pixels, { raw: { width: side, height: side, channels: 3 } }).png();
      writeFileSync(join(folder, name, `${i}.png`), await png.toBuffer());
    }
  }
  writeFileSync(join(folder, 'dark', 'broken.png'), 'no picture');
}

export async function importFolder(rpc: RpcClient<StudioContract>, folder: string, name: string): Promise<string> {
  const options = { name, size: side, fit: 'crop' } as const;
  const { jobId } = await rpc.call('imports.start', { paths: [folder], options });
  const { datasetId } = await rpc.call('imports.finished', { jobId });
  return datasetId;
}

async function trained(rpc: RpcClient<StudioContract>, datasetId: string, model: 'linear' | 'mlp'): Promise<string> {
  const defaults = await rpc.call('training.defaults', { datasetId, model });
  const recipe = {
    ...defaults,
    epochs: 2,
    model: defaults.model.kind === 'mlp' ? { ...defaults.model, hidden: [4] } : defaults.model,
  };
  const { runId } = await rpc.call('training.start', { recipe, threads: 1 });
  await rpc.call('training.watch', { runId });
  return runId;
}
