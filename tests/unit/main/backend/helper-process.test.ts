import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import type { Contract } from '../../../../core/rpc/define.ts';
import type { Helper } from '../../../../core/rpc/helper.ts';
import { inMemoryTransportPair } from '../../../../core/rpc/in-memory-transport.ts';
import { serve } from '../../../../core/rpc/server.ts';
import { HelperProcess } from '../../../../main/backend/helper-process.ts';

const contract = {
  echo: { input: v.object({ text: v.string() }), output: v.object({ text: v.string() }) },
  hang: { input: v.object({}), output: v.object({}) },
} as const satisfies Contract;

/** Processes that a test ends by hand, a clock that it turns, and restarts that it lets happen. */
function supervised() {
  const helpers: { end: (reason: string) => void }[] = [];
  const restarts: { ms: number; then: () => void }[] = [];
  let nowMs = 0;
  const launch = (): Helper => {
    const [near, far] = inMemoryTransportPair();
    serve(contract, { echo: ({ text }) => ({ text }), hang: () => new Promise(() => {}) }, far);
    let end!: (reason: string) => void;
    const exited = new Promise<string>((resolve) => (end = resolve));
    helpers.push({ end });
    return { transport: near, pid: helpers.length, exited, kill: () => end('signal SIGKILL') };
  };
  const process = new HelperProcess({
    kind: 'compute',
    contract,
    launcher: { launch },
    lostCode: 'COMPUTE_LOST',
    now: () => nowMs,
    later: (ms, then) => {
      restarts.push({ ms, then });
      return () => {};
    },
  });
  return { process, helpers, restarts, turn: (ms: number) => (nowMs += ms) };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a helper process', () => {
  it('is started by its first call and used by the next', async () => {
    const { process, helpers } = supervised();
    expect(helpers).toHaveLength(0);

    expect(await process.call('echo', { text: 'one' })).toEqual({ text: 'one' });
    await process.call('echo', { text: 'two' });

    expect(helpers).toHaveLength(1);
  });

  it('rejects waiting calls at once when it dies, and the next call waits for the new one', async () => {
    const { process, helpers, restarts } = supervised();
    const hanging = process.call('hang', {});
    await settled();
    helpers[0]!.end('signal SIGKILL');

    await expect(hanging).rejects.toMatchObject({ code: 'COMPUTE_LOST' });
    await settled();
    expect(process.state).toBe('restarting');
    const next = process.call('echo', { text: 'again' });
    restarts[0]!.then();

    expect(await next).toEqual({ text: 'again' });
  });

  it('is started again after 0.25, 1 and 4 seconds, five times, and given up until a minute has passed', async () => {
    const { process, helpers, restarts, turn } = supervised();
    process.warmUp();
    for (let death = 1; death <= 6; death++) {
      helpers.at(-1)!.end('exit code 1');
      await settled();
      restarts[death - 1]?.then();
    }

    expect(restarts.map(({ ms }) => ms)).toEqual([250, 1000, 4000, 4000, 4000]);
    expect(process.state).toBe('failed');
    await expect(process.call('echo', { text: 'no' })).rejects.toMatchObject({
      code: 'COMPUTE_LOST',
      details: { reason: 'exit code 1' },
    });
    turn(60_001);
    expect(await process.call('echo', { text: 'yes' })).toEqual({ text: 'yes' });
  });

  it('says what it does to whoever listens', async () => {
    const { process } = supervised();
    const seen: string[] = [];
    process.onChange((state) => seen.push(`${state}${process.isBusy ? ' busy' : ''}`));

    await process.call('echo', { text: 'x' });

    expect(seen).toEqual(['running', 'running busy', 'running']);
  });

  it('stays ended once it is closed', async () => {
    const { process, helpers } = supervised();
    await process.call('echo', { text: 'x' });

    await process.close();

    await expect(process.call('echo', { text: 'y' })).rejects.toMatchObject({ code: 'COMPUTE_LOST' });
    expect(helpers).toHaveLength(1);
  });
});
