/** The Electron host: the preload hands over a few functions and, on request, a port to the backend. */
import { portTransport } from '../../core/rpc/port-transport.ts';
import type { Host } from './host.ts';

/** What the preload exposes as `window.tessera`. */
export interface ElectronBridge {
  /** Answered by a window message `{ kind: 'tessera-port' }` with the port, since ports do not cross the bridge. */
  requestPort(): void;
  chooseFolder(): Promise<string | null>;
  chooseFiles(): Promise<readonly string[] | null>;
  pathOf(file: File): string;
  saveFile(name: string, content: Uint8Array): Promise<boolean>;
  showProgress(fraction: number | null): void;
  notify(title: string, body: string): void;
  /** Called when the window is asked to close; the answer goes back with `answerClose`. */
  onCloseRequest(listener: () => void): void;
  answerClose(mayClose: boolean): void;
}

declare global {
  interface Window {
    readonly tessera?: ElectronBridge;
  }
}

export function electronHost(): Host | null {
  const bridge = window.tessera;
  if (bridge === undefined) return null;
  return {
    kind: 'electron',
    connect: () =>
      new Promise((resolve) => {
        const onmessage = (event: MessageEvent<unknown>) => {
          const port = event.ports[0];
          if (event.source !== window || port === undefined || !isPortMessage(event.data)) return;
          window.removeEventListener('message', onmessage);
          resolve(portTransport(port));
        };
        window.addEventListener('message', onmessage);
        bridge.requestPort();
      }),
    chooseFolder: () => bridge.chooseFolder(),
    chooseFiles: () => bridge.chooseFiles(),
    pathsOf: (files) => files.map((file) => bridge.pathOf(file)),
    saveFile: async (name, content) => bridge.saveFile(name, new Uint8Array(await content.arrayBuffer())),
    showProgress: (fraction) => bridge.showProgress(fraction),
    notify: (title, body) => {
      if (!document.hasFocus()) bridge.notify(title, body);
    },
    onClose: (isBusy, ask) => {
      bridge.onCloseRequest(() => {
        if (!isBusy()) bridge.answerClose(true);
        else void ask().then((mayClose) => bridge.answerClose(mayClose));
      });
    },
  };
}

function isPortMessage(data: unknown): boolean {
  return typeof data === 'object' && data !== null && 'kind' in data && data.kind === 'tessera-port';
}
