/** The pictures of features.json, decoded, and checked against the hash that stands beside them. */
import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { type PixelImage, pixelImage } from '../../core/image/pixel-image.ts';
import { goldenFile } from './golden.ts';

interface StoredPicture {
  width: number;
  height: number;
  mode: 'L' | 'RGB';
  pixelsSha256: string;
  png: string;
}

export async function goldenPictures(): Promise<ReadonlyMap<string, PixelImage>> {
  const { images } = goldenFile<{ images: Readonly<Record<string, StoredPicture>> }>('features');
  const pictures = new Map<string, PixelImage>();
  for (const [name, { width, height, mode, pixelsSha256, png }] of Object.entries(images)) {
    const decoder = sharp(Buffer.from(png, 'base64'));
    const channels = mode === 'L' ? 1 : 3;
    const pixels = await (mode === 'L' ? decoder.toColourspace('b-w') : decoder).raw().toBuffer();
    if (createHash('sha256').update(pixels).digest('hex') !== pixelsSha256) {
      throw new Error(`The golden picture ${name} was decoded to other pixels than it was made of`);
    }
    pictures.set(name, pixelImage({ width, height, channels }, Float64Array.from(pixels)));
  }
  return pictures;
}
