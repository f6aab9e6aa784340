import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createClient } from '../../core/rpc/client.ts';
import { encodeFrame } from '../../core/rpc/codec.ts';
import { studioContract } from '../../core/rpc/contract/index.ts';
import { socketTransport } from '../../renderer/host/socket-transport.ts';
import { type FakeHost, startFakeHost } from './support/fake-host.ts';

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

describe('the browser host', () => {
  let host: FakeHost;
  let name: string;
  beforeEach(async () => {
    host = await startFakeHost();
    name = `${host.hostLabel}.localhost:${host.port}`;
  });
  afterEach(() => host.close());

  function ask(path: string, headers: Record<string, string> = {}, method = 'GET', body = ''): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port: host.port, path, method, headers: { Host: name, ...headers } };
      const request = httpRequest(options, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body: text }));
      });
      request.on('error', reject);
      request.end(body);
    });
  }

  async function signIn(): Promise<string> {
    const answer = await ask(`/auth?token=${host.token()}`);
    return answer.headers['set-cookie']![0]!.split(';')[0]!;
  }

  /** A socket as a page would open it; rejects with the status of a refusal. */
  function openSocket(cookie: string, host_ = name, path = '/ws'): Promise<WebSocket> {
    return new Promise((resolve, reject) => {
      const headers = { Host: host_, Origin: `http://${host_}`, Cookie: cookie };
      const socket = new WebSocket(`ws://127.0.0.1:${host.port}${path}`, { headers });
      socket.binaryType = 'arraybuffer';
      socket.on('open', () => resolve(socket));
      socket.on('unexpected-response', (_request, response) => reject(new Error(String(response.statusCode))));
      socket.on('error', reject);
    });
  }
  const closeOf = (socket: WebSocket) => new Promise<number>((resolve) => socket.on('close', resolve));
  const clientOf = (socket: WebSocket) =>
    createClient(studioContract, socketTransport(socket as unknown as globalThis.WebSocket));

  it('tells a browser to ask again where a connection that it opened ahead was silent for too long', async () => {
    const said = await textOf(connect(host.port, '127.0.0.1'));

    expect(said.split('\r\n')[0]).toBe('HTTP/1.1 408 Request Timeout');
  }, 15_000);

  it('lets a person in by a link that works once, and serves the page from then on', async () => {
    const token = host.token();

    const first = await ask(`/auth?token=${token}`, { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' });
    const second = await ask(`/auth?token=${token}`);

    const [cookie] = first.headers['set-cookie']!;
    expect(first.status).toBe(200);
    expect(first.headers.location).toBeUndefined();
    expect(first.body).toContain('<meta http-equiv=refresh content="0;url=/">');
    expect(cookie).toMatch(new RegExp(`^studio_${host.port}=[0-9a-f]{64}; HttpOnly; SameSite=Strict; Path=/$`));
    expect(second.status).toBe(403);
    expect((await ask('/', { Cookie: cookie!.split(';')[0]! })).body).toContain('<title>page</title>');
  });

  it('does not use a link up by a look at its head', async () => {
    expect((await ask(`/auth?token=${host.token()}`, {}, 'HEAD')).status).toBe(403);
    expect((await ask(`/auth?token=${host.token()}`)).status).toBe(200);
  });

  it('answers its version to the session and to nobody else', async () => {
    const cookie = await signIn();

    expect((await ask('/api/state')).status).toBe(401);
    expect(JSON.parse((await ask('/api/state', { Cookie: cookie })).body)).toEqual({
      version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
    });
  });

  it('serves the files of the page and nothing else', async () => {
    const Cookie = await signIn();

    const script = await ask('/assets/main-1a2b.js', { Cookie });
    expect(script).toMatchObject({ status: 200, body: 'export {};' });
    expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(script.headers['cache-control']).toBe('private, max-age=31536000, immutable');
    for (const path of ['/assets/main-1a2b.js.map', '/package.json', '/../package.json', '/nothing', '/__proto__']) {
      expect((await ask(path, { Cookie })).status).toBe(404);
    }
  });

  it('sends the same headers with every answer', async () => {
    const Cookie = await signIn();

    for (const answer of [await ask('/', { Cookie }), await ask('/nothing', { Cookie }), await ask('/')]) {
      expect(answer.headers).toMatchObject({
        // Word for word, because every part of it was tried with the page.
        'content-security-policy':
          "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'; trusted-types svelte-trusted-html studio-worker",
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-embedder-policy': 'require-corp',
        'cross-origin-resource-policy': 'same-origin',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
        'permissions-policy':
          'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=(), bluetooth=(), payment=(), local-network=(), loopback-network=()',
        'x-frame-options': 'DENY',
      });
    }
  });

  it('connects the page to the handlers', async () => {
    const socket = await openSocket(await signIn());

    expect(await clientOf(socket).call('jobs.count', {})).toEqual({ active: 3 });
  });

  it('refuses a socket without a session, on another path, or with a query', async () => {
    const cookie = await signIn();

    await expect(openSocket('')).rejects.toThrow('401');
    await expect(openSocket(cookie, name, '/other')).rejects.toThrow('404');
    await expect(openSocket(cookie, name, '/ws?x=1')).rejects.toThrow('404');
  });

  it('wants a ticket of a page under 127.0.0.1, each good once', async () => {
    const address = `127.0.0.1:${host.port}`;
    const Cookie = await signIn();
    const answer = await ask(
      '/api/ticket',
      { Host: address, Cookie, Origin: `http://${address}`, 'Content-Type': 'application/json' },
      'POST',
      '{}',
    );
    const frame = encodeFrame({ kind: 'ticket', ...(JSON.parse(answer.body) as object) });

    const good = await openSocket(Cookie, address);
    good.send(frame);
    expect(await clientOf(good).call('jobs.count', {})).toEqual({ active: 3 });
    const again = await openSocket(Cookie, address);
    const without = await openSocket(Cookie, address);
    again.send(frame);
    without.send(encodeFrame({ kind: 'request', id: 1, method: 'jobs.count', input: {} }));
    expect(await Promise.all([closeOf(again), closeOf(without)])).toEqual([1008, 1008]);
  });

  it('closes a socket that sends text, nonsense or too much at once, and serves the others', async () => {
    const cookie = await signIn();
    const [text, nonsense, flood, good] = await Promise.all([1, 2, 3, 4].map(() => openSocket(cookie)));
    const request = encodeFrame({ kind: 'abort', id: 1 });

    text!.send('{"kind":"request"}');
    nonsense!.send(new Uint8Array(100).fill(7));
    for (let i = 0; i < 2_000; i++) flood!.send(request);

    expect(await Promise.all([closeOf(text!), closeOf(nonsense!), closeOf(flood!)])).toEqual([1003, 1007, 1008]);
    expect(await clientOf(good!).call('jobs.count', {})).toEqual({ active: 3 });
  });

  it('never closes on a page of the studio, however many calls it makes at once', async () => {
    const client = clientOf(await openSocket(await signIn()));

    const answers = await Promise.all(Array.from({ length: 600 }, () => client.call('jobs.count', {})));

    expect(answers.every(({ active }) => active === 3)).toBe(true);
  });

  it('serves sixteen sockets and refuses the next, until one is gone', async () => {
    const cookie = await signIn();
    const sockets = await Promise.all(Array.from({ length: 16 }, () => openSocket(cookie)));

    await expect(openSocket(cookie)).rejects.toThrow('503');
    const gone = closeOf(sockets[0]!);
    sockets[0]!.close();
    await gone;

    await expect(openSocket(cookie)).resolves.toBeDefined();
  });

  it('keeps its name and port for the next start', async () => {
    const { dataFolder, port, hostLabel } = host;
    const next = await startFakeHost({ dataFolder }); // the port is taken by the one that runs
    expect(next.port).not.toBe(port);
    expect(next.hostLabel).toBe(hostLabel);
    await next.close();
    await host.close();

    host = await startFakeHost();
    expect(host.hostLabel).not.toBe(hostLabel);
  });

  it('ends with its pages connected, and tells them', async () => {
    const socket = await openSocket(await signIn());
    const client = clientOf(socket);
    const watching = client.call('jobs.watch', {}).catch((cause: unknown) => cause);

    await host.close();

    expect(await watching).toMatchObject({ code: 'BACKEND_LOST' });
    host = await startFakeHost();
  });
});
