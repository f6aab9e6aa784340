/** A small contract with one method for each thing a wire must do. */
import * as v from 'valibot';
import { StudioError } from '../../../core/errors.ts';
import type { Contract, Handlers } from '../../../core/rpc/define.ts';

const arrays = {
  bytes: v.instance(Uint8Array),
  uint16s: v.instance(Uint16Array),
  uint32s: v.instance(Uint32Array),
  float32s: v.instance(Float32Array),
  float64s: v.instance(Float64Array),
};

export const echoContract = {
  'echo.value': { input: v.object({ value: v.unknown() }), output: v.object({ value: v.unknown() }) },
  'echo.arrays': { input: v.object(arrays), output: v.object(arrays) },
  /** A view of a few bytes in the middle of a large buffer. */
  'echo.slice': { input: v.object({}), output: v.object({ slice: v.instance(Uint8Array), bufferBytes: v.number() }) },
  'echo.defaults': { input: v.object({ size: v.optional(v.number(), 32) }), output: v.object({ size: v.number() }) },
  'echo.count': {
    input: v.object({ to: v.number() }),
    progress: v.object({ at: v.number() }),
    output: v.object({ last: v.number() }),
  },
  /** Never ends by itself; its signal tells `echo.aborted`. */
  'echo.wait': { input: v.object({}), progress: v.object({ waiting: v.boolean() }), output: v.object({}) },
  'echo.aborted': { input: v.object({}), output: v.object({ calls: v.number() }) },
  'echo.refuse': { input: v.object({}), output: v.object({}) },
  'echo.fail': { input: v.object({}), output: v.object({}) },
  'echo.lie': { input: v.object({}), output: v.object({ count: v.number() }) },
  'echo.die': { input: v.object({}), output: v.object({}) },
} as const satisfies Contract;

export type EchoContract = typeof echoContract;

export function echoHandlers(die: () => void): Handlers<EchoContract> {
  let aborted = 0;
  return {
    'echo.value': ({ value }) => ({ value }),
    'echo.arrays': (arrays) => arrays,
    'echo.slice': () => {
      const slice = new Uint8Array(1 << 16).fill(7).subarray(1000, 1003);
      return { slice, bufferBytes: slice.buffer.byteLength };
    },
    'echo.defaults': ({ size }) => ({ size }),
    'echo.count': ({ to }, { progress }) => {
      for (let at = 1; at <= to; at++) progress({ at });
      return { last: to };
    },
    'echo.wait': (_input, { signal, progress }) => {
      progress({ waiting: true });
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          aborted++;
          reject(signal.reason as Error);
        });
      });
    },
    'echo.aborted': () => ({ calls: aborted }),
    'echo.refuse': () => {
      throw new StudioError('FOLDER_NOT_FOUND', { path: '/nowhere' });
    },
    'echo.fail': () => {
      throw new Error('a secret of /home/person');
    },
    'echo.lie': () => ({ count: 'three' }) as never,
    'echo.die': () => {
      die();
      return new Promise(() => undefined);
    },
  };
}
