import { anyDirection, bell, between, clamp01, directionOfHalfTangent, happens, pick } from './chance.ts';
import type { Point, Uniform } from './chance.ts';
import { shapeClasses, shapeOutlines } from './shape-outlines.ts';
import type { ShapeClass } from './shape-outlines.ts';
import { randomTexture, randomTextureKind } from './textures.ts';
import type { Texture } from './textures.ts';

/**
 * The `shapes` sample: ten drawn shapes with colour and texture, 32 × 32 × 3.
 *
 * The classes are told apart by their outline. Colour helps, but imperfectly, as the sky helps with aeroplanes: most
 * pictures of a class wear one of the class's two colour schemes, and each colour is also worn by other classes, as
 * shape or as ground. A linear model finds the colours and the place where they are, so its templates mean something;
 * which colour lies on which, and what the edge does, asks for a hidden layer.
 */

const side = 32;

type Colour = readonly [red: number, green: number, blue: number];

/** Colours as people name them, so that the schemes below read as pictures. Components in [0, 1]. */
const palette = {
  red: [0.85, 0.16, 0.18],
  orange: [0.95, 0.5, 0.13],
  amber: [0.93, 0.7, 0.2],
  yellow: [0.98, 0.87, 0.32],
  lime: [0.62, 0.78, 0.25],
  green: [0.2, 0.57, 0.3],
  forest: [0.1, 0.32, 0.23],
  teal: [0.13, 0.57, 0.58],
  sky: [0.5, 0.75, 0.93],
  blue: [0.17, 0.37, 0.78],
  night: [0.09, 0.12, 0.31],
  purple: [0.47, 0.25, 0.65],
  rose: [0.9, 0.45, 0.58],
  brick: [0.6, 0.27, 0.2],
  sand: [0.87, 0.77, 0.58],
  cream: [0.96, 0.93, 0.84],
  grey: [0.53, 0.55, 0.58],
  ink: [0.14, 0.14, 0.17],
} as const satisfies Record<string, Colour>;

type ColourName = keyof typeof palette;
const colourNames = Object.keys(palette) as ColourName[];

/** Two schemes a class, [shape, ground]. */
const schemes: Readonly<Record<ShapeClass, readonly (readonly [ColourName, ColourName])[]>> = {
  circle: [
    ['orange', 'sky'],
    ['sky', 'forest'],
  ],
  square: [
    ['brick', 'sand'],
    ['teal', 'rose'],
  ],
  triangle: [
    ['green', 'cream'],
    ['amber', 'grey'],
  ],
  star: [
    ['yellow', 'night'],
    ['cream', 'red'],
  ],
  cross: [
    ['red', 'cream'],
    ['cream', 'green'],
  ],
  ring: [
    ['amber', 'purple'],
    ['grey', 'orange'],
  ],
  crescent: [
    ['cream', 'night'],
    ['night', 'amber'],
  ],
  heart: [
    ['red', 'rose'],
    ['rose', 'teal'],
  ],
  hexagon: [
    ['amber', 'forest'],
    ['purple', 'lime'],
  ],
  arrow: [
    ['cream', 'blue'],
    ['blue', 'sky'],
  ],
};

const typicalScheme = 0.6;

function colourDistance(a: Colour, b: Colour): number {
  const [red, green, blue] = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
  return Math.sqrt(red * red + green * green + blue * blue);
}

function mix(a: Colour, b: Colour, amount: number): Colour {
  return [a[0] + (b[0] - a[0]) * amount, a[1] + (b[1] - a[1]) * amount, a[2] + (b[2] - a[2]) * amount];
}

/** The colour as one picture shows it: a little lighter or darker, a little off. */
function variant(uniform: Uniform, colour: Colour): Colour {
  const light = 0.07 * bell(uniform);
  const [red, green, blue] = colour;
  const shifted = (component: number): number => clamp01(component + light + 0.04 * bell(uniform));
  return [shifted(red), shifted(green), shifted(blue)];
}

function randomScheme(uniform: Uniform): readonly [Colour, Colour] {
  for (;;) {
    const shape = palette[pick(uniform, colourNames)];
    const ground = palette[pick(uniform, colourNames)];
    if (colourDistance(shape, ground) > 0.45) return [shape, ground];
  }
}

interface Paint {
  readonly first: Colour;
  readonly second: Colour;
  readonly texture: Texture;
}

