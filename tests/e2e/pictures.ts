/** A folder of classes as a person might have one, drawn by rule so that every run sees the same pictures. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';

export const classes = ['clay', 'grass', '하늘'] as const;
const colours = [
  [190, 90, 50],
  [70, 160, 60],
  [70, 120, 220],
] as const;

/** Writes `count` pictures of each class below `folder` and returns their paths, class by class. */
export async function drawPictures(folder: string, count = 24, side = 24): Promise<string[][]> {
  return Promise.all(
    classes.map(async (name, label) => {
      await mkdir(path.join(folder, name), { recursive: true });
      const files = Array.from({ length: count }, (_, i) => path.join(folder, name, `${name}-${i}.png`));
      await Promise.all(files.map((file, i) => draw(file, label, i, side)));
      return files;
    }),
  );
}

function draw(file: string, label: number, variant: number, side: number): Promise<unknown> {
  const pixels = new Uint8Array(side * side * 3);
  for (let i = 0; i < pixels.length; i++) {
    // Chance enough that no two are near duplicates; a third of the pictures lean towards the next class.
    const noise = (Math.imul(i + 1 + variant * pixels.length, 2654435761) >>> 24) - 128;
    const own = colours[label]![i % 3]!;
    const next = colours[(label + 1) % 3]![i % 3]!;
    const leaning = variant % 3 === 0 ? 0.4 : 0.1;
    pixels[i] = Math.max(0, Math.min(255, own * (1 - leaning) + next * leaning + noise * 0.6));
  }
  return sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
    .png()
    .toFile(file);
}
