/**
 * Who may ask anything of the browser host: the page it serves itself, after signing in. Every request and every upgrade
 * passes here before anything else looks at it. Strings are compared for equality; a pattern is what the gates of other
 * programs were passed by.
 */
import type { IncomingHttpHeaders } from 'node:http';

export interface GateRequest {
  readonly method: string;
  /** The target as it was sent. */
  readonly target: string;
  /** Names and values in turn, as they were sent. */
  readonly rawHeaders: readonly string[];
  readonly headers: IncomingHttpHeaders;
  readonly isUpgrade: boolean;
}

export interface GateRules {
  /** `name:port`, each an address the page may have. */
  readonly hosts: ReadonlySet<string>;
  /** Paths that take POST. */
  readonly postPaths: ReadonlySet<string>;
  /** Path where a token is exchanged for a session; the only one that needs none. */
  readonly authPath: string;
  readonly hasSession: (cookieHeader: string | undefined) => boolean;
}

export type Verdict =
  | { readonly passed: true; readonly path: string; readonly query: string; readonly host: string }
  | { readonly passed: false; readonly status: 400 | 401 | 403 | 405 | 415 | 421 };

const maxTargetLength = 2048;
/** What paths of the studio never hold, and what disguises a path. */
const forbiddenInPath = ['%2e', '%2f', '%5c', '%00', '\\', '//', '\0'];

/** The steps in this order, because a status must not tell a stranger what lies behind the next step. */
export function passGate(request: GateRequest, rules: GateRules): Verdict {
  // 1. The address, so that a name that was rebound to this machine gets nowhere.
  const [host, ...otherHosts] = valuesOf(request.rawHeaders, 'host');
  if (host === undefined || otherHosts.length > 0 || !rules.hosts.has(host)) return refuse(421);

  // 2. The target.
  const { target } = request;
  if (target.length > maxTargetLength || !target.startsWith('/')) return refuse(400);
  const queryStart = target.indexOf('?');
  const path = queryStart < 0 ? target : target.slice(0, queryStart);
  const query = queryStart < 0 ? '' : target.slice(queryStart + 1);
  const lowerPath = path.toLowerCase();
  if (forbiddenInPath.some((part) => lowerPath.includes(part))) return refuse(400);

  // 3. The page that asks. A browser names it on every upgrade and on all but GET and HEAD.
  const origins = valuesOf(request.rawHeaders, 'origin');
  const isReading = request.method === 'GET' || request.method === 'HEAD';
  if (origins.length > 1) return refuse(403);
  if (origins.length === 1 && origins[0] !== `http://${host}`) return refuse(403);
  if (origins.length === 0 && (request.isUpgrade || !isReading)) return refuse(403);

  // 4. Where the browser says the request comes from. A link with a token in it is opened from a file or a terminal,
  //    which counts as another site; there the token is the proof.
  const sites = valuesOf(request.rawHeaders, 'sec-fetch-site');
  if (!sites.every((site) => site === 'same-origin' || site === 'none')) {
    const isNavigation = valuesOf(request.rawHeaders, 'sec-fetch-mode').join() === 'navigate';
    const isSignIn = path === rules.authPath && sites.join() === 'cross-site' && isNavigation && origins.length === 0;
    if (!isSignIn) return refuse(403);
  }

  // 5. What it wants to do.
  if (!isReading) {
    if (request.method !== 'POST' || !rules.postPaths.has(path)) return refuse(405);
    if (request.headers['content-type'] !== 'application/json') return refuse(415);
  } else if (rules.postPaths.has(path)) {
    return refuse(405);
  }

  // 6. Whether it has signed in.
  if (path !== rules.authPath && !rules.hasSession(request.headers.cookie)) return refuse(401);
  return { passed: true, path, query, host };
}

function refuse(status: Extract<Verdict, { passed: false }>['status']): Verdict {
  return { passed: false, status };
}

function valuesOf(rawHeaders: readonly string[], name: string): string[] {
  const values: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    if (rawHeaders[i]!.toLowerCase() === name) values.push(rawHeaders[i + 1]!);
  }
  return values;
}
