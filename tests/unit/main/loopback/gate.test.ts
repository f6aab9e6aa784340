import { describe, expect, it } from 'vitest';
import { type GateRequest, type GateRules, passGate } from '../../../../main/loopback/gate.ts';

const rules: GateRules = {
  hosts: new Set(['0123456789abcdef.localhost:4000', '127.0.0.1:4000']),
  postPaths: new Set(['/api/ticket']),
  authPath: '/auth',
  hasSession: (cookie) => cookie === 'session',
};

/** A request of the studio's own page; headers that are undefined are left out. */
function request(
  changes: Partial<Omit<GateRequest, 'headers' | 'rawHeaders'>> & { headers?: Record<string, string | undefined> } = {},
): GateRequest {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries({ host: '127.0.0.1:4000', cookie: 'session', ...changes.headers })) {
    if (value !== undefined) headers[name] = value;
  }
  return {
    method: changes.method ?? 'GET',
    target: changes.target ?? '/',
    isUpgrade: changes.isUpgrade ?? false,
    headers,
    rawHeaders: Object.entries(headers).flat(),
  };
}

/** What the gate answers: the status, or 200. */
function statusOf(asked: GateRequest): number {
  const verdict = passGate(asked, rules);
  return verdict.passed ? 200 : verdict.status;
}

describe('the gate', () => {
  it('lets the page itself in', () => {
    expect(passGate(request({ target: '/assets/a.js?x=1' }), rules)).toEqual({
      passed: true,
      path: '/assets/a.js',
      query: 'x=1',
      host: '127.0.0.1:4000',
    });
  });

  it.each([
    'evil.example',
    '127.0.0.1',
    '127.0.0.1:4001',
    'localhost:4000',
    '127.0.0.1:4000.',
    '127.0.0.1:4000@evil',
    '',
  ])('does not answer for the host %j', (host) => {
    expect(statusOf(request({ headers: { host } }))).toBe(421);
  });

  it('does not answer without a host or with two', () => {
    const twice = {
      ...request(),
      rawHeaders: ['Host', '127.0.0.1:4000', 'host', '127.0.0.1:4000', 'Cookie', 'session'],
    };

    expect(statusOf(request({ headers: { host: undefined } }))).toBe(421);
    expect(statusOf(twice)).toBe(421);
  });

  it.each([
    'http://127.0.0.1:4000/',
    '//evil.example',
    '/a//b',
    '/%2e%2E/x',
    '/a%2Fb',
    '/a%5cb',
    '/a%00',
    '/a\\b',
    '*',
    '/'.padEnd(2049, 'a'),
  ])('refuses the target %j', (target) => {
    expect(statusOf(request({ target }))).toBe(400);
  });

  it.each([
    ['another site', 'https://evil.example'],
    ['nobody in particular', 'null'],
    ['https', 'https://127.0.0.1:4000'],
    ['its other name', 'http://0123456789abcdef.localhost:4000'],
    ['a longer name', 'http://127.0.0.1:4000.evil.example'],
  ])('refuses an origin that is %s', (_name, origin) => {
    expect(statusOf(request({ headers: { origin } }))).toBe(403);
  });

  it('wants an origin for a socket and for every change', () => {
    const origin = 'http://127.0.0.1:4000';
    const change = { method: 'POST', target: '/api/ticket' };

    expect(statusOf(request({ isUpgrade: true }))).toBe(403);
    expect(statusOf(request({ isUpgrade: true, headers: { origin } }))).toBe(200);
    expect(statusOf(request({ ...change, headers: { 'content-type': 'application/json' } }))).toBe(403);
    expect(statusOf(request({ ...change, headers: { 'content-type': 'application/json', origin } }))).toBe(200);
  });

  it.each([
    ['same-origin', 200],
    ['none', 200],
    ['same-site', 403],
    ['cross-site', 403],
    ['anything', 403],
  ])('answers a request marked %s with %i', (site, status) => {
    expect(statusOf(request({ headers: { 'sec-fetch-site': site } }))).toBe(status);
  });

  it('lets a link from elsewhere sign in, and only by navigating there', () => {
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', cookie: undefined };

    expect(statusOf(request({ target: '/auth?token=t', headers: link }))).toBe(200);
    expect(statusOf(request({ target: '/', headers: link }))).toBe(403);
    expect(statusOf(request({ target: '/auth?token=t', headers: { ...link, 'sec-fetch-mode': 'no-cors' } }))).toBe(403);
    expect(statusOf(request({ target: '/auth?token=t', headers: { ...link, origin: 'http://127.0.0.1:4000' } }))).toBe(
      403,
    );
    expect(statusOf(request({ target: '/auth?token=t', headers: { ...link, 'sec-fetch-site': 'same-site' } }))).toBe(
      403,
    );
  });

  it.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'POST'])(
    'refuses %s where nothing can be changed',
    (method) => {
      expect(statusOf(request({ method, headers: { origin: 'http://127.0.0.1:4000' } }))).toBe(405);
    },
  );

  it('takes JSON and nothing that a form can send', () => {
    const origin = 'http://127.0.0.1:4000';
    const types = ['text/plain', 'application/x-www-form-urlencoded', undefined, 'application/json; charset=utf-7'];

    for (const type of types) {
      const asked = request({ method: 'POST', target: '/api/ticket', headers: { origin, 'content-type': type } });
      expect(statusOf(asked)).toBe(415);
    }
  });

  it('wants a session for everything but signing in', () => {
    expect(statusOf(request({ headers: { cookie: undefined } }))).toBe(401);
    expect(statusOf(request({ target: '/missing', headers: { cookie: 'other' } }))).toBe(401);
    expect(statusOf(request({ target: '/auth', headers: { cookie: undefined } }))).toBe(200);
  });
});
