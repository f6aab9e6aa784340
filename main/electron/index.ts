/**
 * The Electron host. What has to happen before Electron is ready stands at the top level and waits for nothing: an
 * `await` of readiness there would hang for ever, because Electron is ready only after this module has been evaluated.
 */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { app, type BrowserWindow, dialog, ipcMain, Menu, protocol, session } from 'electron';
import { isStudioError } from '../../core/errors.ts';
import { overwriteGetLocale } from '../../core/messages/compiled/runtime.js';
import { errorSentence } from '../../core/messages/error-sentence.ts';
import { type Backend, startBackend } from '../backend/start-backend.ts';
import { chooseDataFolder } from '../backend/choose-data-folder.ts';
import { readPageFiles } from '../backend/page-files.ts';
import { version } from '../backend/version.ts';
import { pageScheme, servePage } from './app-protocol.ts';
import { connectPage } from './connect-page.ts';
import { answerDialogs } from './dialogs.ts';
import { lockDownContents, lockDownSession } from './lock-down.ts';
import { requireTrustedSender } from './trusted-sender.ts';
import { utilityLauncher } from './utility-launcher.ts';
import { createWindow } from './window.ts';

/** `dist/node`, seen from the entry or from a chunk below it. */
const programs = path.join(fileURLToPath(import.meta.url).split(`${path.sep}dist${path.sep}`)[0]!, 'dist');

/** Doors that fuses do not close: a debugger's port, or flags of the script engine. */
const refusedSwitches = ['remote-debugging-port', 'remote-debugging-pipe', 'js-flags', 'no-sandbox'];
const refused = app.isPackaged ? refusedSwitches.filter((name) => app.commandLine.hasSwitch(name)) : [];
if (app.isPackaged && process.env['ELECTRON_DISABLE_SANDBOX'] !== undefined) refused.push('no-sandbox');

if (refused.length > 0) {
  process.stderr.write(`Tessera does not start with --${refused.join(' or --')}.\n`);
  app.exit(2);
} else if (!app.requestSingleInstanceLock()) {
  app.quit(); // the first instance comes to the front
} else {
  app.enableSandbox();
  app.commandLine.appendSwitch('host-resolver-rules', 'MAP * ~NOTFOUND'); // no name leads off this machine
  protocol.registerSchemesAsPrivileged([pageScheme]);
  lockDownContents(app);
  void app.whenReady().then(start, fail);
}

function start(): void {
  Menu.setApplicationMenu(null);
  lockDownSession(session.defaultSession);
  servePage(session.defaultSession, readPageFiles(path.join(programs, 'client')));
  const backend = startBackend({
    dataFolder: argument('--data') ?? chooseDataFolder(process.env),
    host: 'electron',
    launcher: utilityLauncher(path.join(programs, 'node')),
    version,
    readOnly: 'if-held',
  });
  backend.catch(fail);

  const window = createWindow({
    session: session.defaultSession,
    preload: path.join(programs, 'preload', 'preload.cjs'),
    onPageLost: (reason) => process.stderr.write(`The page was lost (${reason}) and is loaded again.\n`),
  });
  connectPage(window, backend);
  answerDialogs(window);
  askBeforeClosing(window);
  app.on('second-instance', () => {
    if (window.isMinimized()) window.restore();
    window.focus();
  });
  closeBackendAtEnd(backend);
}

/** The page decides whether closing needs a question (Keep running, Stop and keep, Discard); it never blocks a quit that the system asks for. */
function askBeforeClosing(window: BrowserWindow): void {
  let mayClose = false;
  window.on('close', (event) => {
    if (mayClose || window.webContents.isCrashed()) return;
    event.preventDefault();
    window.webContents.send('studio:close-requested');
  });
  ipcMain.on('studio:close-answer', (event, answer: unknown) => {
    requireTrustedSender(event, window);
    if (answer !== true) return;
    mayClose = true;
    window.close();
  });
  // The system ends the session: no question, what runs is checkpointed by closing the backend.
  window.on('session-end', () => (mayClose = true));
}

/** Work is saved before the program ends, in at most two seconds; `before-quit` does not come at a Windows shutdown. */
function closeBackendAtEnd(backend: Promise<Backend>): void {
  let isClosed = false;
  app.on('window-all-closed', () => app.quit());
  app.on('will-quit', (event) => {
    if (isClosed) return;
    event.preventDefault();
    void backend
      .then((started) => started.close())
      .catch(() => undefined)
      .finally(() => {
        isClosed = true;
        app.quit();
      });
  });
}

function argument(name: string): string | undefined {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}

function fail(cause: unknown): void {
  overwriteGetLocale(() => (app.getLocale().startsWith('ko') ? 'ko' : 'en'));
  const reason = isStudioError(cause) ? errorSentence(cause) : cause instanceof Error ? cause.message : String(cause);
  dialog.showErrorBox('Tessera', reason);
  app.exit(1);
}
