/**
 * Backend → decoder: bytes in, pixels out. The decoder knows no path of the store and opens nothing by path.
 * One call carries a batch, packed, so that small pictures cost no message each.
 */
import * as v from 'valibot';
import { bytes, Count, FitPolicy, uint32s } from './common.ts';

export const DecodedPicture = v.variant('kind', [
  v.object({
    kind: v.literal('picture'),
    format: v.string(),
    originalWidth: Count,
    originalHeight: Count,
    /** Warnings, as codes for `import_reason_<code>`: `wrong-extension`, `animated`, `recoverable`, … */
    reasons: v.array(v.string()),
  }),
  v.object({
    kind: v.literal('refused'),
    code: v.string(),
    details: v.record(v.string(), v.union([v.string(), v.number()])),
  }),
]);
export type DecodedPicture = v.InferOutput<typeof DecodedPicture>;

export const decoderContract = {
  'decoder.info': { input: v.object({}), output: v.object({ sharp: v.string(), vips: v.string() }) },
  /** Brings a batch of files to width × height × channels. `names` serve only to judge extensions. */
  'decoder.decode': {
    input: v.object({
      data: bytes,
      /** Where each file ends in `data`. */
      ends: uint32s,
      names: v.array(v.string()),
      width: Count,
      height: Count,
      channels: v.picklist([1, 3]),
      fit: FitPolicy,
    }),
    /** Which file it is about to open: the one to blame if the process dies or hangs. */
    progress: v.object({ at: Count }),
    output: v.object({
      pictures: v.array(DecodedPicture),
      /** One slot of width × height × channels for every file, refused ones zero. */
      pixels: bytes,
      /** sha256 of the slot's pixels, 32 bytes each. */
      pixelHashes: bytes,
      /** 64-bit difference hash of each, as two 32-bit words high, low. */
      perceptualHashes: uint32s,
    }),
  },
  /** One picture turned upright, in RGB, at most `side` pixels a side: to look at, not to learn from. */
  'decoder.view': {
    input: v.object({ data: bytes, name: v.string(), side: Count }),
    progress: v.object({ at: Count }),
    output: v.object({ picture: DecodedPicture, width: Count, height: Count, pixels: bytes }),
  },
  /** Pixels as a PNG file. */
  'decoder.encode': {
    input: v.object({ width: Count, height: Count, channels: v.picklist([1, 3]), pixels: bytes }),
    output: v.object({ png: bytes }),
  },
  /** Brings raw pixels to another size, and fingerprints them: of IDX and CIFAR files, and of samples. */
  'decoder.fit': {
    input: v.object({
      pixels: bytes,
      count: Count,
      from: v.object({ width: Count, height: Count, channels: v.picklist([1, 3]) }),
      width: Count,
      height: Count,
      channels: v.picklist([1, 3]),
      fit: FitPolicy,
    }),
    progress: v.object({ at: Count }),
    output: v.object({ pixels: bytes, pixelHashes: bytes, perceptualHashes: uint32s }),
  },
  /** Unzips a gzipped IDX file under the decoder's limits. */
  'decoder.gunzip': { input: v.object({ data: bytes, limitBytes: Count }), output: v.object({ data: bytes }) },
} as const;
export type DecoderContract = typeof decoderContract;
