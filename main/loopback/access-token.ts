/**
 * The secrets of the browser host. A *token* travels in a link and is good once, for a minute; it is exchanged for a
 * *session*, which lives in a cookie until the host ends. A *ticket* proves that a page, and not only its cookie, opens a
 * socket. All are 256 random bits, kept in memory only, and compared through their SHA-256 in constant time.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const tokenMs = 60_000;
const ticketMs = 30_000;
const sessionIdleMs = 12 * 60 * 60_000;
const maxSessions = 64;
const maxTickets = 64;
const wrongTokensAllowed = 10;
const wrongTokensWindowMs = 60_000;

interface Secret {
  readonly hash: Buffer;
  expiresAt: number;
}

export class Access {
  #tokens: Secret[] = [];
  #tickets: Secret[] = [];
  #sessions: Secret[] = [];
  #wrongTokensAt: number[] = [];
  readonly #now: () => number;

  /** @param now  Milliseconds of a clock that only goes forward. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** A token for one sign-in within the next minute. */
  issueToken(): string {
    return this.#issue(this.#tokens, tokenMs, maxTickets);
  }

  /**
   * A new session for a valid token, which is used up by this; null for any other. After ten wrong ones within a minute
   * all are refused until the minute is over.
   */
  signIn(token: string): string | null {
    const now = this.#now();
    this.#wrongTokensAt = this.#wrongTokensAt.filter((at) => now - at < wrongTokensWindowMs);
    if (this.#wrongTokensAt.length >= wrongTokensAllowed) return null;
    if (!this.#take(this.#tokens, token)) {
      this.#wrongTokensAt.push(now);
      return null;
    }
    return this.#issue(this.#sessions, sessionIdleMs, maxSessions);
  }

  /** Whether the session exists; it then lives another twelve hours. */
  hasSession(session: string): boolean {
    const found = this.#find(this.#sessions, session);
    if (found !== undefined) found.expiresAt = this.#now() + sessionIdleMs;
    return found !== undefined;
  }

  issueTicket(): string {
    return this.#issue(this.#tickets, ticketMs, maxTickets);
  }

  takeTicket(ticket: string): boolean {
    return this.#take(this.#tickets, ticket);
  }

  #issue(secrets: Secret[], lifeMs: number, limit: number): string {
    const value = randomBytes(32).toString('hex'); // never begins with a dash, so that it can be an argument
    secrets.push({ hash: sha256(value), expiresAt: this.#now() + lifeMs });
    if (secrets.length > limit) secrets.shift();
    return value;
  }

  #find(secrets: readonly Secret[], value: string): Secret | undefined {
    const hash = sha256(value);
    const now = this.#now();
    let found: Secret | undefined;
    for (const secret of secrets) if (timingSafeEqual(secret.hash, hash) && secret.expiresAt > now) found = secret;
    return found;
  }

  #take(secrets: Secret[], value: string): boolean {
    const found = this.#find(secrets, value);
    if (found === undefined) return false;
    secrets.splice(secrets.indexOf(found), 1);
    return true;
  }
}

/** The values of one cookie; ports of a machine share cookies, so that others may have set the same name. */
export function cookieValues(header: string | undefined, name: string): string[] {
  return (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
}

function sha256(value: string): Buffer {
  return createHash('sha256').update(value).digest();
}
