/** Who may speak to the main process: the top frame of the studio's own window showing the studio's own page. */
import type { BrowserWindow, IpcMainEvent, IpcMainInvokeEvent } from 'electron';
import { pageOrigin } from './app-protocol.ts';

/**
 * @throws Error for a message of any other frame, window or origin; nothing of it is looked at.
 */
export function requireTrustedSender(event: IpcMainEvent | IpcMainInvokeEvent, window: BrowserWindow): void {
  const frame = event.senderFrame;
  const isTrusted =
    frame !== null && frame === window.webContents.mainFrame && frame.origin === pageOrigin && frame.parent === null;
  if (!isTrusted) throw new Error(`A message of ${frame?.origin ?? 'a frame that is gone'} was refused.`);
}
