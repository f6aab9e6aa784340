/** The browser host: a page served by the studio's own loopback server. */
import type { Host } from './host.ts';
import { openSocketTransport } from './socket-transport.ts';

export function browserHost(): Host {
  return {
    kind: 'browser',
    connect: () => openSocketTransport(),
    chooseFolder: null,
    chooseFiles: null,
    pathsOf: () => null,
    saveFile: (name, content) => {
      downloadFile(name, content);
      return Promise.resolve(true);
    },
    showProgress: () => undefined,
    notify: notifyInBackground,
    onClose: askBrowserBeforeUnload,
  };
}

/** Hands a file to the browser's downloads. */
export function downloadFile(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has begun when click returns, but some browsers read the address a moment later.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

function notifyInBackground(title: string, body: string): void {
  if (document.hasFocus() || typeof Notification === 'undefined' || Notification.permission !== 'granted') return;
  new Notification(title, { body });
}

/** A browser shows only its own sentence and does not wait for an answer of ours. */
export function askBrowserBeforeUnload(isBusy: () => boolean): void {
  window.addEventListener('beforeunload', (event) => {
    if (isBusy()) event.preventDefault();
  });
}
