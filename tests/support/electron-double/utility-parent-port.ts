/** Loaded before a helper's entry: gives it `process.parentPort`, as Electron's utility process has it. */
import { EventEmitter } from 'node:events';
import { isMainThread } from 'node:worker_threads';

// Worker threads inherit the flag that loads this file; the port belongs to the process's main thread alone.
if (isMainThread) {
  const port = new EventEmitter();
  process.on('message', (data) => port.emit('message', { data, ports: [] }));
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL')); // Electron ends utility processes with their parent
  const send = process.send!.bind(process);
  Object.assign(process, {
    parentPort: Object.assign(port, { postMessage: (message: unknown) => void send(message, () => undefined) }),
  });
  // A utility process has no channel of a child process.
  Object.defineProperty(process, 'send', { value: undefined });
}
