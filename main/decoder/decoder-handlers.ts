/** What a decoder process does when it is asked. */
import { gunzip } from 'node:zlib';
import { promisify } from 'node:util';
import { StudioError } from '../../core/errors.ts';
import type { DecodedPicture, DecoderContract } from '../../core/rpc/contract/decoder.ts';
import type { Handlers } from '../../core/rpc/define.ts';
import { DifferenceHasher, pixelHash } from './fingerprint.ts';
import type { PictureOpener } from './open-picture.ts';
import { type Target } from './open-picture.ts';

const hashBytes = 32;

export function decoderHandlers(opening: Promise<PictureOpener>): Handlers<DecoderContract> {
  // One picture at a time: a process that is killed or dies was busy with exactly the one it named last.
  let queue: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const result = queue.then(task);
    queue = result.catch(() => undefined);
    return result;
  };

  return {
    'decoder.info': async () => (await opening).versions,

    'decoder.decode': ({ data, ends, names, width, height, channels, fit }, { signal, progress }) =>
      inTurn(async () => {
        const opener = await opening;
        const target: Target = { width, height, channels, fit };
        const slotBytes = width * height * channels;
        const batch = new Batch(ends.length, target);
        const pictures: DecodedPicture[] = [];
        progress({ at: 0 });
        for (let i = 0; i < ends.length; i++) {
          const file = data.subarray(i === 0 ? 0 : ends[i - 1], ends[i]);
          const slot = batch.pixels.subarray(i * slotBytes, (i + 1) * slotBytes);
          let picture: DecodedPicture | null = opener.openSmall(file, names[i]!, target, slot);
          if (picture === null) {
            if (signal.aborted) throw new StudioError('CANCELLED', {});
            progress({ at: i });
            picture = await opener.open(file, names[i]!, target, slot);
          }
          if (picture.kind === 'picture') batch.fingerprint(i);
          pictures.push(picture);
        }
        return { pictures, ...batch.output() };
      }),

    'decoder.view': ({ data, name, side }, { progress }) =>
      inTurn(async () => {
        progress({ at: 0 });
        return (await opening).view(data, name, side);
      }),

    'decoder.encode': ({ width, height, channels, pixels }) =>
      inTurn(async () => {
        const expected = width * height * channels;
        if (expected === 0 || pixels.length !== expected) {
          throw new StudioError('SHAPE_MISMATCH', {
            what: 'pixels',
            expected: `${expected}`,
            actual: `${pixels.length}`,
          });
        }
        return { png: await (await opening).encode({ data: pixels, width, height, channels }) };
      }),

    'decoder.fit': ({ pixels, count, from, width, height, channels, fit }, { progress }) =>
      inTurn(async () => {
        const opener = await opening;
        const fromBytes = from.width * from.height * from.channels;
        if (pixels.length !== count * fromBytes) {
          throw new StudioError('SHAPE_MISMATCH', {
            what: 'pixels',
            expected: `${count} × ${fromBytes}`,
            actual: `${pixels.length}`,
          });
        }
        const target: Target = { width, height, channels, fit };
        const batch = new Batch(count, target);
        const slotBytes = width * height * channels;
        progress({ at: 0 });
        for (let i = 0; i < count; i++) {
          const data = pixels.subarray(i * fromBytes, (i + 1) * fromBytes);
          await opener.resize({ data, ...from }, target, batch.pixels.subarray(i * slotBytes, (i + 1) * slotBytes));
          batch.fingerprint(i);
        }
        return batch.output();
      }),

    'decoder.gunzip': ({ data, limitBytes }) =>
      inTurn(async () => {
        try {
          return { data: await promisify(gunzip)(data, { maxOutputLength: limitBytes }) };
        } catch (cause) {
          const isTooLarge = (cause as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE';
          throw new StudioError('BAD_DATASET_FILE', { path: '', reason: isTooLarge ? 'too-large' : 'gzip' });
        }
      }),
  };
}

/** Slots of a batch with the fingerprints of their pixels. */
class Batch {
  readonly pixels: Uint8Array<ArrayBuffer>;
  readonly #pixelHashes: Uint8Array<ArrayBuffer>;
  readonly #perceptualHashes: Uint32Array<ArrayBuffer>;
  readonly #hasher: DifferenceHasher;
  readonly #slotBytes: number;

  constructor(count: number, { width, height, channels }: Target) {
    this.#slotBytes = width * height * channels;
    this.pixels = new Uint8Array(count * this.#slotBytes);
    this.#pixelHashes = new Uint8Array(count * hashBytes);
    this.#perceptualHashes = new Uint32Array(count * 2);
    this.#hasher = new DifferenceHasher(width, height, channels);
  }

  fingerprint(i: number): void {
    const offset = i * this.#slotBytes;
    this.#pixelHashes.set(pixelHash(this.pixels.subarray(offset, offset + this.#slotBytes)), i * hashBytes);
    this.#hasher.update(this.pixels, offset);
    this.#perceptualHashes[i * 2] = this.#hasher.high;
    this.#perceptualHashes[i * 2 + 1] = this.#hasher.low;
  }

  output() {
    return { pixels: this.pixels, pixelHashes: this.#pixelHashes, perceptualHashes: this.#perceptualHashes };
  }
}
