/** Templates as one picture for saving: rows of blocks, each pixel enlarged by a whole number, zero at mid grey. */
import type { TemplatePainter } from '../../core/explanation/template-painter.ts';
import { drawPicture } from '../pictures/draw.ts';
import type { Templates } from './templates-view.svelte.ts';

export async function templateSheet(
  { templates, scales }: Pick<Templates, 'templates' | 'scales'>,
  painter: TemplatePainter,
  units: ArrayLike<number>,
  scale: number | null,
): Promise<Blob> {
  const { size, shape } = painter;
  const { width, height } = shape;
  const columns = Math.min(units.length, Math.max(1, Math.ceil(Math.sqrt(units.length * 1.6))));
  const rows = Math.ceil(units.length / columns);
  const gap = units.length > 1 ? 4 : 0;
  // One picture is as large as a slide needs; a bank stays below what a canvas can hold.
  const zoom = Math.max(1, Math.min(16, Math.floor((units.length === 1 ? 512 : 3000) / (columns * width))));
  const sheet = new OffscreenCanvas(
    columns * (width * zoom + gap) - gap,
    Math.max(1, rows * (height * zoom + gap) - gap),
  );
  const pen = sheet.getContext('2d')!;
  pen.imageSmoothingEnabled = false;
  const block = document.createElement('canvas');
  for (let i = 0; i < units.length; i++) {
    const unit = units[i]!;
    const weights = templates.subarray(unit * size, (unit + 1) * size);
    drawPicture(block, painter.paint(weights, scale ?? scales[unit]!), shape);
    const x = (i % columns) * (width * zoom + gap);
    pen.drawImage(block, x, Math.floor(i / columns) * (height * zoom + gap), width * zoom, height * zoom);
  }
  return sheet.convertToBlob({ type: 'image/png' });
}
