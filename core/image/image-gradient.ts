/**
 * The gradient of a picture by centred differences, the mask of Dalal and Triggs: no smoothing, no division by 2.
 *
 *     g_x(x, y) = I(x+1, y) − I(x−1, y),   g_y(x, y) = I(x, y+1) − I(x, y−1)
 *
 * At the border there is no neighbour on one side. `zero` leaves that component 0 (scikit-image); `replicate` takes the
 * border pixel itself for the missing one (OpenCV), so that an edge along the border is still seen.
 *
 * Of a colour picture each pixel has the gradient of the channel in which it is largest, the first one among equals. The
 * squares are compared, g_x² + g_y²: exact for whole pixels, where V8's Math.hypot is not correctly rounded and breaks
 * ties otherwise.
 *
 * Source: Dalal & Triggs 2005, "Histograms of oriented gradients for human detection", section 6.2.
 */
export type BorderRule = 'zero' | 'replicate';

export interface ImageGradient {
  readonly width: number;
  readonly height: number;
  /** (height × width) each. */
  readonly gx: Float64Array;
  readonly gy: Float64Array;
}

/**
 * @param planes  the channels to look at, each (height × width): one, or three of which the strongest counts.
 */
export function imageGradient(
  planes: readonly ArrayLike<number>[],
  width: number,
  height: number,
  border: BorderRule,
): ImageGradient {
  const gx = new Float64Array(width * height);
  const gy = new Float64Array(width * height);
  for (let y = 0; y < height; y++) {
    const isTopOrBottom = y === 0 || y === height - 1;
    const above = Math.max(0, y - 1) * width;
    const below = Math.min(height - 1, y + 1) * width;
    for (let x = 0; x < width; x++) {
      const isSide = x === 0 || x === width - 1;
      const left = y * width + Math.max(0, x - 1);
      const right = y * width + Math.min(width - 1, x + 1);
      let strongest = -1;
      for (const plane of planes) {
        const dx = isSide && border === 'zero' ? 0 : plane[right]! - plane[left]!;
        const dy = isTopOrBottom && border === 'zero' ? 0 : plane[below + x]! - plane[above + x]!;
        const squared = dx * dx + dy * dy;
        if (squared <= strongest) continue;
        strongest = squared;
        gx[y * width + x] = dx;
        gy[y * width + x] = dy;
      }
    }
  }
  return { width, height, gx, gy };
}
