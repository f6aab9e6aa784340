/** The studio's one window: sandboxed, isolated, showing `app://studio/` and nothing else. */
import { BrowserWindow, type Session } from 'electron';
import { pageAddress } from './app-protocol.ts';

export interface WindowOptions {
  readonly session: Session;
  readonly preload: string;
  /** Called when the page's process has died or hangs; the studio behind it goes on. */
  readonly onPageLost: (reason: string) => void;
}

export function createWindow({ session, preload, onPageLost }: WindowOptions): BrowserWindow {
  const window = new BrowserWindow({
    name: 'studio',
    windowStatePersistence: true,
    title: 'Tessera',
    width: 1440,
    height: 900,
    minWidth: 960,
    minHeight: 600,
    show: false,
    autoHideMenuBar: true,
    webPreferences: {
      session,
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      spellcheck: false,
      backgroundThrottling: false, // training is watched from behind other windows too
    },
  });
  window.once('ready-to-show', () => window.show());
  window.webContents.on('render-process-gone', (_event, details) => {
    if (details.reason === 'clean-exit') return;
    onPageLost(details.reason);
    window.reload(); // the page shows the live state again; nothing of it lived in the page
  });
  window.on('unresponsive', () => onPageLost('unresponsive'));
  void window.loadURL(pageAddress);
  return window;
}
