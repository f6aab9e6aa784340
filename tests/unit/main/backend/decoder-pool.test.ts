import { afterEach, describe, expect, it } from 'vitest';
import { decoderContract, type DecoderContract } from '../../../../core/rpc/contract/decoder.ts';
import type { Handlers, Output } from '../../../../core/rpc/define.ts';
import type { HelperLauncher } from '../../../../core/rpc/helper.ts';
import { inMemoryTransportPair } from '../../../../core/rpc/in-memory-transport.ts';
import { serve } from '../../../../core/rpc/server.ts';
import { DecoderPool } from '../../../../main/backend/decoder-pool.ts';
import { decoderLauncher } from '../../../support/importing.ts';

const target = { width: 1, height: 1, channels: 3, fit: 'crop' } as const;
let pool: DecoderPool;
afterEach(() => pool.close());

/** Decoders that open every file but those named `killer…`, which end the process, and `sleeper…`, which never return. */
function frailLauncher(): { launcher: HelperLauncher; started: () => number } {
  let started = 0;
  const launcher: HelperLauncher = {
    launch() {
      started++;
      const [inside, outside] = inMemoryTransportPair();
      let exit: (reason: string) => void;
      const exited = new Promise<string>((resolve) => (exit = resolve));
      const end = (reason: string) => {
        inside.close();
        exit(reason);
      };
      let turn: Promise<unknown> = Promise.resolve(); // one call at a time, as the real one
      const decode: Handlers<DecoderContract>['decoder.decode'] = (input, context) => {
        const result = turn.then(() => decodeNow(input, context));
        turn = result;
        return result;
      };
      const decodeNow: (
        ...call: Parameters<typeof decode>
      ) => Promise<Output<DecoderContract, 'decoder.decode'>> = async ({ names }, { progress }) => {
        for (const [at, name] of names.entries()) {
          progress({ at });
          await Promise.resolve();
          if (name.startsWith('killer')) {
            end('signal SIGSEGV');
            await new Promise(() => {});
          }
          if (name.startsWith('sleeper')) await new Promise(() => {});
        }
        return {
          pictures: names.map(
            () => ({ kind: 'picture', format: 'PNG', originalWidth: 1, originalHeight: 1, reasons: [] }) as const,
          ),
          pixels: new Uint8Array(names.length * 3).fill(9),
          pixelHashes: new Uint8Array(names.length * 32),
          perceptualHashes: new Uint32Array(names.length * 2),
        };
      };
      const others = {} as Omit<Handlers<DecoderContract>, 'decoder.decode'>;
      serve(decoderContract, { ...others, 'decoder.decode': decode }, inside);
      return { transport: outside, pid: undefined, exited, kill: () => end('signal SIGKILL') };
    },
  };
  return { launcher, started: () => started };
}

function batch(...names: string[]) {
  return { data: new Uint8Array(names.length), ends: names.map((_, i) => i + 1), names };
}

describe('a pool of decoders', () => {
  it('puts a file aside that ends a decoder twice, and opens all others', async () => {
    const { launcher, started } = frailLauncher();
    pool = new DecoderPool({ launcher, size: 1 });

    const { pictures, pixels } = await pool.decode(batch('a', 'killer', 'b', 'c', 'killer2'), target);

    expect(pictures.map((picture) => (picture.kind === 'refused' ? picture.code : picture.format))).toEqual([
      'PNG',
      'decoder-crashed',
      'PNG',
      'PNG',
      'decoder-crashed',
    ]);
    expect([...pixels]).toEqual([9, 9, 9, 0, 0, 0, 9, 9, 9, 9, 9, 9, 0, 0, 0]);
    expect(started()).toBe(4); // one after each of the first three deaths
  });

  it('kills a decoder that takes too long over one file', async () => {
    pool = new DecoderPool({ launcher: frailLauncher().launcher, size: 1, fileTimeoutMs: 30 });
    const { pictures } = await pool.decode(batch('a', 'sleeper', 'b'), target);
    expect(pictures.map((picture) => (picture.kind === 'refused' ? picture.code : ''))).toEqual([
      '',
      'decoder-timeout',
      '',
    ]);
  });

  it('blames nobody else for a file that ends the decoder', async () => {
    pool = new DecoderPool({ launcher: frailLauncher().launcher, size: 1 });
    const [bad, good] = await Promise.all([pool.decode(batch('killer'), target), pool.decode(batch('a', 'b'), target)]);
    expect(bad.pictures[0]!.kind).toBe('refused');
    expect(good.pictures.map(({ kind }) => kind)).toEqual(['picture', 'picture']);
  });

  it('gives up when no decoder starts', async () => {
    const launcher: HelperLauncher = {
      launch() {
        const [inside, outside] = inMemoryTransportPair();
        queueMicrotask(() => inside.close());
        return { transport: outside, pid: undefined, exited: Promise.resolve('exit code 1'), kill: () => {} };
      },
    };
    pool = new DecoderPool({ launcher, size: 1 });
    await expect(pool.decode(batch('a'), target)).rejects.toMatchObject({ code: 'DECODER_LOST' });
  });

  it('survives the death of real processes in the middle of their work', async () => {
    pool = new DecoderPool({ launcher: decoderLauncher, size: 2 });
    const calls = Array.from({ length: 8 }, () =>
      pool.decode(batch(...Array.from({ length: 50 }, () => 'x.jpg')), target),
    );
    for (const pid of pool.pids) process.kill(pid, 'SIGKILL');
    const results = await Promise.all(calls);
    expect(results.flatMap(({ pictures }) => pictures)).toHaveLength(400);
  });
});
