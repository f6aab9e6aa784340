/** One MessagePort from the page to the backend; who asks is checked once, here, since ports carry no sender. */
import { type BrowserWindow, ipcMain, MessageChannelMain } from 'electron';
import { studioContract } from '../../core/rpc/contract/index.ts';
import { portTransport } from '../../core/rpc/port-transport.ts';
import { serve } from '../../core/rpc/server.ts';
import type { Backend } from '../backend/start-backend.ts';
import { requireTrustedSender } from './trusted-sender.ts';

export function connectPage(window: BrowserWindow, backend: Promise<Backend>): void {
  let closeLast: () => void = () => undefined;
  // Another page, or the same one loaded anew, never inherits a wire.
  window.webContents.on('did-start-navigation', (details) => {
    if (details.isMainFrame && !details.isSameDocument) closeLast();
  });
  ipcMain.on('studio:request-port', (event) => {
    requireTrustedSender(event, window);
    closeLast();
    const { port1, port2 } = new MessageChannelMain();
    event.senderFrame?.postMessage('studio:port', null, [port2]);
    void backend.then(({ handlers, logInternalError }) => {
      const served = serve(studioContract, handlers, portTransport(port1, { emits: 'event' }), {
        onInternalError: (cause, method) => logInternalError(cause, method),
      });
      closeLast = () => served.close();
    });
  });
}
