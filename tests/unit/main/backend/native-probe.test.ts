import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { computeContract } from '../../../../core/rpc/contract/compute.ts';
import type { Handlers } from '../../../../core/rpc/define.ts';
import type { Helper } from '../../../../core/rpc/helper.ts';
import { inMemoryTransportPair } from '../../../../core/rpc/in-memory-transport.ts';
import { serve } from '../../../../core/rpc/server.ts';
import { NativeProbe } from '../../../../main/backend/native-probe.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { computeContract as contract } from '../../../../core/rpc/contract/compute.ts';

type Answer = 'works' | 'differs' | 'dies' | 'hangs';
let folder: string;
let launched: number;
let killed: number;

beforeEach(() => {
  folder = temporaryFolder('probe');
  launched = killed = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function probeOf(answer: Answer, version = '1.0.0'): NativeProbe {
  return new NativeProbe({
    launcher: {
      launch: (): Helper => {
        launched++;
        const [ours, theirs] = inMemoryTransportPair();
        const probe = () => {
          if (answer === 'works') return { works: true, reason: '' };
          if (answer === 'differs') return { works: false, reason: 'A·B is wrong' };
          return new Promise<never>(() => undefined);
        };
        serve(contract, { 'compute.probe': probe } as unknown as Handlers<typeof computeContract>, theirs);
        const exited = answer === 'dies' ? Promise.resolve('signal SIGILL') : new Promise<string>(() => undefined);
        return { transport: ours, pid: 1, exited, kill: () => void killed++ };
      },
    },
    path: join(folder, 'native-probe.json'),
    version,
    processor: 'test',
    onFound: () => undefined,
    warn: () => undefined,
    timeoutMs: 30,
  });
}

describe('the native library', () => {
  it('is used once it has been seen to work, in a process that is ended afterwards', async () => {
    const probe = probeOf('works');
    expect([probe.works, probe.resolve('auto')]).toEqual([null, 'wasm']);

    await probe.ready();

    expect([probe.works, probe.resolve('auto'), probe.resolve('native'), probe.resolve('wasm')]).toEqual([
      true,
      'native',
      'native',
      'wasm',
    ]);
    expect([launched, killed]).toEqual([1, 1]);
  });

  it.each([
    ['differs', 'A·B is wrong'],
    ['dies', 'signal SIGILL'],
    ['hangs', 'no answer in 0.03 s'],
  ] as const)('is left alone where it %s, and who asks for it is told why', async (answer, reason) => {
    const probe = probeOf(answer);

    await probe.ready();

    expect([probe.works, probe.resolve('auto'), killed]).toEqual([false, 'wasm', 1]);
    expect(() => probe.resolve('native')).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION', details: expect.objectContaining({ expected: `auto | wasm (${reason})` }) }), // prettier-ignore
    );
  });

  it('is asked once a version, and again where the answer cannot be read', async () => {
    await probeOf('dies').ready();
    const again = probeOf('works');
    await again.ready();
    expect([again.works, launched]).toEqual([false, 1]);

    await probeOf('works', '1.0.1').ready();
    expect(launched).toBe(2);

    writeFileSync(join(folder, 'native-probe.json'), '{"on":');
    await probeOf('works').ready();
    expect(launched).toBe(3);
  });
});
