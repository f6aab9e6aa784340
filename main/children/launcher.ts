/** Helper processes under plain Node: a child process each, with nothing of the host's environment it does not need. */
import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Helper, helperEnvironment, type HelperKind, type HelperLauncher } from '../../core/rpc/helper.ts';
import { childTransport, exitReason } from './child-transport.ts';

export interface ChildLauncherOptions {
  /** The file to run for a helper; by default the bundle that lies beside this one. */
  readonly entry?: (kind: HelperKind) => string;
}

export function childLauncher(options: ChildLauncherOptions = {}): HelperLauncher {
  const { entry = helperEntry } = options;
  return { launch: (kind) => launch(entry(kind)) };
}

function launch(file: string): Helper {
  const child = fork(file, {
    serialization: 'advanced', // typed arrays arrive as typed arrays
    execArgv: [],
    env: helperEnvironment(process.env),
    // Standard output belongs to the host: what a helper prints goes where messages go.
    stdio: ['ignore', process.stderr, process.stderr, 'ipc'],
  });
  return {
    transport: childTransport(child),
    pid: child.pid,
    exited: exitOf(child),
    kill: () => void child.kill('SIGKILL'),
  };
}

function exitOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(exitReason(code, signal)));
    child.once('error', (error) => resolve(error.message)); // it could not be started
  });
}

/** `dist/node/<kind>.js`, seen from a bundle there or from a chunk one folder below; the source where nothing is built. */
function helperEntry(kind: HelperKind): string {
  const own = fileURLToPath(import.meta.url);
  const folder = path.dirname(own);
  if (own.endsWith('.ts')) return path.join(folder, '..', kind, 'index.ts');
  const beside = path.join(folder, `${kind}.js`);
  return existsSync(beside) ? beside : path.join(folder, '..', `${kind}.js`);
}
