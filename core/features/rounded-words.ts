/**
 * The nearest word by a product of whole numbers, and exactly all the same.
 *
 *     x = s·p + e,  p whole, −63 … 63        c = t·q + f,  q whole, −127 … 127
 *     |x·c − s·t·(p·q)| ≤ ‖x‖·‖f‖ + ‖e‖·‖t·q‖          (Cauchy and Schwarz, twice)
 *
 * Processors multiply bytes some three times as fast as floats, so p·q is found of all words. The few words of which that
 * does not show that another is nearer are looked at by their floats (kernels/assembly/rounded-words.ts): what comes out is
 * always the largest x·c − ½‖c‖² as float32 has it. As whole numbers have no order of summation, it does not depend on the
 * library that multiplies.
 *
 * Points and words are finite, and no longer than 1e18: their squares have to be float32 numbers.
 *
 * p has seven bits, since pairs of larger products do not fit the sixteen bits in which older processors add them.
 */
import type { Kernels } from '../kernels/kernels.ts';
import type { NativeGemm } from '../kernels/matrix-product.ts';
import type { MemoryPlan } from './memory-plan.ts';
import { mostRowsAtATime, type WordPlace } from './word-product.ts';

export interface RoundedPlace {
  /** (rowLength, outputs) q as signed bytes: column k is word k. */
  readonly table: number;
  /** What the kernel wants to know of each word: the columns of `wordFacts`, outputs floats each, and the largest of the last two. */
  readonly facts: number;
}

/** A thread's own: rows of p + 64, and what the kernel wants to know of each. */
export interface RoundedRows {
  readonly bytes: number;
  readonly facts: number;
}

/** Of each word: t, −64·t·Σq, and −½‖c‖², ‖c − t·q‖, ‖t·q‖ raised. */
const columnCount = 5;

export function placeRoundedWords(plan: MemoryPlan, { outputs, rowLength }: WordPlace): RoundedPlace {
  return { table: plan.bytes(outputs * rowLength), facts: plan.words(columnCount * outputs + 2) };
}

export function placeRoundedRows(plan: MemoryPlan, { rowLength }: WordPlace): RoundedRows {
  return { bytes: plan.bytes(mostRowsAtATime * rowLength), facts: plan.words(4 * mostRowsAtATime) };
}

/** Brings words (K, d), with `stride` numbers from one to the next, and −½‖c‖² of each to where product and kernel look for them. */
export function writeRoundedWords(
  { words, d, outputs, rowLength, bias }: WordPlace,
  { table, facts }: RoundedPlace,
  centers: Float32Array,
  stride: number,
  buffer: ArrayBufferLike,
): void {
  const q = new Int8Array(buffer, table, rowLength * outputs);
  const floats = (i: number) => new Float32Array(buffer, facts + 4 * i * outputs, outputs);
  const [factors, offsets, raised, errors, lengths] = [0, 1, 2, 3, 4].map(floats) as [
    Float32Array, Float32Array, Float32Array, Float32Array, Float32Array,
  ]; // prettier-ignore
  const halves = new Float32Array(buffer, bias, outputs);
  const perLength = roundingPerLength(d);
  // What fills the words up is never near.
  raised.fill(-Infinity);
  halves.fill(-Infinity);
  for (let k = 0; k < words; k++) {
    const word = centers.subarray(k * stride, k * stride + d);
    let largest = 0;
    for (let j = 0; j < d; j++) largest = Math.max(largest, Math.abs(word[j]!));
    factors[k] = largest / 127;
    const factor = factors[k]!;
    const inverse = largest === 0 ? 0 : 127 / largest;
    let [sum, squares, missed, kept] = [0, 0, 0, 0];
    for (let j = 0; j < d; j++) {
      const value = word[j]!;
      const rounded = Math.round(value * inverse);
      const nearby = factor * rounded;
      q[j * outputs + k] = rounded;
      sum += rounded;
      squares += value * value;
      missed += (value - nearby) * (value - nearby);
      kept += nearby * nearby;
    }
    offsets[k] = -64 * sum * factor;
    halves[k] = -0.5 * squares;
    raised[k] = -0.5 * squares + ofHalves * squares + (d + 64) * denormal;
    errors[k] = Math.sqrt(missed) * (1 + ofFloat) + perLength * Math.sqrt(squares) + 2 * denormal;
    lengths[k] = Math.sqrt(kept) * (1 + ofFloat);
  }
  new Float32Array(buffer, facts + 4 * columnCount * outputs, 2).set([
    largestOf(errors, words),
    largestOf(lengths, words),
  ]);
}

/** More than the 2⁻²⁴ by which a number changes that becomes float32, and the smallest change that float32 knows. */
const ofFloat = 2 ** -20;
const denormal = 2 ** -149;
/** What float32 may lose of −½‖c‖² and of sums with it, in ‖c‖²: three roundings of 2⁻²⁴ of a half. */
const ofHalves = 2 ** -20;

/** What float32 may lose of x·c in d terms, in ‖x‖·‖c‖: of the sum of floats d·2⁻²⁴, and of the shift by 64 some √d·2⁻²². */
function roundingPerLength(d: number): number {
  return (d + 64) * 2 ** -23;
}

function largestOf(values: Float32Array, count: number): number {
  let largest = 0;
  for (let i = 0; i < count; i++) largest = Math.max(largest, values[i]!);
  return largest;
}

/** Rows of points and where what is found of them goes. */
export interface RowsToJudge {
  readonly points: number;
  /** At most `mostRowsAtATime`. */
  readonly count: number;
  /** (K, d) in rows of rowLength floats. */
  readonly centers: number;
  /** A thread's own, (count, outputs) integers. */
  readonly products: number;
  readonly labels: number;
  /** x·c − ½‖c‖² of each point and its word. */
  readonly values: number;
  /** 1 where the labels are words to begin with. */
  readonly hasGuess: number;
}

/** The nearest words of some rows of points. */
export function nearestRoundedWords(
  kernels: Kernels,
  gemm: Pick<NativeGemm, 'multiplyBytes'>,
  { outputs, rowLength, bias }: WordPlace,
  { table, facts }: RoundedPlace,
  own: RoundedRows,
  { points, count, centers, products, labels, values, hasGuess }: RowsToJudge,
): void {
  kernels.roundRows(points, count, rowLength, own.bytes, own.facts);
  gemm.multiplyBytes(own.bytes, table, products, count, outputs, rowLength);
  kernels.nearestOfRounded(
    products, count, outputs, points, centers, rowLength, own.facts, facts, bias, labels, values, hasGuess,
  ); // prettier-ignore
}
