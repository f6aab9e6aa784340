import { describe, expect, it } from 'vitest';
import { cancelled } from '../../../core/errors.ts';
import { PictureStore } from '../../../renderer/pictures/picture-store.ts';

interface Asked {
  readonly indices: number[];
  readonly signal: AbortSignal | undefined;
  answer(): Promise<void>;
}

/** A backend whose picture i is two bytes of i, and that answers when told to. */
function backend(): { store: PictureStore; asked: Asked[] } {
  const asked: Asked[] = [];
  const call = (_: string, input: { indices: Uint32Array }, options: { signal?: AbortSignal } = {}) =>
    new Promise((resolve, reject) => {
      options.signal?.addEventListener('abort', () => reject(cancelled()));
      asked.push({
        indices: [...input.indices],
        signal: options.signal,
        answer: async () => {
          resolve({ pixels: Uint8Array.from([...input.indices].flatMap((i) => [i, i])) });
          await turn();
        },
      });
    });
  return { store: new PictureStore({ call } as never), asked };
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('the store of pictures', () => {
  it('asks once for all that is wanted together, in the order of their numbers', async () => {
    const { store, asked } = backend();

    for (const index of [7, 3, 5]) store.want('a', index, () => undefined);
    await turn();

    expect(asked.map(({ indices }) => indices)).toEqual([[3, 5, 7]]);
  });

  it('gives every listener the pixels of its own picture, and keeps them', async () => {
    const { store, asked } = backend();
    const seen: number[][] = [];
    store.want('a', 3, (pixels) => seen.push([...pixels]));
    store.want('a', 9, (pixels) => seen.push([...pixels]));
    await turn();

    await asked[0]!.answer();

    expect(seen).toEqual([
      [3, 3],
      [9, 9],
    ]);
    expect([...store.peek('a', 9)!]).toEqual([9, 9]);
    expect(store.peek('b', 9)).toBeUndefined();
  });

  it('never asks for what was given up before its call went out', async () => {
    const { store, asked } = backend();
    const giveUp = store.want('a', 1, () => undefined);
    store.want('a', 2, () => undefined);

    giveUp();
    await turn();

    expect(asked.map(({ indices }) => indices)).toEqual([[2]]);
  });

  it('aborts a call when nobody waits for any of its pictures', async () => {
    const { store, asked } = backend();
    const first = store.want('a', 1, () => undefined);
    const second = store.want('a', 2, () => undefined);
    await turn();

    first();
    expect(asked[0]!.signal?.aborted).toBe(false);
    second();

    expect(asked[0]!.signal?.aborted).toBe(true);
  });

  it('asks again for a picture whose call was aborted and that is wanted once more', async () => {
    const { store, asked } = backend();
    const giveUp = store.want('a', 1, () => undefined);
    await turn();
    giveUp();

    const seen: number[] = [];
    store.want('a', 1, ([value]) => seen.push(value!));
    await turn();
    await turn();
    await asked[1]!.answer();

    expect(seen).toEqual([1]);
  });

  it('forgets a dataset whose pictures were read anew, and no other', async () => {
    const { store, asked } = backend();
    store.want('a', 1, () => undefined);
    store.want('b', 1, () => undefined);
    await turn();
    for (const call of asked) await call.answer();

    store.forget('a');

    expect(store.peek('a', 1)).toBeUndefined();
    expect(store.peek('b', 1)).toBeDefined();
  });
});
