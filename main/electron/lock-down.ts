/** What no page of the studio may do, whatever it shows: leave, open windows, embed, ask for devices. */
import type { App, Session, WebContents } from 'electron';

/** The two permissions the page uses; every other one, also those that Electron will add, is refused. */
const allowedPermissions = new Set(['clipboard-sanitized-write', 'fullscreen']);

export function lockDownSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, respond) => respond(allowedPermissions.has(permission)));
  session.setPermissionCheckHandler((_contents, permission) => allowedPermissions.has(permission));
  session.setDevicePermissionHandler(() => false);
  session.setSpellCheckerEnabled(false); // it would fetch dictionaries from the web
}

/** Applies to every web contents there will ever be; call it before the first window. */
export function lockDownContents(app: App): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    contents.on('will-attach-webview', (event) => event.preventDefault());
    stayOnPage(contents);
  });
}

function stayOnPage(contents: WebContents): void {
  const keep = (details: { url: string; preventDefault(): void }) => {
    if (details.url !== contents.getURL()) details.preventDefault();
  };
  contents.on('will-navigate', keep);
  contents.on('will-frame-navigate', keep);
  contents.on('will-redirect', keep);
}
