/** `app://studio/`: the page's own scheme. A request is looked up in a map of files and never becomes a path. */
import type { CustomScheme, Session } from 'electron';
import { cacheControl, electronContentSecurityPolicy, securityHeaders } from '../../core/rpc/security-headers.ts';
import type { PageFile } from '../backend/page-files.ts';

export const pageOrigin = 'app://studio';
export const pageAddress = `${pageOrigin}/`;

/** Has to be registered before Electron is ready. Never `bypassCSP`. */
export const pageScheme: CustomScheme = {
  scheme: 'app',
  privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
};

/** Schemes a page could reach the machine or the network by; each is answered with an error. */
const refusedSchemes = ['file', 'http', 'https', 'ws', 'wss', 'ftp'];

export function servePage(session: Session, files: ReadonlyMap<string, PageFile>): void {
  session.protocol.handle('app', (request) => answer(request, files));
  for (const scheme of refusedSchemes) {
    session.protocol.handle(scheme, () => Response.error());
  }
  // The last word on every request, whatever made it.
  session.webRequest.onBeforeRequest((details, respond) => {
    respond({ cancel: !/^(app:|blob:|devtools:)/.test(details.url) });
  });
}

function answer(request: Request, files: ReadonlyMap<string, PageFile>): Response {
  if (request.method !== 'GET') return refusal(405);
  // The address as it was written: URL would resolve `..` and decode nothing, but the raw form has fewer surprises.
  const file = request.url.startsWith(pageAddress) ? files.get(request.url.slice(pageOrigin.length)) : undefined;
  if (file === undefined) return refusal(404);
  return new Response(new Uint8Array(file.bytes), {
    headers: {
      ...pageHeaders,
      'Content-Type': file.type,
      'Cache-Control': file.isImmutable ? cacheControl.forever : cacheControl.none,
    },
  });
}

const pageHeaders = { ...securityHeaders, 'Content-Security-Policy': electronContentSecurityPolicy };

function refusal(status: number): Response {
  return new Response(null, { status, headers: { ...pageHeaders, 'Cache-Control': cacheControl.none } });
}
