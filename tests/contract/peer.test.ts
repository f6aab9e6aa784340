import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClient } from '../../core/rpc/client.ts';
import type { RpcClient } from '../../core/rpc/define.ts';
import type { Frame } from '../../core/rpc/transport.ts';
import { echoContract, type EchoContract } from './support/echo-contract.ts';
import { type Wire, wires } from './support/wires.ts';

describe.each(wires)('the peer over $name', ({ open }) => {
  let wire: Wire;
  let client: RpcClient<EchoContract>;

  beforeEach(async () => {
    wire = await open();
    client = createClient(echoContract, wire.transport);
  });
  afterEach(() => wire.stop());

  it('brings values there and back', async () => {
    const value = { text: 'Größe 크기 \u202e', list: [1, null, true, { deep: [[]] }], null: null, '': 0 };

    expect(await client.call('echo.value', { value })).toEqual({ value });
  });

  it('brings every kind of typed array there and back as that kind', async () => {
    const arrays = {
      bytes: new Uint8Array([0, 255, 7]),
      uint16s: new Uint16Array([65535]),
      uint32s: new Uint32Array([]),
      float32s: new Float32Array([0.5, -Infinity, NaN]),
      float64s: new Float64Array([Math.PI, -0]),
    };

    const answer = await client.call('echo.arrays', arrays);

    expect(Object.values(answer).map((array) => array.constructor.name)).toEqual([
      'Uint8Array',
      'Uint16Array',
      'Uint32Array',
      'Float32Array',
      'Float64Array',
    ]);
    expect(answer).toEqual(arrays);
  });

  it('sends of a view its own bytes and not the buffer behind it', async () => {
    const { slice, bufferBytes } = await client.call('echo.slice', {});

    expect([...slice]).toEqual([7, 7, 7]);
    expect(bufferBytes).toBe(65536); // as the handler saw it
    expect(slice.buffer.byteLength).toBeLessThan(1000);
  });

  it('fills in defaults before the handler sees the input', async () => {
    expect(await client.call('echo.defaults', {})).toEqual({ size: 32 });
  });

  it('reports all progress in order before the result', async () => {
    const seen: number[] = [];

    const { last } = await client.call('echo.count', { to: 100 }, { onprogress: ({ at }) => seen.push(at) });

    expect(last).toBe(100);
    expect(seen).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
  });

  it('keeps calls apart that run at the same time', async () => {
    const answers = await Promise.all([1, 2, 3].map((value) => client.call('echo.value', { value })));

    expect(answers.map(({ value }) => value)).toEqual([1, 2, 3]);
  });

  it('ends a call at once when it is cancelled, and its handler learns of it', async () => {
    const cancel = new AbortController();
    let end: Promise<unknown> = Promise.resolve();
    await new Promise<void>((resolve) => {
      const call = client.call('echo.wait', {}, { signal: cancel.signal, onprogress: () => resolve() });
      end = call.catch((cause: unknown) => cause);
    });

    cancel.abort();

    expect(await end).toMatchObject({ code: 'CANCELLED' });
    expect(await client.call('echo.aborted', {})).toEqual({ calls: 1 });
  });

  it('does not send a call that is cancelled before it begins', async () => {
    await expect(client.call('echo.wait', {}, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'CANCELLED',
    });
    expect(await client.call('echo.aborted', {})).toEqual({ calls: 0 });
  });

  it('brings an error as its code and details', async () => {
    await expect(client.call('echo.refuse', {})).rejects.toMatchObject({
      code: 'FOLDER_NOT_FOUND',
      details: { path: '/nowhere' },
    });
  });

  it('says of an unexpected error nothing but where the log has it', async () => {
    const error: unknown = await client.call('echo.fail', {}).catch((cause: unknown) => cause);

    expect(error).toMatchObject({ code: 'INTERNAL', details: { reference: 'helper-log-1' } });
    expect(JSON.stringify(error) + String(error)).not.toContain('secret');
  });

  it('refuses input that does not fit the schema, and names the field', async () => {
    await expect(client.call('echo.count', { to: 'ten' as never })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { method: 'echo.count', path: 'to' },
    });
  });

  it('refuses an answer that does not fit the schema', async () => {
    await expect(client.call('echo.lie', {})).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { method: 'echo.lie', path: 'count' },
    });
  });

  it.each(['no.such', '__proto__', 'constructor', 'toString'])('knows no method %s', async (method) => {
    const answer = new Promise((resolve) => wire.transport.onMessage(resolve));

    wire.transport.send({ kind: 'request', id: 1, method, input: {} });

    expect(await answer).toEqual({ kind: 'error', id: 1, error: { code: 'UNKNOWN_METHOD', details: { method } } });
  });

  it('rejects every waiting call when the other side dies, and every later one', async () => {
    const waiting = [client.call('echo.wait', {}), client.call('echo.wait', {}), client.call('echo.die', {})];

    const ends = await Promise.allSettled(waiting);

    const lost: unknown = { status: 'rejected', reason: expect.objectContaining({ code: 'BACKEND_LOST' }) };
    expect(ends).toEqual([lost, lost, lost]);
    expect(await client.closed).not.toBe('');
    await expect(client.call('echo.value', { value: 1 })).rejects.toMatchObject({ code: 'BACKEND_LOST' });
  });

  it.each([
    ['nothing', null],
    ['a frame of another kind', { kind: 'result', id: 1, value: 1 }],
    ['an id of another type', { kind: 'request', id: '1', method: 'echo.value', input: {} }],
    ['a fraction as id', { kind: 'request', id: 1.5, method: 'echo.value', input: {} }],
    ['a field too many', { kind: 'request', id: 1, method: 'echo.value', input: {}, admin: true }],
    ['a value nested too deep', { kind: 'request', id: 1, method: 'echo.value', input: nested(40) }],
  ])('closes on %s', async (_name, frame) => {
    wire.transport.send(frame as unknown as Frame);

    expect(await client.closed).not.toBe('');
  });
});

function nested(depth: number): unknown {
  let value: unknown = 0;
  for (let i = 0; i < depth; i++) value = [value];
  return { value };
}
