/** A figure as a file. Whatever it is made of, it can be saved as PNG and as SVG. */

/** A drawing as SVG text that looks the same anywhere, and its size. */
export interface Drawing {
  readonly text: string;
  readonly width: number;
  readonly height: number;
}

/** What a figure hands over to be saved: lines as a drawing, pixels as a PNG. */
export type SavedPicture = Drawing | Blob;

/** The longest side of a PNG, within what every browser's canvas can hold. */
const mostPixels = 8000;

/** A drawing at twice its size. The blob address is what the page's policy allows. */
export async function pngOf(picture: SavedPicture): Promise<Blob> {
  if (picture instanceof Blob) return picture;
  const { text, width, height } = picture;
  const scale = Math.min(2, mostPixels / Math.max(width, height));
  const url = URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }));
  try {
    const image = new Image(width, height);
    image.src = url;
    await image.decode();
    const canvas = new OffscreenCanvas(Math.round(width * scale), Math.round(height * scale));
    canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await canvas.convertToBlob({ type: 'image/png' });
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** The drawing, or pixels inside one: every pixel stays a square however far it is enlarged. */
export async function svgOf(picture: SavedPicture): Promise<Blob> {
  return new Blob([picture instanceof Blob ? await pixelsSvg(picture) : picture.text], { type: 'image/svg+xml' });
}

async function pixelsSvg(png: Blob): Promise<string> {
  const { width, height } = await createImageBitmap(png);
  const address = await new Promise<string>((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as string);
    reader.onerror = () => reject(reader.error!);
    reader.readAsDataURL(png);
  });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">` +
    `<image width="${width}" height="${height}" style="image-rendering:pixelated" href="${address}"/></svg>`
  );
}

/** Canvases of the page side by side, each pixel enlarged by a whole number until each is about as large as on a slide. */
export async function pixelSheet(canvases: readonly HTMLCanvasElement[], perRow = canvases.length): Promise<Blob> {
  const gap = 8;
  const zoomOf = ({ width, height }: HTMLCanvasElement) =>
    Math.max(1, Math.floor((perRow > 4 ? 160 : 640) / Math.max(width, height)));
  const wide = Math.max(...canvases.map((canvas) => canvas.width * zoomOf(canvas)));
  const tall = Math.max(...canvases.map((canvas) => canvas.height * zoomOf(canvas)));
  const columns = Math.min(perRow, canvases.length);
  const sheet = new OffscreenCanvas(
    columns * (wide + gap) - gap,
    Math.ceil(canvases.length / columns) * (tall + gap) - gap,
  );
  const pen = sheet.getContext('2d')!;
  pen.imageSmoothingEnabled = false;
  canvases.forEach((canvas, i) => {
    const zoom = zoomOf(canvas);
    const at = [(i % columns) * (wide + gap), Math.floor(i / columns) * (tall + gap)] as const;
    pen.drawImage(canvas, ...at, canvas.width * zoom, canvas.height * zoom);
  });
  return sheet.convertToBlob({ type: 'image/png' });
}

/** A CSS colour, custom property or `light-dark(…)` as the page shows it now. */
export function resolveColor(element: Element, color: string): string {
  const probe = document.createElement('span');
  probe.style.color = color;
  probe.hidden = true;
  element.append(probe);
  const resolved = getComputedStyle(probe).color;
  probe.remove();
  return resolved;
}
