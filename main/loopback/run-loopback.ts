/** The browser host: the studio's page in an installed browser, served to this machine alone. */
import { startBackend } from '../backend/start-backend.ts';
import { version } from '../backend/version.ts';
import { childLauncher } from '../children/launcher.ts';
import { type LoopbackOptions, startLoopback } from './start-loopback.ts';

/**
 * Runs the browser host until Ctrl+C or SIGTERM, and then ends within two seconds with everything saved. A data folder
 * that another studio holds is opened read-only, and the page says so.
 */
export async function runLoopback({ dataFolder, port, open }: LoopbackOptions): Promise<void> {
  const ended = untilSignal();
  const backend = await startBackend({
    dataFolder,
    host: 'loopback',
    launcher: childLauncher(),
    version,
    readOnly: 'if-held',
  });
  try {
    const host = await startLoopback({
      dataFolder,
      handlers: backend.handlers,
      logInternalError: (cause, method) => backend.logInternalError(cause, method),
      open,
      ...(port !== undefined && { port }),
    });
    await ended;
    await host.close();
  } finally {
    await backend.close();
  }
}

function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
  });
}
