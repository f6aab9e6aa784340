/** The application without a page: a backend of this process, called through the same contract as by the page. */
import { isAbsolute, resolve } from 'node:path';
import { m } from '../../core/messages/compiled/messages.js';
import { getLocale } from '../../core/messages/compiled/runtime.js';
import type { RpcClient } from '../../core/rpc/define.ts';
import { createClient } from '../../core/rpc/client.ts';
import type { AppInfo } from '../../core/rpc/contract/app.ts';
import { studioContract, type StudioContract } from '../../core/rpc/contract/index.ts';
import { inMemoryTransportPair } from '../../core/rpc/in-memory-transport.ts';
import { serve } from '../../core/rpc/server.ts';
import { type Backend, startBackend } from '../backend/start-backend.ts';
import { childLauncher } from '../children/launcher.ts';
import { version } from '../backend/version.ts';
import type { Output } from './output.ts';

export interface Studio {
  readonly rpc: RpcClient<StudioContract>;
  readonly backend: Backend;
  readonly output: Output;
  /** Aborted by Ctrl+C and SIGTERM: running work is stopped and kept. */
  readonly signal: AbortSignal;
}

export interface StudioOptions {
  readonly dataFolder: string;
  /** `read`: a data folder that another studio holds is opened read-only. `write`: it is refused, naming the holder. */
  readonly access: 'read' | 'write';
}

/** Runs `work` with a studio of its own and closes it whatever happens. */
export async function withStudio(
  { dataFolder, access }: StudioOptions,
  output: Output,
  work: (studio: Studio) => Promise<void>,
): Promise<void> {
  const controller = new AbortController();
  const interrupt = () => controller.abort();
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  const backend = await startBackend({
    dataFolder,
    host: 'cli',
    launcher: childLauncher(),
    version,
    readOnly: access === 'read' ? 'if-held' : 'never',
  });
  const [ours, theirs] = inMemoryTransportPair();
  serve(studioContract, backend.handlers, theirs, { onInternalError: backend.logInternalError });
  const rpc = createClient(studioContract, ours);
  if (backend.info.recovery !== null) output.note(recoverySentence(backend.info.recovery));
  try {
    await work({ rpc, backend, output, signal: controller.signal });
  } finally {
    rpc.close();
    await backend.close();
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

function recoverySentence({ movedTo, backupMadeAt }: NonNullable<AppInfo['recovery']>): string {
  const date = new Intl.DateTimeFormat(getLocale(), { dateStyle: 'medium', timeStyle: 'short' });
  const now =
    backupMadeAt === null ? m.recovery_now_empty() : m.recovery_now_backup({ date: date.format(backupMadeAt) });
  return m.cli_recovery({ path: movedTo, now });
}

/** A path as the person typed it: relative to where npm was started, which is not where the script runs. */
export function personalPath(path: string): string {
  return isAbsolute(path) ? path : resolve(process.env['INIT_CWD'] ?? process.cwd(), path);
}