/** A paint of the given colour; its second colour is lighter or darker, by `contrast`. */
function randomPaint(uniform: Uniform, colour: Colour, contrast: number): Paint {
  const towards = happens(uniform, 0.5) ? palette.cream : palette.ink;
  const second = mix(colour, towards, between(uniform, 0.4, 1) * contrast);
  return { first: colour, second, texture: randomTexture(uniform, randomTextureKind(uniform)) };
}

function colourAt(paint: Paint, x: number, y: number): Colour {
  return mix(paint.first, paint.second, paint.texture(x, y));
}

/** Where the shape is: picture pixels to the shape's own frame. */
interface Placement {
  readonly centre: Point;
  readonly radius: number;
  readonly direction: Point;
}

function randomPlacement(uniform: Uniform): Placement {
  return {
    centre: { x: 15.5 + 2 * bell(uniform), y: 15.5 + 2 * bell(uniform) },
    radius: between(uniform, 8.5, 14),
    // Most shapes stand nearly upright; some have turned any way.
    direction: happens(uniform, 0.25) ? anyDirection(uniform) : directionOfHalfTangent(0.12 * bell(uniform)),
  };
}

/** A strip across the picture that hides what is on one side of a line, or null. */
function randomCover(uniform: Uniform, placement: Placement): ((x: number, y: number) => number) | null {
  if (!happens(uniform, 0.3)) return null;
  const { x: cosine, y: sine } = anyDirection(uniform);
  const { centre, radius } = placement;
  // The near side of the strip passes the shape off its centre, so that most of the outline stays in sight.
  const offset = radius * between(uniform, 0.3, 0.9);
  const width = between(uniform, 2.5, 6);
  return (x, y) => {
    const along = (x - centre.x) * cosine + (y - centre.y) * sine - offset;
    return clamp01(0.5 + Math.min(along, width - along));
  };
}

/** Draws one picture of a class into `target` (32·32·3 bytes, row-major, channels interleaved). */
export function drawShape(uniform: Uniform, label: number, target: Uint8Array): void {
  const shapeClass = shapeClasses[label]!;
  const outline = shapeOutlines[shapeClass];
  const named = happens(uniform, typicalScheme) ? pick(uniform, schemes[shapeClass]) : null;
  const [shapeColour, groundColour] = named ? [palette[named[0]], palette[named[1]]] : randomScheme(uniform);
  const fill = randomPaint(uniform, variant(uniform, shapeColour), 0.4);
  const ground = randomPaint(uniform, variant(uniform, groundColour), 0.35);
  const placement = randomPlacement(uniform);
  const { centre, radius, direction } = placement;
  const contour = happens(uniform, 0.3) ? mix(fill.first, pick(uniform, [palette.ink, palette.cream]), 0.75) : null;
  const shadow = happens(uniform, 0.35) ? between(uniform, 0.25, 0.5) : 0;
  const cover = randomCover(uniform, placement);
  const coverColour = variant(uniform, happens(uniform, 0.5) ? groundColour : palette[pick(uniform, colourNames)]);
  const lightDirection = anyDirection(uniform);
  const lightAmount = between(uniform, 0, 0.12);
  const grain = between(uniform, 0.02, 0.075);

  const distanceAt = (x: number, y: number): number => {
    const fromX = (x - centre.x) / radius;
    const fromY = (y - centre.y) / radius;
    return radius * outline(fromX * direction.x + fromY * direction.y, fromY * direction.x - fromX * direction.y);
  };

  for (let y = 0, at = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      let colour = colourAt(ground, x, y);
      if (shadow > 0) colour = mix(colour, palette.ink, shadow * clamp01(0.5 - distanceAt(x - 1.5, y - 2) / 3));
      const distance = distanceAt(x, y);
      const coverage = clamp01(0.5 - distance);
      if (coverage > 0) {
        const inner =
          contour && distance > -1.6
            ? mix(colourAt(fill, x, y), contour, clamp01(distance + 2.1))
            : colourAt(fill, x, y);
        colour = mix(colour, inner, coverage);
      }
      if (cover) colour = mix(colour, coverColour, cover(x, y));
      const light = lightAmount * (((x - 15.5) * lightDirection.x + (y - 15.5) * lightDirection.y) / 15.5);
      for (const component of colour) {
        target[at++] = Math.round(255 * clamp01(component + light + between(uniform, -grain, grain)));
      }
    }
  }
}
