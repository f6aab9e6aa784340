/**
 * What a template looks like, in words, each with a confidence; or that it is noise and nothing can be said.
 *
 * A template is turned into brightness and two opposing colours,
 *
 *     L = (R + G + B)/√3,   RG = (R − G)/√2,   BY = (R + G − 2B)/√6          orthonormal: energies add up
 *
 * each is centred, softened at its edges and taken apart into frequencies, P(f) = |DFT|². White noise gives the same
 * expected power everywhere; the floor that the weaker half of all P shows (median / ln 2, the mean of the exponential
 * distribution with that median) times `floorFactor` is taken off, and what is left over is *signal*:
 *
 *     share = Σ max(0, P − floorFactor·floor) / Σ P           0.05 for white noise, near 1 for a drawn stripe
 *
 * Of the signal alone come
 *
 *     coherence    |Σ P·e^{2iθ}| / Σ P                         1: one orientation; 0: none
 *     frequency    Σ P·|f| / Σ P                               cycles per picture
 *     colour       share of RG and BY in the signal; the axis is their main direction
 *
 * Sources: Bigün & Granlund 1987 (orientation as a double angle); Hansen & Gegenfurtner 2009 (opponent axes).
 */
import type { PictureShape } from './templates.ts';
import { norm } from '../array/linear-algebra.ts';
import { type Matrix, requireLength, rowOf } from '../array/matrix.ts';

export type TemplateTag = 'noise' | 'faded' | 'edge' | 'blob' | 'red-green' | 'blue-yellow' | 'colour';

export interface TagWithConfidence {
  readonly tag: TemplateTag;
  /** In [0, 1]. */
  readonly confidence: number;
}

export interface TemplateLook {
  /** Those that hold, the most confident first; `noise` and `faded` stand alone. */
  readonly tags: readonly TagWithConfidence[];
  /** Share of the energy that stands out of white noise, in [0, 1]. */
  readonly signalShare: number;
  /** Orientation of the stripes or edge in [0, π): 0 is horizontal, π/2 upright. */
  readonly orientationRadians: number;
  /** How much one orientation rules, in [0, 1]. */
  readonly coherence: number;
  /** Mean frequency, cycles per picture. */
  readonly cyclesPerPicture: number;
  /** Share of colour in the signal, in [0, 1]; 0 for grey pictures. */
  readonly colourShare: number;
  /** Main direction in the plane of RG (0) and BY (π/2), in [0, π). */
  readonly colourAxisRadians: number;
}

const floorFactor = 3;
/** A template with less signal than this is called noise: white noise has 0.05. */
const leastSignal = 0.2;
const leastCoherence = 0.55;
const mostBlobCoherence = 0.4;
/** Blobs are this large at least: cycles per picture. */
const mostBlobCycles = 3.5;
const leastColourShare = 0.5;
/** Templates are looked at in this size at most. */
const largestSide = 32;

/** A template weaker than this share of the strongest of its layer has faded. */
const fadedShare = 1e-3;

/**
 * Looks of all templates of a layer (units, D).
 *
 * One that has faded is called so and nothing else: a unit that answers no picture gets no gradient, L2 draws its weights towards 0,
 * and the pattern that rounding leaves of them would be named as if something had been learnt.
 *
 * @param onunit  With the number of each unit before it is looked at.
 * @throws StudioError SHAPE_MISMATCH when the shape has another number of features.
 */
export function looksOf(templates: Matrix, shape: PictureShape, onunit?: (unit: number) => void): TemplateLook[] {
  const rows = Array.from({ length: templates.rows }, (_, unit) => rowOf(templates, unit));
  const norms = rows.map(norm);
  const strongest = norms.reduce((largest, value) => Math.max(largest, value), 0);
  return rows.map((template, unit) => {
    onunit?.(unit);
    const look = lookOf(template, shape);
    const hasFaded = norms[unit]! < fadedShare * strongest;
    return hasFaded ? { ...look, tags: [{ tag: 'faded', confidence: 1 }] } : look;
  });
}

