import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { PictureOpener, type Target } from '../../../../main/decoder/open-picture.ts';

let opener: PictureOpener;
// Made before the opener blocks all other loaders of the library.
let pictures: Record<string, Buffer>;
const side = 32;
const target: Target = { width: side, height: side, channels: 3, fit: 'crop' };

function noise(channels: number): Buffer {
  let state = 7;
  return Buffer.from(
    Array.from({ length: side * side * channels }, (_, i) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return (120 + 90 * Math.sin(i / 37) + (state >>> 28)) & 255;
    }),
  );
}

/** With an EXIF segment that holds the orientation and nothing else. */
function withOrientation(jpeg: Buffer, orientation: number): Buffer {
  const tiff = Buffer.from('49492a000800000001001201030001000000ff00000000000000', 'hex');
  tiff.writeUInt16LE(orientation, 18);
  const body = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff]);
  return Buffer.concat([jpeg.subarray(0, 2), Buffer.of(0xff, 0xe1, 0, body.length + 2), body, jpeg.subarray(2)]);
}

beforeAll(async () => {
  const rgb = () => sharp(noise(3), { raw: { width: side, height: side, channels: 3 } });
  const grey = () => sharp(noise(1), { raw: { width: side, height: side, channels: 1 } });
  pictures = {
    'jpeg.jpg': await rgb().jpeg({ quality: 75 }).toBuffer(),
    'jpeg-444.jpg': await rgb().jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer(),
    'progressive.jpg': await rgb().jpeg({ progressive: true }).toBuffer(),
    'grey.jpg': await grey().toColourspace('b-w').jpeg().toBuffer(),
    'rgb.png': await rgb().png().toBuffer(),
    'palette.png': await rgb().png({ palette: true, colours: 200 }).toBuffer(),
    'grey.png': await grey().toColourspace('b-w').png().toBuffer(),
    'turned.jpg': withOrientation(await rgb().jpeg().toBuffer(), 6),
    'profile.jpg': await rgb().withIccProfile('p3').jpeg().toBuffer(),
    'alpha.png': await rgb().ensureAlpha(0.5).png().toBuffer(),
    'large.png': await rgb().resize(48, 48).png().toBuffer(),
  };
  opener = await PictureOpener.create();
});

const bytes = side * side * 3;

describe('the short cut for small pictures', () => {
  it.each(['jpeg.jpg', 'jpeg-444.jpg', 'progressive.jpg', 'grey.jpg', 'rgb.png', 'palette.png', 'grey.png'])(
    'gives the same pixels as the long way: %s',
    async (name) => {
      const short = new Uint8Array(bytes);
      const long = new Uint8Array(bytes);

      const opened = opener.openSmall(pictures[name]!, name, target, short);
      await opener.open(pictures[name]!, name, target, long);

      expect(opened).toMatchObject({ kind: 'picture', originalWidth: side, reasons: [] });
      expect(Buffer.compare(short, long)).toBe(0);
      expect(new Set(long).size).toBeGreaterThan(10);
    },
  );

  it.each(['turned.jpg', 'profile.jpg', 'alpha.png', 'large.png'])('leaves %s to the long way', async (name) => {
    expect(opener.openSmall(pictures[name]!, name, target, new Uint8Array(bytes))).toBeNull();
    expect(await opener.open(pictures[name]!, name, target, new Uint8Array(bytes))).toMatchObject({ kind: 'picture' });
  });

  it('leaves damaged files to the long way, and goes on afterwards', async () => {
    const whole = pictures['jpeg.jpg']!;
    const slot = new Uint8Array(bytes);
    const extra = Buffer.concat([whole.subarray(0, -2), Buffer.from([0, 1, 2, 3]), whole.subarray(-2)]);

    expect(opener.openSmall(whole.subarray(0, whole.length / 2), 'a.jpg', target, slot)).toBeNull();
    expect(opener.openSmall(extra, 'a.jpg', target, slot)).toBeNull();
    await new Promise((resolve) => setImmediate(resolve));
    expect(opener.openSmall(whole, 'a.jpg', target, slot)).not.toBeNull();
  });
});

describe('the loaders that are allowed', () => {
  it('open nothing by its path and no other format', async () => {
    await expect(sharp('package.json').metadata()).rejects.toThrow();
    await expect(
      sharp(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')).metadata(),
    ).rejects.toThrow();
  });

  it('belong to a library without the known holes', () => {
    const [major, minor] = opener.versions.sharp.split('.').map(Number);
    expect(major! * 1000 + minor!).toBeGreaterThanOrEqual(35);
  });
});
