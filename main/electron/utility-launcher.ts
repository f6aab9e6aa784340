/** Helper processes under Electron: a utility process each. `child_process.fork` cannot work with the RunAsNode fuse off. */
import path from 'node:path';
import { utilityProcess, type UtilityProcess } from 'electron';
import { type Helper, helperEnvironment, type HelperKind, type HelperLauncher } from '../../core/rpc/helper.ts';
import { TransportListeners } from '../../core/rpc/listeners.ts';
import type { Transport } from '../../core/rpc/transport.ts';

/** Only after `app` is ready: forking before that throws. */
export function utilityLauncher(folder: string): HelperLauncher {
  return { launch: (kind) => launch(folder, kind) };
}

function launch(folder: string, kind: HelperKind): Helper {
  const child = utilityProcess.fork(path.join(folder, `${kind}.js`), [], {
    serviceName: `Tessera ${kind}`,
    execArgv: [],
    env: helperEnvironment(process.env),
    stdio: 'inherit',
  });
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code) => resolve(`exit code ${code}`));
  });
  return { transport: utilityTransport(child), pid: child.pid, exited, kill: () => void child.kill() };
}

function utilityTransport(child: UtilityProcess): Transport {
  const listeners = new TransportListeners();
  child.on('message', (frame: unknown) => listeners.message(frame));
  child.once('exit', (code) => listeners.close(`exit code ${code}`));
  return {
    send: (frame) => {
      if (listeners.isOpen) child.postMessage(frame);
    },
    onMessage: (listener) => listeners.setMessageListener(listener),
    onClose: (listener) => listeners.addCloseListener(listener),
    bufferedAmount: () => 0,
    close: () => {
      listeners.close('closed');
      child.kill();
    },
  };
}
