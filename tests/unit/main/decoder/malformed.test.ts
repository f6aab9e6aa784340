import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { reasonSentence } from '../../../../core/messages/error-sentence.ts';
import { PictureOpener, type Target } from '../../../../main/decoder/open-picture.ts';

const folder = fileURLToPath(new URL('../../../fixtures/malformed/', import.meta.url));
const target: Target = { width: 24, height: 24, channels: 3, fit: 'crop' };

/** What a person reads about each file. */
const sentences: Record<string, string> = {
  'bomb.png': 'The picture has more than 100 million pixels. Scale it down first.',
  'camera.cr2': 'camera RAW files are not read. Save the picture as JPEG or PNG.',
  'document.pdf': 'PDF files are not read. Save the picture as JPEG or PNG.',
  'drawing-named.png': 'SVG files are not read. Save the picture as JPEG or PNG.',
  'drawing.svg': 'SVG files are not read. Save the picture as JPEG or PNG.',
  'empty.jpg': 'The file is empty.',
  'flipped-bits.png': 'The picture is damaged and cannot be read.',
  'half.jpg': 'The file ends too early: part of the picture is missing.',
  'half.png': 'The file ends too early: part of the picture is missing.',
  'jpeg-named.png': 'The content is JPEG, whatever the name says.',
  'phone.heic': 'HEIC files are not read. Save the picture as JPEG or PNG.',
  'pointer.jpg': 'Only a Git LFS pointer is here; the picture itself was never downloaded.',
  'short.bmp': 'The file ends too early: part of the picture is missing.',
  'text.jpg': 'The content is no picture.',
};

let opener: PictureOpener;
beforeAll(async () => {
  opener = await PictureOpener.create();
});

describe('a malformed file', () => {
  it('has its sentence in the table', () => {
    expect(readdirSync(folder).sort()).toEqual(Object.keys(sentences));
  });

  it.each(Object.entries(sentences))('%s is explained: %s', async (name, sentence) => {
    const data = readFileSync(folder + name);
    const slot = new Uint8Array(target.width * target.height * 3);

    const opened = opener.openSmall(data, name, target, slot) ?? (await opener.open(data, name, target, slot));

    const reason =
      opened.kind === 'refused'
        ? { code: opened.code, details: opened.details }
        : { code: opened.reasons[0]!, details: { format: opened.format } };
    expect(reasonSentence('import_reason', reason, 'en')).toBe(sentence);
  });
});
