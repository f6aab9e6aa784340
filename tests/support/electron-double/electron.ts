/**
 * A strict double of Electron's main process, enough of it to run the studio's bundled main entry in plain Node.
 *
 * Strict where Electron is: it is ready only after the entry has been evaluated, things that belong before readiness
 * throw after it and the other way round, messages are cloned, SharedArrayBuffers and ArrayBuffers in transfer lists
 * are refused. A lenient double once passed a program that hangs for ever in Electron.
 *
 * The process that started it plays the page and the person: see run.ts for what it can ask.
 */
import { fork } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { fileURLToPath } from 'node:url';

const state = {
  isReady: false,
  isSandboxEnabled: false,
  switches: [] as [string, string | undefined][],
  privileges: [] as unknown[],
  windowOptions: null as Record<string, unknown> | null,
  exitCode: null as number | null,
  errorBoxes: [] as string[],
};

function requireReady(what: string): void {
  if (!state.isReady) throw new Error(`${what} was used before app is ready`);
}

function requireNotReady(what: string): void {
  if (state.isReady) throw new Error(`${what} was used after app is ready`);
}

/** What crosses processes is cloned; what Electron cannot clone is refused. */
function cloned(message: unknown): unknown {
  refuseShared(message);
  return structuredClone(message);
}

function refuseShared(value: unknown, depth = 0): void {
  if (typeof value !== 'object' || value === null || depth > 16) return;
  if (value instanceof SharedArrayBuffer) throw new Error('An object could not be cloned: SharedArrayBuffer');
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof SharedArrayBuffer) throw new Error('An object could not be cloned: SharedArrayBuffer');
    return;
  }
  for (const inner of Object.values(value)) refuseShared(inner, depth + 1);
}

function requirePorts(transfer: readonly unknown[] | undefined): readonly MessagePortMain[] {
  for (const item of transfer ?? []) {
    if (!(item instanceof MessagePortMain)) throw new Error('Only MessagePortMain objects can be transferred');
  }
  return (transfer ?? []) as readonly MessagePortMain[];
}

// --- app -----------------------------------------------------------------------------------------------------------

let becomeReady: () => void;
const ready = new Promise<void>((resolve) => (becomeReady = resolve));

class App extends EventEmitter {
  readonly isPackaged = process.env['DOUBLE_IS_PACKAGED'] === '1';
  readonly commandLine = {
    hasSwitch: (name: string) =>
      state.switches.some(([known]) => known === name) ||
      process.argv.some((word) => word === `--${name}` || word.startsWith(`--${name}=`)),
    appendSwitch: (name: string, value?: string) => {
      requireNotReady('commandLine.appendSwitch');
      state.switches.push([name, value]);
    },
  };
  whenReady(): Promise<void> {
    return ready;
  }
  enableSandbox(): void {
    requireNotReady('app.enableSandbox');
    state.isSandboxEnabled = true;
  }
  getLocale(): string {
    return 'en-US';
  }
  requestSingleInstanceLock(): boolean {
    return true;
  }
  quit(): void {
    let isPrevented = false;
    this.emit('before-quit', { preventDefault: () => (isPrevented = true) });
    for (const window of windows) window.close();
    if (isPrevented || windows.size > 0) return;
    this.emit('will-quit', { preventDefault: () => (isPrevented = true) });
    if (!isPrevented) this.exit(0);
  }
  exit(code = 0): void {
    state.exitCode = code;
    process.send?.({ kind: 'exit', code, errorBoxes: state.errorBoxes }, () => process.exit(code));
  }
}
export const app = new App();

// --- protocol and session ------------------------------------------------------------------------------------------

type ProtocolHandler = (request: Request) => Response | Promise<Response>;

class Session {
  readonly handlers = new Map<string, ProtocolHandler>();
  beforeRequest: (details: { url: string }, respond: (answer: { cancel?: boolean }) => void) => void = (_d, respond) =>
    respond({});
  permissionRequest: ((contents: unknown, permission: string, respond: (ok: boolean) => void) => void) | null = null;
  permissionCheck: ((contents: unknown, permission: string) => boolean) | null = null;
  devicePermission: (() => boolean) | null = null;
  isSpellCheckerEnabled = true;
  readonly protocol = {
    handle: (scheme: string, handler: ProtocolHandler) => {
      requireReady('protocol.handle');
      if (this.handlers.has(scheme)) throw new Error(`${scheme} is handled already`);
      this.handlers.set(scheme, handler);
    },
  };
  readonly webRequest = {
    onBeforeRequest: (listener: Session['beforeRequest']) => {
      this.beforeRequest = listener;
    },
  };
  setPermissionRequestHandler(handler: NonNullable<Session['permissionRequest']>): void {
    this.permissionRequest = handler;
  }
  setPermissionCheckHandler(handler: NonNullable<Session['permissionCheck']>): void {
    this.permissionCheck = handler;
  }
  setDevicePermissionHandler(handler: () => boolean): void {
    this.devicePermission = handler;
  }
  setSpellCheckerEnabled(isEnabled: boolean): void {
    this.isSpellCheckerEnabled = isEnabled;
  }
  /** A request of the page, through the filter and the scheme's handler as in Electron. */
  async fetch(url: string, method: string): Promise<Response | null> {
    let isCancelled = false;
    this.beforeRequest({ url }, ({ cancel }) => (isCancelled = cancel === true));
    const handler = this.handlers.get(url.slice(0, url.indexOf(':')));
    return isCancelled || handler === undefined ? null : handler(new Request(url, { method }));
  }
}

