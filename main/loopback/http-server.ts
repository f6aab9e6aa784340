/** The browser host's server: the gate, the files of the page, signing in, and the socket to the backend. */
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { cacheControl, loopbackContentSecurityPolicy, securityHeaders } from '../../core/rpc/security-headers.ts';
import type { Transport } from '../../core/rpc/transport.ts';
import { Access, cookieValues } from './access-token.ts';
import { type GateRules, passGate, type Verdict } from './gate.ts';
import { type SocketLimits, socketTransport } from './socket-transport.ts';
import type { PageFile } from '../backend/page-files.ts';

export interface HttpServerOptions {
  readonly files: ReadonlyMap<string, PageFile>;
  /** First label of the studio's own host name: `<label>.localhost`. */
  readonly hostLabel: string;
  readonly version: string;
  /** Ports to try in this order; the last resort is any free one. */
  readonly ports: readonly number[];
  /** Called for every page that has connected. */
  readonly onConnect: (transport: Transport) => void;
  /** Called when a token has been exchanged for a session. */
  readonly onSignIn?: () => void;
  readonly socketLimits?: Partial<SocketLimits>;
}

export interface HttpServer {
  readonly port: number;
  readonly access: Access;
  /** A link that signs in once: under the studio's own name, or under 127.0.0.1 for browsers that do not know it. */
  link(token: string, host?: 'own-name' | 'address'): string;
  /** Ends every connection and stops listening. */
  close(): Promise<void>;
}

const authPath = '/auth';
const socketPath = '/ws';
const statePath = '/api/state';
const ticketPath = '/api/ticket';

/**
 * Browsers open connections before they need them. One of them may be called too slow in the moment in which it is used
 * at last: 408 tells a browser to ask again on another one, where 400 would be the answer to its request.
 */
const statusOfClientErrors: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

const maxSockets = 16;
const maxBodyBytes = 64 * 1024;
const maxMessageBytes = 1 << 20;

/** A constant: what a person sees for a moment between the link and the page. */
const signedInPage =
  '<!doctype html><meta charset=utf-8><meta http-equiv=refresh content="0;url=/"><title>Tessera</title>';

