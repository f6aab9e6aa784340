import type { picturesContract } from '../../../core/rpc/contract/explanation.ts';
import type { Handlers } from '../../../core/rpc/define.ts';
import type { DecoderPool } from '../decoder-pool.ts';

export function picturesHandlers(decoder: Pick<DecoderPool, 'encode'>) {
  return {
    'pictures.encode': async (picture) => ({ png: Uint8Array.from(await decoder.encode(picture)) }),
  } satisfies Handlers<typeof picturesContract>;
}