const defaultSession = new Session();
export const session = {
  get defaultSession(): Session {
    requireReady('session.defaultSession');
    return defaultSession;
  },
};

export const protocol = {
  registerSchemesAsPrivileged: (schemes: unknown[]) => {
    requireNotReady('protocol.registerSchemesAsPrivileged');
    state.privileges.push(...schemes);
  },
};

// --- ports and messages of the page --------------------------------------------------------------------------------

class MessagePortMain extends EventEmitter {
  other: MessagePortMain | null = null;
  #isStarted = false;
  #isClosed = false;
  readonly #waiting: unknown[] = [];
  start(): void {
    this.#isStarted = true;
    for (const data of this.#waiting.splice(0)) this.emit('message', { data, ports: [] });
  }
  postMessage(message: unknown, transfer?: readonly unknown[]): void {
    requirePorts(transfer);
    const copy = cloned(message);
    const { other } = this;
    setImmediate(() => other?.receive(copy));
  }
  receive(data: unknown): void {
    if (this.#isClosed) return;
    if (this.#isStarted) this.emit('message', { data, ports: [] });
    else this.#waiting.push(data);
  }
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const { other } = this;
    setImmediate(() => {
      this.emit('close');
      other?.close();
    });
  }
}

export class MessageChannelMain {
  readonly port1 = new MessagePortMain();
  readonly port2 = new MessagePortMain();
  constructor() {
    requireReady('MessageChannelMain');
    this.port1.other = this.port2;
    this.port2.other = this.port1;
  }
}

class IpcMain extends EventEmitter {
  readonly handlers = new Map<string, (event: unknown, ...args: unknown[]) => unknown>();
  handle(channel: string, handler: (event: unknown, ...args: unknown[]) => unknown): void {
    if (this.handlers.has(channel)) throw new Error(`A second handler for ${channel}`);
    this.handlers.set(channel, handler);
  }
}
export const ipcMain = new IpcMain();

// --- windows -------------------------------------------------------------------------------------------------------

/** The port the page holds now, as this process sees it. */
let pagePort: MessagePortMain | null = null;

class Frame {
  parent: Frame | null = null;
  origin: string;
  constructor(origin: string) {
    this.origin = origin;
  }
  postMessage(channel: string, message: unknown, transfer?: readonly unknown[]): void {
    const [port] = requirePorts(transfer);
    cloned(message);
    if (channel !== 'studio:port' || port === undefined) return;
    pagePort = port;
    port.on('message', ({ data }: { data: unknown }) => process.send?.({ kind: 'port', data }));
    port.start();
    process.send?.({ kind: 'port-opened' });
  }
}

class WebContents extends EventEmitter {
  readonly mainFrame = new Frame('app://studio');
  #url = '';
  windowOpenHandler: ((details: { url: string }) => { action: string }) | null = null;
  getURL(): string {
    return this.#url;
  }
  navigated(url: string): void {
    this.#url = url;
    this.emit('did-start-navigation', { isMainFrame: true, isSameDocument: false, url });
  }
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.windowOpenHandler = handler;
  }
  isCrashed(): boolean {
    return false;
  }
  send(channel: string, ...args: unknown[]): void {
    process.send?.({ kind: 'to-page', channel, args: cloned(args) });
  }
}

const windows = new Set<BrowserWindow>();

export class BrowserWindow extends EventEmitter {
  readonly webContents = new WebContents();
  progress = -1;
  #isShown = false;
  constructor(options: Record<string, unknown>) {
    super();
    requireReady('BrowserWindow');
    state.windowOptions = structuredClone({
      ...options,
      webPreferences: { ...(options['webPreferences'] as object), session: undefined },
    });
    windows.add(this);
    app.emit('web-contents-created', {}, this.webContents);
  }
  loadURL(url: string): Promise<void> {
    this.webContents.navigated(url);
    setImmediate(() => {
      this.emit('ready-to-show');
      process.send?.({ kind: 'window', url });
    });
    return Promise.resolve();
  }
  reload(): void {
    this.webContents.navigated(this.webContents.getURL());
  }
  show(): void {
    this.#isShown = true;
  }
  isFocused(): boolean {
    return this.#isShown;
  }
  isMinimized(): boolean {
    return false;
  }
  restore(): void {
    this.show();
  }
  focus(): void {
    this.show();
  }
  setProgressBar(fraction: number): void {
    this.progress = fraction;
  }
  close(): void {
    let isPrevented = false;
    this.emit('close', { preventDefault: () => (isPrevented = true) });
    if (isPrevented) return;
    windows.delete(this);
    this.emit('closed');
    if (windows.size === 0) app.emit('window-all-closed');
  }
}

export class Notification extends EventEmitter {
  static isSupported(): boolean {
    return false;
  }
  show(): void {
    requireReady('Notification');
  }
}

export const Menu = { setApplicationMenu: (_menu: unknown) => undefined };

/** What the person answers in the next dialog. */
const answers = { folder: null as string | null, files: null as string[] | null, saveAs: null as string | null };

export const dialog = {
  showOpenDialog: (_window: unknown, { properties }: { properties: string[] }) => {
    const chosen = properties.includes('openDirectory') ? (answers.folder && [answers.folder]) || null : answers.files;
    return Promise.resolve({ canceled: chosen === null, filePaths: chosen ?? [] });
  },
  showSaveDialog: () => Promise.resolve({ canceled: answers.saveAs === null, filePath: answers.saveAs ?? '' }),
  showErrorBox: (_title: string, content: string) => void state.errorBoxes.push(content),
};

// --- utility processes ---------------------------------------------------------------------------------------------

const utilityEntry = fileURLToPath(new URL('./utility-parent-port.ts', import.meta.url));

export const utilityProcess = {
  fork(file: string, args: string[], options: { env: Record<string, string>; execArgv: string[] }) {
    requireReady('utilityProcess.fork');
    const child = fork(file, args, {
      serialization: 'advanced',
      env: options.env,
      execArgv: [...options.execArgv, '--import', utilityEntry],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const utility = new EventEmitter();
    child.on('message', (message) => utility.emit('message', message));
    child.once('exit', (code) => utility.emit('exit', code ?? 1));
    return Object.assign(utility, {
      pid: child.pid,
      kill: () => child.kill('SIGKILL'),
      postMessage: (message: unknown, transfer?: readonly unknown[]) => {
        if (requirePorts(transfer).length > 0) throw new Error('The double moves no ports to utility processes');
        child.send(cloned(message) as object, () => undefined);
      },
    });
  },
};

// --- for run.ts ----------------------------------------------------------------------------------------------------

/** The page, a frame of elsewhere, a frame inside the page that has its origin, and one that has gone already. */
export type Sender = 'page' | 'stranger' | 'nested' | 'gone';
const frameOf: Readonly<Record<Sender, (page: Frame) => Frame | null>> = {
  page: (page) => page,
  stranger: () => new Frame('https://elsewhere.example'),
  nested: (page) => Object.assign(new Frame('app://studio'), { parent: page }),
  gone: () => null,
};

export const double = {
  becomeReady: () => {
    state.isReady = true;
    becomeReady();
    app.emit('ready');
  },
  state: () => ({
    ...state,
    spellChecker: defaultSession.isSpellCheckerEnabled,
    schemes: [...defaultSession.handlers.keys()],
    progress: [...windows].map((window) => window.progress),
    windows: windows.size,
  }),
  fetch: (url: string, method: string) => defaultSession.fetch(url, method),
  /** Whether the page would be given a permission, by both handlers. */
  permission: (name: string) => {
    let isGranted = false;
    defaultSession.permissionRequest?.(null, name, (ok) => (isGranted = ok));
    return { isGranted, isChecked: defaultSession.permissionCheck?.(null, name) ?? true };
  },
  /** A navigation or window that the page tries: true when the studio lets it. */
  attempt: (
    what: 'will-navigate' | 'will-redirect' | 'will-frame-navigate' | 'will-attach-webview' | 'open',
    url: string,
  ) => {
    const [window] = windows;
    const { webContents } = window!;
    if (what === 'open') return webContents.windowOpenHandler?.({ url }).action !== 'deny';
    let isPrevented = false;
    const event = { url, preventDefault: () => (isPrevented = true) };
    webContents.emit(what, event);
    return !isPrevented;
  },
  /** A message of the page, or of a frame that is not the page. */
  fromPage: async (channel: string, args: unknown[], sender: Sender) => {
    const page = [...windows][0]?.webContents.mainFrame ?? null;
    const event = { senderFrame: page === null ? null : frameOf[sender](page) };
    const handler = ipcMain.handlers.get(channel);
    if (handler !== undefined) return { value: await handler(event, ...args) };
    if (ipcMain.listenerCount(channel) === 0) throw new Error(`Nobody listens to ${channel}`);
    ipcMain.emit(channel, event, ...args);
    return { value: undefined };
  },
  toPort: (data: unknown) => pagePort?.postMessage(data),
  closePort: () => pagePort?.close(),
  answer: (next: Partial<typeof answers>) => Object.assign(answers, next),
  quit: () => app.quit(),
};
