/** The system's dialogs and what else only the window's program can do, each for the trusted page alone. */
import { writeFile } from 'node:fs/promises';
import { type BrowserWindow, dialog, ipcMain, Notification } from 'electron';
import { requireTrustedSender } from './trusted-sender.ts';

/** A picture or table; larger things are exported by the backend. */
const largestSavedFile = 256 * 2 ** 20;

export function answerDialogs(window: BrowserWindow): void {
  ipcMain.handle('studio:choose-folder', async (event) => {
    requireTrustedSender(event, window);
    const { canceled, filePaths } = await dialog.showOpenDialog(window, { properties: ['openDirectory'] });
    return canceled ? null : (filePaths[0] ?? null);
  });

  ipcMain.handle('studio:choose-files', async (event) => {
    requireTrustedSender(event, window);
    const { canceled, filePaths } = await dialog.showOpenDialog(window, {
      properties: ['openFile', 'multiSelections'],
    });
    return canceled ? null : filePaths;
  });

  ipcMain.handle('studio:save-file', async (event, name: unknown, content: unknown) => {
    requireTrustedSender(event, window);
    if (typeof name !== 'string' || name.includes('\0') || !(content instanceof Uint8Array)) return false;
    if (content.byteLength > largestSavedFile) return false;
    // The page proposes a name; where the file goes is the person's word alone.
    const { canceled, filePath } = await dialog.showSaveDialog(window, { defaultPath: name.replace(/[/\\]/g, '-') });
    if (canceled || filePath === '') return false;
    await writeFile(filePath, content);
    return true;
  });

  ipcMain.on('studio:progress', (event, fraction: unknown) => {
    requireTrustedSender(event, window);
    const isFraction = typeof fraction === 'number' && fraction >= 0 && fraction <= 1;
    window.setProgressBar(isFraction ? fraction : -1);
  });

  ipcMain.on('studio:notify', (event, title: unknown, body: unknown) => {
    requireTrustedSender(event, window);
    if (typeof title !== 'string' || typeof body !== 'string' || window.isFocused()) return;
    if (!Notification.isSupported()) return;
    const notification = new Notification({ title: title.slice(0, 200), body: body.slice(0, 500) });
    notification.on('click', () => window.show());
    notification.show();
  });
}
