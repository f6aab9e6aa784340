/** Draws the program's icon from the page's own: `npm run icons` after a change of renderer/icon.svg. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { root } from './project.ts';

const side = 1024;
const folder = join(root, 'resources/icons');
const drawing = readFileSync(join(root, 'renderer/icon.svg'));

// Some room around it, as every system leaves for its icons.
const mosaic = await sharp(drawing, { density: 72 * 32 })
  .resize(824, 824)
  .png()
  .toBuffer();
mkdirSync(folder, { recursive: true });
await sharp({ create: { width: side, height: side, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } })
  .composite([{ input: mosaic, gravity: 'centre' }])
  .png({ compressionLevel: 9, palette: true })
  .toFile(join(folder, 'icon.png'));
