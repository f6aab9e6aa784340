import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { PictureOpener, type Target } from '../../../../main/decoder/open-picture.ts';
import { sharedFile } from '../../../support/shared.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const archive = sharedFile('data/odd-images.tar', 'odd pictures');
const folder = temporaryFolder('odd');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface OddPicture {
  file: string;
  expect: 'decode' | 'decode-with-orientation' | 'reject-with-reason' | 'decode-or-reject';
  upright_size?: [number, number];
  upright_quadrants_rgb?: [number, number, number][];
}

const target: Target = { width: 64, height: 64, channels: 3, fit: 'stretch' };
const half = target.width / 2;

/** Mean colours of the four quarters. */
function quarters(pixels: Uint8Array): number[][] {
  const sums = [0, 1, 2, 3].map(() => [0, 0, 0]);
  for (let y = 0; y < target.height; y++) {
    for (let x = 0; x < target.width; x++) {
      const quarter = sums[(y < half ? 0 : 2) + (x < half ? 0 : 1)]!;
      for (let c = 0; c < 3; c++) quarter[c]! += pixels[(y * target.width + x) * 3 + c]! / half ** 2;
    }
  }
  return sums;
}

describe.skipIf(archive === null)('odd pictures', () => {
  it('are opened, turned or refused as their manifest says', async () => {
    execFileSync('tar', ['xf', archive!, '-C', folder]);
    const { files } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as { files: OddPicture[] };
    const opener = await PictureOpener.create();
    const wrong: string[] = [];
    const slot = new Uint8Array(target.width * target.height * 3);

    for (const odd of files) {
      const data = readFileSync(join(folder, odd.file));
      const opened =
        opener.openSmall(data, odd.file, target, slot) ?? (await opener.open(data, odd.file, target, slot));
      const isOpen = opened.kind === 'picture';
      if (odd.expect.startsWith('decode-or')) continue;
      if (isOpen !== odd.expect.startsWith('decode')) wrong.push(`${odd.file}: ${JSON.stringify(opened)}`);
      if (!isOpen) continue;
      const size = [opened.originalWidth, opened.originalHeight];
      if (odd.upright_size !== undefined && size.join() !== odd.upright_size.join())
        wrong.push(`${odd.file}: ${size.join(' × ')}`);
      const means = quarters(slot);
      const farthest = Math.max(
        0,
        ...(odd.upright_quadrants_rgb ?? []).flatMap((rgb, q) => rgb.map((v, c) => Math.abs(v - means[q]![c]!))),
      );
      if (farthest > 16) wrong.push(`${odd.file}: colours differ by ${farthest}`); // the manifest's tolerance
    }

    expect(files).toHaveLength(224);
    expect(wrong).toEqual([]);
  });
});
