import { beforeEach, describe, expect, it } from 'vitest';
import { Access, cookieValues } from '../../../../main/loopback/access-token.ts';

describe('access to the browser host', () => {
  let now = 0;
  let access: Access;
  beforeEach(() => {
    now = 1_000;
    access = new Access(() => now);
  });

  it('exchanges a token for a session once', () => {
    const token = access.issueToken();

    const session = access.signIn(token)!;

    expect(access.hasSession(session)).toBe(true);
    expect(access.signIn(token)).toBeNull();
  });

  it('makes secrets of 256 bits, each another', () => {
    const secrets = [access.issueToken(), access.issueToken(), access.issueTicket()];

    expect(new Set(secrets).size).toBe(3);
    for (const secret of secrets) expect(Buffer.from(secret, 'hex').length).toBe(32);
  });

  it('takes a token for a minute', () => {
    const [early, late] = [access.issueToken(), access.issueToken()];

    now += 59_999;
    expect(access.signIn(early)).not.toBeNull();
    now += 1;
    expect(access.signIn(late)).toBeNull();
  });

  it('refuses every token after ten wrong ones, until a minute has passed', () => {
    for (let i = 0; i < 10; i++) expect(access.signIn('wrong')).toBeNull();

    expect(access.signIn(access.issueToken())).toBeNull();
    now += 60_000;
    expect(access.signIn(access.issueToken())).not.toBeNull();
  });

  it('does not count wrong sessions', () => {
    for (let i = 0; i < 100; i++) expect(access.hasSession('wrong')).toBe(false);

    expect(access.signIn(access.issueToken())).not.toBeNull();
  });

  it('ends a session that nobody has used for twelve hours', () => {
    const hour = 3_600_000;
    const session = access.signIn(access.issueToken())!;

    now += 11 * hour;
    expect(access.hasSession(session)).toBe(true);
    now += 11 * hour;
    expect(access.hasSession(session)).toBe(true);
    now += 12 * hour;
    expect(access.hasSession(session)).toBe(false);
  });

  it('takes a ticket once, within half a minute, and not for a token or a session', () => {
    const [used, late, kept] = [access.issueTicket(), access.issueTicket(), access.issueTicket()];

    expect([access.takeTicket(used), access.takeTicket(used)]).toEqual([true, false]);
    expect([access.signIn(kept), access.hasSession(kept)]).toEqual([null, false]);
    now += 30_000;
    expect(access.takeTicket(late)).toBe(false);
  });
});

describe('cookies', () => {
  it('gives every value of the name and of no longer name', () => {
    expect(cookieValues('a=1; studio_4000=x; studio_40001=y;studio_4000=z=; b', 'studio_4000')).toEqual(['x', 'z=']);
    expect(cookieValues(undefined, 'studio_4000')).toEqual([]);
  });
});