/** @throws StudioError SHAPE_MISMATCH when the shape has another number of features. */
export function lookOf(template: ArrayLike<number>, shape: PictureShape): TemplateLook {
  requireLength('template', template, shape.height * shape.width * shape.channels);
  const { planes, height, width } = opponentPlanes(shrunk(template, shape));
  const spectra = planes.map((plane) => powerSpectrum(plane, height, width));
  const all = Float64Array.from(spectra.flatMap((spectrum) => [...spectrum.power])).sort();
  const total = all.reduce((a, b) => a + b, 0);
  const floor = floorFactor * (all[Math.floor(all.length / 2)]! / Math.LN2);

  let signal = 0;
  let doubleCos = 0;
  let doubleSin = 0;
  let cycles = 0;
  const byPlane = [0, 0, 0];
  spectra.forEach(({ power, fx, fy }, plane) => {
    power.forEach((p, k) => {
      const above = Math.max(0, p - floor);
      if (above === 0) return;
      const x = fx[k]!;
      const y = fy[k]!;
      const squared = x * x + y * y;
      signal += above;
      byPlane[plane]! += above;
      doubleCos += (above * (x * x - y * y)) / squared;
      doubleSin += (above * 2 * x * y) / squared;
      cycles += above * Math.sqrt(squared);
    });
  });
  const signalShare = total === 0 ? 0 : signal / total;
  const some = signal === 0 ? 1 : signal;
  const coherence = Math.sqrt(doubleCos ** 2 + doubleSin ** 2) / some;
  // Stripes run at right angles to their frequency.
  const orientationRadians = halfTurn(0.5 * Math.atan2(doubleSin, doubleCos) + Math.PI / 2);
  const cyclesPerPicture = cycles / some;
  const colourShare = (byPlane[1]! + byPlane[2]!) / some;
  const colour = planes.length === 3 ? colourAxis(planes[1]!, planes[2]!) : { radians: 0, coherence: 0 };
  const figures = {
    signalShare, orientationRadians, coherence, cyclesPerPicture, colourShare, colourAxisRadians: colour.radians,
  }; // prettier-ignore
  return { ...figures, tags: tagsOf(figures, colour.coherence) };
}

function tagsOf(look: Omit<TemplateLook, 'tags'>, axisCoherence: number): TagWithConfidence[] {
  const { signalShare, coherence, cyclesPerPicture, colourShare, colourAxisRadians } = look;
  if (signalShare < leastSignal) return [{ tag: 'noise', confidence: 1 - signalShare }];
  const tags: TagWithConfidence[] = [];
  if (coherence >= leastCoherence) tags.push({ tag: 'edge', confidence: coherence * signalShare });
  if (coherence <= mostBlobCoherence && cyclesPerPicture <= mostBlobCycles) {
    tags.push({ tag: 'blob', confidence: (1 - coherence) * signalShare });
  }
  if (colourShare >= leastColourShare) {
    const fromRedGreen = Math.min(colourAxisRadians, Math.PI - colourAxisRadians);
    const fromBlueYellow = Math.abs(colourAxisRadians - Math.PI / 2);
    const confidence = colourShare * axisCoherence * signalShare;
    const isRedGreen = fromRedGreen < Math.PI / 6;
    const isBlueYellow = fromBlueYellow < Math.PI / 6;
    tags.push({ tag: isRedGreen ? 'red-green' : isBlueYellow ? 'blue-yellow' : 'colour', confidence });
  }
  return tags.toSorted((a, b) => b.confidence - a.confidence);
}

/** The main direction of colour over the picture, and how far it is the only one. */
function colourAxis(redGreen: Float64Array, blueYellow: Float64Array): { radians: number; coherence: number } {
  let xx = 0;
  let yy = 0;
  let xy = 0;
  redGreen.forEach((x, i) => {
    const y = blueYellow[i]!;
    xx += x * x;
    yy += y * y;
    xy += x * y;
  });
  const spread = Math.sqrt((xx - yy) ** 2 + 4 * xy * xy);
  const coherence = xx + yy === 0 ? 0 : spread / (xx + yy);
  return { radians: halfTurn(0.5 * Math.atan2(2 * xy, xx - yy)), coherence };
}

interface Planes {
  readonly planes: Float64Array[];
  readonly height: number;
  readonly width: number;
}

