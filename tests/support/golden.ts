/** Reads the reference values in tests/golden/data, made with PyTorch, scikit-learn, scikit-image and OpenCV. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/project.ts';

export type GoldenFamily = 'features' | 'init' | 'losses' | 'metrics' | 'mlp' | 'optimizers' | 'sampling';

/** |got − want| ≤ abs + rel·|want|; `reason` says where the numbers come from. */
export interface Tolerance {
  readonly abs: number;
  readonly rel: number;
  readonly reason: string;
}

/** What every case has; its inputs and the form of `expected` differ by `kind`, so a test names the type it reads. */
export interface GoldenCase {
  readonly id: string;
  readonly source: { readonly library: string; readonly version: string; readonly function: string };
  /** One for the whole case, or one for each quantity of `expected`. */
  readonly tolerance: Tolerance | Readonly<Record<string, Tolerance>>;
}

const folder = join(root, 'tests/golden/data');
const files = new Map<GoldenFamily, Readonly<Record<string, unknown>>>();

/** A whole file, with its notes and shared inputs; the strings "NaN", "Infinity" and "-Infinity" are numbers again. */
export function goldenFile<T = Readonly<Record<string, unknown>>>(family: GoldenFamily): T {
  let file = files.get(family);
  if (file === undefined) {
    file = JSON.parse(readFileSync(join(folder, `${family}.json`), 'utf8'), decodeNumber) as Readonly<
      Record<string, unknown>
    >;
    files.set(family, file);
  }
  return file as T;
}

/** All cases of a family, or those of one kind or id prefix: `goldenCases('losses', (c) => c.id.startsWith('softmax/'))`. */
export function goldenCases<T extends GoldenCase = GoldenCase>(
  family: GoldenFamily,
  choose: (c: T) => boolean = () => true,
): readonly T[] {
  return goldenFile<{ cases: readonly T[] }>(family).cases.filter(choose);
}

/** One case by its id; an unknown id is an error, so that a renamed case is not silently untested. */
export function goldenCase<T extends GoldenCase = GoldenCase>(family: GoldenFamily, id: string): T {
  const found = goldenCases<T>(family).find((c) => c.id === id);
  if (found === undefined) throw new Error(`There is no golden case ${id} in ${family}.json`);
  return found;
}

/** The tolerance of one quantity, whether the case has one for all or one for each. */
export function toleranceOf(c: GoldenCase, quantity?: string): Tolerance {
  const tolerance = c.tolerance as Tolerance & Readonly<Record<string, Tolerance>>;
  const own = quantity === undefined ? undefined : (tolerance as Readonly<Record<string, Tolerance>>)[quantity];
  const found = own ?? (typeof tolerance.abs === 'number' || typeof tolerance.rel === 'number' ? tolerance : undefined);
  if (found === undefined)
    throw new Error(`The golden case ${c.id} has no tolerance${quantity === undefined ? '' : ` for ${quantity}`}`);
  return { abs: found.abs ?? 0, rel: found.rel ?? 0, reason: found.reason };
}

/**
 * By how much the worst number of a nested structure exceeds the tolerance: at most 0 when every number is within it.
 * Infinities and NaN have to be equal; different shapes are infinitely far apart.
 */
export function excess(got: unknown, want: unknown, tolerance: Pick<Tolerance, 'abs' | 'rel'>): number {
  if (typeof want === 'number' && typeof got === 'number') {
    if (Object.is(got, want) || got === want) return -Infinity;
    if (!Number.isFinite(want) || !Number.isFinite(got)) return Infinity;
    return Math.abs(got - want) - (tolerance.abs + tolerance.rel * Math.abs(want));
  }
  if (isList(want) && isList(got)) {
    if (want.length !== got.length) return Infinity;
    let worst = -Infinity;
    for (let i = 0; i < want.length; i++) worst = Math.max(worst, excess(got[i], want[i], tolerance));
    return worst;
  }
  return Object.is(got, want) ? -Infinity : Infinity;
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

function decodeNumber(_key: string, value: unknown): unknown {
  if (value === 'NaN') return NaN;
  if (value === 'Infinity') return Infinity;
  if (value === '-Infinity') return -Infinity;
  return value;
}
