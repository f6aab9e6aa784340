/**
 * The only bridge between the page and Electron: named functions that copy plain data. No `ipcRenderer`, no event and no
 * path of the studio reaches the page; the port to the backend comes as a window message, since ports do not cross
 * contextBridge.
 */
import { contextBridge, ipcRenderer, webUtils } from 'electron';

ipcRenderer.on('studio:port', (event) => {
  const [port] = event.ports;
  if (port !== undefined) window.postMessage({ kind: 'tessera-port' }, window.location.origin, [port]);
});

let closeListener: (() => void) | undefined;
ipcRenderer.on('studio:close-requested', () => {
  if (closeListener === undefined) ipcRenderer.send('studio:close-answer', true);
  else closeListener();
});

contextBridge.exposeInMainWorld(
  'tessera',
  Object.freeze({
    requestPort: () => ipcRenderer.send('studio:request-port'),
    chooseFolder: () => ipcRenderer.invoke('studio:choose-folder'),
    chooseFiles: () => ipcRenderer.invoke('studio:choose-files'),
    pathOf: (file: File) => webUtils.getPathForFile(file),
    saveFile: (name: string, content: Uint8Array) => ipcRenderer.invoke('studio:save-file', String(name), content),
    showProgress: (fraction: number | null) => ipcRenderer.send('studio:progress', fraction),
    notify: (title: string, body: string) => ipcRenderer.send('studio:notify', String(title), String(body)),
    onCloseRequest: (listener: () => void) => {
      closeListener = () => listener();
    },
    answerClose: (mayClose: boolean) => ipcRenderer.send('studio:close-answer', mayClose),
  }),
);