/** Mean over blocks, so that no side is longer than `largestSide`. */
function shrunk(template: ArrayLike<number>, { height, width, channels }: PictureShape): Planes {
  const block = Math.ceil(Math.max(height, width) / largestSide);
  const rows = Math.floor(height / block) || 1;
  const columns = Math.floor(width / block) || 1;
  const planes = Array.from({ length: channels }, (_, channel) => {
    const plane = new Float64Array(rows * columns);
    for (let y = 0; y < rows * block && y < height; y++) {
      for (let x = 0; x < columns * block && x < width; x++) {
        plane[Math.floor(y / block) * columns + Math.floor(x / block)]! +=
          template[(y * width + x) * channels + channel]! / (block * block);
      }
    }
    return plane;
  });
  return { planes, height: rows, width: columns };
}

/** Brightness and, for colour pictures, red against green and yellow against blue; softened towards the edges. */
function opponentPlanes({ planes, height, width }: Planes): Planes {
  const opposed = planes.length === 3 ? opposing(planes[0]!, planes[1]!, planes[2]!) : planes;
  const window = (length: number) => Float64Array.from({ length }, (_, i) => Math.sin((Math.PI * (i + 0.5)) / length)); // Hann's, by its root
  const rows = window(height);
  const columns = window(width);
  const softened = opposed.map((plane) => {
    const mean = plane.reduce((a, b) => a + b, 0) / plane.length;
    return plane.map((value, i) => (value - mean) * rows[Math.floor(i / width)]! * columns[i % width]!);
  });
  return { planes: softened, height, width };
}

function opposing(red: Float64Array, green: Float64Array, blue: Float64Array): Float64Array[] {
  return [
    red.map((r, i) => (r + green[i]! + blue[i]!) / Math.sqrt(3)),
    red.map((r, i) => (r - green[i]!) / Math.SQRT2),
    red.map((r, i) => (r + green[i]! - 2 * blue[i]!) / Math.sqrt(6)),
  ];
}

interface Spectrum {
  readonly power: Float64Array;
  /** Cycles per picture. */
  readonly fx: Float64Array;
  readonly fy: Float64Array;
}

/** |DFT|² at all frequencies but 0 of the half plane that says everything about a real picture. */
function powerSpectrum(plane: Float64Array, height: number, width: number): Spectrum {
  const across = circle(width);
  const down = circle(height);
  const power: number[] = [];
  const fx: number[] = [];
  const fy: number[] = [];
  for (let u = 0; 2 * u <= width; u++) {
    const re = new Float64Array(height);
    const im = new Float64Array(height);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const value = plane[y * width + x]!;
        const turn = (u * x) % width;
        re[y]! += value * across.cos[turn]!;
        im[y]! -= value * across.sin[turn]!;
      }
    }
    const isItsOwnMirror = u === 0 || 2 * u === width;
    for (let v = isItsOwnMirror ? 0 : -Math.floor((height - 1) / 2); 2 * v <= height; v++) {
      if (u === 0 && v === 0) continue;
      let sumRe = 0;
      let sumIm = 0;
      for (let y = 0; y < height; y++) {
        const turn = (((v * y) % height) + height) % height;
        sumRe += re[y]! * down.cos[turn]! + im[y]! * down.sin[turn]!;
        sumIm += im[y]! * down.cos[turn]! - re[y]! * down.sin[turn]!;
      }
      power.push(sumRe * sumRe + sumIm * sumIm);
      fx.push(u);
      fy.push(v);
    }
  }
  return { power: Float64Array.from(power), fx: Float64Array.from(fx), fy: Float64Array.from(fy) };
}

/** Cosine and sine of the n-th parts of a circle. */
function circle(n: number): { cos: Float64Array; sin: Float64Array } {
  const angles = Float64Array.from({ length: n }, (_, k) => (2 * Math.PI * k) / n);
  return { cos: angles.map(Math.cos), sin: angles.map(Math.sin) };
}

/** An angle in [0, π). */
function halfTurn(angle: number): number {
  const turned = angle % Math.PI;
  return turned < 0 ? turned + Math.PI : turned;
}
