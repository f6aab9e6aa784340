/** The studio's Electron host under the double, as a test drives it. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Frame, Transport } from '../../../core/rpc/transport.ts';
import type { Request } from './run.ts';

const runner = fileURLToPath(new URL('./run.ts', import.meta.url));
const root = new URL('../../../', import.meta.url);

type Asked = Request extends infer R ? (R extends { id: number } ? Omit<R, 'id'> : never) : never;
type Message =
  | { kind: 'answer'; id: number; value?: unknown; error?: string }
  | { kind: 'ready' | 'port-opened' }
  | { kind: 'window'; url: string }
  | { kind: 'port'; data: unknown }
  | { kind: 'to-page'; channel: string; args: unknown[] }
  | { kind: 'exit'; code: number; errorBoxes: string[] };

export interface ElectronStudio {
  readonly process: ChildProcess;
  ask(request: Asked): Promise<unknown>;
  onMessage(listener: (message: Message) => void): void;
  /** Resolves when a message of this kind has come. */
  next(kind: Message['kind']): Promise<Message>;
  /** Asks for the page's port and speaks on it. */
  connect(): Promise<Transport>;
  readonly exited: Promise<number | null>;
  /** What it has written on standard error. */
  readonly errors: string;
  close(): Promise<void>;
}

export interface ElectronStudioOptions {
  readonly dataFolder: string;
  /** The bundled main entry; by default the one that was built. */
  readonly entry?: string;
  readonly arguments?: readonly string[];
  /** As from a package rather than from the project. */
  readonly isPackaged?: boolean;
  /** How long the entry may take to be evaluated; longer counts as hanging. */
  readonly readyWithinMs?: number;
}

/** Starts it; rejects when the entry does not finish evaluating in time, as Electron would hang for ever. */
export async function startElectronStudio(options: ElectronStudioOptions): Promise<ElectronStudio> {
  const entry = options.entry ?? fileURLToPath(new URL('dist/node/electron.js', root));
  const child = fork(runner, [entry, '--data', options.dataFolder, ...(options.arguments ?? [])], {
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    env: { ...process.env, DOUBLE_IS_PACKAGED: options.isPackaged === true ? '1' : '0' },
  });
  let errors = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
    process.stderr.write(text);
  });
  const listeners: ((message: Message) => void)[] = [];
  const waiting = new Map<number, (message: Extract<Message, { kind: 'answer' }>) => void>();
  const seen: Message[] = [];
  let lastId = 0;
  child.on('message', (message: Message) => {
    if (message.kind === 'answer') waiting.get(message.id)?.(message);
    seen.push(message);
    for (const listener of listeners) listener(message);
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));

  const next = (kind: Message['kind'], withinMs = 20_000) =>
    new Promise<Message>((resolve, reject) => {
      const early = seen.find((message) => message.kind === kind);
      if (early !== undefined) return resolve(early);
      listeners.push((message) => message.kind === kind && resolve(message));
      void exited.then((code) => reject(new Error(`The Electron host ended with ${code} before “${kind}”.`)));
      setTimeout(() => reject(new Error(`The Electron host never said “${kind}”.`)), withinMs).unref();
    });

  const ask = (request: Asked) =>
    new Promise<unknown>((resolve, reject) => {
      const id = ++lastId;
      waiting.set(id, ({ value, error }) => (error === undefined ? resolve(value) : reject(new Error(error))));
      child.send({ ...request, id });
    });

  const studio: ElectronStudio = {
    process: child,
    get errors() {
      return errors;
    },
    ask,
    next,
    exited,
    onMessage: (listener) => void listeners.push(listener),
    connect: async () => {
      const transport = portTransport(studio);
      await ask({ ask: 'from-page', channel: 'studio:request-port', args: [], sender: 'page' });
      return transport;
    },
    close: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
  await next('ready', options.readyWithinMs).catch(async (cause: unknown) => {
    child.kill('SIGKILL');
    throw cause;
  });
  return studio;
}

function portTransport(studio: ElectronStudio): Transport {
  return {
    send: (frame: Frame) => void studio.ask({ ask: 'to-port', data: frame }),
    onMessage: (listener) => studio.onMessage((message) => message.kind === 'port' && listener(message.data)),
    onClose: (listener) => void studio.exited.then((code) => listener(`exit code ${code}`)),
    bufferedAmount: () => 0,
    close: () => void studio.ask({ ask: 'close-port' }),
  };
}