export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { files, hostLabel, version, onConnect, onSignIn } = options;
  const access = new Access();
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: maxMessageBytes });
  const server = createServer({
    maxHeaderSize: 16_384,
    headersTimeout: 5_000,
    requestTimeout: 10_000,
    connectionsCheckingInterval: 1_000, // how often the two above are looked at; every 30 s by default
    keepAliveTimeout: 5_000,
    insecureHTTPParser: false,
    requireHostHeader: false, // the gate answers for it
  });
  server.maxHeadersCount = 100;
  server.maxRequestsPerSocket = 1_000;

  const port = await listen(server, options.ports);
  const cookieName = `studio_${port}`;
  const ownHost = `${hostLabel}.localhost:${port}`;
  const addressHost = `127.0.0.1:${port}`;
  const rules: GateRules = {
    hosts: new Set([ownHost, addressHost]),
    postPaths: new Set([ticketPath]),
    authPath,
    hasSession: (cookie) => cookieValues(cookie, cookieName).some((value) => access.hasSession(value)),
  };

  server.on('request', (request, response) => {
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    const verdict = judge(request, false);
    if (!verdict.passed) return sendStatus(request, response, verdict.status);
    const { path, query } = verdict;
    if (path === authPath) return signIn(request, response, query);
    if (path === statePath) return sendJson(request, response, { version });
    if (path === ticketPath) return sendTicket(request, response);
    const file = files.get(path);
    // Browsers ask for it by themselves where a page names no picture of its own, as the one after the link.
    if (path === '/favicon.ico') return sendStatus(request, response, 204);
    if (file === undefined) return sendStatus(request, response, 404);
    send(request, response, 200, file.bytes, {
      'Content-Type': file.type,
      'Cache-Control': file.isImmutable ? cacheControl.forever : cacheControl.none,
    });
  });

  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => undefined);
    const verdict = judge(request, true);
    if (!verdict.passed) return refuseUpgrade(socket, verdict.status);
    if (verdict.path !== socketPath || verdict.query !== '') return refuseUpgrade(socket, 404);
    if (request.headers['sec-websocket-version'] !== '13') return refuseUpgrade(socket, 400);
    if (sockets.clients.size >= maxSockets) return refuseUpgrade(socket, 503);
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      // Under the plain address the cookie is shared with every port of the machine and proves too little.
      const needsTicket = verdict.host === addressHost;
      onConnect(
        socketTransport(webSocket, {
          ...(needsTicket && { takeTicket: (ticket: string) => access.takeTicket(ticket) }),
          ...(options.socketLimits && { limits: options.socketLimits }),
        }),
      );
    });
  });

  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (socket.writable) refuseUpgrade(socket, statusOfClientErrors[error.code ?? ''] ?? 400);
    else socket.destroy();
  });

  function judge(request: IncomingMessage, isUpgrade: boolean): Verdict {
    const { method = '', url: target = '', rawHeaders, headers } = request;
    return passGate({ method, target, rawHeaders, headers, isUpgrade }, rules);
  }

  function signIn(request: IncomingMessage, response: ServerResponse, query: string): void {
    const [token, ...others] = new URLSearchParams(query).getAll('token');
    // HEAD is asked by what previews links; it must not use the token up.
    if (request.method !== 'GET' || token === undefined || others.length > 0) return sendStatus(request, response, 403);
    const session = access.signIn(token);
    if (session === null) return sendStatus(request, response, 403);
    onSignIn?.();
    // Not a redirect: after a start from a file the redirected request still counts as cross-site, and the strict
    // cookie would not be sent with it.
    send(request, response, 200, Buffer.from(signedInPage), {
      'Content-Type': 'text/html; charset=utf-8',
      'Set-Cookie': `${cookieName}=${session}; HttpOnly; SameSite=Strict; Path=/`,
    });
  }

  function sendTicket(request: IncomingMessage, response: ServerResponse): void {
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBodyBytes && !response.headersSent) sendStatus(request, response, 413);
    });
    request.on('end', () => {
      if (!response.headersSent) sendJson(request, response, { ticket: access.issueTicket() });
    });
  }

  return {
    port,
    access,
    link: (token, host = 'own-name') => {
      return `http://${host === 'own-name' ? ownHost : addressHost}${authPath}?token=${token}`;
    },
    close: async () => {
      for (const socket of sockets.clients) socket.close(1001, 'the studio ends');
      const closed = once(server, 'close');
      server.close();
      // A page answers the farewell within a moment; nobody is waited for longer.
      const impatient = setTimeout(() => {
        for (const socket of sockets.clients) socket.terminate();
        server.closeAllConnections();
      }, 200);
      server.closeIdleConnections();
      await closed;
      clearTimeout(impatient);
    },
  };
}

/** @throws the error of the last port where none can be had. */
async function listen(server: Server, ports: readonly number[]): Promise<number> {
  for (const [i, port] of ports.entries()) {
    try {
      server.listen({ port, host: '127.0.0.1', exclusive: true });
      await once(server, 'listening');
      return (server.address() as AddressInfo).port;
    } catch (cause) {
      if (i === ports.length - 1) throw cause;
    }
  }
  throw new Error('no port was given');
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  body: Buffer,
  headers: Readonly<Record<string, string>>,
): void {
  response.writeHead(status, {
    'Content-Security-Policy': loopbackContentSecurityPolicy,
    ...securityHeaders,
    'Cache-Control': cacheControl.none,
    ...headers,
    'Content-Length': body.length,
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** A refusal says its status and nothing else, and ends the connection of whoever is still sending. */
function sendStatus(request: IncomingMessage, response: ServerResponse, status: number): void {
  const isSending = request.method !== 'GET' && request.method !== 'HEAD';
  if (isSending) response.on('finish', () => request.destroy());
  send(request, response, status, Buffer.from(`${status} ${STATUS_CODES[status] ?? ''}\n`), {
    'Content-Type': 'text/plain; charset=utf-8',
    ...(isSending && { Connection: 'close' }),
  });
}

function sendJson(request: IncomingMessage, response: ServerResponse, value: unknown): void {
  send(request, response, 200, Buffer.from(JSON.stringify(value)), {
    'Content-Type': 'application/json; charset=utf-8',
  });
}

function refuseUpgrade(socket: Duplex | Socket, status: number): void {
  const headers = Object.entries({ ...securityHeaders, Connection: 'close', 'Content-Length': '0' });
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n`, () => socket.destroy());
}
