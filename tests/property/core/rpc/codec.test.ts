// Node's comparison, because vitest's reads `constructor`, which is one of the hostile keys.
import { deepStrictEqual } from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeFrame, encodeFrame } from '../../../../core/rpc/codec.ts';

const typedArray = fc.oneof(
  fc.uint8Array(),
  fc.uint16Array(),
  fc.uint32Array(),
  fc.float32Array(),
  fc.float64Array(),
  fc.int8Array(),
  fc.int16Array(),
  fc.int32Array(),
  fc.uint8ClampedArray(),
);

/** What JSON can hold, with typed arrays anywhere in it and hostile keys among the keys. */
const { frame } = fc.letrec<{ frame: unknown }>((tie) => ({
  frame: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.string({ unit: 'grapheme' }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    typedArray,
    fc.array(tie('frame'), { maxLength: 4 }),
    fc
      .array(
        fc.tuple(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', '0', 'length')), tie('frame')),
        {
          maxLength: 4,
        },
      )
      .map((entries) => Object.fromEntries(entries)),
  ),
}));

describe('the codec of the WebSocket', () => {
  it('brings back any frame as it was, arrays as their own kind', () => {
    fc.assert(
      // A bare typed array has no place to be put back into; frames are objects.
      fc.property(frame, (value) => {
        deepStrictEqual(decodeFrame(encodeFrame({ value })), { value });
      }),
    );
  });

  it('brings back the same frame wherever the message lies in a larger buffer', () => {
    fc.assert(
      fc.property(frame, fc.nat(16), (value, offset) => {
        const message = encodeFrame({ value });
        const buffer = new Uint8Array(offset + message.length + 3);
        buffer.set(message, offset);

        deepStrictEqual(decodeFrame(buffer.subarray(offset, offset + message.length)), { value });
        // As a socket of Node hands it over: a Buffer, which is a Uint8Array with a `slice` of its own.
        deepStrictEqual(decodeFrame(Buffer.from(buffer.buffer, offset, message.length)), { value });
      }),
    );
  });

  it('puts every array at a multiple of 8, so that reading it copies nothing', () => {
    fc.assert(
      fc.property(fc.array(typedArray), (arrays) => {
        const message = encodeFrame({ arrays });

        const decoded = decodeFrame(message) as { arrays: ArrayBufferView[] };

        for (const array of decoded.arrays) {
          expect(array.buffer).toBe(message.buffer);
          expect(array.byteOffset % 8).toBe(0);
        }
      }),
    );
  });

  it('throws on every message that is cut off', () => {
    fc.assert(
      fc.property(frame, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (value, part) => {
        const message = encodeFrame({ value });

        expect(() => decodeFrame(message.subarray(0, Math.floor(message.length * part)))).toThrow();
      }),
    );
  });

  it('either throws or gives a value for any bytes, and never changes a prototype', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          decodeFrame(bytes);
        } catch (cause) {
          expect(cause).toBeInstanceOf(Error);
        }
        expect(Object.keys(Object.prototype)).toEqual([]);
      }),
    );
  });

  it.each([
    ['a prototype', [['value', '__proto__', 'polluted']]],
    ['the list of all arrays', [['value', 'constructor']]],
    ['nowhere', [['value', 'missing']]],
    ['the frame itself', [[]]],
    [
      'the same place twice',
      [
        ['value', 'place'],
        ['value', 'place'],
      ],
    ],
    ['a place with a value', [['value', 'taken']]],
  ])('refuses an array that is put to %s', (_name, paths) => {
    const table = paths.map((path) => [path, 0, 0]);

    expect(() => decodeFrame(message([{ value: { place: null, taken: 1 } }, table]))).toThrow(/Malformed/);
    expect('polluted' in {}).toBe(false);
  });

  it.each([
    ['a negative length', [[['value'], 0, -1]]],
    ['a length beyond the message', [[['value'], 4, 2 ** 40]]],
    ['a type that does not exist', [[['value'], 99, 0]]],
    ['a type that is a name', [[['value'], 'constructor', 0]]],
    ['no list', {}],
  ])('refuses a table with %s', (_name, table) => {
    expect(() => decodeFrame(message([{ value: null }, table]))).toThrow(/Malformed/);
  });
});

/** A message of the right outer form around any JSON. */
function message(json: unknown): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(json));
  const bytes = new Uint8Array(Math.ceil((4 + text.length) / 8) * 8);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 4);
  return bytes;
}
